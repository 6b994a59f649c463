import { tokenOf } from './configuration-identity';
import { AccountAudits, FoundConfiguration, LiveConfiguration, SCHEDULED_AUDIT } from './live-configuration';
import { Kept, SWITCHED_OFF, isOurs, patchBack } from './wanted-configuration';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { AdoptedConfigurationProperties } from '../protocol';

/** Milliseconds to wait for schedules of the stack that are being deleted at the same time. */
const PATIENCE_WITH_SCHEDULES = 30_000;
const PAUSE = 3_000;

/** Milliseconds for a permission that is as old as the adoption: its denial will not pass. */
const PATIENCE_WITH_OLD_PERMISSIONS = 20_000;

/** Degrees of putting back, as the function may pass roles: a role that nobody named stays, or its target goes off. */
const DEGREES: readonly Kept[] = [{}, { target: true }, { role: true }, { role: true, target: true }];

/** Restores an adopted configuration when its resource is deleted. */
export class ConfigurationRestoring {
  constructor(
    private readonly request: Request<AdoptedConfigurationProperties>, private readonly audits: AccountAudits,
  ) {}

  /**
   * Puts back what was found. The role goes last, since it says that the configuration is still the stack's: a try that
   * ended half-way is taken up again.
   *
   * @param named the checks that the template named, as tokens
   */
  public async putBack(found: FoundConfiguration, live: LiveConfiguration, named: ReadonlySet<string>): Promise<void> {
    if (found.role === undefined) {
      await this.switchOff(live, named);
      return;
    }
    await this.disable(live.checks.filter((name) => named.has(tokenOf(name)) && !found.checks.includes(name)));
    await this.patchBack(found);
  }

  /** Switches everything off, or only certain checks and what the template has set where schedules are left. */
  public async switchOff(live: LiveConfiguration, only?: ReadonlySet<string>): Promise<void> {
    await this.waitForOwnSchedules([]);
    const isOthers = only && live.checks.some((name) => !only.has(tokenOf(name)));
    if (!isOthers && (await this.audits.schedules()).length === 0) {
      await this.audits.reset();
      log('the configuration is gone');
      return;
    }
    if (live.target?.on && (!only || isOurs(live, this.request.properties))) {
      await this.audits.update(SWITCHED_OFF);
    }
    await this.disable(live.checks.filter((name) => !only || only.has(tokenOf(name))));
    log('the role stays, since checks are on that scheduled audits outside the stack use', { role: live.role });
  }

  public async disable(checks: readonly string[]): Promise<void> {
    if (checks.length > 0) {
      await this.waitForOwnSchedules(checks);
      await this.audits.disableUnused(checks);
    }
  }

  private async patchBack(found: FoundConfiguration): Promise<void> {
    const live = await this.audits.describe();
    for (const [index, kept] of DEGREES.entries()) {
      const patch = patchBack({ found, live, wanted: this.request.properties }, kept);
      try {
        if (patch) {
          await this.audits.update(patch, { patienceWithDenials: PATIENCE_WITH_OLD_PERMISSIONS });
        }
        const message = index === 0 ? 'put back'
          : 'put back except for roles that the function may not pass: name them in previousRoles';
        log(message, { ...patch, kept });
        return;
      } catch (error) {
        if (failureKindOf(error) !== 'denied' || index === DEGREES.length - 1) {
          throw error;
        }
        log('not put back', { error, ...patch });
      }
    }
  }

  /** CloudFormation deletes schedules before what they need, but no documentation of AWS promises it for every case. */
  private async waitForOwnSchedules(checks: readonly string[]): Promise<void> {
    const { clock } = this.request.calls;
    const until = clock.now() + PATIENCE_WITH_SCHEDULES;
    while (clock.now() < until) {
      const schedules = await this.audits.schedules();
      const using = schedules.filter((schedule) =>
        checks.length === 0 || schedule.checks.some((check) => checks.includes(check)));
      if (using.length === 0 || !await this.areLeaving(using.map(({ name }) => name))) {
        return;
      }
      await clock.sleep(PAUSE);
    }
  }

  /** True if some of the schedules are of this stack and being deleted. */
  private async areLeaving(names: readonly string[]): Promise<boolean> {
    const schedules = (await this.request.stack.resources()).ofType(SCHEDULED_AUDIT);
    return schedules.some(({ physicalId, isLeaving }) => isLeaving && names.includes(physicalId!));
  }
}
