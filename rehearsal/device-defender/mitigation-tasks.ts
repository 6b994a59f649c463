import type {
  AuditFinding, AuditMitigationActionsTaskTarget, ListAuditMitigationActionsExecutionsRequest,
  ListAuditMitigationActionsTasksRequest,
  StartAuditMitigationActionsTaskRequest,
} from '@aws-sdk/client-iot';
import type { Account } from './account';
import type { AuditFindings } from './audit-findings';
import { AuditTasks, requireRetained } from './audit-tasks';
import { factsOf, requireCheck } from './checks/check-catalog';
import { ActionDefinition, MitigationActions, typeOf } from './mitigation-actions';
import { MitigationRun } from './mitigation-run';
import type { Publications } from './notifications';
import type { Handlers } from './operations';
import { pageOf } from './paging';
import { ServiceError, invalidRequest, limitExceeded, notFound } from './service-error';

const MOST_RUNNING = 10;

type Own =
  | 'StartAuditMitigationActionsTask' | 'DescribeAuditMitigationActionsTask' | 'CancelAuditMitigationActionsTask'
  | 'ListAuditMitigationActionsTasks' | 'ListAuditMitigationActionsExecutions';
type Named = { taskId: string | undefined };

export interface MitigationTaskParts {
  readonly account: Account;
  readonly actions: MitigationActions;
  readonly audits: AuditTasks;
  readonly findings: AuditFindings;
  readonly publications: Publications;
}

export class MitigationTasks implements Handlers<Own> {
  private readonly runs = new Map<string, MitigationRun>();

  constructor(private readonly parts: MitigationTaskParts) {}

  readonly StartAuditMitigationActionsTask = (input: StartAuditMitigationActionsTaskRequest) => {
    const { account, publications } = this.parts;
    const taskId = input.taskId!;
    const existing = this.runs.get(taskId);
    // The error is documented for a repeated id "but with a different clientRequestToken". So the SDK's own retry after
    // a lost answer, which keeps the token, gets the answer again: inferred.
    if (existing !== undefined && existing.request.clientRequestToken === input.clientRequestToken) return { taskId };
    // A token used by another task is documented to cause "an exception"; which one is unverified.
    const tokenUsed = [...this.runs.values()].some(
      ({ request }) => request.clientRequestToken === input.clientRequestToken,
    );
    if (existing !== undefined || tokenUsed) {
      throw new ServiceError('TaskAlreadyExistsException', `The mitigation task ${taskId} already exists.`);
    }
    const definitions = this.requireActions(input.auditCheckToActionsMapping!);
    const findings = this.select(input.target!).filter(({ checkName }) =>
      Object.hasOwn(input.auditCheckToActionsMapping!, checkName!),
    );
    const running = [...this.runs.values()].filter(({ status }) => status === 'IN_PROGRESS');
    if (running.length >= MOST_RUNNING) {
      throw limitExceeded(`At most ${MOST_RUNNING} mitigation tasks can be in progress.`);
    }
    this.runs.set(taskId, new MitigationRun(this.runs.size, input, definitions, findings, account, publications));
    return { taskId };
  };

  readonly DescribeAuditMitigationActionsTask = ({ taskId }: Named) => {
    const run = this.require(taskId!);
    return {
      taskStatus: run.status,
      startTime: run.startTime,
      endTime: run.endTime,
      taskStatistics: run.statistics,
      target: run.request.target,
      auditCheckToActionsMapping: run.request.auditCheckToActionsMapping,
      actionsDefinition: [...run.actionsDefinition],
    };
  };

  readonly CancelAuditMitigationActionsTask = ({ taskId }: Named) => {
    const run = this.require(taskId!);
    if (run.status !== 'IN_PROGRESS') throw invalidRequest(`The mitigation task ${taskId} is not in progress.`);
    run.cancel();
    return {};
  };

  readonly ListAuditMitigationActionsTasks = (input: ListAuditMitigationActionsTasksRequest) => {
    requireRetained(this.parts.account, input);
    const { startTime, endTime, auditTaskId, findingId, taskStatus } = input;
    const scope = `mitigation tasks ${JSON.stringify([startTime, endTime, auditTaskId, findingId, taskStatus])}`;
    const { page, nextToken } = pageOf(
      scope, this.runs.values(), input,
      (run) =>
        run.startTime >= startTime!
        && run.startTime <= endTime!
        && (auditTaskId === undefined || run.request.target?.auditTaskId === auditTaskId)
        && (findingId === undefined || run.concerns(findingId))
        && (taskStatus === undefined || run.status === taskStatus),
    );
    return {
      tasks: page.map((run) => ({ taskId: run.taskId, startTime: run.startTime, taskStatus: run.status })), nextToken,
    };
  };

  /** Has no ResourceNotFoundException in the model, so an unknown task or finding has no executions. */
  readonly ListAuditMitigationActionsExecutions = (input: ListAuditMitigationActionsExecutionsRequest) => {
    const { taskId, findingId, actionStatus } = input;
    const executions = (this.runs.get(taskId!)?.executionsOf(findingId!) ?? []).map((execution, number) => ({
      number, execution,
    }));
    const { page, nextToken } = pageOf(
      `executions ${taskId} ${findingId} ${actionStatus}`, executions, input,
      ({ execution }) => actionStatus === undefined || execution.status === actionStatus,
    );
    return { actionsExecutions: page.map(({ execution }) => execution), nextToken };
  };

  stop(): void {
    for (const run of this.runs.values()) run.abandon();
  }

  private require(taskId: string): MitigationRun {
    const run = this.runs.get(taskId);
    if (run === undefined) throw notFound(`The mitigation task ${taskId} does not exist.`);
    return run;
  }

  /**
   * The actions of a mapping, refused unless each exists and fits its check. Refusing here, not later, is unverified.
   */
  private requireActions(mapping: Readonly<Record<string, readonly string[]>>): ActionDefinition[] {
    const definitions = new Map<string, ActionDefinition>();
    if (Object.keys(mapping).length === 0) {
      throw invalidRequest('The auditCheckToActionsMapping must name at least one audit check.');
    }
    for (const [name, actionNames] of Object.entries(mapping)) {
      const check = requireCheck(this.parts.account.region, name);
      for (const actionName of actionNames) {
        const definition = this.parts.actions.definition(actionName);
        if (definition === undefined) throw invalidRequest(`The mitigation action ${actionName} does not exist.`);
        const type = typeOf(definition.actionParams);
        if (type !== 'PUBLISH_FINDING_TO_SNS' && !factsOf(check).mitigations.includes(type)) {
          throw invalidRequest(
            `The mitigation action ${actionName} of type ${type} cannot be applied to the audit check ${check}.`,
          );
        }
        definitions.set(actionName, definition);
      }
    }
    return [...definitions.values()];
  }

  /**
   * The findings a target means. Accepted are findings by id, an audit, and an audit with a filter of reason codes
   * as the console sends it; that the service accepts the last through the API is unverified.
   */
  private select({
    auditTaskId, findingIds, auditCheckToReasonCodeFilter: filter,
  }: AuditMitigationActionsTaskTarget): AuditFinding[] {
    const { audits, findings, account } = this.parts;
    if (findingIds !== undefined) {
      if (auditTaskId !== undefined || filter !== undefined) {
        throw invalidRequest('A target of findingIds cannot have other entries.');
      }
      return [...new Set(findingIds)].map((id) => {
        const finding = findings.find(id);
        if (finding === undefined) throw invalidRequest(`The audit finding ${id} does not exist.`);
        return finding;
      });
    }
    if (auditTaskId === undefined) throw invalidRequest('The target must have an auditTaskId or findingIds.');
    if (!audits.has(auditTaskId)) throw invalidRequest(`The audit task ${auditTaskId} does not exist.`);
    for (const name of Object.keys(filter ?? {})) requireCheck(account.region, name);
    return [...findings.ofTask(auditTaskId)].filter(
      ({ checkName, reasonForNonComplianceCode }) =>
        filter === undefined || (filter[checkName!] ?? []).includes(reasonForNonComplianceCode!),
    );
  }
}
