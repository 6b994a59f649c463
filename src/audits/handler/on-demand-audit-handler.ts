import { CancelAuditTaskCommand, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput } from '@aws-sdk/client-iot';
import { AuditFindings } from './audit-findings';
import { AuditIdentity, baselineOf, digestOf, formatIdentity, parseIdentity } from './audit-identity';
import { reportAudit } from './audit-report';
import { AuditStarting } from './audit-starting';
import { DeploymentGate } from './deployment-gate';
import { Continuation, CustomResourceHandler, Outcome, RESERVE, Request, Result } from '../../function/runtime/request';
import { OnDemandAuditProperties, WaitMode } from '../protocol';
import { explainTimeout } from './timeout-reason';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { asError, describeError, log } from '../../function/runtime/log';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';

type AuditRequest = Request<OnDemandAuditProperties>;

/** A wait for an audit, as one invocation hands it to the next. */
interface Wait {
  readonly identity: AuditIdentity;

  /** When it began, in milliseconds since 1970. */
  readonly since: number;

  /** When it ends, in milliseconds since 1970. */
  readonly until: number;

  /** When the deployment began, in milliseconds since 1970: what was found by then a gate may call known. */
  readonly deploymentBegan: number;

  /** True if the audit has ended and this invocation has all its time to judge it. */
  readonly isJudged?: boolean;
}

/** An audit that runs. */
interface StartedTask {
  readonly taskId: string;

  /** The number of its checks. */
  readonly checks: number;

  /** When the request for it began, in milliseconds since 1970. */
  readonly since: number;
}

/** Reading 200,000 findings, and as many earlier ones, at AWS's rate. */
const TIME_TO_JUDGE = 8 * 60_000;

/** No deployment takes a day, in milliseconds, before it comes to its gate. */
const LONGEST_DEPLOYMENT = 24 * 60 * 60_000;

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 30_000;

/** How long ago, in milliseconds, an invocation may have begun that noted nothing. */
const LONGEST_INVOCATION = 15 * 60_000;

/** For questions whose answer is good to have. */
const SHORT_PATIENCE = 20_000;

/**
 * Starts an audit when one is wanted, waits for it, and cancels what it started when that is no longer wanted.
 */
export class OnDemandAuditHandler implements CustomResourceHandler {
  public async handle(request: AuditRequest): Promise<Result> {
    const { event, stack } = request;
    if (event.Continuation) {
      return this.wait(request, event.Continuation as Wait);
    }
    const current = parseIdentity(event.PhysicalResourceId);
    if (event.RequestType === 'Delete') {
      return this.delete(request, current);
    }
    if (event.RequestType === 'Create' || !current) {
      return this.audit(request, undefined);
    }
    const digest = digestOf(request.properties);
    if (digest === current.digest) {
      return this.keep(request, current);
    }
    // A rollback always returns to the audit before; so does a user now and then, and only CloudFormation can tell.
    if (digest === current.previous?.digest && stack.mayGoBack) {
      log('the stack rolls back: returning to the audit before');
      await this.cancel(request, current.taskId);
      return this.keep(request, current.previous);
    }
    // After deployments that were not to roll back, one rolls back further than to the audit before, and must succeed too.
    if (stack.direction === 'back') {
      log('the stack rolls back: keeping the audit');
      return this.keep(request, current);
    }
    return this.audit(request, current);
  }

  public async takeBack(request: AuditRequest, physicalResourceId: string): Promise<void> {
    const identity = parseIdentity(physicalResourceId);
    const known = parseIdentity(request.event.PhysicalResourceId);
    if (identity && identity.taskId !== known?.taskId && identity.taskId !== known?.previous?.taskId) {
      await this.cancel(request, identity.taskId, request.undoUntil);
      await request.memory.tryToNote({ canceled: identity.taskId });
    }
  }

  private async delete(request: AuditRequest, identity?: AuditIdentity): Promise<Outcome> {
    const unwanted = identity ?? parseIdentity(request.history.createdId);
    if (unwanted) {
      await this.cancel(request, unwanted.taskId);
    }
    await this.cancelForgotten(request, request.properties);
    return { physicalResourceId: request.event.PhysicalResourceId! };
  }

  /** Cancels the audit of a request that was cut off, if it started one. CloudFormation never learned of it. */
  private async cancelForgotten(request: AuditRequest, properties: OnDemandAuditProperties, ...kept: string[]): Promise<void> {
    const { history: { cutOffSince }, workUntil } = request;
    if (cutOffSince === undefined) {
      return;
    }
    try {
      const starting = new AuditStarting(request);
      const checkNames = await this.checksToAudit(properties, starting);
      const taskId = await starting.find(checkNames, cutOffSince, workUntil, 'IN_PROGRESS');
      if (taskId && !kept.includes(taskId)) {
        await this.cancel(request, taskId);
      }
    } catch (error) {
      log('no audit of an earlier request found', { error: describeError(asError(error)) });
    }
  }

  /** Starts no audit: the resource stays, or becomes again, the audit that is given. */
  private async keep(request: AuditRequest, identity: AuditIdentity): Promise<Outcome> {
    await this.cancelForgotten(request, request.formerProperties ?? request.properties, identity.taskId);
    const until = Math.min(request.workUntil, request.calls.clock.now() + SHORT_PATIENCE);
    const task = await this.describe(request, identity.taskId, until).catch((error) => {
      // AWS forgets an audit after 90 days.
      log('audit not found', { taskId: identity.taskId, error: describeError(asError(error)) });
      return {};
    });
    return outcomeOf(request, identity, task);
  }

  private async audit(request: AuditRequest, current: AuditIdentity | undefined): Promise<Result> {
    const { properties } = request;
    const previous = current && { digest: current.digest, taskId: current.taskId, accepted: current.accepted };
    const identify = (taskId: string) => ({ digest: digestOf(properties), taskId, previous });
    const { taskId, checks, since } = await this.startOnce(request, identify);
    const identity = identify(taskId);
    await this.requireWanted(request, identity);
    if (properties.Mode === WaitMode.START) {
      return outcomeOf(request, identity, { taskStatus: 'IN_PROGRESS', taskStatistics: { totalChecks: checks } });
    }
    const until = Math.min(since + Number(properties.TimeoutSeconds) * 1000, request.answerBy - RESERVE);
    return this.wait(request, { identity, since, until, deploymentBegan: beginningOf(request, since) });
  }

  /** Starts the audit unless an earlier invocation for the same request did. */
  private async startOnce(request: AuditRequest, identify: (taskId: string) => AuditIdentity): Promise<StartedTask> {
    const { calls, history, memory, workUntil } = request;
    if (calls.clock.now() >= workUntil) {
      throw new RequestFailure('the audit was not started because the function has too little time left; deploy again');
    }
    request.requireMemory();
    const { earlier } = memory;
    const since = earlier[0]?.time ?? calls.clock.now();
    const noted = earlier.find(({ taskId }) => taskId && !earlier.some(({ canceled }) => canceled === taskId));
    if (noted) {
      return { taskId: noted.taskId as string, checks: noted.checks as number, since };
    }
    const starting = new AuditStarting(request);
    const checkNames = await this.checksToAudit(request.properties, starting);
    const orphan = history.isTakenOver ? await starting.find(checkNames, earlier[0]?.time ?? since - LONGEST_INVOCATION, workUntil).catch(failWith(
      'the audit was not started because the function could not look for one that an earlier try may have started')) : undefined;
    const taskId = orphan ?? await starting.start(checkNames);
    log('audit started', { taskId, checks: checkNames });
    const checks = checkNames.length;
    await memory.tryToNote({ taskId, checks, created: formatIdentity(identify(taskId)) });
    return { taskId, checks, since };
  }

  private async checksToAudit(properties: OnDemandAuditProperties, starting: AuditStarting): Promise<string[]> {
    const names = properties.Checks.map(({ Name }) => Name);
    if (properties.EnabledChecksOnly !== 'true') {
      return names;
    }
    const enabled = await starting.enabledChecks().catch(failWith(
      'the audit was not started because the function could not read which checks are enabled'));
    const audited = names.filter((name) => enabled.has(name));
    if (audited.length === 0) {
      throw new RequestFailure('the account\'s audit configuration enables no check; enable some before they can be audited');
    }
    return audited;
  }

  private async wait(request: AuditRequest, wait: Wait): Promise<Result> {
    const { calls, invocationUntil, memory } = request;
    const { identity } = wait;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const task = await this.describe(request, identity.taskId, request.workUntil).catch(async (error) => {
        throw await this.giveUp(request, identity, `the audit could not be watched: ${describeError(asError(error))}`);
      });
      log('audit', { taskId: identity.taskId, status: task.taskStatus, ...task.taskStatistics });
      if (task.taskStatus !== 'IN_PROGRESS') {
        return this.endAudit(request, wait, task);
      }
      const now = calls.clock.now();
      if (now >= wait.until) {
        return this.endWait(request, wait, task);
      }
      await this.requireWanted(request, identity);
      if (now + pause > invocationUntil) {
        return new Continuation(formatIdentity(identity), wait);
      }
      await memory.keepAlive();
      await calls.clock.sleep(Math.min(pause, wait.until - now));
    }
  }

  private async endAudit(request: AuditRequest, wait: Wait, task: DescribeAuditTaskCommandOutput): Promise<Result> {
    const { calls, clients, event, properties, invocationUntil, workUntil } = request;
    const { identity } = wait;
    if (properties.Mode !== WaitMode.GATE) {
      return outcomeOf(request, identity, task);
    }
    if (!wait.isJudged && calls.clock.now() + TIME_TO_JUDGE > invocationUntil) {
      return new Continuation(formatIdentity(identity), { ...wait, isJudged: true });
    }
    const baseline = baselineOf(parseIdentity(event.PhysicalResourceId), wait.deploymentBegan);
    const gate = new DeploymentGate(properties, new AuditFindings(clients.iot, calls, workUntil), baseline);
    const reason = await gate.reasonToFail({ ...task, taskId: identity.taskId }, event.StackId).catch(failWith(
      `audit ${identity.taskId} could not be judged`));
    if (reason) {
      throw new RequestFailure(reason, event.PhysicalResourceId ?? formatIdentity(identity));
    }
    return outcomeOf(request, { ...identity, accepted: { taskId: identity.taskId, time: calls.clock.now() } }, task);
  }

  private async endWait(request: AuditRequest, { identity, since, until }: Wait, task: DescribeAuditTaskCommandOutput): Promise<Result> {
    const { event, properties } = request;
    if (properties.FailOnTimeout !== 'true') {
      log('the wait is over, the audit goes on', { taskId: identity.taskId });
      // No gate has accepted this audit: what it accepted before remains what it compares with.
      const accepted = properties.Mode === WaitMode.GATE ? parseIdentity(event.PhysicalResourceId)?.accepted : undefined;
      return outcomeOf(request, { ...identity, accepted }, task);
    }
    const minutes = Math.max(1, Math.round((until - since) / 60_000));
    throw await this.giveUp(request, identity, explainTimeout(minutes * 60, task));
  }

  /** Cancels the audit of a request that CloudFormation no longer waits for. */
  private async requireWanted(request: AuditRequest, identity: AuditIdentity): Promise<void> {
    await request.stack.requireWanted().catch(async (error) => {
      throw error instanceof RequestCancelled ? await this.giveUp(request, identity, error.message) : error;
    });
  }

  /** Cancels the audit, so that a failed deployment leaves none behind, and makes the failure to throw. */
  private async giveUp(request: AuditRequest, identity: AuditIdentity, reason: string): Promise<RequestFailure> {
    await this.cancel(request, identity.taskId, request.undoUntil);
    // On update CloudFormation keeps the resource that it knows; on create it deletes the one that is answered.
    return new RequestFailure(`${reason} (audit ${identity.taskId})`, request.event.PhysicalResourceId ?? formatIdentity(identity));
  }

  /** Cancels an audit. One that is gone or has ended is fine, and one that cannot be canceled ends by itself. */
  private async cancel({ calls, clients, workUntil }: AuditRequest, taskId: string, latest = workUntil): Promise<void> {
    const until = Math.min(latest, calls.clock.now() + SHORT_PATIENCE);
    try {
      await calls.persistently({ until }, (options) => clients.iot.send(new CancelAuditTaskCommand({ taskId }), options));
      log('audit canceled', { taskId });
    } catch (error) {
      const refused = failureKindOf(asError(error)) === 'refused';
      log(refused ? 'audit has ended already' : 'audit not canceled', { taskId, error: describeError(asError(error)) });
    }
  }

  private describe({ calls, clients }: AuditRequest, taskId: string, until: number): Promise<DescribeAuditTaskCommandOutput> {
    return calls.persistently({ until }, (options) => clients.iot.send(new DescribeAuditTaskCommand({ taskId }), options));
  }
}

/** A stack that waited for review was created long before its deployment began. */
function beginningOf({ askedAt, stack: { startedAt = askedAt } }: AuditRequest, since: number): number {
  return Math.min(startedAt > askedAt - LONGEST_DEPLOYMENT ? startedAt : askedAt, since);
}

function outcomeOf({ properties }: AuditRequest, identity: AuditIdentity, task: Partial<DescribeAuditTaskCommandOutput>): Outcome {
  return {
    physicalResourceId: formatIdentity(identity),
    data: reportAudit(identity.taskId, task, properties.Checks),
  };
}
