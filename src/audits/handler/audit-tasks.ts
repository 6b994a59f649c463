import {
  AuditTaskStatus, CancelAuditTaskCommand, DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand,
  DescribeAuditTaskCommandOutput, ListAuditTasksCommand, StartOnDemandAuditTaskCommand,
} from '@aws-sdk/client-iot';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { asError, describeError, log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { RequestFailure, failWith, wayOut } from '../../function/runtime/request-failure';
import { OnDemandAuditProperties } from '../protocol';

/** Milliseconds by which the clock of the service may be behind this function's. */
const CLOCK_TOLERANCE = 2_000;

/** Milliseconds that an audit may take to show up in the list, once started. */
const LISTING_DELAY = 3_000;

/** Milliseconds for which AWS may still refuse a check that was enabled a moment ago. */
const PATIENCE_WITH_REFUSALS = 30_000;

/** Milliseconds for a cancellation, which is good to have. */
const PATIENCE_WITH_CANCELLATION = 20_000;

/**
 * Starts, finds, describes and cancels on-demand audits.
 *
 * The API that starts them has no client token: after a lost answer, the audit that may have been started is looked for
 * before another one is started.
 */
export class AuditTasks {
  constructor(private readonly request: Request) {}

  /**
   * Selects the checks to audit.
   *
   * @throws RequestFailure if only enabled checks are wanted, and there are none or nobody can tell
   */
  public async checksToAudit({ Checks, EnabledChecksOnly }: OnDemandAuditProperties): Promise<string[]> {
    const names = Checks.map(({ Name }) => Name);
    if (EnabledChecksOnly !== 'true') {
      return names;
    }
    const enabled = await this.enabledChecks().catch(failWith(
      'the audit was not started because the function could not read which checks are enabled'));
    const audited = names.filter((name) => enabled.has(name));
    if (audited.length === 0) {
      throw new RequestFailure(
        'the account\'s audit configuration enables no check; enable some before they can be audited');
    }
    return audited;
  }

  /**
   * Starts an audit.
   *
   * @returns the audit's task id
   * @throws RequestFailure that says what to do
   */
  public async start(checkNames: readonly string[]): Promise<string> {
    const { request } = this;
    const { calls, clients: { iot }, workUntil: until } = request;
    const began = calls.clock.now();
    let answerLost = false;
    const attempt = async () => {
      const started = answerLost ? await this.find(checkNames, began, until) : undefined;
      answerLost = false;
      if (started) {
        return started;
      }
      try {
        const { taskId } = await calls.once((options) => iot.send(
          new StartOnDemandAuditTaskCommand({ targetCheckNames: [...checkNames] }), options), until);
        return taskId!;
      } catch (error) {
        answerLost = failureKindOf(asError(error)) === 'unavailable';
        throw error;
      }
    };
    const retryRefusal = ({ name }: Error) => name === 'LimitExceededException'
      || (name === 'InvalidRequestException' && calls.clock.now() < began + PATIENCE_WITH_REFUSALS);
    try {
      return await request.ask(attempt, { retryRefusal, beforeAttempt: () => request.beforeChange() });
    } catch (error) {
      // However the attempts ended, an audit that was started must not be left alone.
      const started = answerLost
        ? await this.find(checkNames, began, until + 2 * LISTING_DELAY).catch(() => undefined) : undefined;
      if (started) {
        return started;
      }
      throw error instanceof RequestFailure ? error : new RequestFailure(await this.explain(asError(error), checkNames)
        + (answerLost ? '; it may run all the same (see aws iot list-audit-tasks)' : ''));
    }
  }

  /**
   * Finds the on-demand audit of exactly these checks that was started since a time.
   *
   * The list tells neither time nor checks, so each audit is described. If another client starts an audit of the same
   * checks in the same moments, the two cannot be told apart.
   */
  public async find(
    checkNames: readonly string[], since: number, until: number, taskStatus?: AuditTaskStatus,
  ): Promise<string | undefined> {
    const { clock } = this.request.calls;
    await clock.sleep(LISTING_DELAY);
    const checks = [...checkNames].sort().join();
    const earliest = since - CLOCK_TOLERANCE;
    let nextToken: string | undefined;
    do {
      const page = await this.request.ask(({ iot }, options) => iot.send(new ListAuditTasksCommand({
        taskType: 'ON_DEMAND_AUDIT_TASK',
        taskStatus,
        startTime: new Date(earliest),
        endTime: new Date(clock.now() + CLOCK_TOLERANCE),
        nextToken,
      }), options), { until });
      for (const { taskId, taskStatus: status } of page.tasks ?? []) {
        // A canceled audit belongs to a request that gave up.
        if (status === 'CANCELED') continue;
        const { auditDetails = {}, taskStartTime } = await this.describe(taskId!, until);
        if (Object.keys(auditDetails).sort().join() === checks && taskStartTime!.getTime() >= earliest) {
          log('found the audit that was started', { taskId });
          return taskId;
        }
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return undefined;
  }

  public describe(taskId: string, until = this.request.workUntil): Promise<DescribeAuditTaskCommandOutput> {
    return this.request.ask(
      ({ iot }, options) => iot.send(new DescribeAuditTaskCommand({ taskId }), options), { until });
  }

  /** Cancels an audit. One that is gone or has ended is fine, and one that cannot be canceled ends by itself. */
  public async cancel(taskId: string, latest = this.request.workUntil): Promise<void> {
    const until = Math.min(latest, this.request.calls.clock.now() + PATIENCE_WITH_CANCELLATION);
    try {
      await this.request.ask(
        ({ iot }, options) => iot.send(new CancelAuditTaskCommand({ taskId }), options), { until });
      log('audit canceled', { taskId });
    } catch (error) {
      const refused = failureKindOf(asError(error)) === 'refused';
      log(refused ? 'audit has ended already' : 'audit not canceled', { taskId, error });
    }
  }

  private async enabledChecks(until = this.request.workUntil): Promise<Set<string>> {
    const { auditCheckConfigurations = {} } = await this.request.ask(({ iot }, options) => iot.send(
      new DescribeAccountAuditConfigurationCommand({}), options), { until });
    const enabled = Object.entries(auditCheckConfigurations).filter(([, check]) => check.enabled);
    return new Set(enabled.map(([name]) => name));
  }

  private async explain(error: Error, checkNames: readonly string[]): Promise<string> {
    const described = describeError(error);
    switch (failureKindOf(error)) {
      case 'denied':
        return `the audit could not be started because a permission is missing (${described})${wayOut(error)}`;
      case 'throttled':
      case 'unavailable':
        return 'the audit could not be started in the time that the function has, the last answer being '
          + `${described}${wayOut(error)}`;
      case 'refused':
        return error.name === 'LimitExceededException'
          ? 'the audit could not be started because 10 on-demand audits run in this account and region already, '
            + 'which is all that AWS allows, and none ended in time; '
            + 'wait for them or cancel one (aws iot list-audit-tasks), then deploy again'
          : this.explainRefusal(described, checkNames);
    }
  }

  private async explainRefusal(described: string, checkNames: readonly string[]): Promise<string> {
    const until = this.request.calls.clock.now() + LISTING_DELAY;
    const enabled = await this.enabledChecks(until).catch(() => undefined);
    const disabled = enabled ? checkNames.filter((name) => !enabled.has(name)) : [];
    return disabled.length > 0
      ? 'the audit could not be started because the account\'s audit configuration does not enable '
        + `${disabled.join(', ')}; enable them there, or leave them out of this audit`
      : `the audit could not be started: AWS IoT refuses it with ${described}`;
  }
}
