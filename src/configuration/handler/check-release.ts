import { namesOf, tokenOf } from './configuration-identity';
import { AccountAudits, LiveConfiguration, LiveSchedule, SCHEDULED_AUDIT, enabledCheck } from './live-configuration';
import { requireChecks } from './wanted-configuration';
import { ApiCheck } from '../../checks/check-table';
import { log } from '../../function/runtime/log';
import { LogMemory, MemoryEntry } from '../../function/runtime/log-memory';
import { Outcome, Request } from '../../function/runtime/request';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';
import { CheckReleaseProperties, ReleasePosition } from '../protocol';

/** An entry of the memory that both releases of a stack share: there is one configuration in an account and region. */
interface ScheduleEntry extends MemoryEntry {
  readonly schedules: readonly LiveSchedule[];
}

/**
 * A request to take checks out of the stack's own schedules before CloudFormation disables them, or to put them back in
 * a rollback.
 *
 * CloudFormation updates the configuration before the schedules, and AWS IoT refuses to disable a check that a schedule
 * uses. There are two of these resources, before and after the configuration, because AWS does not document in which
 * order a rollback goes: one of them comes before the configuration in either order, and the other after it. The one
 * after it enables again what CloudFormation disabled, so that schedules can be rolled back, until the clean-up deletes
 * its outdated id.
 */
export class CheckRelease {
  private readonly audits: AccountAudits;

  /** The checks that the stack's schedules had before a deployment touched them. */
  private readonly memory: LogMemory<ScheduleEntry>;

  constructor(private readonly request: Request<CheckReleaseProperties>) {
    this.audits = new AccountAudits(request);
    this.memory = request.sharedMemory('released-schedules');
  }

  /** The names of the checks that the configuration enables. */
  private get checks(): readonly string[] {
    return namesOf(this.request.properties.Checks);
  }

  public async carryOut(): Promise<Outcome> {
    const { event, properties, stack } = this.request;
    if (event.RequestType === 'Delete') {
      await this.disableDropped();
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    requireChecks(properties, 0);
    if (event.RequestType === 'Create') {
      await this.requireFreeAccount();
    } else if (stack.mayGoBack) {
      await this.restore().catch(goOnUnlessCancelled);
    } else {
      await this.prepare();
    }
    return { physicalResourceId: identify(properties) };
  }

  /** Explains what to do about a configuration that CloudFormation is about to refuse. */
  private async requireFreeAccount(): Promise<void> {
    const { event, properties: { Position, Watched }, stack } = this.request;
    if (Position !== ReleasePosition.BEFORE) {
      return;
    }
    const { role } = await this.audits.describe();
    if (role === undefined || role === Watched?.RoleArn) {
      return;
    }
    const configurations = (await stack.resources()).ofType('AWS::IoT::AccountAuditConfiguration')
      .filter(({ isLeaving }) => !isLeaving).map(({ logicalId }) => logicalId);
    // A role that changes is no other configuration.
    if (configurations.some((logicalId) => maySharePath(logicalId, event.LogicalResourceId))) {
      return;
    }
    const owner = configurations.length > 0 ? `, as ${configurations[0]} of this stack` : '';
    throw new RequestFailure(`the account has an audit configuration already${owner} (its role is ${role}), `
      + 'and CloudFormation does not take it over; adopt it with existing: ExistingConfiguration.adopt(), '
      + 'or import it with cdk import');
  }

  /** Takes out of the schedules what the configuration is about to disable. */
  private async prepare(): Promise<void> {
    const { properties: { Position }, formerProperties: former } = this.request;
    const live = await this.audits.describe();
    if (live.role === undefined) {
      throw new RequestFailure('the account\'s audit configuration was deleted outside of CloudFormation, '
        + 'which cannot update it any more; adopt what there is with existing: ExistingConfiguration.adopt(), '
        + 'or configure the account again before you deploy');
    }
    const schedules = await this.ownSchedules();
    if (Position === ReleasePosition.BEFORE) {
      await this.memory.note({ schedules }).catch(failWith(
        'the function could not note which checks the scheduled audits have'));
    }
    for (const schedule of schedules) {
      await this.setChecks(schedule, schedule.checks);
    }
    if (Position === ReleasePosition.AFTER) {
      await this.enable(former!.Checks.filter(({ Name }) => !this.checks.includes(Name)), live);
    }
  }

  /** Gives the schedules what they had, also those that CloudFormation has not touched and will not restore. */
  private async restore(): Promise<void> {
    const live = await this.audits.describe();
    await this.enable(this.request.properties.Checks, live);
    const former = await this.formerSchedules();
    for (const schedule of await this.ownSchedules()) {
      await this.setChecks(schedule, former.find(({ name }) => name === schedule.name)?.checks ?? schedule.checks);
    }
  }

  /** Disables checks in the clean-up: nothing can fail any more, and schedules are gone that were to go. */
  private async disableDropped(): Promise<void> {
    const { event, history, properties, stack } = this.request;
    if (properties.Position !== ReleasePosition.AFTER) {
      return;
    }
    const newestId = history.newestId ?? (await stack.resources()).own?.physicalId;
    const tokens = newestId && tokensIn(newestId);
    if (!tokens || newestId === event.PhysicalResourceId) {
      return;
    }
    const live = await this.audits.describe();
    await this.audits.disableUnused(
      this.checks.filter((name) => live.checks.includes(name) && !tokens.has(tokenOf(name))));
  }

  /**
   * The schedules as they were before the deployment that is rolled back, or none.
   *
   * That deployment noted them in the resource before the configuration. If it did not come so far, it changed no
   * schedule there; where it came to the resource after the configuration, it had noted them. The template could name
   * the schedules only by logical ids, which are no part of a custom resource that `cdk refactor` recognizes.
   */
  private async formerSchedules(): Promise<readonly LiveSchedule[]> {
    const { event, history, properties: { Position } } = this.request;
    const latest = (await this.memory.recall()).at(-1);
    // A change that came too late is undone under the id of the request itself.
    const isOfThisDeployment = latest !== undefined && (Position !== ReleasePosition.BEFORE
      || [event.RequestId, history.precedingRequestId].includes(latest.requestId));
    return isOfThisDeployment ? latest.schedules : [];
  }

  private async ownSchedules(): Promise<LiveSchedule[]> {
    const resources = await this.request.stack.resources();
    const names = resources.ofType(SCHEDULED_AUDIT).flatMap(({ physicalId }) => physicalId || []);
    const schedules = await Promise.all(names.map(async (name) => this.audits.schedule(name)));
    return schedules.flatMap((schedule) => schedule ?? []);
  }

  /** Gives a schedule those of some checks that the configuration enables. */
  private async setChecks({ name, checks }: LiveSchedule, offered: readonly string[]): Promise<void> {
    const enabled = offered.filter((check) => this.checks.includes(check));
    const wanted = enabled.length > 0 ? enabled : [this.placeholder()];
    const isSame = wanted.length === checks.length && wanted.every((check) => checks.includes(check));
    if (!isSame) {
      await this.audits.updateSchedule({ name, checks: wanted });
      log('schedule changed', { schedule: name, from: checks, to: wanted });
    }
  }

  /**
   * A check for a schedule whose checks all go, until CloudFormation updates or deletes it: it must have one, and this
   * one is on before and after.
   */
  private placeholder(): string {
    const former = namesOf(this.request.formerProperties?.Checks ?? []);
    const placeholder = this.checks.find((name) => former.includes(name));
    if (placeholder === undefined) {
      throw new RequestFailure('no check stays enabled, but a scheduled audit of the stack must have one all the time; '
        + 'keep one of the former checks for this deployment and remove it with the next, '
        + 'or adopt the configuration with existing: ExistingConfiguration.adopt()');
    }
    return placeholder;
  }

  private async enable(checks: readonly ApiCheck[], live: LiveConfiguration): Promise<void> {
    const missing = checks.filter(({ Name }) => !live.checks.includes(Name));
    if (live.role !== undefined && missing.length > 0) {
      await this.audits.update({
        auditCheckConfigurations: Object.fromEntries(
          missing.map(({ Name, Configuration }) => [Name, enabledCheck(Configuration)])),
      });
      log('checks enabled again', { checks: namesOf(missing) });
    }
  }
}

/** A rollback goes on without what cannot be restored. */
function goOnUnlessCancelled(error: unknown): void {
  if (error instanceof RequestCancelled) {
    throw error;
  }
  log('not restored', { error });
}

/**
 * True if a configuration may be of the construct that a resource is part of. The CDK makes a logical id of the path
 * and eight characters of a hash; one that somebody chose tells nothing.
 */
function maySharePath(configurationId: string, logicalId: string): boolean {
  const [, path] = /^(.*)[0-9A-F]{8}$/.exec(configurationId) ?? [];
  return path === undefined || logicalId.startsWith(path);
}

/** A physical id that changes with the checks, so that CloudFormation deletes the one before in its clean-up. */
function identify({ Position, Checks }: CheckReleaseProperties): string {
  return `release.${Position}.${namesOf(Checks).map(tokenOf).sort().join(',')}`;
}

function tokensIn(physicalResourceId: string): Set<string> | undefined {
  const tokens = physicalResourceId.split('.')[2];
  return tokens === undefined ? undefined : new Set(tokens.split(','));
}
