import { AuditIdentity, StartedAudit, digestOf, formatIdentity, parseIdentity } from './audit-identity';
import { AuditTasks } from './audit-tasks';
import { RunningAudit, RunningAuditState, outcomeOf } from './running-audit';
import { log } from '../../function/runtime/log';
import { CustomResourceHandler, Outcome, Request, Result } from '../../function/runtime/request';
import { RequestFailure, failWith } from '../../function/runtime/request-failure';
import { OnDemandAuditProperties, WaitMode } from '../protocol';

/** An audit that was started, by this invocation or an earlier one for the same request. */
interface AuditStart {
  readonly identity: AuditIdentity;

  /** The number of its checks. */
  readonly checks: number;

  /** The time of the request, in milliseconds since 1970. */
  readonly since: number;
}

/** Milliseconds for which an invocation that noted nothing may have worked. */
const LONGEST_INVOCATION = 15 * 60_000;

/** Milliseconds for questions whose answer is good to have. */
const SHORT_PATIENCE = 20_000;

/**
 * Runs on-demand audits for custom resources.
 *
 * The resource is the audit that was started last. An update starts another one if its properties ask for that, a
 * rollback returns to the one before, and a delete cancels the audit.
 */
export class OnDemandAuditHandler implements CustomResourceHandler {
  public async handle(request: Request<OnDemandAuditProperties>): Promise<Result> {
    return new OnDemandAuditRequest(request).handle();
  }

  public async takeBack(request: Request<OnDemandAuditProperties>, physicalResourceId: string): Promise<void> {
    await new OnDemandAuditRequest(request).takeBack(physicalResourceId);
  }
}

/**
 * A request of CloudFormation for an on-demand audit.
 */
class OnDemandAuditRequest {
  private readonly tasks: AuditTasks;

  /** The audit that CloudFormation knows. */
  private readonly current?: AuditIdentity;

  constructor(private readonly request: Request<OnDemandAuditProperties>) {
    this.tasks = new AuditTasks(request);
    this.current = parseIdentity(request.event.PhysicalResourceId);
  }

  public async handle(): Promise<Result> {
    const { event: { Continuation, RequestType } } = this.request;
    if (Continuation) {
      return new RunningAudit(this.request, Continuation as RunningAuditState).watch();
    }
    if (RequestType === 'Delete') {
      return this.delete();
    }
    return RequestType === 'Update' && this.current ? this.update(this.current) : this.audit();
  }

  /** Cancels the audit of an answer that did not arrive, unless CloudFormation knew the audit before. */
  public async takeBack(physicalResourceId: string): Promise<void> {
    const taskId = parseIdentity(physicalResourceId)?.taskId;
    if (taskId && taskId !== this.current?.taskId && taskId !== this.current?.previous?.taskId) {
      await this.tasks.cancel(taskId, this.request.undoUntil);
      await this.request.memory.tryToNote({ canceled: taskId });
    }
  }

  private async delete(): Promise<Outcome> {
    const { event, history, properties } = this.request;
    const unwanted = this.current ?? parseIdentity(history.createdId);
    if (unwanted) {
      await this.tasks.cancel(unwanted.taskId);
    }
    await this.cancelForgotten(properties);
    return { physicalResourceId: event.PhysicalResourceId! };
  }

  private async update(current: AuditIdentity): Promise<Result> {
    const { properties, stack } = this.request;
    const digest = digestOf(properties);
    if (digest === current.digest) {
      return this.keep(current);
    }
    // Every rollback returns to the audit before. Sometimes a user does, too, and only CloudFormation can tell which.
    if (digest === current.previous?.digest && stack.mayGoBack) {
      log('the stack rolls back: returning to the audit before');
      await this.tasks.cancel(current.taskId);
      return this.keep(current.previous);
    }
    // After deployments with rollback disabled, a rollback goes back further than that. It must not fail either.
    if (stack.direction === 'back') {
      log('the stack rolls back: keeping the audit');
      return this.keep(current);
    }
    return this.audit(current);
  }

  /** Starts no audit: the resource stays, or becomes again, the audit that is given. */
  private async keep(identity: AuditIdentity): Promise<Outcome> {
    const { calls, formerProperties, properties, workUntil } = this.request;
    await this.cancelForgotten(formerProperties ?? properties, identity.taskId);
    const until = Math.min(workUntil, calls.clock.now() + SHORT_PATIENCE);
    const task = await this.tasks.describe(identity.taskId, until).catch((error) => {
      // AWS forgets an audit after 90 days.
      log('audit not found', { taskId: identity.taskId, error });
      return {};
    });
    return outcomeOf(this.request, identity, task);
  }

  /** Starts an audit, and waits for its end if the properties ask for that. */
  private async audit(previous?: StartedAudit): Promise<Result> {
    const { properties } = this.request;
    const { identity, checks, since } = await this.startOnce(previous);
    const running = RunningAudit.started(this.request, identity, since);
    await running.requireWanted();
    if (properties.Mode === WaitMode.START) {
      const task = { taskStatus: 'IN_PROGRESS', taskStatistics: { totalChecks: checks } } as const;
      return outcomeOf(this.request, identity, task);
    }
    return running.watch();
  }

  /** Starts the audit unless an earlier invocation for the same request did. */
  private async startOnce(previous?: StartedAudit): Promise<AuditStart> {
    const { calls: { clock }, memory, properties, workUntil } = this.request;
    if (clock.now() >= workUntil) {
      throw new RequestFailure('the audit was not started because the function has too little time left; deploy again');
    }
    this.request.requireMemory();
    const { earlier } = memory;
    const identify = (taskId: string) => ({ digest: digestOf(properties), taskId, previous });
    const since = earlier[0]?.time ?? clock.now();
    const noted = earlier.find(({ taskId }) => taskId && !earlier.some(({ canceled }) => canceled === taskId));
    if (noted) {
      return { identity: identify(noted.taskId as string), checks: noted.checks as number, since };
    }
    const checkNames = await this.tasks.checksToAudit(properties);
    const taskId = await this.findOrphan(checkNames, since) ?? await this.tasks.start(checkNames);
    log('audit started', { taskId, checks: checkNames });
    const identity = identify(taskId);
    const checks = checkNames.length;
    await memory.tryToNote({ taskId, checks, created: formatIdentity(identity) });
    return { identity, checks, since };
  }

  /** Finds the audit of an earlier invocation for the same request that ended before it noted the audit. */
  private async findOrphan(checkNames: readonly string[], since: number): Promise<string | undefined> {
    const { history, memory: { earlier }, workUntil } = this.request;
    if (!history.isTakenOver) {
      return undefined;
    }
    const earliest = earlier.length > 0 ? since : since - LONGEST_INVOCATION;
    return this.tasks.find(checkNames, earliest, workUntil).catch(failWith(
      'the audit was not started because the function could not look for one that an earlier try may have started'));
  }

  /** Cancels the audit of a request that was cut off, if it started one. CloudFormation never learned of it. */
  private async cancelForgotten(properties: OnDemandAuditProperties, kept?: string): Promise<void> {
    const { history: { cutOffSince }, workUntil } = this.request;
    if (cutOffSince === undefined) {
      return;
    }
    try {
      const checkNames = await this.tasks.checksToAudit(properties);
      const taskId = await this.tasks.find(checkNames, cutOffSince, workUntil, 'IN_PROGRESS');
      if (taskId && taskId !== kept) {
        await this.tasks.cancel(taskId);
      }
    } catch (error) {
      log('no audit of an earlier request found', { error });
    }
  }
}
