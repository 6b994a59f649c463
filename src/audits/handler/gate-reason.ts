import { GateProperties } from '../protocol';
import { JudgedCheck, Verdict, allowedPerCheck, exceeds } from './gate-verdict';
import { joinWithin } from './join-within';
import { printable, shorten } from '../../private/printable';

/** CloudFormation shows about this many bytes of a reason. */
const LONGEST_REASON = 1000;

/** How many resources a reason names for each check, if there is room. */
export const NAMED_RESOURCES = 3;

/** How many bytes of what AWS or a template says find room, so that it never takes that of the sentence around it. */
const LONGEST_CHECK_NAME = 100;
const LONGEST_OBSTACLE = 64;
const LONGEST_NUMBER = 20;

const CONSOLES: Record<string, string> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

export interface ExplainedVerdict {
  readonly gate: GateProperties;
  readonly verdict: Verdict;
  readonly taskId: string;
  readonly stackId: string;
}

/**
 * Why a deployment fails: the verdict, the worst checks, and where to read on, in less than 1 KB.
 */
export function explainVerdict({ gate, verdict, taskId, stackId }: ExplainedVerdict): string {
  const { offending, incomplete, isEmpty } = verdict;
  const end = `. Audit ${taskId}: ${consoleAddress(stackId, taskId)}`;
  if (isEmpty) {
    return `the audit stops the deployment: the gate judges nothing, since this region has none of its checks; name others, or use DeploymentAudit.waitForCompletion()${end}`;
  }
  const lead = [
    offending.length > 0 ? explainFindings(gate, verdict) : '',
    incomplete.length > 0 ? `${count(incomplete.length, 'check')} could not be carried out` : '',
  ].filter(Boolean).join(', and ');
  const checks = (named: number) => [...offending.map((check) => describeOffending(check, named)), ...incomplete.map(describeIncomplete)];
  const begin = `the audit stops the deployment: ${lead}: `;
  const room = LONGEST_REASON - Buffer.byteLength(begin + end);
  // Rather more checks than more resources of each.
  let named = NAMED_RESOURCES;
  while (named > 1 && Buffer.byteLength(checks(named).join('; ')) > room) {
    named--;
  }
  return begin + joinWithin(checks(named), room) + end;
}

function explainFindings(gate: GateProperties, { offending, total }: Verdict): string {
  const isCompared = gate.AllowKnown === 'true' && offending.some(({ isUncompared }) => !isUncompared);
  const kind = isCompared ? 'new non-compliant resource' : 'non-compliant resource';
  const perCheck = exceeds(total, gate.AllowedInAll) ? undefined : allowedPerCheck(gate);
  const allowed = perCheck === undefined ? `${cut(gate.AllowedInAll!, LONGEST_NUMBER)} allowed in all` : `${cut(perCheck, LONGEST_NUMBER)} allowed for each check`;
  const found = offending.reduce((sum, check) => sum + check.count, 0);
  const atLeast = offending.some(({ isLeast }) => isLeast) ? 'at least ' : '';
  return `${count(offending.length, 'check')} found ${atLeast}${count(found, kind)} (${allowed})`;
}

function describeOffending(check: JudgedCheck, named: number): string {
  const { count: found, isLeast, resources = [], isUncompared } = check;
  const names = resources.slice(0, named);
  const more = names.length > 0 && found > names.length ? [`${found - names.length} more`] : [];
  const notes = [
    [...names, ...more].join(', '),
    isLeast ? 'AWS does not say how many' : '',
    isUncompared ? 'no earlier audit to compare with' : '',
  ].filter(Boolean).join('; ');
  return `${titleOf(check)} ${isLeast ? 'at least ' : ''}${found}${notes && ` (${notes})`}`;
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

function consoleAddress(stackId: string, taskId: string): string {
  const [, partition, , region] = stackId.split(':');
  return `https://${region}.${CONSOLES[partition] ?? CONSOLES.aws}/iot/home?region=${region}#/dd/audit/results/${taskId}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
