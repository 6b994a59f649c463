import { ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationProperties } from '../protocol';
import { AdoptedIdentity, parseIdentity, tokenOf } from './adopted-identity';
import { disableUnused } from './check-disabling';
import { AccountAudits, FoundConfiguration, LiveConfiguration } from './live-configuration';
import { Kept, SWITCHED_OFF, isOurs, patchBack } from './wanted-configuration';
import { asError, describeError, failureKindOf } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { DeletionFailure } from '../../function/runtime/request-failure';
import { StackResource } from '../../function/runtime/stack-operation';

/** How long schedules of the stack that are being deleted at the same time are waited for, in milliseconds. */
const PATIENCE_WITH_SCHEDULES = 30_000;
const PAUSE = 3_000;

/** For a permission that is as old as the adoption: its denial will not pass. */
const PATIENCE_WITH_OLD_PERMISSIONS = 20_000;

/** Put back as far as the function may pass roles: one that nobody named stays, or its target is switched off. */
const DEGREES: readonly Kept[] = [{}, { target: true }, { role: true }, { role: true, target: true }];

/** What CloudFormation asks for with a delete. */
type Occasion =
  /** The checks changed, hence the id: this one is out of date. */
  | { readonly kind: 'superseded'; readonly by: AdoptedIdentity; readonly inRollback: boolean }
  | { readonly kind: 'creation undone'; readonly identity: AdoptedIdentity }
  | { readonly kind: 'removed'; readonly identity: AdoptedIdentity }
  | { readonly kind: 'nothing to undo' };

/**
 * Carries out the deletion of a physical id of an adopted configuration.
 *
 * It fails rather than leave the account pointing at roles and topics that CloudFormation deletes next. Other than that, in
 * doubt it does nothing: an audit too much does no harm.
 */
export class AdoptedConfigurationRemoval {
  private readonly audits: AccountAudits;
  private readonly identity: AdoptedIdentity | undefined;
  private readonly properties: AdoptedConfigurationProperties;

  constructor(private readonly request: Request<AdoptedConfigurationProperties>) {
    this.audits = new AccountAudits(request);
    this.identity = parseIdentity(request.event.PhysicalResourceId);
    this.properties = request.properties;
  }

  public async perform(): Promise<void> {
    const occasion = await this.occasion();
    log('delete', { occasion: occasion.kind });
    switch (occasion.kind) {
      case 'superseded': return this.disableDropped(occasion.by, occasion.inRollback);
      case 'creation undone': return this.insist(this.putBack(occasion.identity, occasion.identity.before ?? occasion.identity.found));
      case 'removed': return this.insist(this.remove(occasion.identity));
      case 'nothing to undo': return undefined;
    }
  }

  private async occasion(): Promise<Occasion> {
    const { event, memory, stack } = this.request;
    const { identity } = this;
    const { status } = stack;
    const created = identity ? undefined : parseIdentity(memory.createdId());
    if (!identity && !created) {
      return { kind: 'nothing to undo' };
    }
    if (status === undefined) {
      throw new DeletionFailure('the function could not ask CloudFormation what the deletion is for, so it changed nothing; delete again');
    }
    const inRollback = status.includes('ROLLBACK');
    if (!identity) {
      return inRollback ? { kind: 'creation undone', identity: created! } : { kind: 'nothing to undo' };
    }
    const configurations = await this.configurationsOfStack();
    const by = this.successorOf(event.PhysicalResourceId!, configurations);
    if (by) {
      return { kind: 'superseded', by, inRollback };
    }
    if (!memory.isKnown && !inRollback) {
      throw new DeletionFailure('the function could not read in its log if the checks or the whole configuration were removed, so it changed '
        + 'nothing; delete again');
    }
    if (inRollback) {
      // An update's id was superseded as well, though CloudFormation does not say by what.
      return identity.created ? { kind: 'creation undone', identity } : { kind: 'nothing to undo' };
    }
    const renamed = configurations.filter(({ logicalId, isLeaving }) => logicalId !== event.LogicalResourceId && !isLeaving)
      .map(({ physicalId }) => parseIdentity(physicalId)).find((other) => other !== undefined);
    return renamed ? { kind: 'superseded', by: renamed, inRollback } : { kind: 'removed', identity };
  }

  /** The id that the resource has by now: as it was answered last, or as CloudFormation lists it. */
  private successorOf(physicalId: string, configurations: readonly StackResource[]): AdoptedIdentity | undefined {
    const listed = configurations.find(({ logicalId }) => logicalId === this.request.event.LogicalResourceId)?.physicalId;
    return [this.request.memory.newestId, listed].filter((id) => id !== physicalId).map(parseIdentity).find((other) => other !== undefined);
  }

  private async configurationsOfStack(): Promise<StackResource[]> {
    const resources = await this.request.stack.resources();
    return resources.filter(({ type }) => type === ADOPTED_CONFIGURATION_TYPE);
  }

  /** Disables the checks that the template named no more, now that nothing can fail any more. */
  private async disableDropped(by: AdoptedIdentity, inRollback: boolean): Promise<void> {
    const { checks, alreadyOn } = this.identity!;
    const live = await this.audits.describe();
    const dropped = live.checks.filter((name) => checks.has(tokenOf(name)) && !by.checks.has(tokenOf(name)));
    // A deployment that failed must not take from others what was on before it.
    await this.disable(inRollback ? dropped.filter((name) => !alreadyOn.has(tokenOf(name))) : dropped);
  }

  /** The role goes last, since it says that the configuration is still ours: a try that ended half-way is taken up again. */
  private async putBack(identity: AdoptedIdentity, record: FoundConfiguration): Promise<void> {
    const live = await this.audits.describe();
    if (!this.isStillOurs(live)) {
      return;
    }
    if (record.role === undefined) {
      await this.reset(live, identity);
      return;
    }
    await this.disable(live.checks.filter((name) => identity.checks.has(tokenOf(name)) && !record.checks.includes(name)));
    await this.patchBack(record);
  }

  private async patchBack(record: FoundConfiguration): Promise<void> {
    const live = await this.audits.describe();
    for (const [index, kept] of DEGREES.entries()) {
      const patch = patchBack(live, record, this.properties, kept);
      try {
        if (patch) {
          await this.audits.update(patch, { patienceWithDenials: PATIENCE_WITH_OLD_PERMISSIONS });
        }
        log(index === 0 ? 'put back' : 'put back except for roles that the function may not pass: name them in previousRoles', { ...patch, kept });
        return;
      } catch (error) {
        if (failureKindOf(asError(error)) !== 'denied' || index === DEGREES.length - 1) {
          throw error;
        }
        log('not put back', { error: describeError(asError(error)), ...patch });
      }
    }
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
      await this.audits.update(SWITCHED_OFF);
    }
    await this.disable(live.checks.filter((name) => !only || only.checks.has(tokenOf(name))));
    log('the role stays, since checks are on that scheduled audits outside the stack use', { role: live.role });
  }

  /** Whoever takes over a configuration sets another role. */
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
    const { clock } = this.request.calls;
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

  /** True if schedules are of this stack, yet no longer wanted there. */
  private async areLeaving(names: readonly string[]): Promise<boolean> {
    const resources = await this.request.stack.resources();
    return resources.some(({ type, physicalId, isLeaving }) =>
      type === 'AWS::IoT::ScheduledAudit' && isLeaving && names.includes(physicalId!));
  }

  private async insist(work: Promise<void>): Promise<void> {
    await work.catch((thrown) => {
      throw new DeletionFailure('the account\'s audit configuration could not be put back, and still names the role or the topic of this stack '
        + `(${describeError(asError(thrown))}); delete again when AWS IoT lets the function change it, or retain this resource`);
    });
  }
}
