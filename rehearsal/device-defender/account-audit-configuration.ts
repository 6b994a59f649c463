import type {
  AuditCheckConfiguration, AuditNotificationTarget, DeleteAccountAuditConfigurationRequest,
  UpdateAccountAuditConfigurationRequest,
} from '@aws-sdk/client-iot';
import type { Account } from './account';
import type { AuditFindings } from './audit-findings';
import { CheckName, checksOfRegion, factsOf, requireCheck } from './checks/check-catalog';
import type { Handlers } from './operations';
import { invalidRequest, notFound } from './service-error';

const SHORTEST_THRESHOLD = 30;
/** The guide says 3652, but the service refuses more than 3650 for the age check; the same is assumed for the other. */
const LONGEST_THRESHOLD = 3650;

interface Check {
  enabled: boolean;
  configuration?: Record<string, string>;
}

/** The scheduled audits, as far as the configuration needs to know them. */
interface Schedules {
  readonly isEmpty: boolean;
  /** Names of the schedules that use a check. */
  using(checkName: CheckName): string[];
  clear(): void;
}

type Own = 'DescribeAccountAuditConfiguration' | 'UpdateAccountAuditConfiguration' | 'DeleteAccountAuditConfiguration';

export class AccountAuditConfiguration implements Handlers<Own> {
  private roleArn: string | undefined;
  private target: AuditNotificationTarget | undefined;
  private checks: Map<CheckName, Check>;
  /** Set after construction: schedules need to know the enabled checks, and this needs to know the schedules. */
  private schedules!: Schedules;

  constructor(private readonly account: Account, private readonly findings: AuditFindings) {
    this.checks = this.allOff();
  }

  connect(schedules: Schedules): void {
    this.schedules = schedules;
  }

  get auditRole(): string | undefined {
    return this.roleArn;
  }

  get notificationTarget(): AuditNotificationTarget | undefined {
    return this.target;
  }

  isEnabled(checkName: CheckName): boolean {
    return this.checks.get(checkName)?.enabled ?? false;
  }

  thresholdDays(checkName: CheckName): number {
    const { threshold } = factsOf(checkName);
    if (threshold === undefined) return 0;
    return Number(this.checks.get(checkName)?.configuration?.[threshold.name] ?? threshold.default);
  }

  /** The checks a request names, refused unless each exists and is enabled. Named twice counts once. */
  requireEnabled(names: readonly string[]): CheckName[] {
    if (names.length === 0) throw invalidRequest('At least one audit check name must be given.');
    const checks = [...new Set(names)].map((name) => requireCheck(this.account.region, name));
    const disabled = checks.filter((name) => !this.isEnabled(name));
    if (disabled.length > 0) {
      throw invalidRequest(`The following audit checks are not enabled for your account: ${disabled.join(', ')}`);
    }
    return checks;
  }

  readonly DescribeAccountAuditConfiguration = () => ({
    // Absent, hence empty for a client, as long as nothing was configured.
    roleArn: this.roleArn,
    auditNotificationTargetConfigurations: this.target === undefined ? {} : { SNS: this.target },
    auditCheckConfigurations: Object.fromEntries([...this.checks].map(([name, check]) => [name, { ...check }])),
  });

  readonly UpdateAccountAuditConfiguration = (input: UpdateAccountAuditConfigurationRequest) => {
    const wanted = Object.entries(input.auditCheckConfigurations ?? {})
      .map(([name, check]) => [requireCheck(this.account.region, name), check] as const);
    if (this.roleArn === undefined) {
      if (input.roleArn === undefined) {
        throw invalidRequest('The roleArn is required on the first update of the audit configuration.');
      }
      if (!wanted.some(([, { enabled }]) => enabled)) {
        throw invalidRequest(
          'At least one audit check must be enabled on the first update of the audit configuration.',
        );
      }
    }
    for (const [name, check] of wanted) {
      requireThresholds(name, check);
      this.refuseDisablingScheduled(name, check);
    }
    const target = this.mergedTarget(input.auditNotificationTargetConfigurations?.SNS);

    // Nothing is refused from here on: an update happens as a whole or not at all.
    this.target = target;
    this.roleArn = input.roleArn ?? this.roleArn;
    for (const [name, { enabled, configuration }] of wanted) {
      const check = this.checks.get(name)!;
      if (check.enabled && enabled === false) this.findings.forget(name);
      check.enabled = enabled ?? check.enabled;
      check.configuration = configuration ?? check.configuration;
    }
    return {};
  };

  readonly DeleteAccountAuditConfiguration = ({ deleteScheduledAudits }: DeleteAccountAuditConfigurationRequest) => {
    if (this.roleArn === undefined) {
      throw notFound('The audit configuration for your account has not been set up or was deleted.');
    }
    // Unverified: no source says what happens to schedules that are not to be deleted. Refusing follows from the rule
    // that a check in use by a schedule cannot be disabled.
    if (deleteScheduledAudits !== true && !this.schedules.isEmpty) {
      throw invalidRequest('The audit configuration cannot be deleted while scheduled audits exist.');
    }
    this.schedules.clear();
    for (const name of this.checks.keys()) this.findings.forget(name);
    this.roleArn = undefined;
    this.target = undefined;
    this.checks = this.allOff();
    return {};
  };

  private allOff(): Map<CheckName, Check> {
    return new Map(checksOfRegion(this.account.region).map((name) => [name, { enabled: false }]));
  }

  private refuseDisablingScheduled(name: CheckName, { enabled }: AuditCheckConfiguration): void {
    if (enabled !== false || !this.isEnabled(name)) return;
    const users = this.schedules.using(name);
    if (users.length > 0) {
      throw invalidRequest(
        `The audit check ${name} cannot be disabled because it is used by the scheduled audits: ${users.join(', ')}`,
      );
    }
  }

  /** A target keeps the ARNs not given again. That `enabled` left out means false is inferred. */
  private mergedTarget(given: AuditNotificationTarget | undefined): AuditNotificationTarget | undefined {
    if (given === undefined) return this.target;
    const merged = {
      targetArn: given.targetArn ?? this.target?.targetArn,
      roleArn: given.roleArn ?? this.target?.roleArn,
      enabled: given.enabled ?? false,
    };
    if (merged.enabled && (merged.targetArn === undefined || merged.roleArn === undefined)) {
      throw invalidRequest('An enabled notification target needs a targetArn and a roleArn.');
    }
    return merged;
  }
}

function requireThresholds(name: CheckName, { configuration }: AuditCheckConfiguration): void {
  const { threshold } = factsOf(name);
  for (const [key, value] of Object.entries(configuration ?? {})) {
    if (threshold?.name !== key) throw invalidRequest(`The audit check ${name} has no configuration ${key}.`);
    if (!/^\d+$/.test(value)) throw invalidRequest(`${threshold.label} is not a number of days: ${value}`);
    if (Number(value) < SHORTEST_THRESHOLD) {
      throw invalidRequest(
        `${threshold.label} is less than the minimum supported threshold of ${SHORTEST_THRESHOLD} days`,
      );
    }
    if (Number(value) > LONGEST_THRESHOLD) {
      throw invalidRequest(
        `${threshold.label} is greater than the maximum supported threshold of ${LONGEST_THRESHOLD} days`,
      );
    }
  }
}
