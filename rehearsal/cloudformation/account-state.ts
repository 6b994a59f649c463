import type {
  AuditCheckConfiguration, AuditNotificationTarget, LogEventConfiguration, MitigationActionParams,
} from '@aws-sdk/client-iot';
import type { RehearsedAccount } from './rehearsed-account';
import type { DeviceDefenderServer } from '../device-defender/server';

/** The settings of Device Defender audit and of AWS IoT's logging: plain data, to compare before and after. */
export interface AccountState {
  readonly roleArn?: string;
  /** The checks that are enabled. */
  readonly checks: Readonly<Record<string, AuditCheckConfiguration>>;
  readonly notificationTarget?: AuditNotificationTarget;
  /** By name, with the tags that are not CloudFormation's. */
  readonly scheduledAudits: Readonly<
    Record<
      string,
      {
        readonly frequency?: string;
        readonly dayOfWeek?: string;
        readonly dayOfMonth?: string;
        readonly targetCheckNames?: readonly string[];
        readonly tags: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly mitigationActions: Readonly<
    Record<string, { readonly roleArn?: string; readonly actionParams?: MitigationActionParams }>
  >;
  /** By check and resource. No description is the same as an empty one. */
  readonly suppressions: Readonly<Record<string, { readonly until: string; readonly description: string }>>;
  /** Undefined as long as nobody has set any. */
  readonly logging?: {
    readonly roleArn?: string;
    readonly defaultLogLevel?: string;
    readonly disableAllLogs?: boolean;
    /** Event types with a level or a log group of their own; absent if there are none. */
    readonly events?: readonly LogEventConfiguration[];
  };
}

/** Asks the account's API, without the requests that would take a third of the time of a rehearsal. */
export async function stateOf({ deviceDefender: service }: RehearsedAccount): Promise<AccountState> {
  const configuration = service.ask('DescribeAccountAuditConfiguration', {});
  const target = configuration.auditNotificationTargetConfigurations?.SNS;
  const enabled = Object.entries(configuration.auditCheckConfigurations ?? {}).filter(([, check]) => check.enabled);
  // A copy, which does not change with the account.
  return structuredClone({
    roleArn: configuration.roleArn,
    checks: Object.fromEntries(enabled.sort(([one], [other]) => one.localeCompare(other))),
    // CloudFormation's update switches off even a target that never was: the same as none.
    notificationTarget: target?.enabled === true || target?.targetArn !== undefined ? target : undefined,
    scheduledAudits: scheduledAudits(service),
    mitigationActions: mitigationActions(service),
    suppressions: suppressions(service),
    logging: logging(service),
  });
}

function scheduledAudits(service: DeviceDefenderServer): AccountState['scheduledAudits'] {
  const listed = allPages(
    (nextToken) => service.ask('ListScheduledAudits', { nextToken }), (page) => page.scheduledAudits,
  );
  return sorted(listed.map(({ scheduledAuditName, scheduledAuditArn }) => {
    const { frequency, dayOfWeek, dayOfMonth, targetCheckNames } = service.ask('DescribeScheduledAudit', {
      scheduledAuditName,
    });
    const { tags = [] } = service.ask('ListTagsForResource', { resourceArn: scheduledAuditArn });
    const own = tags.filter(({ Key }) => !Key!.startsWith('aws:')).map(({ Key, Value }) => [Key!, Value!]);
    return [scheduledAuditName!, { frequency, dayOfWeek, dayOfMonth, targetCheckNames, tags: Object.fromEntries(own) }];
  }));
}

function mitigationActions(service: DeviceDefenderServer): AccountState['mitigationActions'] {
  const listed = allPages(
    (nextToken) => service.ask('ListMitigationActions', { nextToken }), (page) => page.actionIdentifiers,
  );
  return sorted(listed.map(({ actionName }) => {
    const { roleArn, actionParams } = service.ask('DescribeMitigationAction', { actionName });
    return [actionName!, { roleArn, actionParams }];
  }));
}

function suppressions(service: DeviceDefenderServer): AccountState['suppressions'] {
  const listed = allPages(
    (nextToken) => service.ask('ListAuditSuppressions', { nextToken }), (page) => page.suppressions,
  );
  return sorted(listed.map(({ checkName, resourceIdentifier, description = '', expirationDate }) => [
    `${checkName} ${JSON.stringify(resourceIdentifier)}`,
    { until: expirationDate?.toISOString() ?? 'forever', description },
  ]));
}

function logging(service: DeviceDefenderServer): AccountState['logging'] {
  try {
    const {
      roleArn, defaultLogLevel, disableAllLogs, eventConfigurations = [],
    } = service.ask('GetV2LoggingOptions', { verbose: true });
    const events = eventConfigurations.filter(
      ({ logLevel, logDestination }) => logLevel !== defaultLogLevel || logDestination !== undefined,
    );
    return { roleArn, defaultLogLevel, disableAllLogs, ...events.length > 0 ? { events: sortedByType(events) } : {} };
  } catch (error) {
    if ((error as Error).name === 'NotConfiguredException') return undefined;
    throw error;
  }
}

function sortedByType(events: readonly LogEventConfiguration[]): LogEventConfiguration[] {
  return [...events].sort((one, other) => one.eventType!.localeCompare(other.eventType!));
}

function allPages<Page extends { readonly nextToken?: string }, Item>(
  pageAfter: (nextToken?: string) => Page, itemsOf: (page: Page) => Item[] | undefined,
): Item[] {
  const items: Item[] = [];
  for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
    const page = pageAfter(nextToken);
    items.push(...itemsOf(page) ?? []);
    nextToken = page.nextToken;
  }
  return items;
}

function sorted<T>(entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
}

/** A role or a topic that an account uses. */
export interface AccountPointer {
  readonly what:
    'audit role' | 'notification topic' | 'notification role' | 'logging role' | 'role of a mitigation action';
  readonly arn: string;
}

/** Roles and topics that an account uses. A target and a logging role that are switched off do not count. */
export function pointersOf({ deviceDefender }: RehearsedAccount): AccountPointer[] {
  const { roleArn, auditNotificationTargetConfigurations } = deviceDefender.ask(
    'DescribeAccountAuditConfiguration', {},
  );
  const target = auditNotificationTargetConfigurations?.SNS;
  const { logging: options } = deviceDefender.fleet;
  const { actionIdentifiers = [] } = deviceDefender.ask('ListMitigationActions', {});
  const actionRoles = actionIdentifiers.map(
    ({ actionName }) => deviceDefender.ask('DescribeMitigationAction', { actionName }).roleArn,
  );
  const pointers: (Omit<AccountPointer, 'arn'> & { readonly arn: string | undefined })[] = [
    { what: 'audit role', arn: roleArn },
    { what: 'notification topic', arn: target?.enabled ? target.targetArn : undefined },
    { what: 'notification role', arn: target?.enabled ? target.roleArn : undefined },
    { what: 'logging role', arn: options?.disableAllLogs ? undefined : options?.roleArn },
    ...actionRoles.map((arn) => ({ what: 'role of a mitigation action' as const, arn })),
  ];
  return pointers.filter((pointer): pointer is AccountPointer => pointer.arn !== undefined);
}

/** Roles and topics that an account uses although a stack has deleted them. */
export function danglingPointersOf(account: RehearsedAccount): AccountPointer[] {
  return pointersOf(account).filter(({ arn }) => account.isDeleted(arn));
}
