import { AdoptedCheck } from './adopted-configuration-protocol';
import { tokenOf } from './adopted-identity.lambda-shared';
import { disableUnused } from './check-disabling.lambda-shared';
import { CheckReleaseProperties, ReleasePosition } from './check-release-protocol';
import { AccountAudits, LiveConfiguration, LiveSchedule, enabledCheck } from './live-configuration.lambda-shared';
import { asError, describeError } from '../private/custom-resource/aws-calls.lambda-shared';
import { CustomResourceEvent } from '../private/custom-resource/custom-resource-event.lambda-shared';
import { CustomResourceHandler, Invocation, Outcome, RequestFailure } from '../private/custom-resource/custom-resource-handler.lambda-shared';
import { FunctionClients } from '../private/custom-resource/function-clients.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';
import { StackResource, listStackResources } from '../private/custom-resource/stack-resources.lambda-shared';
import { readStackStatus } from '../private/custom-resource/stack-status.lambda-shared';

/** For questions that decide what to do. */
const PATIENCE = 120_000;

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
  constructor(private readonly props: Pick<FunctionClients, 'iot' | 'cloudFormation'>) {}

  public async handle(event: CustomResourceEvent, invocation: Invocation): Promise<Outcome> {
    if (event.RequestType === 'Delete') {
      await this.disableDropped(event, invocation);
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    if (event.RequestType === 'Create') {
      await this.requireFreeAccount(event, invocation);
    } else {
      await this.release(event, invocation);
    }
    return { physicalResourceId: identify(propertiesOf(event)) };
  }

  public async takeBack(): Promise<void> {
    // CloudFormation rolls back, with an update that restores the schedules.
  }

  public async answered(): Promise<void> {
    // Everything here can be done twice.
  }

  /** Says what to do about a configuration that CloudFormation is about to refuse. */
  private async requireFreeAccount(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const { Position, Configuration } = propertiesOf(event);
    if (Position !== ReleasePosition.BEFORE) {
      return;
    }
    const { role } = await this.auditsOf(invocation).describe();
    const configurations = (await this.resourcesOf(event, invocation))
      .filter(({ type, isLeaving }) => type === 'AWS::IoT::AccountAuditConfiguration' && !isLeaving);
    if (role === undefined || configurations.some(({ logicalId }) => logicalId === Configuration)) {
      return;
    }
    const owner = configurations.length > 0 ? `, as ${configurations[0].logicalId} of this stack` : '';
    throw new RequestFailure(`the account has an audit configuration already${owner} (its role is ${role}), and CloudFormation does not take `
      + 'it over; adopt it with existing: ExistingConfiguration.adopt(), or import it with cdk import');
  }

  private async release(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const { calls, workUntil } = invocation;
    const status = await readStackStatus(this.props.cloudFormation, event.StackId, calls, Math.min(workUntil, calls.clock.now() + PATIENCE));
    // A rollback that is not allowed to succeed leaves a stuck stack, so in doubt it is one.
    if (status !== undefined && !status.includes('ROLLBACK')) {
      await this.prepare(event, invocation);
      return;
    }
    try {
      await this.restore(event, invocation);
    } catch (error) {
      log('not restored', { error: describeError(asError(error)) });
    }
  }

  /** Takes out of the schedules what the configuration is about to disable. */
  private async prepare(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const audits = this.auditsOf(invocation);
    const live = await audits.describe();
    if (live.role === undefined) {
      throw new RequestFailure('the account\'s audit configuration was deleted outside of CloudFormation, which cannot update it any more; '
        + 'adopt what there is with existing: ExistingConfiguration.adopt(), or configure the account again before you deploy');
    }
    const checks = namesOf(propertiesOf(event));
    const dropped = formerOf(event).Checks.filter(({ Name }) => !checks.includes(Name));
    for (const schedule of await this.ownSchedules(event, invocation)) {
      const left = schedule.checks.filter((check) => checks.includes(check));
      await setChecks(audits, schedule, left.length > 0 ? left : [placeholderOf(event)]);
    }
    if (propertiesOf(event).Position === ReleasePosition.AFTER) {
      await enable(dropped, live, audits);
    }
  }

  /** Gives the schedules what they had, also those that CloudFormation has not touched and will not restore. */
  private async restore(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const audits = this.auditsOf(invocation);
    const live = await audits.describe();
    const { Checks, Schedules } = propertiesOf(event);
    const checks = namesOf(propertiesOf(event));
    await enable(Checks, live, audits);
    for (const schedule of await this.ownSchedules(event, invocation)) {
      const former = Schedules.find(({ LogicalId }) => LogicalId === schedule.logicalId)?.Checks;
      const left = former ?? schedule.checks.filter((check) => checks.includes(check));
      await setChecks(audits, schedule, left.length > 0 ? left : [placeholderOf(event)]);
    }
  }

  /** Now that nothing can fail any more, and the schedules are gone that were to go. */
  private async disableDropped(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const resources = await this.resourcesOf(event, invocation);
    const current = resources.find(({ logicalId, isLeaving }) => logicalId === event.LogicalResourceId && !isLeaving)?.physicalId;
    const tokens = current && checksIn(current);
    if (!tokens || current === event.PhysicalResourceId || propertiesOf(event).Position !== ReleasePosition.AFTER) {
      return;
    }
    const audits = this.auditsOf(invocation);
    const { checks } = await audits.describe();
    await disableUnused(namesOf(propertiesOf(event)).filter((name) => checks.includes(name) && !tokens.has(tokenOf(name))), audits);
  }

  private async ownSchedules(event: CustomResourceEvent, invocation: Invocation): Promise<(LiveSchedule & { logicalId: string })[]> {
    const audits = this.auditsOf(invocation);
    const resources = (await this.resourcesOf(event, invocation)).filter(({ type }) => type === 'AWS::IoT::ScheduledAudit');
    const schedules = await Promise.all(resources.map(async ({ logicalId, physicalId }) => {
      const schedule = await audits.schedule(physicalId);
      return schedule ? [{ ...schedule, logicalId }] : [];
    }));
    return schedules.flat();
  }

  private async resourcesOf(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<StackResource[]> {
    return listStackResources(this.props.cloudFormation, event.StackId, calls, Math.min(workUntil, calls.clock.now() + PATIENCE));
  }

  private auditsOf({ calls, workUntil }: Invocation): AccountAudits {
    return new AccountAudits(this.props.iot, calls, workUntil);
  }
}

function propertiesOf(event: CustomResourceEvent): CheckReleaseProperties {
  return event.ResourceProperties as unknown as CheckReleaseProperties;
}

function formerOf(event: CustomResourceEvent): CheckReleaseProperties {
  return event.OldResourceProperties as unknown as CheckReleaseProperties;
}

function namesOf({ Checks }: CheckReleaseProperties): string[] {
  return Checks.map(({ Name }) => Name);
}

/** A physical id that changes with the checks, so that CloudFormation deletes the one before in its clean-up. */
function identify(properties: CheckReleaseProperties): string {
  const tokens = namesOf(properties).map(tokenOf).sort();
  return `${properties.Configuration}.${properties.Position}.${tokens.join(',')}`;
}

function checksIn(physicalResourceId: string): Set<string> | undefined {
  const tokens = physicalResourceId.split('.')[2];
  return tokens === undefined ? undefined : new Set(tokens.split(','));
}

/**
 * A schedule must have a check: one whose checks all go has another one until CloudFormation updates or deletes it, one
 * that is on before and after.
 */
function placeholderOf(event: CustomResourceEvent): string {
  const former = namesOf(formerOf(event));
  const placeholder = namesOf(propertiesOf(event)).find((name) => former.includes(name));
  if (placeholder === undefined) {
    throw new RequestFailure('no check stays enabled, but a scheduled audit of the stack must have one all the time; keep one of the former '
      + 'checks for this deployment and remove it with the next, or adopt the configuration with existing: ExistingConfiguration.adopt()');
  }
  return placeholder;
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
