import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { resolveRemovalPolicy } from './adoption/adoption';
import { AuditSchedule } from './audits/audit-schedule';
import { DeploymentAudit } from './audits/deployment-audit';
import { OnDemandAudit } from './audits/on-demand-audit';
import { ScheduledAudit, ScheduledAuditOptions } from './audits/scheduled-audit';
import { AuditCheck } from './checks/audit-check';
import { AccountAuditConfiguration } from './configuration/account-audit-configuration';
import { AuditNotificationTopic } from './configuration/audit-notification-topic';
import { CheckRemoval } from './configuration/check-removal';
import { ExistingConfiguration } from './configuration/existing-configuration';
import { AuditCompletedOptions } from './events/audit-completed';
import { AuditEvents } from './events/audit-events';
import { AutomaticMitigation } from './mitigation/automatic-mitigation';
import { AutomaticMitigationOptions } from './mitigation/automatic-mitigation-props';
import { MitigationAction, MitigationActionProps } from './mitigation/mitigation-action';
import { MitigationRule } from './mitigation/mitigation-rule';
import { invalidInput } from './private/invalid-input';
import { AuditSuppression } from './suppressions/audit-suppression';
import { AuditSuppressions } from './suppressions/audit-suppressions';
import { SuppressionList } from './suppressions/suppression-list';

/**
 * Properties of `FleetAudit`.
 */
export interface FleetAuditProps {
  /**
   * The checks to enable. Every other check is switched off, also one that was enabled in the console,
   * and switching a check off deletes the data that was collected for it.
   *
   * @default - every check that the stack's region has
   */
  readonly checks?: AuditCheck[];

  /**
   * The schedules on which all enabled checks run: at most five, none twice. `addScheduledAudit()` adds one with its
   * own checks.
   *
   * @default - every day
   */
  readonly schedules?: AuditSchedule[];

  /**
   * The audit of all enabled checks at deployment: when it runs, and whether the deployment waits for it.
   *
   * It takes a Lambda function: six resources at most. `DeploymentAudit.none()` takes none.
   *
   * @default DeploymentAudit.start()
   */
  readonly deploymentAudit?: DeploymentAudit;

  /**
   * The topic that is notified whenever an audit ends: a standard topic in the stack's region.
   *
   * @default - a new `AuditNotificationTopic`
   */
  readonly notificationTopic?: ITopic;

  /**
   * The role with which Device Defender publishes to the topic.
   *
   * @default - a role that may publish to this topic only
   */
  readonly notificationRole?: IRole;

  /**
   * The role with which Device Defender reads what it audits.
   *
   * @default - a role with AWS's managed policy AWSIoTDeviceDefenderAudit
   */
  readonly auditRole?: IRole;

  /**
   * What to do if the account already has an audit configuration, for example one made in the console.
   *
   * @default ExistingConfiguration.refuse()
   */
  readonly existing?: ExistingConfiguration;

  /**
   * The number of deployments that it takes to disable a check that a scheduled audit uses. Cannot be combined with
   * `ExistingConfiguration.adopt()`, which always takes one.
   *
   * @default - CheckRemoval.IN_ONE_DEPLOYMENT; CheckRemoval.IN_TWO_DEPLOYMENTS, which needs no function, with
   * `DeploymentAudit.none()`
   */
  readonly checkRemoval?: CheckRemoval;

  /**
   * Retains or destroys the account's audit configuration, and the roles, the topic and the key made for it, when they
   * are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the audit of the whole account in the region, or puts back what was found if
   * `putBackOnRemoval` is set. The audit role made for an adopted configuration stays in each case, since the account
   * may still use it.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, or DESTROY with `putBackOnRemoval`
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The audit of the fleet in the stack's account and region: its checks, its schedules and its notifications.
 *
 * Each part is a construct that can also be used alone.
 *
 * @example
 *
 * const audit = new FleetAudit(this, 'FleetAudit', {
 *   schedules: [AuditSchedule.weekly(Weekday.MONDAY)],
 * });
 * audit.notificationTopic.addSubscription(new subscriptions.EmailSubscription('iot-oncall@example.com'));
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
   * Adds a scheduled audit.
   *
   * @param id the construct's id
   * @param options its schedule, its checks and its name
   * @throws as `ScheduledAudit` does
   */
  public addScheduledAudit(id: string, options: ScheduledAuditOptions): ScheduledAudit {
    const audit = new ScheduledAudit(this, id, { ...options, configuration: this.configuration });
    this._scheduledAudits.push(audit);
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
    const existing = this.node.tryFindChild('AutomaticMitigation') as AutomaticMitigation | undefined;
    if (existing && options) {
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

  private createAutomaticMitigation(options?: AutomaticMitigationOptions): AutomaticMitigation {
    const mitigation = new AutomaticMitigation(this, 'AutomaticMitigation', {
      ...options,
      auditEvents: this._auditEvents,
      notificationTopic: this.notificationTopic,
      configuration: this.configuration,
    });
    // An audit that ends before the rule exists would not be mitigated.
    this.onDemandAudit?.node.addDependency(mitigation);
    return mitigation;
  }

  /**
   * What publishes the event of an audit, defined as soon as something needs it.
   *
   * @internal
   */
  public get _auditEvents(): AuditEvents {
    const existing = this.node.tryFindChild('AuditEvents') as AuditEvents | undefined;
    return existing ?? new AuditEvents(this, 'AuditEvents', { notificationTopic: this.notificationTopic });
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

function defaultCheckRemoval({ deploymentAudit, existing }: FleetAuditProps): CheckRemoval | undefined {
  if (existing?._adoption) {
    return undefined;
  }
  const hasFunction = (deploymentAudit ?? DeploymentAudit.start())._run;
  return hasFunction ? CheckRemoval.IN_ONE_DEPLOYMENT : CheckRemoval.IN_TWO_DEPLOYMENTS;
}

function capitalize(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
