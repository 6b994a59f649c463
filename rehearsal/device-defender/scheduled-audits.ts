import type {
  CreateScheduledAuditRequest, ScheduledAuditMetadata, UpdateScheduledAuditRequest,
} from '@aws-sdk/client-iot';
import { Account, arnOf } from './account';
import type { AccountAuditConfiguration } from './account-audit-configuration';
import type { CheckName } from './checks/check-catalog';
import type { Handlers } from './operations';
import { PageRequest, pageOf } from './paging';
import type { ResourceTags } from './resource-tags';
import { ServiceError, invalidRequest, limitExceeded, notFound } from './service-error';

const MOST_SCHEDULES = 5;

interface Days {
  readonly frequency: NonNullable<ScheduledAuditMetadata['frequency']>;
  readonly dayOfMonth?: string;
  readonly dayOfWeek?: ScheduledAuditMetadata['dayOfWeek'];
}

export interface ScheduledAudit {
  readonly number: number;
  readonly scheduledAuditName: string;
  readonly scheduledAuditArn: string;
  days: Days;
  targetCheckNames: CheckName[];
  /** The last start of the audit: the next window of connections begins there. */
  previousRun?: number;
}

type Own =
  | 'CreateScheduledAudit'
  | 'UpdateScheduledAudit'
  | 'DescribeScheduledAudit'
  | 'DeleteScheduledAudit'
  | 'ListScheduledAudits';
type Named = { scheduledAuditName: string | undefined };

export class ScheduledAudits implements Handlers<Own> {
  private readonly audits = new Map<string, ScheduledAudit>();
  private numbers = 0;

  constructor(
    private readonly account: Account, private readonly configuration: AccountAuditConfiguration,
    private readonly tags: ResourceTags,
  ) {}

  get isEmpty(): boolean {
    return this.audits.size === 0;
  }

  /** Names of the audits that run a check. */
  using(checkName: CheckName): string[] {
    return [...this.audits.values()]
      .filter(({ targetCheckNames }) => targetCheckNames.includes(checkName))
      .map(({ scheduledAuditName }) => scheduledAuditName);
  }

  require(name: string): ScheduledAudit {
    const audit = this.audits.get(name);
    if (audit === undefined) throw notFound(`The scheduled audit ${name} does not exist.`);
    return audit;
  }

  clear(): void {
    for (const name of [...this.audits.keys()]) this.remove(name);
  }

  readonly CreateScheduledAudit = (input: CreateScheduledAuditRequest) => {
    const name = input.scheduledAuditName!;
    const scheduledAuditArn = arnOf(this.account, `scheduledaudit/${name}`);
    const days = requireDays({ ...input, frequency: input.frequency! });
    const targetCheckNames = this.configuration.requireEnabled(input.targetCheckNames!);
    if (this.audits.has(name)) {
      throw new ServiceError('ResourceAlreadyExistsException', `The scheduled audit ${name} already exists.`, {
        resourceId: name, resourceArn: scheduledAuditArn,
      });
    }
    if (this.audits.size >= MOST_SCHEDULES) {
      throw limitExceeded(`An account has at most ${MOST_SCHEDULES} scheduled audits.`);
    }
    this.tags.register(scheduledAuditArn, input.tags);
    this.audits.set(name, {
      number: this.numbers++, scheduledAuditName: name, scheduledAuditArn, days, targetCheckNames,
    });
    return { scheduledAuditArn };
  };

  readonly UpdateScheduledAudit = (input: UpdateScheduledAuditRequest) => {
    const audit = this.require(input.scheduledAuditName!);
    const frequency = input.frequency ?? audit.days.frequency;
    // A day kept from before goes away with the frequency it belonged to: unverified, the update might refuse it.
    const kept = frequency === audit.days.frequency ? audit.days : undefined;
    const days = requireDays({
      frequency, dayOfMonth: input.dayOfMonth ?? kept?.dayOfMonth, dayOfWeek: input.dayOfWeek ?? kept?.dayOfWeek,
    });
    if (input.targetCheckNames !== undefined) {
      audit.targetCheckNames = this.configuration.requireEnabled(input.targetCheckNames);
    }
    audit.days = days;
    return { scheduledAuditArn: audit.scheduledAuditArn };
  };

  readonly DescribeScheduledAudit = ({ scheduledAuditName }: Named) => {
    const audit = this.require(scheduledAuditName!);
    return { ...metadata(audit), targetCheckNames: audit.targetCheckNames };
  };

  readonly DeleteScheduledAudit = ({ scheduledAuditName }: Named) => {
    this.remove(this.require(scheduledAuditName!).scheduledAuditName);
    return {};
  };

  readonly ListScheduledAudits = (input: PageRequest) => {
    const { page, nextToken } = pageOf('scheduled audits', this.audits.values(), input);
    return { scheduledAudits: page.map(metadata), nextToken };
  };

  private remove(name: string): void {
    this.tags.forget(this.require(name).scheduledAuditArn);
    this.audits.delete(name);
  }
}

function metadata({ scheduledAuditName, scheduledAuditArn, days }: ScheduledAudit): ScheduledAuditMetadata {
  return { scheduledAuditName, scheduledAuditArn, ...days };
}

/** Unverified: a day of the other kind is refused, which keeps clients from relying on it. */
function requireDays({ frequency, dayOfMonth, dayOfWeek }: Days): Days {
  const weekly = frequency === 'WEEKLY' || frequency === 'BIWEEKLY';
  if (weekly && dayOfWeek === undefined) {
    throw invalidRequest(`The dayOfWeek is required for the frequency ${frequency}.`);
  }
  if (!weekly && dayOfWeek !== undefined) {
    throw invalidRequest(`The dayOfWeek does not fit the frequency ${frequency}.`);
  }
  if (frequency === 'MONTHLY' && dayOfMonth === undefined) {
    throw invalidRequest('The dayOfMonth is required for the frequency MONTHLY.');
  }
  if (frequency !== 'MONTHLY' && dayOfMonth !== undefined) {
    throw invalidRequest(`The dayOfMonth does not fit the frequency ${frequency}.`);
  }
  return { frequency, dayOfMonth, dayOfWeek };
}
