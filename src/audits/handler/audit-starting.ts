import {
  AuditTaskStatus, DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, ListAuditTasksCommand, StartOnDemandAuditTaskCommand,
} from '@aws-sdk/client-iot';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { asError, describeError, log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { RequestFailure, wayOut } from '../../function/runtime/request-failure';

/** How far the clock of the service may be behind this function's. */
const CLOCK_TOLERANCE = 2_000;

/** How long an audit may take to show up in the list, once started. */
const LISTING_DELAY = 3_000;

/** How long a check that was enabled a moment ago may still be refused. */
const PATIENCE_WITH_REFUSALS = 30_000;

/**
 * Starts on-demand audits through an API that has no client token: after a lost answer it looks for the audit that may
 * have been started before it starts another.
 */
export class AuditStarting {
  constructor(private readonly request: Request) {}

  /**
   * @returns the audit's task id
   * @throws RequestFailure that tells what to do
   */
  public async start(checkNames: readonly string[]): Promise<string> {
    const { calls, clients, workUntil: until } = this.request;
    const { clock } = calls;
    const began = clock.now();
    let answerLost = false;
    const attempt = async () => {
      await this.request.beforeChange();
      if (answerLost) {
        const started = await this.find(checkNames, began, until);
        if (started) {
          return started;
        }
        answerLost = false;
      }
      try {
        const { taskId } = await calls.once((options) => clients.iot.send(
          new StartOnDemandAuditTaskCommand({ targetCheckNames: [...checkNames] }), options), until);
        return taskId!;
      } catch (error) {
        answerLost = failureKindOf(asError(error)) === 'unavailable';
        throw error;
      }
    };
    const retryRefusal = (error: Error) => error.name === 'LimitExceededException'
      || (error.name === 'InvalidRequestException' && clock.now() < began + PATIENCE_WITH_REFUSALS);
    try {
      return await calls.persistently({ until, retryRefusal }, attempt);
    } catch (error) {
      // However the attempts ended, an audit that was started must not be left alone.
      const started = answerLost ? await this.find(checkNames, began, until + 2 * LISTING_DELAY).catch(() => undefined) : undefined;
      if (started) {
        return started;
      }
      throw error instanceof RequestFailure ? error : new RequestFailure(
        await this.explain(asError(error), checkNames) + (answerLost ? '; it may run all the same (see aws iot list-audit-tasks)' : ''));
    }
  }

  /**
   * The on-demand audit of exactly these checks that was started since a time, if there is one.
   *
   * The list tells neither time nor checks, so each audit is described. Another one's audit of the same checks, started
   * in the same moments, cannot be told from ours.
   */
  public async find(checkNames: readonly string[], since: number, until: number, taskStatus?: AuditTaskStatus): Promise<string | undefined> {
    const { calls, clients } = this.request;
    const { clock } = calls;
    await clock.sleep(LISTING_DELAY);
    const wanted = [...checkNames].sort().join();
    let nextToken: string | undefined;
    do {
      const page = await calls.persistently({ until }, (options) => clients.iot.send(new ListAuditTasksCommand({
        taskType: 'ON_DEMAND_AUDIT_TASK',
        taskStatus,
        startTime: new Date(since - CLOCK_TOLERANCE),
        endTime: new Date(clock.now() + CLOCK_TOLERANCE),
        nextToken,
      }), options));
      // One that was canceled is nobody's any more.
      for (const { taskId } of (page.tasks ?? []).filter((task) => task.taskStatus !== 'CANCELED')) {
        const { auditDetails = {}, taskStartTime } = await calls.persistently({ until }, (options) => clients.iot.send(
          new DescribeAuditTaskCommand({ taskId }), options));
        if (Object.keys(auditDetails).sort().join() === wanted && taskStartTime!.getTime() >= since - CLOCK_TOLERANCE) {
          log('found the audit that was started', { taskId });
          return taskId;
        }
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return undefined;
  }

  /**
   * The checks that the account enables.
   */
  public async enabledChecks(until = this.request.workUntil): Promise<Set<string>> {
    const { calls, clients } = this.request;
    const { auditCheckConfigurations = {} } = await calls.persistently({ until }, (options) => clients.iot.send(
      new DescribeAccountAuditConfigurationCommand({}), options));
    return new Set(Object.entries(auditCheckConfigurations).filter(([, { enabled }]) => enabled).map(([name]) => name));
  }

  private async explain(error: Error, checkNames: readonly string[]): Promise<string> {
    switch (failureKindOf(error)) {
      case 'denied':
        return `the audit could not be started because a permission is missing (${describeError(error)})${wayOut(error)}`;
      case 'throttled':
      case 'unavailable':
        return `the audit could not be started in the time that the function has, the last answer being ${describeError(error)}${wayOut(error)}`;
      case 'refused':
        return error.name === 'LimitExceededException'
          ? 'the audit could not be started because 10 on-demand audits run in this account and region already, which is all that AWS '
            + 'allows, and none ended in time; wait for them or cancel one (aws iot list-audit-tasks), then deploy again'
          : this.explainRefusal(error, checkNames);
    }
  }

  private async explainRefusal(error: Error, checkNames: readonly string[]): Promise<string> {
    const { clock } = this.request.calls;
    const enabled = await this.enabledChecks(clock.now() + LISTING_DELAY).catch(() => undefined);
    const disabled = enabled ? checkNames.filter((name) => !enabled.has(name)) : [];
    return disabled.length > 0
      ? `the audit could not be started because the account's audit configuration does not enable ${disabled.join(', ')}; `
        + 'enable them there, or leave them out of this audit'
      : `the audit could not be started: AWS IoT refuses it with ${describeError(error)}`;
  }
}
