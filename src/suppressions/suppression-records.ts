import { AuditSuppression, DESCRIPTION_RULE, isDescription } from './audit-suppression';
import { endOf, FOREVER } from './protocol';
import { isRecord, RESOURCE_FORMS, resourceOf } from './resource-records';
import { SuppressedResource } from './suppressed-resource';
import { SuppressionExpiry } from './suppression-expiry';
import { AuditCheck } from '../checks/audit-check';
import { InvalidInput, invalidInput, invalidInputMessage } from '../private/invalid-input';
import { shorten } from '../private/printable';

const WHERE = 'SuppressionList.fromFile';
const MEMBERS = ['check', 'resource', 'reason', 'until'];

/** A value of the file in messages. */
function shown(value: unknown): string {
  return value === undefined ? 'none' : shorten(JSON.stringify(value), 120);
}

/**
 * The suppressions that the content of a file lists.
 *
 * @throws if it is not a list of suppressions; the error has a line for each fault of each entry
 */
export function readSuppressions(path: string, content: unknown): AuditSuppression[] {
  if (!Array.isArray(content)) {
    throw invalidInput(WHERE, {
      property: path, rule: 'must hold an array', given: shown(content), fix: 'write the suppressions in brackets',
    });
  }
  const faults: string[] = [];
  const suppressions = content.flatMap((entry: unknown, index) => {
    const reader = new EntryReader(`${path}[${index}]`);
    const suppression = reader.read(entry);
    faults.push(...reader.faults);
    return suppression ?? [];
  });
  if (faults.length > 0) {
    throw new Error(faults.join('\n'));
  }
  return suppressions;
}

/** Reads one entry, and notes every fault of it. */
class EntryReader {
  public readonly faults: string[] = [];

  constructor(private readonly place: string) {}

  /** The suppression, which is undefined or useless if the entry has faults. */
  read(entry: unknown): AuditSuppression | undefined {
    if (!isRecord(entry)) {
      this.note('', { rule: 'must be an object', given: shown(entry), fix: `write one with ${MEMBERS.join(', ')}` });
      return undefined;
    }
    const strange = Object.keys(entry).filter((name) => !MEMBERS.includes(name));
    if (strange.length > 0) {
      this.note('', { rule: `must have ${MEMBERS.join(', ')} only`, given: shown(strange), fix: 'remove the others' });
    }
    const check = this.readCheck(entry.check);
    const resource = this.readResource(entry.resource, check);
    const description = this.readReason(entry.reason);
    const expiry = this.readUntil(entry.until);
    return check && resource && expiry && { check, resource, description, expiry };
  }

  private readCheck(given: unknown): AuditCheck | undefined {
    const check = AuditCheck.all().find(({ checkName }) => checkName === given);
    if (!check) {
      this.note('.check', {
        rule: 'must be the name of a check in the API',
        given: shown(given),
        fix: 'write a name such as LOGGING_DISABLED_CHECK; add suppressions of other checks with addSuppression()',
      });
    }
    return check;
  }

  private readResource(given: unknown, check: AuditCheck | undefined): SuppressedResource | undefined {
    try {
      const resource = resourceOf(given);
      if (check && resource && resource._type === check.resourceType) return resource;
      if (check || !resource) {
        this.note('.resource', {
          rule: check ? `must be ${RESOURCE_FORMS[check.resourceType]} for ${check}` : 'must name one resource',
          given: shown(given),
          fix: 'write what the check reports',
        });
      }
    } catch (error) {
      // The error of a factory, which names itself first.
      this.faults.push(`${WHERE}: ${this.place}.resource: ${(error as Error).message.replace(/^[\w.]+: /, '')}`);
    }
    return undefined;
  }

  private readReason(given: unknown): string {
    if (typeof given === 'string' && isDescription(given)) return given;
    this.note('.reason', { rule: DESCRIPTION_RULE, given: shown(given), fix: 'say in short who accepts the finding and why' });
    return '';
  }

  private readUntil(given: unknown): SuppressionExpiry | undefined {
    if (given === FOREVER) return SuppressionExpiry.never();
    if (typeof given === 'string' && Number.isFinite(endOf(given))) return SuppressionExpiry.on(given);
    this.note('.until', {
      rule: `must be a date, a time with its offset from UTC, or ${FOREVER}`,
      given: shown(given),
      fix: 'write it like 2027-03-31 or 2027-03-31T12:00:00Z',
    });
    return undefined;
  }

  private note(member: string, fault: Omit<InvalidInput, 'property'>): void {
    this.faults.push(invalidInputMessage(WHERE, { property: `${this.place}${member}`, ...fault }));
  }
}
