import { ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationProperties } from './adopted-configuration-protocol';
import { AdoptedIdentity, parseIdentity, tokenOf } from './adopted-identity.lambda-shared';
import { disableUnused } from './check-disabling.lambda-shared';
import { AccountAudits, FoundConfiguration, LiveConfiguration } from './live-configuration.lambda-shared';
import { isOurs, patchBack, switchedOff } from './wanted-configuration.lambda-shared';
import { CreationRecords } from '../private/custom-resource/creation-records.lambda-shared';
import { CustomResourceEvent } from '../private/custom-resource/custom-resource-event.lambda-shared';
import { Invocation } from '../private/custom-resource/custom-resource-handler.lambda-shared';
import { FunctionClients } from '../private/custom-resource/function-clients.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';
import { StackResource, listStackResources } from '../private/custom-resource/stack-resources.lambda-shared';
import { readStackStatus } from '../private/custom-resource/stack-status.lambda-shared';

/** For questions that decide what to do. */
const PATIENCE = 120_000;

/** How long schedules of the stack that are being deleted at the same time are waited for. */
const PATIENCE_WITH_SCHEDULES = 30_000;
const PAUSE = 3_000;

/** What CloudFormation asks for with a delete. */
type Occasion =
  /** The checks changed, hence the id: this one is out of date. */
  | { readonly kind: 'superseded'; readonly by: AdoptedIdentity; readonly inRollback: boolean }
  | { readonly kind: 'creation undone'; readonly identity: AdoptedIdentity }
  | { readonly kind: 'removed'; readonly identity: AdoptedIdentity }
  | { readonly kind: 'unknown' };

/**
 * What happens to the account's configuration when CloudFormation deletes a physical id of an adopted one.
 *
 * In doubt nothing: an audit too much does no harm.
 */
export class AdoptedConfigurationRemoval {
  private readonly audits: AccountAudits;
  private readonly identity: AdoptedIdentity | undefined;
  private readonly properties: AdoptedConfigurationProperties;

  constructor(
    private readonly props: FunctionClients, private readonly event: CustomResourceEvent, private readonly invocation: Invocation,
  ) {
    this.audits = new AccountAudits(props.iot, invocation.calls, invocation.workUntil);
    this.identity = parseIdentity(event.PhysicalResourceId);
    this.properties = event.ResourceProperties as unknown as AdoptedConfigurationProperties;
  }

  public async perform(): Promise<void> {
    const occasion = await this.occasion();
    log('delete', { occasion: occasion.kind });
    switch (occasion.kind) {
      case 'superseded': return this.disableDropped(occasion.by, occasion.inRollback);
      case 'creation undone': return this.putBack(occasion.identity, occasion.identity.before ?? occasion.identity.found);
      case 'removed': return this.remove(occasion.identity);
      case 'unknown': return undefined;
    }
  }

  private async occasion(): Promise<Occasion> {
    const { calls, workUntil } = this.invocation;
    const until = Math.min(workUntil, calls.clock.now() + PATIENCE);
    const status = await readStackStatus(this.props.cloudFormation, this.event.StackId, calls, until);
    if (status === undefined) {
      return { kind: 'unknown' };
    }
    const inRollback = status.includes('ROLLBACK');
    const { identity } = this;
    if (!identity) {
      const noted = inRollback ? parseIdentity(await new CreationRecords(this.props.logs, this.event, this.invocation).latest()) : undefined;
      return noted ? { kind: 'creation undone', identity: noted } : { kind: 'unknown' };
    }
    const configurations = await this.configurationsOfStack();
    const current = configurations.find(({ logicalId }) => logicalId === this.event.LogicalResourceId);
    const by = current?.physicalId === this.event.PhysicalResourceId ? undefined : parseIdentity(current?.physicalId);
    if (by) {
      return { kind: 'superseded', by, inRollback };
    }
    if (inRollback) {
      // What an update came to was superseded as well, though CloudFormation does not say by what.
      return identity.created ? { kind: 'creation undone', identity } : { kind: 'unknown' };
    }
    const successor = configurations.filter(({ logicalId }) => logicalId !== this.event.LogicalResourceId)
      .map(({ physicalId }) => parseIdentity(physicalId)).find((other) => other !== undefined);
    return successor ? { kind: 'superseded', by: successor, inRollback } : { kind: 'removed', identity };
  }

  private async configurationsOfStack(): Promise<StackResource[]> {
    return (await this.resourcesOfStack()).filter(({ type, isLeaving }) => type === ADOPTED_CONFIGURATION_TYPE && !isLeaving);
  }

  private async resourcesOfStack(): Promise<StackResource[]> {
    const { calls, workUntil } = this.invocation;
    const until = Math.min(workUntil, calls.clock.now() + PATIENCE);
    return listStackResources(this.props.cloudFormation, this.event.StackId, calls, until);
  }

  /** Disables the checks that the template named no more, now that nothing can fail any more. */
  private async disableDropped(by: AdoptedIdentity, inRollback: boolean): Promise<void> {
    const { checks, alreadyOn } = this.identity!;
    const live = await this.audits.describe();
    const dropped = live.checks.filter((name) => checks.has(tokenOf(name)) && !by.checks.has(tokenOf(name)));
    // A deployment that failed must not take from others what was on before it.
    await this.disable(inRollback ? dropped.filter((name) => !alreadyOn.has(tokenOf(name))) : dropped);
  }

  private async putBack(identity: AdoptedIdentity, record: FoundConfiguration): Promise<void> {
    const live = await this.audits.describe();
    if (!this.isStillOurs(live)) {
      return;
    }
    if (record.role === undefined) {
      await this.reset(live, identity);
      return;
    }
    await this.audits.update(patchBack(live, record, { wanted: this.properties, found: record }));
    log('put back', { ...record });
    await this.disable(live.checks.filter((name) => identity.checks.has(tokenOf(name)) && !record.checks.includes(name)));
  }

  private async remove(identity: AdoptedIdentity): Promise<void> {
    const { WhenRemoved } = this.properties;
    if (WhenRemoved === 'PUT_BACK') {
      await this.putBack(identity, identity.found);
    } else if (WhenRemoved === 'SWITCH_OFF') {
      const live = await this.audits.describe();
      if (this.isStillOurs(live)) {
        await this.reset(live);
      }
    }
  }

  /** Switches everything off, or only certain checks and what the template has set where schedules are left. */
  private async reset(live: LiveConfiguration, only?: AdoptedIdentity): Promise<void> {
    await this.waitForOwnSchedules([]);
    const isOthers = only && live.checks.some((name) => !only.checks.has(tokenOf(name)));
    if (!isOthers && (await this.audits.schedules()).length === 0) {
      await this.audits.reset();
      log('the configuration is gone');
      return;
    }
    if (live.target?.on && (!only || isOurs(live, this.properties))) {
      await this.audits.update(switchedOff(live.target));
    }
    await this.disable(live.checks.filter((name) => !only || only.checks.has(tokenOf(name))));
  }

  /** Whoever takes over a configuration sets a role of his own. */
  private isStillOurs(live: LiveConfiguration): boolean {
    const isOurRole = live.role === this.properties.RoleArn;
    if (!isOurRole) {
      log('left alone: the configuration has another role by now', { role: live.role });
    }
    return isOurRole;
  }

  private async disable(checks: readonly string[]): Promise<void> {
    if (checks.length > 0) {
      await this.waitForOwnSchedules(checks);
      await disableUnused(checks, this.audits);
    }
  }

  /** CloudFormation deletes schedules before what they need, but nothing of AWS's documentation promises it for every case. */
  private async waitForOwnSchedules(checks: readonly string[]): Promise<void> {
    const { clock } = this.invocation.calls;
    const until = clock.now() + PATIENCE_WITH_SCHEDULES;
    while (clock.now() < until) {
      const schedules = await this.audits.schedules();
      const using = schedules.filter((schedule) => checks.length === 0 || schedule.checks.some((check) => checks.includes(check)));
      if (using.length === 0 || !await this.areLeaving(using.map(({ name }) => name))) {
        return;
      }
      await clock.sleep(PAUSE);
    }
  }

  /** Whether schedules are of this stack, yet no longer wanted there. */
  private async areLeaving(names: readonly string[]): Promise<boolean> {
    return (await this.resourcesOfStack()).some(({ type, physicalId, isLeaving }) => type === 'AWS::IoT::ScheduledAudit' && isLeaving && names.includes(physicalId));
  }
}
