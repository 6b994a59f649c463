import type { ResourceIdentifier } from '@aws-sdk/client-iot';
import { mitigationSummary } from './after-audit-text';
import { alarmSummary } from './alarm-reports';
import type { AuditReport, NotificationReport } from './audit-reports';
import { cut } from './cut';
import { DISCLAIMERS } from './disclaimers';
import { RehearsalReport, RemainsReport, ResourceReport, StackReport, nameOf } from './report';
import type { StackEvent } from '../cloudformation/rehearsed-stack';
import { DISCLAIMER } from '../device-defender/disclaimer';

/** Characters of the reason of a finding, unless everything is asked for. */
const LONGEST_REASON = 160;

const RESULTS: Readonly<Record<string, string>> = {
  IN_PROGRESS: '...', COMPLETE: 'done', FAILED: 'FAILED', SKIPPED: 'kept',
};

/** The introduction: results are those of a model. */
export function introductionLines(isComplete: boolean): string[] {
  const [short] = DISCLAIMER.split(' Unverified in particular:');
  return [
    ...(isComplete ? DISCLAIMERS : short).split('\n'),
    'CloudFormation and IAM are models too: functions may do what the policies of their roles allow, all others',
    'everything.',
    ...(isComplete ? [] : ['--verbose lists what is unverified.']),
    '',
  ];
}

/** One line for the end of each action on a resource, and for whatever has a reason; undefined for the rest. */
export function lineOf(event: StackEvent): string | undefined {
  const { status, reason, resourceType, notRehearsed } = event;
  const said = notRehearsed === undefined ? reason : `not rehearsed: ${notRehearsed}`;
  const because = said === undefined ? '' : `: ${said}`;
  if (resourceType === 'AWS::CloudFormation::Stack') return `${event.stackName} ${status}${because}`;
  const [, action, result] = /^([A-Z]+)_(.*)$/.exec(status)!;
  if (result === 'IN_PROGRESS' && reason === undefined) return undefined;
  return `  ${`${action.toLowerCase()} ${RESULTS[result]}`.padEnd(14)} ${nameOf(event).padEnd(64)} ${resourceType}${because}`;
}

/** @param inactive ids of certificates that were deactivated since */
export function auditLines(
  audits: readonly AuditReport[], verbose: boolean, inactive: readonly string[] = [],
): string[] {
  if (audits.length === 0) return ['No audit ran.'];
  return audits.flatMap(({ taskId, kind, status, nonCompliantChecks, totalChecks, findings, failedChecks }) => [
    `Audit ${taskId} (${kind}) ${status}: ${nonCompliantChecks} of ${totalChecks} checks non-compliant`,
    ...findings.map(({ severity, checkName, nonCompliantResource, reasonForNonCompliance }) => {
      const identifier = nonCompliantResource?.resourceIdentifier;
      const mark = inactive.includes(identifier?.deviceCertificateId ?? '') ? ' (inactive by now)' : '';
      const reason = cut(reasonForNonCompliance ?? '', verbose ? Infinity : LONGEST_REASON);
      return `  ${severity!.padEnd(8)} ${checkName!.padEnd(36)} ${resourceText(identifier)}${mark}: ${reason}`;
    }),
    ...failedChecks.map(({ check, errorCode, message }) => `  FAILED   ${check}: ${errorCode}: ${message}`),
  ]);
}

export function notificationLines(notifications: readonly NotificationReport[]): string[] {
  if (notifications.length === 0) return ['No notification went out.'];
  return ['Notifications', ...notifications.map(({ target, text }) => `  to ${target}: ${text}`)];
}

export function remainingLines({
  resources, roleArn, checks, scheduledAudits, mitigationActions, logging,
}: RemainsReport): string[] {
  return [
    'What stays',
    ...resources.map(
      ({ resource, type, reason, physicalId }) => `  ${reason.padEnd(12)} ${resource.padEnd(48)} ${type} ${physicalId}`,
    ),
    roleArn
      ? `  the account's audit configuration, with ${Object.keys(checks).length} checks enabled`
      : '  no audit configuration',
    `  scheduled audits: ${namesIn(scheduledAudits)}`,
    `  mitigation actions: ${namesIn(mitigationActions)}`,
    `  logging of AWS IoT: ${logging === undefined ? 'not configured' : logging.disableAllLogs ? 'disabled' : `level ${logging.defaultLogLevel}`}`,
  ];
}

/** The end of the output, for readers who skip the rest. */
export function summaryLines(
  { outcome, reason, stacks, audits, notifications, afterAudit }: RehearsalReport,
): string[] {
  const counts = audits.flatMap(({ bySeverity }) => Object.entries(bySeverity));
  const severities = [...new Set(counts.map(([severity]) => severity))].map(
    (severity) =>
      `${counts.filter(([one]) => one === severity).reduce((sum, [, count]) => sum + count, 0)} ${severity}`,
  );
  return [
    'Summary',
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...stacks.flatMap(stackLines),
    `  audits: ${audits.length}, findings: ${severities.join(', ') || 'none'}, notifications: ${notifications.length}`,
    ...mitigationSummary(afterAudit),
    ...alarmSummary(afterAudit.flatMap(({ alarms = [] }) => alarms)),
    outcome === 'succeeded'
      ? '  The rehearsal succeeded. It ran on a model built from documents: AWS may answer differently.'
      : '  The rehearsal failed: the deployment would fail, as far as the model knows AWS.',
  ];
}

function stackLines({
  stackName, operation, status, reason, resources, failures, notRehearsed,
}: StackReport): string[] {
  const counts = Object.entries(resources)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  const detail = reason ?? (counts.join(', ') || 'nothing changed');
  return [
    `  ${operation} ${stackName}: ${status}, ${detail}`,
    ...failures.map((failure) => `    ${failure.action} failed: ${resourceLine(failure)}`),
    ...notRehearsed.map((resource) => `    not rehearsed: ${resourceLine(resource)}`),
  ];
}

function resourceLine({ resource, type, reason }: ResourceReport): string {
  return `${resource} (${type}): ${reason}`;
}

function resourceText({ policyVersionIdentifier: policy, ...identifier }: ResourceIdentifier = {}): string {
  if (policy !== undefined) return `policy ${policy.policyName}, version ${policy.policyVersionId}`;
  return Object.entries(identifier).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
}

function namesIn(byName: Readonly<Record<string, unknown>>): string {
  return Object.keys(byName).join(', ') || 'none';
}
