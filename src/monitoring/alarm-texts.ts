import { Stack, Token } from 'aws-cdk-lib';
import { AuditCheck } from '../checks/audit-check';
import { SEVERITIES } from '../checks/check-table';
import { shorten } from '../private/printable';

/** Bytes of the checks' names. CloudWatch takes 1024 characters, of which other names and the address need some. */
const LONGEST_LIST = 550;

export function findingAlarmText(scope: Stack, scheduledAuditName: string, checks: AuditCheck[]): string {
  const [{ severity }] = checks;
  const findings = SEVERITIES.includes(severity) ? `${severity} findings` : 'Findings';
  return `${findings} of the scheduled audit ${scheduledAuditName}: its last run found non-compliant resources with one `
    + `of ${shorten(checks.map(String).join(', '), LONGEST_LIST)}. Mitigate or suppress them; the next run without `
    + `findings ends the alarm. ${resultsAddress(scope)}`;
}

export function overdueAlarmText(
  scope: Stack, scheduledAuditName: string, maximumDays: number, logGroupName: string,
): string {
  return `The scheduled audit ${scheduledAuditName} is overdue: for ${maximumDays} days, no run began that ended with all `
    + 'checks carried out. Look if it ran, which check failed and why, and if the audit role has its permissions: '
    + `${resultsAddress(scope)} If the alarm has no data, its age is not measured: look for the reason in the log `
    + `${logGroupName}.`;
}

export const FAILED_MITIGATIONS_TEXT = 'Automatic mitigation could not mitigate some resources in the last day. Its '
  + 'report names them and says why.';

/** The list of audits in the console; that of the commercial regions if only the deployment knows the region. */
function resultsAddress({ region }: Stack): string {
  return `https://${region}.${consoleOf(region)}/iot/home?region=${region}#/dd/audit/results`;
}

function consoleOf(region: string): string {
  if (!Token.isUnresolved(region)) {
    if (region.startsWith('cn-')) return 'console.amazonaws.cn';
    if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  }
  return 'console.aws.amazon.com';
}
