import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';

/**
 * What happens to checks that are enabled in the account although the configuration does not name them.
 */
export enum OtherChecks {
  /**
   * They stay on, and the attribute `otherChecks` reports them.
   */
  KEEP = 'KEEP',

  /**
   * The deployment fails before it changes anything, naming them and the scheduled audits that use them.
   */
  FAIL = 'FAIL',
}

/**
 * What happens to an adopted configuration when it is removed from its stack, or the stack is deleted.
 */
export enum ConfigurationRemoval {
  /**
   * The account stays audited as it is. The roles, the topic and the key made for it stay too.
   */
  LEAVE = 'LEAVE',

  /**
   * The role, the checks, their thresholds and the notification target become what they were before the adoption. A
   * check that a scheduled audit outside the stack uses stays on. The audit role made for it is kept.
   */
  PUT_BACK = 'PUT_BACK',

  /**
   * The account's audit is switched off, except for checks that a scheduled audit outside the stack uses. The audit role
   * made for it is kept.
   */
  SWITCH_OFF = 'SWITCH_OFF',
}

/**
 * How an existing audit configuration is adopted.
 */
export interface AdoptConfigurationOptions {
  /**
   * What happens to checks that are enabled in the account although the configuration does not name them. One that an
   * earlier version of the template named, however, is switched off, unless a scheduled audit outside the stack uses it.
   *
   * @default OtherChecks.KEEP
   */
  readonly otherChecks?: OtherChecks;

  /**
   * What happens when the configuration is removed from its stack, or the stack is deleted. A configuration that
   * somebody else has taken over meanwhile is left alone.
   *
   * @default ConfigurationRemoval.LEAVE
   */
  readonly whenRemoved?: ConfigurationRemoval;

  /**
   * The roles that the account may use before the adoption, for its audits and for their notifications. A deployment that
   * fails puts the account's roles back, as does `ConfigurationRemoval.PUT_BACK`, and may do so only with these.
   *
   * Where the account has another audit role, the one of the stack stays, and is kept when it is removed from the stack.
   * Where it has another notification role, notifications are switched off.
   *
   * @default - the roles that the AWS IoT console makes, named service-role/AWSIoTDeviceDefenderAudit_*
   */
  readonly previousRoles?: IRole[];
}

/**
 * How an audit configuration is treated that the account has already when the stack is deployed.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateAccountAuditConfiguration.html
 */
export class ExistingConfiguration {
  /**
   * The deployment fails: CloudFormation's own resource does not take over what exists.
   */
  public static refuse(): ExistingConfiguration {
    return new ExistingConfiguration();
  }

  /**
   * It is taken over, by a custom resource that changes only what differs. Works where there is none, too.
   *
   * It takes the function that the library's custom resources of a stack share, unless the stack has it: four resources, and a policy
   * for each purpose.
   *
   * @param options what becomes of what others have set
   */
  public static adopt(options: AdoptConfigurationOptions = {}): ExistingConfiguration {
    return new ExistingConfiguration({
      otherChecks: options.otherChecks ?? OtherChecks.KEEP,
      whenRemoved: options.whenRemoved ?? ConfigurationRemoval.LEAVE,
      previousRoles: options.previousRoles && [...options.previousRoles],
    });
  }

  /**
   * Undefined unless it is adopted.
   *
   * @internal
   */
  public readonly _adoption?: Adoption;

  private constructor(adoption?: Adoption) {
    this._adoption = adoption;
  }

  /**
   * What happens to roles and topics made for an adopted configuration: they have to stay as long as it does.
   *
   * @internal
   */
  public get _removalPolicy(): RemovalPolicy | undefined {
    if (!this._adoption) {
      return undefined;
    }
    return this._adoption.whenRemoved === ConfigurationRemoval.LEAVE ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
  }
}

/** @internal */
export interface Adoption {
  readonly otherChecks: OtherChecks;
  readonly whenRemoved: ConfigurationRemoval;
  readonly previousRoles?: IRole[];
}
