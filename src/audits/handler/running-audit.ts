import { DescribeAuditTaskCommandOutput } from '@aws-sdk/client-iot';
import { AuditFindings } from './audit-findings';
import { AuditIdentity, baselineOf, formatIdentity, parseIdentity } from './audit-identity';
import { AuditTask, explainTimeout, explainVerdict, reportAudit } from './audit-report';
import { AuditTasks } from './audit-tasks';
import { DeploymentGate } from './deployment-gate';
import { describeError, log } from '../../function/runtime/log';
import { Continuation, Outcome, RESERVE, Request, Result } from '../../function/runtime/request';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';
import { OnDemandAuditProperties, WaitMode } from '../protocol';

/** The state of an audit, as one invocation hands it to the next. */
export interface RunningAuditState {
  readonly identity: AuditIdentity;

  /** The time of the request, in milliseconds since 1970. */
  readonly since: number;

  /** The end of the wait, in milliseconds since 1970. */
  readonly until: number;

  /** The start of the deployment, in milliseconds since 1970. A gate may treat earlier findings as known. */
  readonly deploymentBegan: number;

  /** True if the audit has ended and is left to this invocation to judge, which has all its time for that. */
  readonly hasEnded?: boolean;
}

/** Milliseconds to read 200,000 findings, and as many earlier ones, at AWS's rate. */
const TIME_TO_JUDGE = 8 * 60_000;

/** Milliseconds; no deployment takes a day before it comes to its gate. */
const LONGEST_DEPLOYMENT = 24 * 60 * 60_000;

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 30_000;

/**
 * An audit that was started for a request of CloudFormation.
 *
 * It runs until it ends, the wait is over, or the request is no longer wanted. An audit that has ended is judged if
 * there is a gate. One that fails the deployment for another reason than its findings is canceled.
 */
export class RunningAudit {
  /** An audit that was just started. */
  public static started(
    request: Request<OnDemandAuditProperties>, identity: AuditIdentity, since: number,
  ): RunningAudit {
    const timeout = Number(request.properties.TimeoutSeconds) * 1000;
    const until = Math.min(since + timeout, request.answerBy - RESERVE);
    return new RunningAudit(request, { identity, since, until, deploymentBegan: beginningOf(request, since) });
  }

  private readonly tasks: AuditTasks;
  private readonly taskId: string;

  constructor(
    private readonly request: Request<OnDemandAuditProperties>, private readonly state: RunningAuditState,
  ) {
    this.tasks = new AuditTasks(request);
    this.taskId = state.identity.taskId;
  }

  /** Waits for the end of the audit, and acts on it. */
  public async watch(): Promise<Result> {
    const { calls: { clock }, invocationUntil, memory } = this.request;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const task = await this.tasks.describe(this.taskId).catch(async (error) => {
        throw await this.giveUp(`the audit could not be watched: ${describeError(error)}`);
      });
      log('audit', { taskId: this.taskId, status: task.taskStatus, ...task.taskStatistics });
      if (task.taskStatus !== 'IN_PROGRESS') {
        return this.end(task);
      }
      const now = clock.now();
      if (now >= this.state.until) {
        return this.timeOut(task);
      }
      await this.requireWanted();
      if (now + pause > invocationUntil) {
        return this.handOver(this.state);
      }
      await memory.keepAlive();
      await clock.sleep(Math.min(pause, this.state.until - now));
    }
  }

  /**
   * Cancels the audit if CloudFormation no longer waits for the request.
   *
   * @throws RequestFailure in that case
   */
  public async requireWanted(): Promise<void> {
    await this.request.stack.requireWanted().catch(async (error) => {
      throw error instanceof RequestCancelled ? await this.giveUp(error.message) : error;
    });
  }

  private async end(task: DescribeAuditTaskCommandOutput): Promise<Result> {
    const { calls: { clock }, invocationUntil, properties } = this.request;
    const { identity, hasEnded } = this.state;
    if (properties.Mode !== WaitMode.GATE) {
      return outcomeOf(this.request, identity, task);
    }
    if (!hasEnded && clock.now() + TIME_TO_JUDGE > invocationUntil) {
      return this.handOver({ ...this.state, hasEnded: true });
    }
    const reason = await this.reasonToFail(task).catch(failWith(`audit ${this.taskId} could not be judged`));
    if (reason) {
      throw this.failure(reason);
    }
    return outcomeOf(this.request, { ...identity, accepted: { taskId: this.taskId, time: clock.now() } }, task);
  }

  private async reasonToFail(task: DescribeAuditTaskCommandOutput): Promise<string | undefined> {
    const { request, taskId, state: { deploymentBegan } } = this;
    const { event: { StackId: stackId, PhysicalResourceId }, properties } = request;
    const baseline = baselineOf(parseIdentity(PhysicalResourceId), deploymentBegan);
    const gate = new DeploymentGate(properties, new AuditFindings(request), baseline);
    const verdict = await gate.judge({ ...task, taskId });
    return verdict.passes ? undefined : explainVerdict({ gate: properties.Gate!, verdict, taskId, stackId });
  }

  private async timeOut(task: DescribeAuditTaskCommandOutput): Promise<Outcome> {
    const { event, properties } = this.request;
    const { identity, since, until } = this.state;
    if (properties.FailOnTimeout === 'true') {
      throw await this.giveUp(explainTimeout(Math.max(1, Math.round((until - since) / 60_000)), task));
    }
    log('the wait is over, the audit goes on', { taskId: this.taskId });
    // The gate has not accepted this audit, so its baseline stays the one it has.
    const accepted = properties.Mode === WaitMode.GATE ? parseIdentity(event.PhysicalResourceId)?.accepted : undefined;
    return outcomeOf(this.request, { ...identity, accepted }, task);
  }

  private handOver(state: RunningAuditState): Continuation {
    return new Continuation(formatIdentity(state.identity), state);
  }

  /** Cancels the audit, so that a failed deployment leaves none behind, and makes the failure to throw. */
  private async giveUp(reason: string): Promise<RequestFailure> {
    await this.tasks.cancel(this.taskId, this.request.undoUntil);
    return this.failure(`${reason} (audit ${this.taskId})`);
  }

  /** On update CloudFormation keeps the resource that it knows; on create it deletes the one in the answer. */
  private failure(reason: string): RequestFailure {
    return new RequestFailure(reason, this.request.event.PhysicalResourceId ?? formatIdentity(this.state.identity));
  }
}

/** The answer that grants a request. */
export function outcomeOf(
  { properties }: Request<OnDemandAuditProperties>, identity: AuditIdentity, task: AuditTask,
): Outcome {
  return {
    physicalResourceId: formatIdentity(identity),
    data: reportAudit(identity.taskId, task, properties.Checks),
  };
}

/** The start of the deployment. A stack that waited for review was created long before. */
function beginningOf({ askedAt, stack: { startedAt = askedAt } }: Request, since: number): number {
  return Math.min(startedAt > askedAt - LONGEST_DEPLOYMENT ? startedAt : askedAt, since);
}
