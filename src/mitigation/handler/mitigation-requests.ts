import { createHash } from 'node:crypto';
import { Answer, MitigationPlan, MitigationRequest, PlannedCheck } from '../protocol';

/** AWS takes so many findings by id in one task. */
const FINDINGS_OF_TASK = 25;

/** Bytes of all requests of a plan, so that a state has room for them twice and for everything else. */
export const MOST_BYTES_OF_REQUESTS = 150_000;

/** Findings of one check by id, and what is done about them. */
export interface SelectedFindings {
  readonly checkName: string;
  readonly actions: readonly string[];
  readonly findingIds: readonly string[];
}

/** What begins the ids of all tasks of a plan. The second plan after an audit is made after an answer. */
export function planName({ settingsName, auditTaskId, answer }: Pick<
  MitigationPlan, 'settingsName' | 'auditTaskId' | 'answer'
>): string {
  return `${settingsName}-${auditTaskId}-${answer === Answer.NOT_ASKED ? 1 : 2}`;
}

/** Matches ids of tasks that automatic mitigation of a name has started. */
export function taskIdPattern(settingsName: string): RegExp {
  return new RegExp(`^${settingsName}-[a-zA-Z0-9-]{1,40}-[12](-[0-9a-f]{16})?(-r\\d)?$`);
}

/** One request for whole checks: AWS itself selects all their findings. */
export function wholeRequest(
  name: string, auditTaskId: string, checks: readonly Pick<PlannedCheck, 'checkName' | 'actions'>[],
): MitigationRequest {
  const mapping = Object.fromEntries(checks.map(({ checkName, actions }) => [checkName, actions]));
  return requestOf(name, { AuditTaskId: auditTaskId }, mapping);
}

/**
 * Requests for findings by id, in batches. The same findings make the same ids of tasks.
 *
 * @param round of retries, 0 for the first time
 */
export function batchRequests(
  name: string, { checkName, actions, findingIds }: SelectedFindings, round = 0,
): MitigationRequest[] {
  const sorted = [...findingIds].sort();
  const requests: MitigationRequest[] = [];
  for (let start = 0; start < sorted.length; start += FINDINGS_OF_TASK) {
    const batch = sorted.slice(start, start + FINDINGS_OF_TASK);
    const digest = sha256(JSON.stringify([checkName, ...batch])).slice(0, 16);
    const taskId = `${name}-${digest}${round > 0 ? `-r${round}` : ''}`;
    requests.push(requestOf(taskId, { FindingIds: batch }, { [checkName]: actions }));
  }
  return requests;
}

function requestOf(
  TaskId: string, Target: MitigationRequest['Target'], mapping: MitigationRequest['AuditCheckToActionsMapping'],
): MitigationRequest {
  return { TaskId, ClientRequestToken: sha256(TaskId), Target, AuditCheckToActionsMapping: mapping };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
