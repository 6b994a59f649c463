import { Aws, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import { IRole, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import {
  AccountAuditConfigurationReference, CfnAccountAuditConfiguration, IAccountAuditConfigurationRef,
} from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { renderAuditCheckConfigurations } from './audit-check-configurations';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';
import { validateChecks } from '../checks/validate-checks';
import { checkBroughtRole } from '../private/brought-role';
import { invalidInput } from '../private/invalid-input';
import { IotServiceRole } from '../private/iot-service-role';
import { claimSingleton } from '../private/singleton';
import { checkTopic, grantPublishing } from '../private/topic-publishing';

/**
 * The audit configuration of an account in a region.
 */
export interface IAccountAuditConfiguration extends IResource, IAccountAuditConfigurationRef {
  /**
   * The account that is audited.
   *
   * @attribute
   */
  readonly accountAuditConfigurationAccountId: string;

  /**
   * The checks that audits may use; undefined where they are not known, as in an import without them.
   */
  readonly enabledChecks?: AuditCheck[];
}

/**
 * What is known of an audit configuration that is defined elsewhere.
 */
export interface AccountAuditConfigurationAttributes {
  /**
   * The checks that it enables. When given, schedules are held against them at synth.
   *
   * @default - not known
   */
  readonly enabledChecks?: AuditCheck[];
}

/**
 * Properties of `AccountAuditConfiguration`.
 */
export interface AccountAuditConfigurationProps {
  /**
   * The checks to enable. Every other check is switched off, also one that was enabled in the console,
   * and switching a check off deletes the data that was collected for it.
   *
   * @default - every check that the stack's region has
   */
  readonly checks?: AuditCheck[];

  /**
   * The role by which Device Defender reads what it audits.
   *
   * A role of yours is given what it needs; pass `role.withoutPolicyUpdates()` to see to its permissions yourself.
   *
   * @default - a role with AWS's managed policy AWSIoTDeviceDefenderAudit
   */
  readonly auditRole?: IRole;

  /**
   * The topic that is told whenever an audit ends. A standard topic, in the stack's region.
   *
   * @default - no notifications
   */
  readonly notificationTopic?: ITopic;

  /**
   * The role by which Device Defender publishes to the topic.
   *
   * A role of yours is given what it needs; pass `role.withoutPolicyUpdates()` to see to its permissions yourself.
   *
   * @default - a role that may publish to `notificationTopic` alone; none without a topic
   */
  readonly notificationRole?: IRole;

  /**
   * What happens to the configuration, and to the roles made for it, when they are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the audit of the whole account in the region.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

abstract class AccountAuditConfigurationBase extends Resource implements IAccountAuditConfiguration {
  public readonly accountAuditConfigurationAccountId: string = Aws.ACCOUNT_ID;

  public abstract readonly enabledChecks?: AuditCheck[];

  public get accountAuditConfigurationRef(): AccountAuditConfigurationReference {
    return { accountId: this.accountAuditConfigurationAccountId };
  }
}

/**
 * The audit configuration of the stack's account and region: the checks that audits may use, the role that audits
 * read with, and who is notified.
 *
 * An account has one configuration per region. CloudFormation does not take over one that exists already.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iot-accountauditconfiguration.html
 */
export class AccountAuditConfiguration extends AccountAuditConfigurationBase {
  /**
   * The configuration of the stack's account and region, defined elsewhere.
   *
   * @param scope the scope, in a stack of the account and region
   * @param id the construct's id
   * @param attributes what is known of the configuration
   */
  public static fromAccountAuditConfigurationAttributes(
    scope: Construct, id: string, attributes: AccountAuditConfigurationAttributes = {},
  ): IAccountAuditConfiguration {
    class Import extends AccountAuditConfigurationBase {
      public readonly enabledChecks = attributes.enabledChecks;
    }
    return new Import(scope, id);
  }

  /**
   * The checks that audits may use.
   */
  public readonly enabledChecks?: AuditCheck[];

  /**
   * The role by which Device Defender reads what it audits.
   *
   * If AWS IoT Core encrypts with a customer managed key, let this role decrypt with it: `key.grantDecrypt(auditRole)`.
   */
  public readonly auditRole: IRole;

  /**
   * The topic that is told whenever an audit ends.
   */
  public readonly notificationTopic?: ITopic;

  /**
   * The role by which Device Defender publishes to the topic.
   */
  public readonly notificationRole?: IRole;

  /**
   * @throws if no check is given, a check twice, or one that the stack's known region does not have; if the topic is a
   * FIFO topic or in another region; if a role is of another account or, at synth, does not trust iot.amazonaws.com;
   * if the app configures the account and region a second time
   */
  constructor(scope: Construct, id: string, props: AccountAuditConfigurationProps = {}) {
    super(scope, id);
    claimSingleton(this, {
      name: 'AccountAuditConfiguration',
      resourceType: CfnAccountAuditConfiguration.CFN_RESOURCE_TYPE_NAME,
    });
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

    const checks = this.resolveChecks(props.checks);
    this.enabledChecks = checks;
    this.auditRole = this.resolveAuditRole(removalPolicy, props.auditRole);
    this.notificationTopic = props.notificationTopic;
    this.notificationRole = this.resolveNotificationRole(removalPolicy, props);

    const resource = this.createResource(checks);
    resource.applyRemovalPolicy(removalPolicy);
  }

  private resolveChecks(checks?: AuditCheck[]): AuditCheck[] {
    if (!checks) {
      return checksAvailableIn(this.stack);
    }
    validateChecks(this, 'checks', checks);
    return [...checks];
  }

  private resolveAuditRole(removalPolicy: RemovalPolicy, brought?: IRole): IRole {
    const policy = ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSIoTDeviceDefenderAudit');
    if (brought) {
      checkBroughtRole(this, 'auditRole', brought);
      brought.addManagedPolicy(policy);
      return brought;
    }
    const role = new IotServiceRole(this, 'AuditRole', {
      description: 'Lets AWS IoT Device Defender read what it audits',
      managedPolicies: [policy],
    });
    role.applyRemovalPolicy(removalPolicy);
    return role;
  }

  private resolveNotificationRole(removalPolicy: RemovalPolicy, props: AccountAuditConfigurationProps): IRole | undefined {
    const topic = props.notificationTopic;
    if (!topic) {
      if (props.notificationRole) {
        throw invalidInput(this, {
          property: 'notificationRole',
          rule: 'needs a topic to publish to',
          given: 'a role without a notificationTopic',
          fix: 'set notificationTopic as well',
        });
      }
      return undefined;
    }
    checkTopic(this, 'notificationTopic', topic);
    const role = props.notificationRole ?? new IotServiceRole(this, 'NotificationRole', {
      description: 'Lets AWS IoT Device Defender publish the notifications of its audits',
    });
    if (props.notificationRole) {
      checkBroughtRole(this, 'notificationRole', role);
    } else {
      role.applyRemovalPolicy(removalPolicy);
    }
    grantPublishing(topic, role);
    return role;
  }

  private createResource(checks: AuditCheck[]): CfnAccountAuditConfiguration {
    const resource = new CfnAccountAuditConfiguration(this, 'Resource', {
      accountId: Aws.ACCOUNT_ID,
      roleArn: this.auditRole.roleArn,
      auditCheckConfigurations: {},
      auditNotificationTargetConfigurations: this.notificationTopic && this.notificationRole && {
        sns: {
          enabled: true,
          targetArn: this.notificationTopic.topicArn,
          roleArn: this.notificationRole.roleArn,
        },
      },
    });
    // The L1 drops the threshold of the expiring check and every check that it does not know.
    resource.addPropertyOverride('AuditCheckConfigurations', renderAuditCheckConfigurations(this.stack, checks));
    resource.node.addDependency(this.auditRole, ...this.notificationRole ? [this.notificationRole] : []);
    return resource;
  }
}
