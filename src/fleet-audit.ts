import { RemovalPolicy, Token } from 'aws-cdk-lib';
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
import { MitigationAction, MitigationActionProps } from './mitigation/mitigation-action';
import { invalidInput } from './private/invalid-input';

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
   * When all enabled checks run, at most five schedules, none twice. `addSchedule()` adds one with its own checks.
   *
   * @default - every day
   */
  readonly schedules?: AuditSchedule[];

  /**
   * The audit of all enabled checks that a deployment starts: when it runs, and whether the deployment waits for it.
   *
   * It takes a Lambda function, at most six resources in all. `DeploymentAudit.none()` does without.
   *
   * @default DeploymentAudit.start()
   */
  readonly deploymentAudit?: DeploymentAudit;

  /**
   * The topic that is told whenever an audit ends. A standard topic, in the stack's region.
   *
   * @default - a new `AuditNotificationTopic`
   */
  readonly notificationTopic?: ITopic;

  /**
   * The role by which Device Defender publishes to the topic.
   *
   * @default - a role that may publish to the topic alone
   */
  readonly notificationRole?: IRole;

  /**
   * The role by which Device Defender reads what it audits.
   *
   * @default - a role with AWS's managed policy AWSIoTDeviceDefenderAudit
   */
  readonly auditRole?: IRole;

  /**
   * The treatment of an audit configuration that the account already has, for example one made in the console.
   *
   * @default ExistingConfiguration.refuse()
   */
  readonly existing?: ExistingConfiguration;

  /**
   * How many deployments it takes to disable a check that a scheduled audit uses. Not for an adopted configuration, with
   * which it always takes one.
   *
   * @default CheckRemoval.IN_ONE_DEPLOYMENT, or IN_TWO_DEPLOYMENTS with `DeploymentAudit.none()`, so that no function is made
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
 * The audit of the fleet in the stack's account and region: what is checked, when, and who is told.
 *
 * Every part is a construct of its own that can be used alone.
 *
 * @example
 *
 * const audit = new FleetAudit(this, 'FleetAudit', {
 *   schedules: [AuditSchedule.weekly(DayOfWeek.MONDAY)],
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
   * The topic that is told whenever an audit ends.
   */
  public readonly notificationTopic: ITopic;

  /**
   * The audit that a deployment starts; undefined with `DeploymentAudit.none()`.
   */
  public readonly onDemandAudit?: OnDemandAudit;

  private readonly _schedules: ScheduledAudit[] = [];

  private readonly _mitigationActions: MitigationAction[] = [];

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
      this.addSchedule(this.uniqueScheduleId(schedule), { schedule, _idSaysWhen: true });
    }
    this.onDemandAudit = this.auditAtDeployment(props.deploymentAudit ?? DeploymentAudit.start());
  }

  /**
   * The scheduled audits.
   */
  public get schedules(): ScheduledAudit[] {
    return [...this._schedules];
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
   * @param options when it runs, and which checks
   */
  public addSchedule(id: string, options: ScheduledAuditOptions): ScheduledAudit {
    const audit = new ScheduledAudit(this, id, { ...options, configuration: this.configuration });
    this._schedules.push(audit);
    return audit;
  }

  /**
   * Adds a mitigation action, ready to be applied to findings. It applies nothing by itself.
   *
   * @param id the construct's id
   * @param props what the action does
   */
  public addMitigationAction(id: string, props: MitigationActionProps): MitigationAction {
    const action = new MitigationAction(this, id, props);
    this._mitigationActions.push(action);
    return action;
  }

  private auditAtDeployment(mode: DeploymentAudit): OnDemandAudit | undefined {
    return mode._properties && new OnDemandAudit(this, 'OnDemandAudit', { configuration: this.configuration, mode });
  }

  /** An id of what the schedule says, so that logical ids do not depend on the order of the schedules. */
  private uniqueScheduleId(schedule: AuditSchedule): string {
    const day = schedule.dayOfWeek ?? schedule.dayOfMonth;
    const words = Token.isUnresolved(day) ? [schedule.frequency] : [schedule.frequency, day ?? ''];
    const id = `${words.map(capitalize).join('')}Audit`;
    if (this.node.tryFindChild(id)) {
      throw invalidInput(this, Token.isUnresolved(day) ? {
        property: 'schedules',
        rule: `can hold one ${schedule.frequency} schedule whose day is only known at deployment`,
        given: 'a second one',
        fix: 'use addSchedule() with an id of your own for it',
      } : {
        property: 'schedules',
        rule: 'must not hold a schedule twice',
        given: `${words.join(' ').trim()} more than once`,
        fix: 'keep one of each, or use addSchedule() for one with other checks',
      });
    }
    return id;
  }
}

function defaultCheckRemoval({ deploymentAudit, existing }: FleetAuditProps): CheckRemoval | undefined {
  if (existing?._adoption) {
    return undefined;
  }
  const hasFunction = (deploymentAudit ?? DeploymentAudit.start())._properties;
  return hasFunction ? CheckRemoval.IN_ONE_DEPLOYMENT : CheckRemoval.IN_TWO_DEPLOYMENTS;
}

function capitalize(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
