import { isDeepStrictEqual } from 'node:util';
import { AuditCheckConfiguration } from '@aws-sdk/client-iot';
import { ConfigurationPatch, FoundConfiguration, LiveConfiguration, enabledCheck } from './live-configuration';
import { ApiCheck } from '../../checks/check-table';
import { AdoptionStates } from '../../function/runtime/adoption';
import { RequestFailure } from '../../function/runtime/request-failure';
import { AdoptedConfigurationProperties } from '../protocol';

export type States = AdoptionStates<AdoptedConfigurationProperties, FoundConfiguration, LiveConfiguration>;

/**
 * @param least the smallest number of checks
 * @throws RequestFailure unless a template lists checks, as the construct always does
 */
export function requireChecks({ Checks }: { readonly Checks?: readonly ApiCheck[] }, least: number): void {
  if (!Array.isArray(Checks) || Checks.length < least || Checks.some((check) => typeof check?.Name !== 'string')) {
    throw new RequestFailure('the property Checks must be a list of checks, each with a Name; '
      + 'define the resource with AccountAuditConfiguration');
  }
}

/**
 * The change by which the account has what is wanted; undefined if it has it.
 *
 * It disables no check: a check that is no longer wanted may still be in a schedule, and a deployment that fails could
 * not bring back the data that goes with it.
 */
export function patchFor(states: States): ConfigurationPatch | undefined {
  const { live, wanted } = states;
  const isFirst = live.role === undefined;
  const checks = Object.fromEntries([
    ...wanted.Checks
      .filter(({ Name, Configuration }) =>
        isFirst || !live.checks.includes(Name) || !hasThresholds(live, Name, Configuration))
      .map(({ Name, Configuration }) => [Name, enabledCheck(Configuration)]),
    ...formerThresholds(states),
  ]);
  const target = wantedTarget(states);
  const patch: ConfigurationPatch = {
    ...live.role !== wanted.RoleArn && { roleArn: wanted.RoleArn },
    ...Object.keys(checks).length > 0 && { auditCheckConfigurations: checks },
    ...target && targetPatch(live, target),
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** The parts of a configuration that cannot be put back, because the function may not pass the role that it had. */
export interface Kept {
  /** True if the audit role stays. */
  readonly role?: boolean;

  /** True if the notification target is switched off. */
  readonly target?: boolean;
}

/**
 * The change by which a configuration is again what was found, as far as a template changed it; undefined if it is.
 *
 * It disables no check: a schedule may use it, so that is done before, one check at a time.
 */
export function patchBack({ found, live, wanted }: States, kept: Kept): ConfigurationPatch | undefined {
  const touched = wanted.Checks.map(({ Name }) => Name).filter((name) => live.knownChecks.includes(name));
  const checks = [...new Set([...found.checks, ...touched])]
    .map((name) => ({
      name, wasOn: found.checks.includes(name), isOn: live.checks.includes(name), configuration: found.thresholds[name],
    }))
    .filter(({ name, wasOn, isOn, configuration }) => (wasOn && !isOn) || !hasThresholds(live, name, configuration))
    .map(({ name, wasOn, isOn, configuration }): [string, AuditCheckConfiguration] =>
      [name, { enabled: wasOn || isOn, ...configuration && { configuration } }]);
  const target = kept.target ? undefined : switchedOn(found.target);
  const isTargetLeft = isOurs(live, wanted) && live.target?.on;
  const patch: ConfigurationPatch = {
    ...!kept.role && found.role !== live.role && { roleArn: found.role },
    ...checks.length > 0 && { auditCheckConfigurations: Object.fromEntries(checks) },
    ...target ? targetPatch(live, target) : isTargetLeft && SWITCHED_OFF,
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** The API cannot remove a target. This names no role of the target, which the function may not be allowed to pass. */
export const SWITCHED_OFF: ConfigurationPatch = { auditNotificationTargetConfigurations: { SNS: { enabled: false } } };

/** True if the account publishes to the topic that the template names. */
export function isOurs(live: LiveConfiguration, { Target }: AdoptedConfigurationProperties): boolean {
  return Target !== undefined && live.target?.topic === Target.TargetArn;
}

function hasThresholds(live: LiveConfiguration, name: string, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => live.thresholds[name]?.[key] === value);
}

/** A check that the template no longer names goes back to the threshold that was found, since it may stay on. */
function formerThresholds({ found, live, wanted, former }: States): [string, AuditCheckConfiguration][] {
  const names = new Set(wanted.Checks.map(({ Name }) => Name));
  return (former?.Checks ?? [])
    .filter(({ Name }) => !names.has(Name) && live.checks.includes(Name) && found.thresholds[Name])
    .filter(({ Name }) => !hasThresholds(live, Name, found.thresholds[Name]))
    .map(({ Name }) => [Name, enabledCheck(found.thresholds[Name])]);
}

/** The target to set, or undefined to leave it as it is. */
function wantedTarget({ found, live, wanted, former }: States): FoundConfiguration['target'] {
  if (wanted.Target) {
    return { topic: wanted.Target.TargetArn, role: wanted.Target.RoleArn, on: true };
  }
  if (!former?.Target || !isOurs(live, former)) {
    return undefined;
  }
  // The API cannot remove a target.
  return switchedOn(found.target) ?? { ...live.target, on: false };
}

/** A target that was switched off is not put back: it does nothing, and its role may be gone. */
function switchedOn(target: FoundConfiguration['target']): FoundConfiguration['target'] {
  return target?.on ? target : undefined;
}

function targetPatch(
  live: LiveConfiguration, target: NonNullable<FoundConfiguration['target']>,
): ConfigurationPatch | undefined {
  if (isDeepStrictEqual(target, live.target)) {
    return undefined;
  }
  const { topic, role, on } = target;
  const isOnlySwitchedOff = !on && topic === live.target?.topic && role === live.target?.role;
  return isOnlySwitchedOff ? SWITCHED_OFF
    : { auditNotificationTargetConfigurations: { SNS: { targetArn: topic, roleArn: role, enabled: on } } };
}
