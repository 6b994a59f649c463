import {
  AuditCheckConfiguration, AuditNotificationTarget, DescribeAccountAuditConfigurationCommand, DescribeMitigationActionCommand,
  DescribeScheduledAuditCommand, GetV2LoggingOptionsCommand, ListTagsForResourceCommand, MitigationActionParams,
  paginateListAuditSuppressions, paginateListMitigationActions, paginateListScheduledAudits,
} from '@aws-sdk/client-iot';
import type { RehearsedAccount } from './rehearsed-account';

/** What Device Defender audit and the logging of AWS IoT are set to: plain data, to compare before and after. */
export interface AccountState {
  readonly roleArn?: string;
  /** The checks that are enabled. */
  readonly checks: Readonly<Record<string, AuditCheckConfiguration>>;
  readonly notificationTarget?: AuditNotificationTarget;
  /** By name, with the tags that are not CloudFormation's. */
  readonly scheduledAudits: Readonly<Record<string, {
    readonly frequency?: string; readonly dayOfWeek?: string; readonly dayOfMonth?: string;
    readonly targetCheckNames?: readonly string[]; readonly tags: Readonly<Record<string, string>>;
  }>>;
  readonly mitigationActions: Readonly<Record<string, { readonly roleArn?: string; readonly actionParams?: MitigationActionParams }>>;
  /** Check and resource of each. */
  readonly suppressions: readonly string[];
  /** Undefined as long as nobody has set any. */
  readonly logging?: { readonly roleArn?: string; readonly defaultLogLevel?: string; readonly disableAllLogs?: boolean };
}

/** Asks the account's API, as anybody could; it wants no faults in the way. */
export async function stateOf(account: RehearsedAccount): Promise<AccountState> {
  const { iot } = account;
  const configuration = await iot.send(new DescribeAccountAuditConfigurationCommand({}));
  const target = configuration.auditNotificationTargetConfigurations?.SNS;
  const enabled = Object.entries(configuration.auditCheckConfigurations ?? {}).filter(([, check]) => check.enabled);
  return {
    roleArn: configuration.roleArn,
    checks: Object.fromEntries(enabled.sort(([one], [other]) => one.localeCompare(other))),
    // CloudFormation's update switches off even a target that never was: the same as none.
    notificationTarget: target?.enabled === true || target?.targetArn !== undefined ? target : undefined,
    scheduledAudits: await scheduledAudits(account),
    mitigationActions: await mitigationActions(account),
    suppressions: await suppressions(account),
    logging: await logging(account),
  };
}

async function scheduledAudits({ iot }: RehearsedAccount): Promise<AccountState['scheduledAudits']> {
  const audits: [string, AccountState['scheduledAudits'][string]][] = [];
  for await (const page of paginateListScheduledAudits({ client: iot }, {})) {
    for (const { scheduledAuditName, scheduledAuditArn } of page.scheduledAudits ?? []) {
      const { frequency, dayOfWeek, dayOfMonth, targetCheckNames } = await iot.send(new DescribeScheduledAuditCommand({ scheduledAuditName }));
      const { tags = [] } = await iot.send(new ListTagsForResourceCommand({ resourceArn: scheduledAuditArn }));
      const own = tags.filter(({ Key }) => !Key!.startsWith('aws:')).map(({ Key, Value }) => [Key!, Value!]);
      audits.push([scheduledAuditName!, { frequency, dayOfWeek, dayOfMonth, targetCheckNames, tags: Object.fromEntries(own) }]);
    }
  }
  return sorted(audits);
}

async function mitigationActions({ iot }: RehearsedAccount): Promise<AccountState['mitigationActions']> {
  const actions: [string, AccountState['mitigationActions'][string]][] = [];
  for await (const page of paginateListMitigationActions({ client: iot }, {})) {
    for (const { actionName } of page.actionIdentifiers ?? []) {
      const { roleArn, actionParams } = await iot.send(new DescribeMitigationActionCommand({ actionName }));
      actions.push([actionName!, { roleArn, actionParams }]);
    }
  }
  return sorted(actions);
}

async function suppressions({ iot }: RehearsedAccount): Promise<string[]> {
  const found: string[] = [];
  for await (const page of paginateListAuditSuppressions({ client: iot }, {})) {
    found.push(...(page.suppressions ?? []).map(({ checkName, resourceIdentifier }) => `${checkName} ${JSON.stringify(resourceIdentifier)}`));
  }
  return found.sort();
}

async function logging({ iot }: RehearsedAccount): Promise<AccountState['logging']> {
  try {
    const { roleArn, defaultLogLevel, disableAllLogs } = await iot.send(new GetV2LoggingOptionsCommand({}));
    return { roleArn, defaultLogLevel, disableAllLogs };
  } catch (error) {
    if ((error as Error).name === 'NotConfiguredException') return undefined;
    throw error;
  }
}

function sorted<T>(entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
}
