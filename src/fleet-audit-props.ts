import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { AuditSchedule } from './audits/audit-schedule';
import { DeploymentAudit } from './audits/deployment-audit';
import { AuditCheck } from './checks/audit-check';
import { CheckRemoval } from './configuration/check-removal';
import { ExistingConfiguration } from './configuration/existing-configuration';

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

/** The number of deployments that removing a check takes: one, if the stack has its function anyway. */
export function defaultCheckRemoval({ deploymentAudit, existing }: FleetAuditProps): CheckRemoval | undefined {
  if (existing?._adoption) {
    return undefined;
  }
  const hasFunction = (deploymentAudit ?? DeploymentAudit.start())._run;
  return hasFunction ? CheckRemoval.IN_ONE_DEPLOYMENT : CheckRemoval.IN_TWO_DEPLOYMENTS;
}
