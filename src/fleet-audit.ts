import { Token } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { resolveRemovalPolicy } from './adoption/adoption';
import { AuditSchedule } from './audits/audit-schedule';
import { DeploymentAudit } from './audits/deployment-audit';
import { OnDemandAudit } from './audits/on-demand-audit';
import { ScheduledAudit, ScheduledAuditOptions } from './audits/scheduled-audit';
import { AccountAuditConfiguration } from './configuration/account-audit-configuration';
import { AuditNotificationTopic } from './configuration/audit-notification-topic';
import { AuditDashboard } from './dashboard/audit-dashboard';
import { AuditDashboardOptions } from './dashboard/audit-dashboard-props';
import { AuditCompletedOptions } from './events/audit-completed';
import { AuditEvents } from './events/audit-events';
import { defaultCheckRemoval, FleetAuditProps } from './fleet-audit-props';
import { AutomaticMitigation } from './mitigation/automatic-mitigation';
import { AutomaticMitigationOptions } from './mitigation/automatic-mitigation-props';
import { MitigationAction, MitigationActionProps } from './mitigation/mitigation-action';
import { MitigationRule } from './mitigation/mitigation-rule';
import { AuditAlarmsOptions } from './monitoring/audit-alarms';
import { AuditMonitoring } from './monitoring/audit-monitoring';
import { AuditNotice } from './monitoring/audit-notice';
import { AuditNoticeOptions, NoticeFormat } from './monitoring/audit-notice-props';
import { FindingsArchive } from './monitoring/findings-archive';
import { FindingsArchiveOptions } from './monitoring/findings-archive-options';
import { defineSecurityHubRule, SecurityHubFindingOptions } from './monitoring/security-hub-finding';
import { SecurityHubSubscription } from './monitoring/security-hub-subscription';
import { requireFirstCall } from './private/first-call';
import { invalidInput } from './private/invalid-input';
import { AuditSuppression } from './suppressions/audit-suppression';
import { AuditSuppressions } from './suppressions/audit-suppressions';
import { SuppressionList } from './suppressions/suppression-list';

/** Ids of notices. */
const NOTICE_IDS: Record<NoticeFormat, string> = {
  [NoticeFormat.TEXT]: 'TextNotice',
  [NoticeFormat.CHAT]: 'ChatNotice',
};

/**
 * The audit of the fleet in the stack's account and region: its checks, its schedules and its notifications.
 *
 * Each part is a construct that can also be used alone.
 *
 * @example
 *
 * const audit = new FleetAudit(this, 'FleetAudit', { schedules: [AuditSchedule.weekly(Weekday.MONDAY)] });
 * const topic = audit.notificationTopic;
 * topic.addSubscription(new subscriptions.EmailSubscription('iot-oncall@example.com'));
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit.html
 */
export class FleetAudit extends Construct {
  /**
   * The account's audit configuration.
   */
  public readonly configuration: AccountAuditConfiguration;

  /**
   * The topic that is notified whenever an audit ends.
   */
  public readonly notificationTopic: ITopic;

  /**
   * The audit at deployment; undefined with `DeploymentAudit.none()`.
   */
  public readonly onDemandAudit?: OnDemandAudit;

  private readonly _scheduledAudits: ScheduledAudit[] = [];

  private readonly _mitigationActions: MitigationAction[] = [];

  /** The text whose change makes the audit at deployment run again, on the policies that are the default then. */
  private readonly trigger?: string;

  /**
   * @throws if a schedule is given twice, and as `AccountAuditConfiguration` and `ScheduledAudit` do
   */
  constructor(scope: Construct, id: string, props: FleetAuditProps = {}) {
    super(scope, id);
    const removalPolicy = resolveRemovalPolicy(this, props.removalPolicy, props.existing?._adoption);
    this.notificationTopic = props.notificationTopic
      ?? new AuditNotificationTopic(this, 'NotificationTopic', { removalPolicy });
    this.configuration = new AccountAuditConfiguration(this, 'Configuration', {
      checks: props.checks,
      auditRole: props.auditRole,
      notificationTopic: this.notificationTopic,
      notificationRole: props.notificationRole,
      existing: props.existing,
      checkRemoval: props.checkRemoval ?? defaultCheckRemoval(props),
      removalPolicy,
    });
    for (const schedule of props.schedules ?? [AuditSchedule.daily()]) {
      this.addScheduledAudit(this.uniqueScheduleId(schedule), { schedule, _idNamesSchedule: true });
    }
    const deploymentAudit = (props.deploymentAudit ?? DeploymentAudit.start())._run;
    this.trigger = deploymentAudit?._properties.Trigger;
    this.onDemandAudit = deploymentAudit
      && new OnDemandAudit(this, 'OnDemandAudit', { configuration: this.configuration, deploymentAudit });
  }

  /**
   * The scheduled audits.
   */
  public get scheduledAudits(): ScheduledAudit[] {
    return [...this._scheduledAudits];
  }

  /**
   * The mitigation actions.
   */
  public get mitigationActions(): MitigationAction[] {
    return [...this._mitigationActions];
  }

  /**
   * The alarms that `monitor()` has defined or given actions: none before it was called.
   */
  public get alarms(): Alarm[] {
    return [...this.monitoring?.alarms ?? []];
  }

  /**
   * Adds a scheduled audit.
   *
   * @param id the construct's id
   * @param options its schedule, its checks and its name
   * @throws as `ScheduledAudit` does
   */
  public addScheduledAudit(id: string, options: ScheduledAuditOptions): ScheduledAudit {
    const audit = new ScheduledAudit(this, id, { ...options, configuration: this.configuration });
    this._scheduledAudits.push(audit);
    this.monitoring?.watchAudit(audit);
    this.dashboard?.addScheduledAudit(audit);
    return audit;
  }

  /**
   * Adds a mitigation action that can be applied to findings. It applies nothing by itself.
   *
   * @param id the construct's id
   * @param props what the action does
   * @throws as `MitigationAction` does
   */
  public addMitigationAction(id: string, props: MitigationActionProps): MitigationAction {
    const action = new MitigationAction(this, id, props);
    this._mitigationActions.push(action);
    return action;
  }

  /**
   * Defines a rule for the event that an audit has ended. Of several restrictions, all must hold.
   *
   * The first call defines `AuditEvents`, which takes a Lambda function if the stack has none yet.
   *
   * @param id the rule's id
   * @param options the target and the restrictions
   * @throws as `AuditEvents` and its `onAuditCompleted()` do
   */
  public onAuditCompleted(id: string, options: AuditCompletedOptions = {}): Rule {
    return this._auditEvents.onAuditCompleted(id, options);
  }

  /**
   * Adds a rule by which findings are mitigated automatically, within limits.
   *
   * The first call defines an `AutomaticMitigation`, which reports to the audit's topic. Further calls add rules to it.
   *
   * @param rule which findings are mitigated, how, and how many at most
   * @param options what all rules share; with the first rule only
   * @throws if options are given with a further rule, and as `AutomaticMitigation` does
   */
  public mitigateAutomatically(rule: MitigationRule, options?: AutomaticMitigationOptions): AutomaticMitigation {
    const existing = this.automaticMitigation;
    // Python passes an object without members where nothing is given.
    if (existing && Object.values(options ?? {}).some((option) => option !== undefined)) {
      throw invalidInput(this, {
        property: 'options',
        rule: 'must be given with the first rule, since all rules share them',
        given: 'options with a further rule',
        fix: 'move them to the first call of mitigateAutomatically()',
      });
    }
    const mitigation = existing ?? this.createAutomaticMitigation(options);
    mitigation.addRule(rule);
    return mitigation;
  }

  /**
   * Adds a suppression: findings of one check about one resource do not count, also not for the deployment gate.
   *
   * The first call defines `AuditSuppressions`, which takes a Lambda function if the stack has none yet.
   *
   * @param suppression the check, the resource, the reason and the end
   * @throws as `AuditSuppressions` does
   */
  public addSuppression(suppression: AuditSuppression): void {
    this._auditSuppressions.addSuppression(suppression);
  }

  /**
   * Adds each suppression of a list.
   *
   * @param list the list, for example of a file
   * @throws as `AuditSuppressions` does
   */
  public addSuppressions(list: SuppressionList): void {
    this._auditSuppressions.addSuppressions(list);
  }

  /**
   * Defines alarms for all scheduled audits, as `AuditAlarms` does, and gives their actions also to the alarms of what
   * follows an audit: for messages that cannot be handled, and for mitigation that fails. What is added later has them,
   * too.
   *
   * @param options whom alarms notify, and when an audit is overdue
   * @throws if it is called a second time, and as `AuditAlarms` does
   */
  public monitor(options: AuditAlarmsOptions = {}): void {
    requireFirstCall(this, 'Monitoring', 'monitor()', 'give all actions in one call, or add further ones to `alarms`');
    const monitoring = new AuditMonitoring(this, 'Monitoring', options);
    this._scheduledAudits.forEach((audit) => monitoring.watchAudit(audit));
    if (this.auditEvents) monitoring.watchEvents(this.auditEvents);
    if (this.automaticMitigation) monitoring.watchMitigation(this.automaticMitigation);
  }

  /**
   * Tells people of an audit in words that they can read, by default when it found something new.
   *
   * Call it once for each form: further people subscribe to the same topic.
   *
   * @param options the topic, the form and the audits
   * @throws if it was called before for the same form, and as `AuditNotice` does
   */
  public notifyPeople(options: AuditNoticeOptions): AuditNotice {
    const { format = NoticeFormat.TEXT } = options;
    const id = NOTICE_IDS[format];
    if (this.node.tryFindChild(id)) {
      throw invalidInput(this, {
        property: 'format',
        rule: 'must differ from that of other calls of notifyPeople()',
        given: `a second NoticeFormat.${format}`,
        fix: 'let further people subscribe to the topic of the first',
      });
    }
    const notice = new AuditNotice(this, id, { ...options, auditEvents: this._auditEvents });
    // People would not be told of an audit that ends before the rule exists.
    this.onDemandAudit?.node.addDependency(notice);
    return notice;
  }

  /**
   * Accepts the findings of Device Defender in AWS Security Hub CSPM, in the account and region of the stack.
   *
   * @throws if it was called before
   */
  public sendToSecurityHub(): SecurityHubSubscription {
    return new SecurityHubSubscription(this, 'SecurityHubSubscription');
  }

  /**
   * Defines a rule for the findings of audits in AWS Security Hub CSPM. Of several restrictions, all must hold.
   *
   * They come only if the account accepts them: `sendToSecurityHub()`, or **Accept findings** in the console.
   *
   * @param id the rule's id
   * @param options the target and the restrictions
   * @throws if a list is empty or holds a check twice; if the stack's known region does not have a check; if
   * `eventPattern` names what another option or the method itself restricts
   */
  public onSecurityHubFinding(id: string, options: SecurityHubFindingOptions = {}): Rule {
    const rules = this.node.tryFindChild('SecurityHubRules') ?? new Construct(this, 'SecurityHubRules');
    return defineSecurityHubRule(rules, id, options);
  }

  /**
   * Archives what audits find, beyond the 90 days for which AWS IoT keeps it, so that Amazon Athena can query it.
   *
   * @param options the bucket, how long it keeps and locks its objects, and how queries are limited
   * @throws if called twice, and as `FindingsArchive` does
   */
  public archiveFindings(options: FindingsArchiveOptions = {}): FindingsArchive {
    requireFirstCall(this, 'FindingsArchive', 'archiveFindings()',
      'use the archive that the first call returned; S3 can replicate its objects to a second bucket');
    const archive = new FindingsArchive(this, 'FindingsArchive', { ...options, auditEvents: this._auditEvents });
    // An audit that ends before the rule exists would not be archived.
    this.onDemandAudit?.node.addDependency(archive);
    return archive;
  }

  /**
   * Defines a dashboard of all audits, with their findings and the states of `alarms`. What is added later is shown,
   * too.
   *
   * @param options its name, and the time that it shows
   * @throws if called twice, and as `AuditDashboard` does
   */
  public addDashboard(options: AuditDashboardOptions = {}): AuditDashboard {
    requireFirstCall(this, 'Dashboard', 'addDashboard()', 'use the dashboard that the first call returned');
    return new AuditDashboard(this, 'Dashboard', {
      ...options,
      scheduledAudits: this.scheduledAudits,
      onDemandAudit: this.onDemandAudit,
      _laterAlarms: () => this.alarms,
    });
  }

  private createAutomaticMitigation(options?: AutomaticMitigationOptions): AutomaticMitigation {
    const mitigation = new AutomaticMitigation(this, 'AutomaticMitigation', {
      ...options,
      auditEvents: this._auditEvents,
      notificationTopic: this.notificationTopic,
      configuration: this.configuration,
    });
    // An audit that ends before the rule exists would not be mitigated.
    this.onDemandAudit?.node.addDependency(mitigation);
    this.monitoring?.watchMitigation(mitigation);
    return mitigation;
  }

  /**
   * What publishes the event of an audit, defined as soon as something needs it.
   *
   * @internal
   */
  public get _auditEvents(): AuditEvents {
    return this.auditEvents ?? this.createAuditEvents();
  }

  private createAuditEvents(): AuditEvents {
    const auditEvents = new AuditEvents(this, 'AuditEvents', { notificationTopic: this.notificationTopic });
    // Device Defender's message about an audit that ends before would be lost.
    this.onDemandAudit?.node.addDependency(auditEvents._subscription);
    this.monitoring?.watchEvents(auditEvents);
    return auditEvents;
  }

  /**
   * What suppresses findings, defined as soon as something needs it.
   *
   * @internal
   */
  public get _auditSuppressions(): AuditSuppressions {
    const existing = this.node.tryFindChild('Suppressions') as AuditSuppressions | undefined;
    return existing ?? this.createSuppressions();
  }

  private createSuppressions(): AuditSuppressions {
    const suppressions = new AuditSuppressions(this, 'Suppressions', {
      configuration: this.configuration, trigger: this.trigger,
    });
    // What is accepted must not count in the audit of the same deployment.
    this.onDemandAudit?.node.addDependency(suppressions);
    return suppressions;
  }

  private get auditEvents(): AuditEvents | undefined {
    return this.node.tryFindChild('AuditEvents') as AuditEvents | undefined;
  }

  private get automaticMitigation(): AutomaticMitigation | undefined {
    return this.node.tryFindChild('AutomaticMitigation') as AutomaticMitigation | undefined;
  }

  private get dashboard(): AuditDashboard | undefined {
    return this.node.tryFindChild('Dashboard') as AuditDashboard | undefined;
  }

  private get monitoring(): AuditMonitoring | undefined {
    return this.node.tryFindChild('Monitoring') as AuditMonitoring | undefined;
  }

  /** An id that names the schedule, so that logical ids do not depend on the order of the schedules. */
  private uniqueScheduleId(schedule: AuditSchedule): string {
    const day = schedule.dayOfWeek ?? schedule.dayOfMonth;
    const words = Token.isUnresolved(day) ? [schedule.frequency] : [schedule.frequency, day ?? ''];
    const id = `${words.map(capitalize).join('')}Audit`;
    if (this.node.tryFindChild(id)) {
      throw invalidInput(this, Token.isUnresolved(day) ? {
        property: 'schedules',
        rule: `can hold one ${schedule.frequency} schedule whose day is only known at deployment`,
        given: 'a second one',
        fix: 'use addScheduledAudit() with an id of your own for it',
      } : {
        property: 'schedules',
        rule: 'must not hold a schedule twice',
        given: `${words.join(' ').trim()} more than once`,
        fix: 'keep one of each, or use addScheduledAudit() for one with other checks',
      });
    }
    return id;
  }
}

function capitalize(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
