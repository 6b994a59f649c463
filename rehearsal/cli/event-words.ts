import { cut } from './cut';

type Detail = Readonly<Record<string, unknown>>;

/** A check as the details of this library's events have it. */
type Check = Partial<Readonly<Record<
  'checkName' | 'severity' | 'outcome' | 'obstacle' | 'nonCompliantResources' | 'totalResources' | 'affectedResources'
  | 'isMinimum' | 'succeeded' | 'failed' | 'skipped' | 'canceled', unknown
>>>;

const LONGEST_DETAIL = 160;

/** The detail of an event in words, in lines; JSON for events of others. */
export function detailLines(detailType: string, detail: Detail): string[] {
  const checks = Array.isArray(detail.checks) ? detail.checks as Check[] : undefined;
  if (checks !== undefined && detailType === 'IoT Device Defender Audit Completed') return auditLines(detail, checks);
  if (checks !== undefined && detailType === 'IoT Device Defender Mitigation Completed') {
    return checks.map((check) => `${String(check.checkName)}: ${outcomeOf(check)}`);
  }
  return [cut(JSON.stringify(detail), LONGEST_DETAIL)];
}

function auditLines(
  { taskId, taskStatus, scheduledAuditName, nonCompliantChecks = [], highestSeverity }: Detail,
  checks: readonly Check[],
): string[] {
  const schedule = scheduledAuditName === undefined ? 'on demand' : `scheduled audit ${String(scheduledAuditName)}`;
  const names = nonCompliantChecks as readonly unknown[];
  const found = checks.filter(({ checkName }) => names.includes(checkName)).map((check) =>
    `${String(check.checkName)} ${String(check.nonCompliantResources)} of ${resources(check.totalResources)}`);
  return [
    `audit ${String(taskId)} (${schedule}) ${String(taskStatus)}, highest severity ${String(highestSeverity)}`,
    `non-compliant: ${found.join(', ') || 'nothing'}`,
  ];
}

const OUTCOMES: Readonly<Record<string, string>> = {
  REPORTED: 'only reported', ASKED: 'waiting for approval', PLANNED: 'about to be mitigated',
  OVER_LIMIT: 'left alone: over the limit', OVER_BUDGET: 'left alone: over the budget',
  UNKNOWN: 'left alone: the audit does not tell the numbers', OUTDATED: 'left alone: the audit is too old',
  SUPERSEDED: 'left alone: a newer audit reports the check', STOPPED: 'left alone: the stop switch is set',
  DECLINED: 'left alone: declined', UNANSWERED: 'left alone: nobody answered in time',
};

function outcomeOf(check: Check): string {
  const { outcome, obstacle, affectedResources, isMinimum } = check;
  const { succeeded = 0, failed = 0, skipped = 0, canceled = 0 } = check;
  switch (outcome) {
    case 'APPLIED': case 'FAILED': return countsOf({
      succeeded: Number(succeeded), failed: Number(failed), skipped: Number(skipped), canceled: Number(canceled),
    });
    case 'NOTHING_LEFT': return 'nothing left to mitigate';
  }
  const besides = obstacle === undefined ? '' : `, and would be ${wordsFor(obstacle)}`;
  return `${isMinimum === true ? 'at least ' : ''}${resources(affectedResources)} ${wordsFor(outcome)}${besides}`;
}

function wordsFor(outcome: unknown): string {
  return OUTCOMES[String(outcome)] ?? String(outcome);
}

/** Numbers of findings that were mitigated or not. */
export function countsOf({ succeeded, failed, skipped, canceled }: Readonly<Record<
  'succeeded' | 'failed' | 'skipped' | 'canceled', number
>>): string {
  return [
    `${plural(succeeded, 'finding')} mitigated`, ...failed > 0 ? [`${failed} failed`] : [],
    ...skipped > 0 ? [`${skipped} skipped`] : [], ...canceled > 0 ? [`${canceled} canceled`] : [],
  ].join(', ');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function resources(count: unknown): string {
  return count === undefined ? 'an unknown number of resources' : plural(Number(count), 'resource');
}
