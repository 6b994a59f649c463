import { AuditSeverity, SEVERITIES } from '../../checks/check-table';
import { Finding, Verdict } from '../finding';

/** The findings that fail. */
export interface Failing {
  /** The lowest severity that fails; undefined if none does. */
  readonly failOn?: AuditSeverity;
  readonly failOnUndecided: boolean;
}

/** CDK's names for the severity of a violation. Only an error fails. */
export type Level = 'error' | 'warning' | 'info';

export function levelOf({ verdict, check, isGivenFile }: Finding, { failOn, failOnUndecided }: Failing): Level {
  if (isGivenFile) return 'error';
  if (verdict === Verdict.REMARK) return 'info';
  if (verdict === Verdict.UNDECIDED || !check) return failOnUndecided ? 'error' : 'info';
  if (failOn === undefined) return 'warning';
  return SEVERITIES.indexOf(check.severity) >= SEVERITIES.indexOf(failOn) ? 'error' : 'warning';
}
