import { GateProperties } from './deployment-gate-protocol';
import { JudgedCheck, Verdict, exceeds } from './gate-verdict.lambda-shared';
import { joinWithin } from './join-within.lambda-shared';
import { shorten } from '../private/custom-resource/printable.lambda-shared';

/** CloudFormation shows about this many bytes of a reason. */
const LONGEST_REASON = 1000;

/** How many resources a reason names for each check, if there is room. */
export const NAMED_RESOURCES = 3;

/** How many bytes of a resource's name say which it is. */
const LONGEST_NAME = 64;

const CONSOLES: Record<string, string> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

export interface ExplainedVerdict {
  readonly gate: GateProperties;
  readonly verdict: Verdict;

  /** Names of some resources of each offending check. */
  readonly resources: ReadonlyMap<string, readonly string[]>;
  readonly taskId: string;
  readonly stackId: string;
}

/**
 * Why a deployment fails: the verdict, the worst checks, and where to read on, in less than 1 KB.
 */
export function explainVerdict({ gate, verdict, resources, taskId, stackId }: ExplainedVerdict): string {
  const { offending, incomplete } = verdict;
  const lead = [
    offending.length > 0 ? explainFindings(gate, verdict) : '',
    incomplete.length > 0 ? `${count(incomplete.length, 'check')} could not be carried out` : '',
  ].filter(Boolean).join(', and ');
  const checks = (named: number) => [
    ...offending.map((check) => describeOffending(check, resources.get(check.name)?.slice(0, named) ?? [])),
    ...incomplete.map(({ severity, name, obstacle }) => `${severity} ${name} (${obstacle})`),
  ];
  const end = `. Audit ${taskId}: ${consoleAddress(stackId, taskId)}`;
  const begin = `the audit stops the deployment: ${lead}: `;
  const room = LONGEST_REASON - Buffer.byteLength(begin + end);
  // Rather more checks than more resources of each.
  let named = NAMED_RESOURCES;
  while (named > 1 && Buffer.byteLength(checks(named).join('; ')) > room) {
    named--;
  }
  return begin + joinWithin(checks(named), room) + end;
}

function explainFindings({ AllowedInAll, AllowedPerCheck, AllowKnown }: GateProperties, { offending, total }: Verdict): string {
  const isCompared = AllowKnown === 'true' && offending.some(({ isUncompared }) => !isUncompared);
  const kind = isCompared ? 'new non-compliant resource' : 'non-compliant resource';
  const allowed = exceeds(total, AllowedInAll) ? `${AllowedInAll} allowed in all` : `${AllowedPerCheck} allowed for each check`;
  const found = offending.reduce((sum, check) => sum + check.count, 0);
  return `${count(offending.length, 'check')} found ${count(found, kind)} (${allowed})`;
}

function describeOffending({ severity, name, count: found, isUncompared }: JudgedCheck, resources: readonly string[]): string {
  const named = resources.map((resource) => shorten(resource, LONGEST_NAME));
  const more = named.length > 0 && found > named.length ? [`${found - named.length} more`] : [];
  const notes = [[...named, ...more].join(', '), isUncompared ? 'no earlier audit to compare with' : ''].filter(Boolean).join('; ');
  return `${severity} ${name} ${found}${notes && ` (${notes})`}`;
}

function consoleAddress(stackId: string, taskId: string): string {
  const [, partition, , region] = stackId.split(':');
  return `https://${region}.${CONSOLES[partition] ?? CONSOLES.aws}/iot/home?region=${region}#/dd/audit/results/${taskId}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
