import { AuditSeverity, SEVERITIES } from '../../checks/check-table';
import { Finding, Verdict } from '../finding';

/** The findings that fail. */
export interface Failing {
  readonly failOn: AuditSeverity;
  readonly failOnUndecided: boolean;
}

/** CDK's names for the severity of a violation. Only an error fails. */
export type Level = 'error' | 'warning' | 'info';

export function levelOf({ verdict, check }: Finding, { failOn, failOnUndecided }: Failing): Level {
  if (verdict === Verdict.UNDECIDED || !check) return failOnUndecided ? 'error' : 'info';
  return SEVERITIES.indexOf(check.severity) >= SEVERITIES.indexOf(failOn) ? 'error' : 'warning';
}
