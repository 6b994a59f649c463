import {
  AuditCheckConfiguration, AuditNotificationTarget, DeleteAccountAuditConfigurationCommand,
  DescribeAccountAuditConfigurationCommand, DescribeScheduledAuditCommand, ListScheduledAuditsCommand,
  UpdateAccountAuditConfigurationCommand, UpdateAccountAuditConfigurationCommandInput, UpdateScheduledAuditCommand,
} from '@aws-sdk/client-iot';
import { THRESHOLD_CHECKS } from '../../checks/check-table';
import { Persistence } from '../../function/runtime/aws-calls';
import { asError, log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';

/** The part of a configuration that is worth going back to. */
export interface FoundConfiguration {
  /** Absent as long as nobody has configured the account. */
  readonly role?: string;

  /** The enabled checks. */
  readonly checks: readonly string[];

  /** Thresholds by check, as the API spells them. */
  readonly thresholds: Readonly<Record<string, Readonly<Record<string, string>>>>;

  /** Present also when it is switched off. */
  readonly target?: { readonly topic?: string; readonly role?: string; readonly on: boolean };
}

/** The configuration of the account as it is now. */
export interface LiveConfiguration extends FoundConfiguration {
  /** Every check that the region has. */
  readonly knownChecks: readonly string[];
}

/** A scheduled audit of the account, in whatever stack, or in none. */
export interface LiveSchedule {
  readonly name: string;
  readonly checks: readonly string[];
}

/** The type of a scheduled audit in a stack. */
export const SCHEDULED_AUDIT = 'AWS::IoT::ScheduledAudit';

export type ConfigurationPatch = UpdateAccountAuditConfigurationCommandInput;

/** The thresholds that AWS documents for checks whose threshold nobody has set: going back to one must name it. */
const DEFAULT_THRESHOLDS: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  Object.values(THRESHOLD_CHECKS)
    .map(({ checkName, threshold: { apiName, defaultDays } }) => [checkName, { [apiName]: String(defaultDays) }]));

/** AWS IoT tries out a role that it is given, and a new one is not known everywhere at once. */
function isNewRole(error: Error): boolean {
  return /unable to assume role/i.test(error.message);
}

/** The account's audit configuration and schedules, through the API. */
export class AccountAudits {
  constructor(private readonly request: Request) {}

  public async describe(): Promise<LiveConfiguration> {
    const { roleArn, auditCheckConfigurations: checks = {}, auditNotificationTargetConfigurations: targets } =
      await this.request.ask(({ iot }, options) => iot.send(new DescribeAccountAuditConfigurationCommand({}), options));
    const names = Object.keys(checks).sort();
    const thresholds = names.map((name) =>
      [name, { ...DEFAULT_THRESHOLDS[name], ...checks[name].configuration }] as const);
    return {
      role: roleArn || undefined,
      checks: names.filter((name) => checks[name].enabled),
      thresholds: Object.fromEntries(thresholds.filter(([, configuration]) => Object.keys(configuration).length > 0)),
      target: targets?.SNS && targetOf(targets.SNS),
      knownChecks: names,
    };
  }

  /** Changes what the patch names, and nothing else. */
  public async update(patch: ConfigurationPatch, persistence: Partial<Persistence> = {}): Promise<void> {
    await this.request.change(
      ({ iot }, options) => iot.send(new UpdateAccountAuditConfigurationCommand(patch), options),
      { retryRefusal: isNewRole, ...persistence });
  }

  /** Makes the account one that nobody has ever configured. AWS IoT refuses it while there are schedules. */
  public async reset(): Promise<void> {
    await this.request.change(({ iot }, options) => iot.send(new DeleteAccountAuditConfigurationCommand({}), options));
  }

  public async schedules(): Promise<LiveSchedule[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.request.ask(({ iot }, options) => iot.send(
        new ListScheduledAuditsCommand({ nextToken }), options));
      names.push(...(page.scheduledAudits ?? []).map(({ scheduledAuditName }) => scheduledAuditName!));
      nextToken = page.nextToken;
    } while (nextToken);
    const schedules = await Promise.all(names.map(async (name) => this.schedule(name)));
    return schedules.flatMap((schedule) => schedule ?? []);
  }

  public async schedule(name: string): Promise<LiveSchedule | undefined> {
    try {
      const { targetCheckNames = [] } = await this.request.ask(({ iot }, options) => iot.send(
        new DescribeScheduledAuditCommand({ scheduledAuditName: name }), options));
      return { name, checks: targetCheckNames };
    } catch (error) {
      // Deleted since it was listed.
      if (asError(error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw error;
    }
  }

  public async updateSchedule({ name, checks }: LiveSchedule): Promise<void> {
    await this.request.change(({ iot }, options) => iot.send(
      new UpdateScheduledAuditCommand({ scheduledAuditName: name, targetCheckNames: [...checks] }), options));
  }

  /** Disables checks that no scheduled audit uses, and leaves on the others. */
  public async disableUnused(checks: readonly string[]): Promise<void> {
    if (checks.length === 0) {
      return;
    }
    const schedules = await this.schedules();
    // One at a time: a schedule that is made this moment must not keep the others on.
    for (const check of checks) {
      const usedBy = usersOf(check, schedules);
      if (usedBy.length > 0) {
        log('check stays on', { check, usedBy });
        continue;
      }
      try {
        await this.update({ auditCheckConfigurations: { [check]: { enabled: false } } });
        log('check disabled', { check });
      } catch (error) {
        log('check stays on', { check, error });
      }
    }
  }
}

/** The part of a live configuration that is worth going back to. */
export function recordOf({ role, checks, thresholds, target }: LiveConfiguration): FoundConfiguration {
  return { role, checks, thresholds, target };
}

export function enabledCheck(configuration?: Readonly<Record<string, string>>): AuditCheckConfiguration {
  return { enabled: true, ...configuration && { configuration } };
}

/** The names of the schedules that use a check. */
export function usersOf(check: string, schedules: readonly LiveSchedule[]): string[] {
  return schedules.filter(({ checks }) => checks.includes(check)).map(({ name }) => name);
}

function targetOf({ targetArn, roleArn, enabled }: AuditNotificationTarget): FoundConfiguration['target'] {
  return targetArn || roleArn || enabled ? { topic: targetArn, role: roleArn, on: enabled ?? false } : undefined;
}
