import type { Account } from './account';
import { AccountAuditConfiguration } from './account-audit-configuration';
import { AuditFindings } from './audit-findings';
import { AuditSuppressions, ExpiredSuppressions } from './audit-suppressions';
import { AuditTasks } from './audit-tasks';
import { V2LoggingOptions } from './logging-options';
import { MitigationActions } from './mitigation-actions';
import { MitigationTasks } from './mitigation-tasks';
import { Publications, SuppressedCountField } from './notifications';
import type { Handlers, OperationName } from './operations';
import { ResourceTags } from './resource-tags';
import { ScheduledAudits } from './scheduled-audits';
import { ThingsAndPolicies } from './things-and-policies';

/** The modelled service of one account and Region, without any network. */
export class DeviceDefender {
  readonly publications: Publications;
  readonly audits: AuditTasks;
  private readonly mitigationTasks: MitigationTasks;
  private readonly handlers: Handlers<OperationName>;

  constructor(
    account: Account, suppressedCountField: SuppressedCountField, expiredSuppressions: ExpiredSuppressions,
  ) {
    const tags = new ResourceTags();
    const publications = new Publications(account.fleet);
    const findings = new AuditFindings(account);
    const configuration = new AccountAuditConfiguration(account, findings);
    const schedules = new ScheduledAudits(account, configuration, tags);
    configuration.connect(schedules);
    const suppressions = new AuditSuppressions(account, configuration, expiredSuppressions);
    const audits = new AuditTasks({
      account, configuration, schedules, suppressions, findings, publications, suppressedCountField,
    });
    const actions = new MitigationActions(account, tags);
    const mitigationTasks = new MitigationTasks({ account, actions, audits, findings, publications });
    this.publications = publications;
    this.audits = audits;
    this.mitigationTasks = mitigationTasks;
    this.handlers = {
      ...configuration,
      ...schedules,
      ...audits,
      ...findings,
      ...suppressions,
      ...actions,
      ...mitigationTasks,
      ...tags,
      ...new V2LoggingOptions(account.fleet),
      ...new ThingsAndPolicies(account),
    };
  }

  /** Answers an operation; the input has passed validation. */
  perform(operation: OperationName, input: Record<string, unknown>): unknown {
    return (this.handlers[operation] as (given: Record<string, unknown>) => unknown)(input);
  }

  /** Ends everything that waits for time to pass. */
  stop(): void {
    this.audits.stop();
    this.mitigationTasks.stop();
  }
}
