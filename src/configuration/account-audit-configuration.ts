import { Aws, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import {
  AccountAuditConfigurationReference, CfnAccountAuditConfiguration, IAccountAuditConfigurationRef,
} from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import { AdoptedConfiguration } from './adopted-configuration';
import { CheckRelease } from './check-release';
import { CheckRemoval } from './check-removal';
import { letRolePublish, resolveAuditRole, resolveNotificationRole } from './configuration-roles';
import { ExistingConfiguration } from './existing-configuration';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';
import { renderAuditCheckConfigurations } from '../checks/check-rendering';
import { validateChecks, warnOfUnconfirmedThresholds } from '../checks/validate-checks';
import { invalidInput } from '../private/invalid-input';
import { warnWithoutDeviceDefender } from '../private/iot-regions';
import { claimSingleton } from '../private/singleton';

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
   * A role of the app is given AWS's managed policy AWSIoTDeviceDefenderAudit; pass `role.withoutPolicyUpdates()` to see
   * to its permissions yourself. An imported role must have them, because CloudFormation cannot attach AWS's managed
   * policy to a role that it does not own: the CDK warns, unless you import with `mutable: false`.
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
   * How a configuration is treated that the account has already, for example because somebody made one in the console.
   *
   * @default ExistingConfiguration.refuse()
   */
  readonly existing?: ExistingConfiguration;

  /**
   * How many deployments it takes to disable a check that a scheduled audit of the stack uses. Not for an adopted
   * configuration, with which it always takes one.
   *
   * @default CheckRemoval.IN_TWO_DEPLOYMENTS
   */
  readonly checkRemoval?: CheckRemoval;

  /**
   * What happens to the configuration, and to the roles made for it, when they are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the audit of the whole account in the region. Not for an adopted configuration,
   * of which `ExistingConfiguration.adopt()` says it.
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
 * An account has one configuration per region. CloudFormation does not take over one that exists already, unless it is
 * adopted: `existing: ExistingConfiguration.adopt()`.
 *
 * @example
 *
 * new AccountAuditConfiguration(this, 'AuditConfiguration', {
 *   checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.deviceCertificateExpiring(Duration.days(60))],
 *   notificationTopic: new AuditNotificationTopic(this, 'AuditNotifications'),
 * });
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
    const enabledChecks = attributes.enabledChecks && [...attributes.enabledChecks];
    class Import extends AccountAuditConfigurationBase {
      public get enabledChecks(): AuditCheck[] | undefined {
        return enabledChecks && [...enabledChecks];
      }
    }
    return new Import(scope, id);
  }

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
   * What an adoption found, as JSON: `role`, `checks`, `thresholds` and `target`; undefined unless it adopts.
   *
   * @attribute
   */
  public readonly foundConfiguration?: string;

  /**
   * The enabled checks that the configuration does not name, with the scheduled audits outside the stack that use them:
   * `LOGGING_DISABLED_CHECK (used by nightly); CONFLICTING_CLIENT_IDS_CHECK`. At most 900 characters; empty when there are
   * none, undefined unless the configuration adopts.
   *
   * @attribute
   */
  public readonly otherChecks?: string;

  /**
   * What scheduled audits have to wait for beside the configuration.
   *
   * @internal
   */
  public readonly _beforeSchedules?: IDependable;

  private readonly checks: AuditCheck[];

  /**
   * @throws if no check is given, a check twice, two with one propertyName, or one that the stack's known region does not
   * have; if the topic is a FIFO topic or in another region; if a role is of another account or, at synth, does not trust iot.amazonaws.com;
   * if the app configures the account and region a second time; if an adopted configuration has a removalPolicy or a checkRemoval
   */
  constructor(scope: Construct, id: string, props: AccountAuditConfigurationProps = {}) {
    super(scope, id);
    claimSingleton(this, {
      name: 'AccountAuditConfiguration',
      resourceType: CfnAccountAuditConfiguration.CFN_RESOURCE_TYPE_NAME,
      fix: 'keep one of the two, and import it where the other was',
    });
    warnWithoutDeviceDefender(this);
    const removalPolicy = this.resolveRemovalPolicy(props);

    this.checks = this.resolveChecks(props.checks);
    this.auditRole = resolveAuditRole(this, props.existing?._adoption ? RemovalPolicy.RETAIN : removalPolicy, props.auditRole);
    this.notificationTopic = props.notificationTopic;
    this.notificationRole = resolveNotificationRole(this, removalPolicy, props);

    const permissions = letRolePublish(this, removalPolicy, this.notificationTopic, this.notificationRole);
    const dependencies = [this.auditRole, ...permissions];
    if (props.existing?._adoption) {
      const adopted = new AdoptedConfiguration(this, 'Adopted', {
        adoption: props.existing._adoption,
        checks: this.checks,
        auditRole: this.auditRole,
        notification: this.notificationTopic && this.notificationRole && { topic: this.notificationTopic, role: this.notificationRole },
        dependencies,
      });
      this.node.defaultChild = adopted.node.defaultChild;
      this.foundConfiguration = adopted.foundConfiguration;
      this.otherChecks = adopted.otherChecks;
    } else {
      const resource = this.createResource();
      resource.node.addDependency(...dependencies);
      resource.applyRemovalPolicy(removalPolicy);
      if (props.checkRemoval === CheckRemoval.IN_ONE_DEPLOYMENT) {
        this._beforeSchedules = new CheckRelease(this, 'CheckRelease', resource, this.checks).after;
      }
    }
  }

  /**
   * The checks that audits may use.
   */
  public get enabledChecks(): AuditCheck[] | undefined {
    return [...this.checks];
  }

  private resolveRemovalPolicy({ existing, removalPolicy, checkRemoval }: AccountAuditConfigurationProps): RemovalPolicy {
    if (existing?._adoption && checkRemoval) {
      throw invalidInput(this, {
        property: 'checkRemoval',
        rule: 'must be left out for an adopted configuration',
        given: checkRemoval,
        fix: 'leave it out: a check of an adopted configuration is always removed in one deployment',
      });
    }
    if (existing?._removalPolicy && removalPolicy) {
      throw invalidInput(this, {
        property: 'removalPolicy',
        rule: 'must be left out for an adopted configuration',
        given: removalPolicy,
        fix: 'say what happens on removal with the option whenRemoved of ExistingConfiguration.adopt()',
      });
    }
    return existing?._removalPolicy ?? removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  }

  private resolveChecks(checks?: AuditCheck[]): AuditCheck[] {
    if (!checks) {
      return checksAvailableIn(this.stack);
    }
    validateChecks(this, 'checks', checks);
    warnOfUnconfirmedThresholds(this, checks);
    return [...checks];
  }

  private createResource(): CfnAccountAuditConfiguration {
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
    resource.addPropertyOverride('AuditCheckConfigurations', renderAuditCheckConfigurations(this.stack, this.checks));
    return resource;
  }
}
