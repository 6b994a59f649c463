import { didYouMean } from './did-you-mean';
import { UsageError } from './usage-error';
import { CHECK_TABLE, type CheckRow } from '../../src/checks/check-table';
import { isTemplateCheck } from '../../src/validation/template-audit';

const ALL: readonly CheckRow[] = Object.values(CHECK_TABLE);

/** The checks that the command carries out, by name. */
export const CARRIED_OUT: readonly CheckRow[] = ALL
  .filter(({ checkName }) => isTemplateCheck(checkName))
  .sort((one, other) => one.checkName < other.checkName ? -1 : 1);

/** The checks that need more than templates, by name. */
export const NOT_CARRIED_OUT: readonly string[] = ALL
  .filter(({ checkName }) => !isTemplateCheck(checkName)).map(({ checkName }) => checkName).sort();

/**
 * The name of a check as AWS spells it. Upper and lower case, dashes, and `_CHECK` at the end make no difference, nor
 * does CloudFormation's spelling.
 *
 * @param option the option that names the check, for messages
 * @param others names that the option knows besides those of checks
 * @throws UsageError
 */
export function checkNameOf(option: string, text: string, others: readonly string[] = []): string {
  const names = [...CARRIED_OUT.map(({ checkName }) => checkName), ...others];
  const name = names.find((each) => keyOf(each) === keyOf(text));
  if (name !== undefined) return name;
  const unseen = NOT_CARRIED_OUT.find((each) => keyOf(each) === keyOf(text));
  if (unseen !== undefined) {
    throw new UsageError(`${option}: ${unseen} needs to know what devices have done; only an audit of the account `
      + 'carries it out');
  }
  const written = text.toUpperCase().replaceAll('-', '_');
  const near = didYouMean(written.endsWith('_CHECK') ? written : `${written}_CHECK`, names);
  throw new UsageError(`${option}: there is no check ${text}${near || '; --help lists them'}`);
}

function keyOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '').replace(/CHECK$/, '');
}
