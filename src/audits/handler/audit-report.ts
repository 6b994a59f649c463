import { AuditCheckDetails, DescribeAuditTaskCommandOutput } from '@aws-sdk/client-iot';
import { JudgedCheck, Verdict, allowedPerCheck, bySeverity, exceeds } from './deployment-gate';
import { NAMED_RESOURCES } from './non-compliant-resources';
import { LONGEST_REASON } from '../../function/runtime/answer';
import { consoleAddress } from '../../function/runtime/console-address';
import { printable, shorten } from '../../private/printable';
import { AuditAttribute, AuditedCheck, GateProperties } from '../protocol';

/** The part of an audit's description that a report rests on. */
export type AuditTask = Pick<DescribeAuditTaskCommandOutput, 'taskStatus' | 'taskStatistics' | 'auditDetails'>;

export interface ExplainedVerdict {
  readonly gate: GateProperties;
  readonly verdict: Verdict;

  /** The audit that was judged. */
  readonly taskId: string;

  /** The stack that is deployed; the audit is in its region and partition. */
  readonly stackId: string;
}

/** The value of an output in CloudFormation may have 1024 bytes. */
const LONGEST_NON_COMPLIANCE = 1000;

/** Bytes, for about ten checks. */
const LONGEST_NOT_AUDITED = 500;
const LONGEST_COLLECTING = 500;

/** Bytes for texts of AWS or of a template, so that there is always room for the sentence around them. */
const LONGEST_CHECK_NAME = 100;
const LONGEST_OBSTACLE = 64;
const LONGEST_NUMBER = 20;

/** Makes the custom resource's attributes. */
export function reportAudit(
  taskId: string, task: AuditTask, checks: readonly AuditedCheck[],
): Record<AuditAttribute, string | number> {
  const { taskStatus, taskStatistics = {}, auditDetails = {} } = task;
  return {
    [AuditAttribute.TASK_ID]: taskId,
    [AuditAttribute.TASK_STATUS]: taskStatus ?? 'UNKNOWN',
    [AuditAttribute.TOTAL_CHECKS]: taskStatistics.totalChecks ?? 0,
    [AuditAttribute.COMPLIANT_CHECKS]: taskStatistics.compliantChecks ?? 0,
    [AuditAttribute.NON_COMPLIANT_CHECKS]: taskStatistics.nonCompliantChecks ?? 0,
    [AuditAttribute.FAILED_CHECKS]: taskStatistics.failedChecks ?? 0,
    [AuditAttribute.NON_COMPLIANCE]: listNonCompliance(auditDetails, checks),
    [AuditAttribute.CHECKS_NOT_AUDITED]: listNotAudited(auditDetails, checks),
  };
}

/**
 * Explains a verdict that fails the deployment, in less than 1 KB: the numbers, the worst checks, and the address of
 * the audit in the console.
 */
export function explainVerdict({ gate, verdict, taskId, stackId }: ExplainedVerdict): string {
  const { offending, incomplete, isEmpty } = verdict;
  const end = `. Audit ${taskId}: ${consoleAddress(stackId, taskId)}`;
  if (isEmpty) {
    return 'the audit stops the deployment: the gate judges nothing, since this region has none of its checks; '
      + `name others, or use DeploymentAudit.waitForCompletion()${end}`;
  }
  const lead = [
    offending.length > 0 ? explainFindings(gate, verdict) : '',
    incomplete.length > 0 ? `${plural(incomplete.length, 'check')} could not be carried out` : '',
  ].filter(Boolean).join(', and ');
  const begin = `the audit stops the deployment: ${lead}: `;
  const room = LONGEST_REASON - Buffer.byteLength(begin + end);
  const checks = (named: number) =>
    [...offending.map((check) => describeOffending(check, named)), ...incomplete.map(describeIncomplete)];
  // More checks matter more than more resources of each.
  let named = NAMED_RESOURCES;
  while (named > 1 && Buffer.byteLength(checks(named).join('; ')) > room) {
    named--;
  }
  return begin + joinWithin(checks(named), room) + end;
}

/** Explains that an audit did not end within the time that a deployment waits for it. */
export function explainTimeout(minutes: number, { taskStatistics = {}, auditDetails = {} }: AuditTask): string {
  const { totalChecks = 0, inProgressChecks = 0, waitingForDataCollectionChecks = 0 } = taskStatistics;
  const collecting = Object.entries(auditDetails)
    .filter(([, { checkRunStatus }]) => checkRunStatus === 'WAITING_FOR_DATA_COLLECTION')
    .map(([name]) => name);
  const ended = totalChecks - inProgressChecks - waitingForDataCollectionChecks;
  return [
    `the audit did not end within ${plural(minutes, 'minute')}: ${ended} of ${totalChecks} checks are done`,
    collecting.length > 0
      ? `, and AWS still collects data for ${joinWithin(collecting, LONGEST_COLLECTING)}, `
        + 'which takes long in a large account or after a check was enabled'
      : '',
    '; wait longer (at most 55 minutes), let the deployment go on when the time is over, or deploy again later',
  ].join('');
}

/** Lists the non-compliant checks, the worst first: `CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK 3/120`. */
function listNonCompliance(details: Record<string, AuditCheckDetails>, checks: readonly AuditedCheck[]): string {
  const severityOf = new Map(checks.map(({ Name, Severity }) => [Name, Severity]));
  const entries = Object.entries(details)
    .filter(([, { checkRunStatus }]) => checkRunStatus === 'COMPLETED_NON_COMPLIANT')
    .map(([name, { nonCompliantResourcesCount = 0, totalResourcesCount = 0 }]) => ({
      name, severity: severityOf.get(name) ?? 'UNKNOWN', count: nonCompliantResourcesCount, of: totalResourcesCount,
    }))
    .sort(bySeverity)
    .map(({ name, severity, count, of }) => `${severity} ${name} ${count}/${of}`);
  return joinWithin(entries, LONGEST_NON_COMPLIANCE);
}

/** Lists the judged checks that the audit does not report. An audit that reports no check at all tells nothing. */
function listNotAudited(details: Record<string, AuditCheckDetails>, checks: readonly AuditedCheck[]): string {
  const isReported = Object.keys(details).length > 0;
  const entries = checks.filter(({ Name, Judged }) => isReported && Judged === 'true' && !details[Name])
    .map(({ Name, Severity }) => ({ name: Name, severity: Severity, count: 0 }))
    .sort(bySeverity)
    .map(({ name, severity }) => `${severity} ${name}`);
  return joinWithin(entries, LONGEST_NOT_AUDITED);
}

function explainFindings(gate: GateProperties, { offending, total }: Verdict): string {
  const isCompared = gate.AllowKnown === 'true' && offending.some(({ isUncompared }) => !isUncompared);
  const kind = isCompared ? 'new non-compliant resource' : 'non-compliant resource';
  const perCheck = exceeds(total, gate.AllowedInAll) ? undefined : allowedPerCheck(gate);
  const allowed = perCheck === undefined
    ? `${cut(gate.AllowedInAll!, LONGEST_NUMBER)} allowed in all`
    : `${cut(perCheck, LONGEST_NUMBER)} allowed for each check`;
  const found = offending.reduce((sum, { count }) => sum + count, 0);
  const atLeast = offending.some(({ isMinimum }) => isMinimum) ? 'at least ' : '';
  return `${plural(offending.length, 'check')} found ${atLeast}${plural(found, kind)} (${allowed})`;
}

function describeOffending(check: JudgedCheck, named: number): string {
  const { count, isMinimum, resources = [], isUncompared } = check;
  const names = resources.slice(0, named);
  const more = names.length > 0 && count > names.length ? [`${count - names.length} more`] : [];
  const notes = [
    [...names, ...more].join(', '),
    isMinimum ? 'AWS does not say how many' : '',
    isUncompared ? 'no earlier audit to compare with' : '',
  ].filter(Boolean).join('; ');
  return `${titleOf(check)} ${isMinimum ? 'at least ' : ''}${count}${notes && ` (${notes})`}`;
}

function describeIncomplete(check: JudgedCheck): string {
  return `${titleOf(check)} (${cut(check.obstacle ?? 'NOT_ENABLED', LONGEST_OBSTACLE)})`;
}

function titleOf({ severity, name }: JudgedCheck): string {
  return `${severity} ${cut(name, LONGEST_CHECK_NAME)}`;
}

function cut(text: string, bytes: number): string {
  return shorten(printable(text), bytes);
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Joins as many entries as fit into a number of bytes, and says how many do not. */
function joinWithin(entries: readonly string[], bytes: number): string {
  for (let shown = entries.length; shown > 0; shown--) {
    const rest = entries.length - shown;
    const text = [...entries.slice(0, shown), ...rest > 0 ? [`and ${rest} more`] : []].join('; ');
    if (Buffer.byteLength(text) <= bytes) {
      return text;
    }
  }
  return entries.length === 0 ? '' : plural(entries.length, 'check');
}
