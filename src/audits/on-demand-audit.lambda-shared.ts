import { CancelAuditTaskCommand, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput } from '@aws-sdk/client-iot';
import { AuditFindings } from './audit-findings.lambda-shared';
import { AuditIdentity, digestOf, formatIdentity, parseIdentity } from './audit-identity.lambda-shared';
import { reportAudit } from './audit-report.lambda-shared';
import { AuditStarting } from './audit-starting.lambda-shared';
import { DeploymentGate } from './deployment-gate.lambda-shared';
import { OnDemandAuditProperties, WaitMode } from './on-demand-audit-protocol';
import { RejectedAudits } from './rejected-audits.lambda-shared';
import { explainTimeout } from './timeout-reason.lambda-shared';
import { asError, describeError, failureKindOf } from '../private/custom-resource/aws-calls.lambda-shared';
import { CustomResourceEvent } from '../private/custom-resource/custom-resource-event.lambda-shared';
import {
  Continuation, CustomResourceHandler, Invocation, LEFT_TO_ANOTHER_INVOCATION, Outcome, RequestFailure, Result,
} from '../private/custom-resource/custom-resource-handler.lambda-shared';
import { FunctionClients } from '../private/custom-resource/function-clients.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';
import { RequestJournal } from '../private/custom-resource/request-journal.lambda-shared';
import { hasRolledBack, isRollingBack, readStackStatus } from '../private/custom-resource/stack-status.lambda-shared';

/** A wait for an audit, as one invocation hands it to the next. */
interface Wait {
  readonly identity: AuditIdentity;

  /** When it ends, in milliseconds since 1970. */
  readonly until: number;

  /** Whether the audit has ended and this invocation has all its time to judge it. */
  readonly isJudged?: boolean;
}

/** Reading 200,000 findings, and as many earlier ones, at AWS's rate. */
const TIME_TO_JUDGE = 8 * 60_000;

/** CloudFormation waits for an hour, and then fails the deployment without a reason. */
const LONGEST_REQUEST = 58 * 60_000;

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 30_000;

/** For questions whose answer is good to have. */
const SHORT_PATIENCE = 20_000;

/** For a question that decides what to do. */
const LONG_PATIENCE = 120_000;

/**
 * Starts an audit when one is wanted, waits for it, and cancels what it started when that is no longer wanted.
 */
export class OnDemandAuditHandler implements CustomResourceHandler {
  constructor(private readonly props: FunctionClients) {}

  public async handle(event: CustomResourceEvent, invocation: Invocation): Promise<Result> {
    if (event.Continuation) {
      return this.wait(event, event.Continuation as Wait, invocation);
    }
    const current = parseIdentity(event.PhysicalResourceId);
    if (event.RequestType === 'Delete') {
      return this.delete(event, current, invocation);
    }
    if (event.RequestType === 'Create' || !current) {
      return this.audit(event, undefined, invocation);
    }
    const digest = digestOf(propertiesOf(event));
    if (digest === current.digest) {
      return this.keep(event, current, invocation);
    }
    // A rollback always returns to the audit before; so does a user now and then, and only CloudFormation can tell.
    if (digest === current.previous?.digest && await this.isRollback(event, invocation)) {
      log('the stack rolls back: returning to the audit before');
      await this.cancel(current.taskId, invocation);
      return this.keep(event, current.previous, invocation);
    }
    // After deployments that were not to roll back, one rolls back further than to the audit before, and must succeed too.
    if (isRollingBack(await this.glanceAtStack(event, invocation, SHORT_PATIENCE))) {
      log('the stack rolls back: keeping the audit');
      return this.keep(event, current, invocation);
    }
    return this.audit(event, current, invocation);
  }

  public async takeBack(event: CustomResourceEvent, physicalResourceId: string, invocation: Invocation): Promise<void> {
    const identity = parseIdentity(physicalResourceId);
    const known = parseIdentity(event.PhysicalResourceId);
    if (identity && identity.taskId !== known?.taskId && identity.taskId !== known?.previous?.taskId) {
      await this.cancel(identity.taskId, { ...invocation, workUntil: invocation.undoUntil });
    }
  }

  public async answered(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    if (event.RequestType !== 'Delete') {
      await this.journalOf(event, invocation).tryToNote({ answered: true });
    }
  }

  private async delete(event: CustomResourceEvent, identity: AuditIdentity | undefined, invocation: Invocation): Promise<Outcome> {
    if (identity) {
      await this.cancel(identity.taskId, invocation);
    }
    return { physicalResourceId: event.PhysicalResourceId! };
  }

  /** Starts no audit: the resource stays, or becomes again, the audit that is given. */
  private async keep(event: CustomResourceEvent, identity: AuditIdentity, invocation: Invocation): Promise<Outcome> {
    const { calls } = invocation;
    const until = Math.min(invocation.workUntil, calls.clock.now() + SHORT_PATIENCE);
    const task = await this.describe(identity.taskId, until, invocation).catch((error) => {
      // AWS forgets an audit after 90 days.
      log('audit not found', { taskId: identity.taskId, error: describeError(asError(error)) });
      return {};
    });
    return outcomeOf(event, identity, task);
  }

  private async isRollback(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<boolean> {
    const until = Math.min(workUntil, calls.clock.now() + LONG_PATIENCE);
    const status = await readStackStatus(this.props.cloudFormation, event.StackId, calls, until);
    // A rollback that is not allowed to succeed leaves a stuck stack, so in doubt it is one.
    return status === undefined || isRollingBack(status);
  }

  private async audit(event: CustomResourceEvent, current: AuditIdentity | undefined, invocation: Invocation): Promise<Result> {
    const properties = propertiesOf(event);
    const started = await this.startOnce(event, properties, invocation);
    if (started === LEFT_TO_ANOTHER_INVOCATION) {
      return started;
    }
    const { taskId, checks, since } = started;
    const previous = current && { digest: current.digest, taskId: current.taskId };
    const identity = { digest: digestOf(properties), taskId, previous };
    if (isRollingBack(await this.glanceAtStack(event, invocation))) {
      throw await this.giveUp(event, identity, 'the stack rolls back', invocation);
    }
    if (properties.Mode === WaitMode.START) {
      return outcomeOf(event, identity, { taskStatus: 'IN_PROGRESS', taskStatistics: { totalChecks: checks } });
    }
    const until = since + Number(properties.TimeoutSeconds) * 1000;
    return this.wait(event, { identity, until }, invocation);
  }

  /** Starts the audit unless an earlier invocation for the same request did. */
  private async startOnce(
    event: CustomResourceEvent, properties: OnDemandAuditProperties, invocation: Invocation,
  ): Promise<{ taskId: string; checks: number; since: number } | typeof LEFT_TO_ANOTHER_INVOCATION> {
    const { calls, workUntil } = invocation;
    if (calls.clock.now() >= workUntil) {
      throw new RequestFailure('the audit was not started because the function has too little time left; deploy again');
    }
    const journal = this.journalOf(event, invocation);
    const entries = await journal.open().catch(failWith('the audit was not started because the function could not note it in its log group'));
    if (entries === 'taken') {
      return LEFT_TO_ANOTHER_INVOCATION;
    }
    const since = entries[0]?.time ?? calls.clock.now();
    const noted = entries.find(({ taskId }) => taskId) as { taskId: string; checks: number } | undefined;
    if (noted) {
      return { taskId: noted.taskId, checks: noted.checks, since };
    }
    const starting = new AuditStarting(this.props.iot, calls);
    const checkNames = await this.checksToAudit(properties, starting, workUntil);
    const orphan = entries.length > 0 ? await starting.find(checkNames, since, workUntil).catch(failWith(
      'the audit was not started because the function could not look for one that an earlier try may have started')) : undefined;
    const taskId = orphan ?? await starting.start({
      checkNames,
      until: workUntil,
      beforeAttempt: async () => {
        await journal.tryToNote({ trying: true });
        if (isRollingBack(await this.glanceAtStack(event, invocation, SHORT_PATIENCE))) {
          throw new RequestFailure('the audit was not started because the stack rolls back');
        }
      },
    });
    log('audit started', { taskId, checks: checkNames });
    const checks = checkNames.length;
    await journal.tryToNote({ taskId, checks });
    return { taskId, checks, since };
  }

  private async checksToAudit(properties: OnDemandAuditProperties, starting: AuditStarting, until: number): Promise<string[]> {
    const names = properties.Checks.map(({ Name }) => Name);
    if (properties.EnabledChecksOnly !== 'true') {
      return names;
    }
    const enabled = await starting.enabledChecks(until).catch(failWith(
      'the audit was not started because the function could not read which checks are enabled'));
    const audited = names.filter((name) => enabled.has(name));
    if (audited.length === 0) {
      throw new RequestFailure('the account\'s audit configuration enables no check; enable some before they can be audited');
    }
    return audited;
  }

  private async wait(event: CustomResourceEvent, wait: Wait, invocation: Invocation): Promise<Result> {
    const { calls, workUntil } = invocation;
    const { identity } = wait;
    const journal = this.journalOf(event, invocation);
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const task = await this.describe(identity.taskId, workUntil, invocation).catch(async (error) => {
        throw await this.giveUp(event, identity, `the audit could not be watched: ${describeError(asError(error))}`, invocation);
      });
      log('audit', { taskId: identity.taskId, status: task.taskStatus, ...task.taskStatistics });
      if (task.taskStatus !== 'IN_PROGRESS') {
        return this.endAudit(event, wait, task, invocation);
      }
      const now = calls.clock.now();
      if (now >= wait.until) {
        return this.endWait(event, identity, task, invocation);
      }
      if (hasRolledBack(await this.glanceAtStack(event, invocation))) {
        throw await this.giveUp(event, identity, 'the stack rolls back', invocation);
      }
      if (now + pause > workUntil) {
        return new Continuation(formatIdentity(identity), wait);
      }
      await journal.tryToNote({ waiting: true });
      await calls.clock.sleep(Math.min(pause, wait.until - now));
    }
  }

  private async endAudit(event: CustomResourceEvent, wait: Wait, task: DescribeAuditTaskCommandOutput, invocation: Invocation): Promise<Result> {
    const properties = propertiesOf(event);
    const { calls, workUntil } = invocation;
    const { identity } = wait;
    if (properties.Mode !== WaitMode.GATE) {
      return outcomeOf(event, identity, task);
    }
    if (!wait.isJudged && calls.clock.now() + TIME_TO_JUDGE > workUntil) {
      return new Continuation(formatIdentity(identity), { ...wait, isJudged: true });
    }
    const answerBy = wait.until - Number(properties.TimeoutSeconds) * 1000 + LONGEST_REQUEST;
    const until = Math.min(workUntil, answerBy);
    const rejected = new RejectedAudits({ calls, logs: this.props.logs, logGroupName: invocation.context.logGroupName, until });
    const gate = new DeploymentGate(properties, new AuditFindings(this.props.iot, calls, until), rejected);
    const reason = await gate.reasonToFail({ ...task, taskId: identity.taskId }, event.StackId).catch(failWith(
      `audit ${identity.taskId} could not be judged`));
    if (reason) {
      throw new RequestFailure(reason, event.PhysicalResourceId ?? formatIdentity(identity));
    }
    return outcomeOf(event, identity, task);
  }

  private async endWait(
    event: CustomResourceEvent, identity: AuditIdentity, task: DescribeAuditTaskCommandOutput, invocation: Invocation,
  ): Promise<Result> {
    const { TimeoutSeconds, FailOnTimeout } = propertiesOf(event);
    if (FailOnTimeout !== 'true') {
      log('the wait is over, the audit goes on', { taskId: identity.taskId });
      return outcomeOf(event, identity, task);
    }
    throw await this.giveUp(event, identity, explainTimeout(Number(TimeoutSeconds), task), invocation);
  }

  /** Cancels the audit, so that a failed deployment leaves none behind, and makes the failure to throw. */
  private async giveUp(event: CustomResourceEvent, identity: AuditIdentity, reason: string, invocation: Invocation): Promise<RequestFailure> {
    await this.cancel(identity.taskId, { ...invocation, workUntil: invocation.undoUntil });
    // On update CloudFormation keeps the resource that it knows; on create it deletes the one that is answered.
    return new RequestFailure(`${reason} (audit ${identity.taskId})`, event.PhysicalResourceId ?? formatIdentity(identity));
  }

  /** Cancels an audit. One that is gone or has ended is fine, and one that cannot be canceled ends by itself. */
  private async cancel(taskId: string, { calls, workUntil }: Invocation): Promise<void> {
    const until = Math.min(workUntil, calls.clock.now() + SHORT_PATIENCE);
    try {
      await calls.persistently({ until }, (options) => this.props.iot.send(new CancelAuditTaskCommand({ taskId }), options));
      log('audit canceled', { taskId });
    } catch (error) {
      const refused = failureKindOf(asError(error)) === 'refused';
      log(refused ? 'audit has ended already' : 'audit not canceled', { taskId, error: describeError(asError(error)) });
    }
  }

  private describe(taskId: string, until: number, { calls }: Invocation): Promise<DescribeAuditTaskCommandOutput> {
    return calls.persistently({ until }, (options) => this.props.iot.send(new DescribeAuditTaskCommand({ taskId }), options));
  }

  /** The stack's status if CloudFormation tells it soon. */
  private glanceAtStack(event: CustomResourceEvent, { calls }: Invocation, patience = 0): Promise<string | undefined> {
    return readStackStatus(this.props.cloudFormation, event.StackId, calls, calls.clock.now() + patience);
  }

  private journalOf(event: CustomResourceEvent, { calls, context, workUntil }: Invocation): RequestJournal {
    return new RequestJournal(event.RequestId, { calls, logs: this.props.logs, logGroupName: context.logGroupName, until: workUntil });
  }
}

/** A handler of rejections that says in other words what an error means. */
function failWith(meaning: string): (error: unknown) => never {
  return (error) => {
    throw new RequestFailure(error instanceof RequestFailure ? `${meaning}: ${error.message}`
      : `${meaning} (${describeError(asError(error))}); allow its role what its policy lists, or deploy again`);
  };
}

function propertiesOf(event: CustomResourceEvent): OnDemandAuditProperties {
  return event.ResourceProperties as unknown as OnDemandAuditProperties;
}

function outcomeOf(event: CustomResourceEvent, identity: AuditIdentity, task: Partial<DescribeAuditTaskCommandOutput>): Outcome {
  return {
    physicalResourceId: formatIdentity(identity),
    data: reportAudit(identity.taskId, task, propertiesOf(event).Checks),
  };
}
