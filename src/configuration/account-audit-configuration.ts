import { Aws, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import {
  AccountAuditConfigurationReference, CfnAccountAuditConfiguration, IAccountAuditConfigurationRef,
} from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import { AdoptedConfiguration } from './adopted-configuration';
import { CheckRelease, CheckRemoval } from './check-removal';
import { letRolePublish, resolveAuditRole, resolveNotificationRole } from './configuration-roles';
import { ExistingConfiguration } from './existing-configuration';
import { resolveRemovalPolicy } from '../adoption/adoption';
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
   * The checks that audits may use. Undefined if they are not known, as in an import without them.
   */
  readonly enabledChecks?: AuditCheck[];
}

/**
 * Attributes of an audit configuration that is defined elsewhere.
 */
export interface AccountAuditConfigurationAttributes {
  /**
   * The checks that it enables. With them, the checks of schedules are validated at synth.
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
   * The checks to enable. Every other check is switched off, even one that was enabled in the console, unless the
   * configuration is adopted. Switching a check off deletes the data that was collected for it.
   *
   * @default - every check that the stack's region has
   */
  readonly checks?: AuditCheck[];

  /**
   * The role by which Device Defender reads what it audits.
   *
   * A role of the app gets AWS's managed policy AWSIoTDeviceDefenderAudit, unless you pass
   * `role.withoutPolicyUpdates()`. An imported role must have its permissions already, because CloudFormation cannot
   * attach the managed policy to a role that it does not own: the CDK warns, unless you import the role with `mutable:
   * false`.
   *
   * @default - a role with AWS's managed policy AWSIoTDeviceDefenderAudit
   */
  readonly auditRole?: IRole;

  /**
   * The topic for a notification whenever an audit ends. A standard topic, in the stack's region.
   *
   * @default - no notifications
   */
  readonly notificationTopic?: ITopic;

  /**
   * The role by which Device Defender publishes to the topic.
   *
   * A role of yours gets the permissions that it needs, unless you pass `role.withoutPolicyUpdates()`.
   *
   * @default - a role that may publish only to `notificationTopic`; none without a topic
   */
  readonly notificationRole?: IRole;

  /**
   * The treatment of an audit configuration that the account already has, for example one made in the console.
   *
   * @default ExistingConfiguration.refuse()
   */
  readonly existing?: ExistingConfiguration;

  /**
   * Number of deployments that it takes to disable a check that a scheduled audit of the stack uses. Cannot be combined
   * with `ExistingConfiguration.adopt()`, which always takes one.
   *
   * @default CheckRemoval.IN_TWO_DEPLOYMENTS
   */
  readonly checkRemoval?: CheckRemoval;

  /**
   * Retains or destroys the configuration, and the roles made for it, when they are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the audit of the whole account in the region, or puts back what was found if
   * `putBackOnRemoval` is set. The audit role made for an adopted configuration stays in each case, since the account
   * may still use it.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, or DESTROY with `putBackOnRemoval`
   */
  readonly removalPolicy?: RemovalPolicy;
}

abstract class AccountAuditConfigurationBase extends Resource implements IAccountAuditConfiguration {
  public readonly accountAuditConfigurationAccountId: string = Aws.ACCOUNT_ID;

  public abstract readonly enabledChecks?: AuditCheck[];

  /** A reference to the configuration, as other constructs take it. */
  public get accountAuditConfigurationRef(): AccountAuditConfigurationReference {
    return { accountId: this.accountAuditConfigurationAccountId };
  }
}

/**
 * The audit configuration of the stack's account and region: the checks that audits may use, the role by which they
 * read, and the topic for notifications.
 *
 * An account has one configuration per region. If it may already have one, adopt it:
 * `existing: ExistingConfiguration.adopt()`. CloudFormation's own resource cannot take it over.
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
   * Imports the configuration of the stack's account and region, which is defined elsewhere.
   *
   * @param scope the scope, in a stack of the account and region
   * @param id the construct's id
   * @param attributes the known attributes of the configuration
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
   * If AWS IoT Core encrypts with a customer managed key, allow this role to decrypt with it:
   * `key.grantDecrypt(auditRole)`.
   */
  public readonly auditRole: IRole;

  /**
   * The topic for a notification whenever an audit ends; undefined if there are no notifications.
   */
  public readonly notificationTopic?: ITopic;

  /**
   * The role by which Device Defender publishes to the topic; undefined if there are no notifications.
   */
  public readonly notificationRole?: IRole;

  /**
   * The configuration that an adoption found, as JSON: `role`, `checks`, `thresholds` and `target`. Undefined unless it
   * adopts.
   *
   * @attribute
   */
  public readonly foundConfiguration?: string;

  /**
   * The enabled checks that the configuration does not name, with the scheduled audits outside the stack that use them:
   * `LOGGING_DISABLED_CHECK (used by nightly); CONFLICTING_CLIENT_IDS_CHECK`. At most 900 characters, empty if there
   * are none. Undefined unless the configuration adopts.
   *
   * @attribute
   */
  public readonly otherChecks?: string;

  /**
   * The constructs that scheduled audits have to depend on in addition to the configuration.
   *
   * @internal
   */
  public readonly _beforeSchedules?: IDependable;

  private readonly checks: AuditCheck[];

  /**
   * @throws if no check is given, a check twice, two checks with one propertyName, or a check that the stack's known
   * region does not have; if the topic is a FIFO topic or in another region; if a role belongs to another account or,
   * at synth, does not trust iot.amazonaws.com; if the app configures the account and region a second time; if an
   * adopted configuration has a checkRemoval; if the removal policy is a snapshot
   */
  constructor(scope: Construct, id: string, props: AccountAuditConfigurationProps = {}) {
    super(scope, id);
    claimSingleton(this, {
      name: 'AccountAuditConfiguration',
      resourceType: CfnAccountAuditConfiguration.CFN_RESOURCE_TYPE_NAME,
      fix: 'keep one of the two, and import it where the other was',
    });
    warnWithoutDeviceDefender(this);
    const adoption = props.existing?._adoption;
    this.validateCheckRemoval(props);
    const removalPolicy = resolveRemovalPolicy(this, props.removalPolicy, adoption);

    this.checks = this.resolveChecks(props.checks);
    this.auditRole = resolveAuditRole(this, adoption ? RemovalPolicy.RETAIN : removalPolicy, props.auditRole);
    this.notificationTopic = props.notificationTopic;
    this.notificationRole = resolveNotificationRole(this, removalPolicy, props);

    const permissions = letRolePublish(this, removalPolicy, this.notificationTopic, this.notificationRole);
    const dependencies = [this.auditRole, ...permissions];
    if (adoption) {
      const adopted = new AdoptedConfiguration(this, 'Adopted', {
        adoption,
        removalPolicy,
        checks: this.checks,
        auditRole: this.auditRole,
        notificationTopic: this.notificationTopic,
        notificationRole: this.notificationRole,
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
   * The checks that audits may use; always set.
   */
  public get enabledChecks(): AuditCheck[] | undefined {
    return [...this.checks];
  }

  private validateCheckRemoval({ existing, checkRemoval }: AccountAuditConfigurationProps): void {
    if (existing?._adoption && checkRemoval) {
      throw invalidInput(this, {
        property: 'checkRemoval',
        rule: 'must be left out for an adopted configuration',
        given: checkRemoval,
        fix: 'leave it out: a check of an adopted configuration is always removed in one deployment',
      });
    }
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
