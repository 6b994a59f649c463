import { isDeepStrictEqual } from 'node:util';
import { AuditCheckConfiguration } from '@aws-sdk/client-iot';
import { AdoptedConfigurationProperties } from './adopted-configuration-protocol';
import { ConfigurationPatch, FoundConfiguration, LiveConfiguration, enabledCheck } from './live-configuration.lambda-shared';

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
    ...target && !isDeepStrictEqual(target, live.target) && { auditNotificationTargetConfigurations: { SNS: renderTarget(target) } },
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** What to change so that a configuration, as far as a template had a hand in it, is again what it was. */
export function patchBack(live: LiveConfiguration, record: FoundConfiguration, { wanted }: Transition): ConfigurationPatch {
  const touched = wanted.Checks.map(({ Name }) => Name).filter((name) => live.knownChecks.includes(name));
  const checks = [...new Set([...record.checks, ...touched])].map((name): [string, AuditCheckConfiguration] => {
    // What must be disabled is seen to afterwards, one check at a time, because a schedule may use it.
    const enabled = record.checks.includes(name) || live.checks.includes(name);
    const configuration = record.thresholds[name];
    return [name, { enabled, ...configuration && { configuration } }];
  });
  const target = record.target ?? (isOurs(live, wanted) ? { ...live.target, on: false } : undefined);
  return {
    roleArn: record.role,
    auditCheckConfigurations: Object.fromEntries(checks),
    ...target && { auditNotificationTargetConfigurations: { SNS: renderTarget(target) } },
  };
}

/** Whether the account publishes to the topic that the template names. */
export function isOurs(live: LiveConfiguration, { Target }: AdoptedConfigurationProperties): boolean {
  return Target !== undefined && live.target?.topic === Target.TargetArn;
}

export function switchedOff(target: NonNullable<FoundConfiguration['target']>): ConfigurationPatch {
  return { auditNotificationTargetConfigurations: { SNS: renderTarget({ ...target, on: false }) } };
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
  return found.target ?? { ...live.target, on: false };
}

function renderTarget({ topic, role, on }: NonNullable<FoundConfiguration['target']>) {
  return { targetArn: topic, roleArn: role, enabled: on };
}
