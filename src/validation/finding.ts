import { Resource, Template } from './templates/template';
import { CheckRow } from '../checks/check-table';

/** The verdict of a check on a resource. */
export enum Verdict {
  COMPLIANT = 'compliant',
  NON_COMPLIANT = 'non-compliant',
  UNDECIDED = 'cannot be decided',

  /** Not a verdict of a check: what is worth a look, since it does not do what it seems to. */
  REMARK = 'worth a look',
}

/** The verdict of a check on one resource, or on a stack, with the reasons. */
export interface Finding {
  /** Absent if no check can look at a template, since it cannot be read, and for a remark. */
  readonly check?: CheckRow;
  readonly verdict: Verdict;
  readonly template?: Template;

  /** Absent if the finding is about a stack. */
  readonly resource?: Resource;

  /** The file of a template that cannot be read. */
  readonly templatePath?: string;
  readonly stackConstructPath?: string;

  /** The line (from 1) of a file that cannot be read further. */
  readonly line?: number;

  /** True if the user named a file that cannot be read. */
  readonly isGivenFile?: boolean;

  /** AWS's code for the reason; only for a resource that is non-compliant. */
  readonly reasonCode?: string;

  /** Paths within the resource, such as `['Properties', 'PolicyDocument', 'Statement', '0']`. */
  readonly locations: readonly (readonly string[])[];

  /** The fault, or the reason why the check cannot be decided. */
  readonly why: string;
  readonly fix?: string;
}

export function compliant(check: CheckRow, resource: Resource): Finding {
  return { check, resource, template: resource.template, verdict: Verdict.COMPLIANT, locations: [], why: '' };
}

export function undecided(check: CheckRow, resource: Resource, path: readonly string[], why: string): Finding {
  return { check, resource, template: resource.template, verdict: Verdict.UNDECIDED, locations: [path], why };
}

/** Rules of the findings that no check makes. */
const UNREAD_TEMPLATE = 'UNREAD_TEMPLATE';
const STATEMENT_WITHOUT_EFFECT = 'STATEMENT_WITHOUT_EFFECT';

/** The id by which a finding is reported and acknowledged. */
export function ruleNameOf({ check, verdict }: Pick<Finding, 'check' | 'verdict'>): string {
  return check?.checkName ?? (verdict === Verdict.REMARK ? STATEMENT_WITHOUT_EFFECT : UNREAD_TEMPLATE);
}
