import { isDeepStrictEqual } from 'node:util';
import { AuditCheckConfiguration } from '@aws-sdk/client-iot';
import { AdoptedConfigurationProperties } from '../protocol';
import { ConfigurationPatch, FoundConfiguration, LiveConfiguration, enabledCheck } from './live-configuration';

/** What a deployment wants of the account's configuration, and what it goes back on. */
export interface Transition {
  readonly wanted: AdoptedConfigurationProperties;

  /** What the template wanted before. */
  readonly former?: AdoptedConfigurationProperties;

  /** What there was before the adoption. */
  readonly found: FoundConfiguration;
}

/**
 * What to change so that the account has what is wanted; undefined for nothing.
 *
 * It disables no check: what is no longer wanted may still be in a schedule, and a deployment that fails could not bring
 * back the data that goes with a check.
 */
export function patchFor(live: LiveConfiguration, { wanted, former, found }: Transition): ConfigurationPatch | undefined {
  const isFirst = live.role === undefined;
  const checks = Object.fromEntries([
    ...wanted.Checks
      .filter(({ Name, Configuration }) => isFirst || !live.checks.includes(Name) || !hasThresholds(live, Name, Configuration))
      .map(({ Name, Configuration }) => [Name, enabledCheck(Configuration)]),
    ...formerThresholds(live, { wanted, former, found }),
  ]);
  const target = wantedTarget(live, { wanted, former, found });
  const patch: ConfigurationPatch = {
    ...live.role !== wanted.RoleArn && { roleArn: wanted.RoleArn },
    ...Object.keys(checks).length > 0 && { auditCheckConfigurations: checks },
    ...target && targetPatch(live, target),
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** What of a configuration cannot be put back, because the function may not pass the role that it had. */
export interface Kept {
  /** The audit role stays. */
  readonly role?: boolean;

  /** The notification target is switched off. */
  readonly target?: boolean;
}

/**
 * What to change so that a configuration, as far as a template had a hand in it, is again what it was; undefined for nothing.
 *
 * It disables no check: a schedule may use it, so that is done before, one check at a time.
 */
export function patchBack(
  live: LiveConfiguration, record: FoundConfiguration, wanted: AdoptedConfigurationProperties, kept: Kept = {},
): ConfigurationPatch | undefined {
  const touched = wanted.Checks.map(({ Name }) => Name).filter((name) => live.knownChecks.includes(name));
  const checks = [...new Set([...record.checks, ...touched])]
    .filter((name) => (record.checks.includes(name) && !live.checks.includes(name)) || !hasThresholds(live, name, record.thresholds[name]))
    .map((name): [string, AuditCheckConfiguration] => {
      const configuration = record.thresholds[name];
      return [name, { enabled: record.checks.includes(name) || live.checks.includes(name), ...configuration && { configuration } }];
    });
  const target = kept.target ? undefined : switchedOn(record.target);
  const isTargetLeft = isOurs(live, wanted) && live.target?.on;
  const patch: ConfigurationPatch = {
    ...!kept.role && record.role !== live.role && { roleArn: record.role },
    ...checks.length > 0 && { auditCheckConfigurations: Object.fromEntries(checks) },
    ...target ? targetPatch(live, target) : isTargetLeft && SWITCHED_OFF,
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Without the target's role, which the function need not be allowed to pass. The API cannot remove a target. */
export const SWITCHED_OFF: ConfigurationPatch = { auditNotificationTargetConfigurations: { SNS: { enabled: false } } };

/** True if the account publishes to the topic that the template names. */
export function isOurs(live: LiveConfiguration, { Target }: AdoptedConfigurationProperties): boolean {
  return Target !== undefined && live.target?.topic === Target.TargetArn;
}

function hasThresholds(live: LiveConfiguration, name: string, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => live.thresholds[name]?.[key] === value);
}

/** A check that the template names no more goes back to the threshold that was found, since it may stay on. */
function formerThresholds(live: LiveConfiguration, { wanted, former, found }: Transition): [string, AuditCheckConfiguration][] {
  const names = new Set(wanted.Checks.map(({ Name }) => Name));
  return (former?.Checks ?? [])
    .filter(({ Name }) => !names.has(Name) && live.checks.includes(Name) && found.thresholds[Name])
    .filter(({ Name }) => !hasThresholds(live, Name, found.thresholds[Name]))
    .map(({ Name }) => [Name, enabledCheck(found.thresholds[Name])]);
}

/** The target to set, or undefined to leave it as it is. */
function wantedTarget(live: LiveConfiguration, { wanted, former, found }: Transition): FoundConfiguration['target'] {
  if (wanted.Target) {
    return { topic: wanted.Target.TargetArn, role: wanted.Target.RoleArn, on: true };
  }
  if (!former?.Target || !isOurs(live, former)) {
    return undefined;
  }
  // The API cannot remove a target.
  return switchedOn(found.target) ?? { ...live.target, on: false };
}

/** One that was switched off is not put back: it does nothing, and its role may be gone. */
function switchedOn(target: FoundConfiguration['target']): FoundConfiguration['target'] {
  return target?.on ? target : undefined;
}

function targetPatch(live: LiveConfiguration, target: NonNullable<FoundConfiguration['target']>): ConfigurationPatch | undefined {
  if (isDeepStrictEqual(target, live.target)) {
    return undefined;
  }
  const { topic, role, on } = target;
  const isOnlySwitchedOff = !on && topic === live.target?.topic && role === live.target?.role;
  return isOnlySwitchedOff ? SWITCHED_OFF
    : { auditNotificationTargetConfigurations: { SNS: { targetArn: topic, roleArn: role, enabled: on } } };
}
