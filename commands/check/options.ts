import { parseArgs } from 'node:util';
import { CARRIED_OUT, checkNameOf } from './check-names';
import { didYouMean } from './did-you-mean';
import { type Ignore, parseIgnore, readIgnoreFile } from './ignored-findings';
import { isParameterValue, parameterValuesOf } from './parameter-values';
import { UsageError } from './usage-error';
import { AuditSeverity, SEVERITIES } from '../../src/checks/check-table';
import type { Failing } from '../../src/validation/report/levels';
import type { FleetFacts } from '../../src/validation/template-check';
import type { KnownParameters } from '../../src/validation/templates/fleet-templates';

/** The formats of reports, and the ends of the names of files in them. */
const FORMATS = { text: '.txt', json: '.json', sarif: '.sarif' } as const;

export type Format = keyof typeof FORMATS;

/** A file for a report. */
export interface ReportFile {
  readonly path: string;
  readonly format: Format;
}

export interface CheckOptions {
  /** Files, directories and patterns, as the user wrote them. */
  readonly templates: readonly string[];
  readonly help: boolean;
  readonly checkNames: readonly string[];

  /** True to report findings also in regions that do not have the check. */
  readonly everywhere: boolean;
  readonly format: Format;
  readonly files: readonly ReportFile[];
  readonly failing: Failing;
  readonly parameters: KnownParameters;
  readonly facts: FleetFacts;
  readonly ignores: readonly Ignore[];

  /** The region of templates that do not say it. */
  readonly region: string | undefined;
}

/** The word of `--fail-on` for no severity at all. */
const NEVER = 'NONE';

const OPTIONS = {
  'assume-defaults': { type: 'boolean' },
  'check': { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  'fail-on-undecided': { type: 'boolean' },
  'format': { type: 'string' },
  'help': { type: 'boolean', short: 'h' },
  'ignore': { type: 'string', multiple: true },
  'ignore-file': { type: 'string', multiple: true },
  'logging-enabled-elsewhere': { type: 'boolean' },
  'output': { type: 'string', multiple: true },
  'parameters': { type: 'string', multiple: true },
  'provisioning-parameters-validated': { type: 'boolean' },
  'region': { type: 'string' },
  'used-service': { type: 'string', multiple: true },
} as const;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): CheckOptions {
  const { values, templates, parameters } = parse(args);
  const checks = values.check?.map((text) => checkNameOf('--check', text));
  return {
    templates,
    help: values.help ?? false,
    checkNames: [...new Set(checks ?? CARRIED_OUT.map(({ checkName }) => checkName))],
    everywhere: checks !== undefined,
    format: formatOf(values.format ?? 'text'),
    files: (values.output ?? []).map(reportFileOf),
    failing: { failOn: severityOf(values['fail-on']), failOnUndecided: values['fail-on-undecided'] ?? false },
    parameters: {
      values: parameterValuesOf(parameters), defaults: values['assume-defaults'] ?? false,
    },
    facts: {
      usedServices: values['used-service']?.map(serviceOf),
      loggingEnabledElsewhere: values['logging-enabled-elsewhere'] ?? false,
      provisioningParametersValidated: values['provisioning-parameters-validated'] ?? false,
    },
    ignores: [
      ...(values.ignore ?? []).map((text) => parseIgnore(text, '--ignore')),
      ...(values['ignore-file'] ?? []).flatMap(readIgnoreFile),
    ],
    region: regionOf(values.region),
  };
}

function parse(args: readonly string[]) {
  const { values, tokens } = parsed(args);
  const templates: string[] = [];
  const parameters: string[] = [];
  let isAfterParameters = false;
  for (const token of tokens) {
    // The AWS CLI takes all values after the name of the option.
    isAfterParameters = token.kind === 'option' ? token.name === 'parameters'
      : isAfterParameters && token.kind === 'positional' && isParameterValue(token.value);
    if (token.kind === 'positional') (isAfterParameters ? parameters : templates).push(token.value);
    else if (isAfterParameters && token.kind === 'option') parameters.push(token.value!);
  }
  return { values, templates, parameters };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [, unknown = ''] = /^Unknown option '(.*?)'/.exec(message) ?? [];
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError(message.replaceAll('\n', ' '));
    const near = didYouMean(unknown, Object.keys(OPTIONS).map((name) => `--${name}`));
    throw new UsageError(`there is no option ${unknown}${near || '; --help lists them'}`);
  }
}

function formatOf(text: string): Format {
  if (Object.hasOwn(FORMATS, text)) return text as Format;
  throw new UsageError(`--format: there is no format ${text}; there are ${Object.keys(FORMATS).join(', ')}`);
}

function reportFileOf(path: string): ReportFile {
  const [format] = Object.entries(FORMATS).find(([, end]) => path.toLowerCase().endsWith(end)) ?? [];
  if (format !== undefined) return { path, format: format as Format };
  throw new UsageError(
    `--output ${path}: the end of the name tells the format; it is one of ${Object.values(FORMATS).join(', ')}`,
  );
}

/** The lowest severity that fails; undefined if none does. */
function severityOf(text: string = AuditSeverity.CRITICAL): AuditSeverity | undefined {
  const word = text.toUpperCase();
  if (word === NEVER) return undefined;
  if (SEVERITIES.includes(word)) return word as AuditSeverity;
  throw new UsageError(`--fail-on: there is no severity ${text}; there are ${SEVERITIES.join(', ')}, and none`);
}

function serviceOf(text: string): string {
  if (/^[a-z0-9-]+$/.test(text)) return text;
  throw new UsageError(`--used-service: ${text} is no prefix of a service in IAM; write what precedes the colon of its `
    + 'actions, for example dynamodb');
}

function regionOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) return text;
  throw new UsageError(`--region: ${text} is no region; write its code, for example eu-west-1`);
}
