import { AdoptedCheck, CheckReleaseProperties, ReleasePosition } from '../protocol';
import { tokenOf } from './adopted-identity';
import { disableUnused } from './check-disabling';
import { AccountAudits, LiveConfiguration, LiveSchedule, enabledCheck } from './live-configuration';
import { requireChecks } from './required-checks';
import { ScheduleMemory } from './schedule-memory';
import { asError, describeError } from '../../function/runtime/aws-calls';
import { CustomResourceHandler, Outcome } from '../../function/runtime/custom-resource-handler';
import { log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';

type ReleaseRequest = Request<CheckReleaseProperties>;

/**
 * Takes checks out of the stack's own schedules before CloudFormation disables them, and puts them back in a rollback.
 *
 * CloudFormation updates the configuration before the schedules, and AWS IoT refuses to disable a check that a schedule
 * uses. There are two of these resources, before and after the configuration, because AWS does not document in which
 * order a rollback goes: one of them comes before the configuration, whichever it is, and the other after it. The one
 * after it enables again what CloudFormation disabled, so that schedules can be rolled back, until the clean-up deletes
 * its outdated id.
 */
export class CheckReleaseHandler implements CustomResourceHandler {
  public async handle(request: ReleaseRequest): Promise<Outcome> {
    const { event, properties } = request;
    if (event.RequestType === 'Delete') {
      await this.disableDropped(request);
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    requireChecks(properties, 0);
    if (event.RequestType === 'Create') {
      await this.requireFreeAccount(request);
    } else if (request.mayGoBack) {
      await this.restore(request).catch(rethrowIfCancelled);
    } else {
      await this.prepare(request);
    }
    return { physicalResourceId: identify(properties) };
  }

  public async takeBack(): Promise<void> {
    // CloudFormation rolls back, with an update that restores the schedules.
  }

  /** Says what to do about a configuration that CloudFormation is about to refuse. */
  private async requireFreeAccount(request: ReleaseRequest): Promise<void> {
    const { event, properties: { Position, Watched } } = request;
    if (Position !== ReleasePosition.BEFORE) {
      return;
    }
    const { role } = await new AccountAudits(request).describe();
    if (role === undefined || role === Watched?.RoleArn) {
      return;
    }
    const configurations = (await request.stack.resources())
      .filter(({ type, isLeaving }) => type === 'AWS::IoT::AccountAuditConfiguration' && !isLeaving).map(({ logicalId }) => logicalId);
    // A role that changes is no other configuration.
    if (configurations.some((logicalId) => maySharePath(logicalId, event.LogicalResourceId))) {
      return;
    }
    const owner = configurations.length > 0 ? `, as ${configurations[0]} of this stack` : '';
    throw new RequestFailure(`the account has an audit configuration already${owner} (its role is ${role}), and CloudFormation does not take `
      + 'it over; adopt it with existing: ExistingConfiguration.adopt(), or import it with cdk import');
  }

  /** Takes out of the schedules what the configuration is about to disable. */
  private async prepare(request: ReleaseRequest): Promise<void> {
    const { properties, formerProperties: former } = request;
    const audits = new AccountAudits(request);
    const live = await audits.describe();
    if (live.role === undefined) {
      throw new RequestFailure('the account\'s audit configuration was deleted outside of CloudFormation, which cannot update it any more; '
        + 'adopt what there is with existing: ExistingConfiguration.adopt(), or configure the account again before you deploy');
    }
    const checks = namesOf(properties);
    const schedules = await this.ownSchedules(request, audits);
    if (properties.Position === ReleasePosition.BEFORE) {
      await new ScheduleMemory(request).keep(schedules).catch(failWith('the function could not note which checks the scheduled audits have'));
    }
    for (const schedule of schedules) {
      await setChecks(audits, schedule, checksLeft(request, schedule.checks.filter((check) => checks.includes(check))));
    }
    if (properties.Position === ReleasePosition.AFTER) {
      await enable(former!.Checks.filter(({ Name }) => !checks.includes(Name)), live, audits);
    }
  }

  /** Gives the schedules what they had, also those that CloudFormation has not touched and will not restore. */
  private async restore(request: ReleaseRequest): Promise<void> {
    const { properties } = request;
    const audits = new AccountAudits(request);
    const live = await audits.describe();
    const checks = namesOf(properties);
    await enable(properties.Checks, live, audits);
    const kept = await new ScheduleMemory(request).read(properties.Position);
    for (const schedule of await this.ownSchedules(request, audits)) {
      const former = kept.get(schedule.name) ?? schedule.checks;
      await setChecks(audits, schedule, checksLeft(request, former.filter((check) => checks.includes(check))));
    }
  }

  /** Now that nothing can fail any more, and the schedules are gone that were to go. */
  private async disableDropped(request: ReleaseRequest): Promise<void> {
    const { event, memory, properties, stack } = request;
    if (properties.Position !== ReleasePosition.AFTER) {
      return;
    }
    const listed = async () => (await stack.resources()).find(({ logicalId }) => logicalId === event.LogicalResourceId)?.physicalId;
    const current = memory.newestId ?? await listed();
    const tokens = current && checksIn(current);
    if (!tokens || current === event.PhysicalResourceId) {
      return;
    }
    const audits = new AccountAudits(request);
    const { checks } = await audits.describe();
    await disableUnused(namesOf(properties).filter((name) => checks.includes(name) && !tokens.has(tokenOf(name))), audits);
  }

  private async ownSchedules({ stack }: ReleaseRequest, audits: AccountAudits): Promise<LiveSchedule[]> {
    const resources = (await stack.resources()).filter(({ type, physicalId }) => type === 'AWS::IoT::ScheduledAudit' && physicalId);
    const schedules = await Promise.all(resources.map(async ({ physicalId }) => audits.schedule(physicalId!)));
    return schedules.flatMap((schedule) => schedule ?? []);
  }
}

/** A rollback goes on without what cannot be restored. */
function rethrowIfCancelled(error: unknown): void {
  if (error instanceof RequestCancelled) {
    throw error;
  }
  log('not restored', { error: describeError(asError(error)) });
}

function namesOf({ Checks }: CheckReleaseProperties): string[] {
  return Checks.map(({ Name }) => Name);
}

/**
 * True if a configuration may be of the construct that a resource is part of. The CDK makes a logical id of the path and eight
 * characters of a hash; one that somebody chose tells nothing.
 */
function maySharePath(configurationId: string, logicalId: string): boolean {
  const [, path] = /^(.*)[0-9A-F]{8}$/.exec(configurationId) ?? [];
  return path === undefined || logicalId.startsWith(path);
}

/** A physical id that changes with the checks, so that CloudFormation deletes the one before in its clean-up. */
function identify(properties: CheckReleaseProperties): string {
  const tokens = namesOf(properties).map(tokenOf).sort();
  return `release.${properties.Position}.${tokens.join(',')}`;
}

function checksIn(physicalResourceId: string): Set<string> | undefined {
  const tokens = physicalResourceId.split('.')[2];
  return tokens === undefined ? undefined : new Set(tokens.split(','));
}

/**
 * A schedule must have a check: one whose checks all go has another one until CloudFormation updates or deletes it, one
 * that is on before and after.
 */
function checksLeft({ properties, formerProperties }: ReleaseRequest, left: readonly string[]): readonly string[] {
  if (left.length > 0) {
    return left;
  }
  const former = formerProperties ? namesOf(formerProperties) : [];
  const placeholder = namesOf(properties).find((name) => former.includes(name));
  if (placeholder === undefined) {
    throw new RequestFailure('no check stays enabled, but a scheduled audit of the stack must have one all the time; keep one of the former '
      + 'checks for this deployment and remove it with the next, or adopt the configuration with existing: ExistingConfiguration.adopt()');
  }
  return [placeholder];
}

async function enable(checks: readonly AdoptedCheck[], live: LiveConfiguration, audits: AccountAudits): Promise<void> {
  const missing = checks.filter(({ Name }) => !live.checks.includes(Name));
  if (live.role !== undefined && missing.length > 0) {
    await audits.update({
      auditCheckConfigurations: Object.fromEntries(missing.map(({ Name, Configuration }) => [Name, enabledCheck(Configuration)])),
    });
    log('checks enabled again', { checks: missing.map(({ Name }) => Name) });
  }
}

async function setChecks(audits: AccountAudits, schedule: LiveSchedule, wanted: readonly string[]): Promise<void> {
  const isSame = wanted.length === schedule.checks.length && wanted.every((check) => schedule.checks.includes(check));
  if (!isSame) {
    await audits.updateSchedule({ name: schedule.name, checks: wanted });
    log('schedule changed', { schedule: schedule.name, from: schedule.checks, to: wanted });
  }
}
