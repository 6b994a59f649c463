import { IRole } from 'aws-cdk-lib/aws-iam';
import { IPolicyRef, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  addThingsToThingGroup, BoundMitigation, enableIotLogging, MitigationDefinition, publishFindingToSns,
  replaceDefaultPolicyVersion, UPDATE_CA_CERTIFICATE, UPDATE_DEVICE_CERTIFICATE,
} from './mitigation-definitions';
import { MitigationActionType } from '../checks/check-table';
import { LogLevel } from '../logging/logging-event';

/**
 * Options for adding things to thing groups.
 */
export interface AddThingsToThingGroupOptions {
  /**
   * Whether a thing leaves a dynamic group to make room if it is already in 10 groups, the maximum.
   *
   * @default false
   */
  readonly overrideDynamicGroups?: boolean;
}

/**
 * Options for enabling AWS IoT logging.
 */
export interface EnableIotLoggingOptions {
  /**
   * The lowest level of events to log: `ERROR`, `WARN`, `INFO` or `DEBUG`.
   *
   * @default LogLevel.ERROR
   */
  readonly logLevel?: LogLevel;

  /**
   * The role that AWS IoT assumes to write to Amazon CloudWatch Logs, for example that of a `Logging` construct.
   *
   * @default - a role that may write to the log group of AWS IoT and that stays when the stack is deleted
   */
  readonly loggingRole?: IRole;
}

/**
 * The effect of a mitigation action on resources that an audit found non-compliant.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-mitigation-actions.html
 */
export class Mitigation {
  /**
   * Deactivates the device certificate. Within minutes, AWS IoT disconnects the devices that use it.
   *
   * They cannot connect again until somebody activates the certificate.
   */
  public static updateDeviceCertificate(): Mitigation {
    return new Mitigation(MitigationActionType.UPDATE_DEVICE_CERTIFICATE, UPDATE_DEVICE_CERTIFICATE);
  }

  /**
   * Deactivates the CA certificate, so that no further device certificate can be registered with it.
   */
  public static updateCaCertificate(): Mitigation {
    return new Mitigation(MitigationActionType.UPDATE_CA_CERTIFICATE, UPDATE_CA_CERTIFICATE);
  }

  /**
   * Adds the things that use the certificate to thing groups, for example to a quarantine.
   *
   * @param thingGroups 1 to 10 static thing groups; `CfnThingGroup.fromThingGroupName()` names one that exists
   * @param options further options
   */
  public static addThingsToThingGroup(
    thingGroups: IThingGroupRef[], options: AddThingsToThingGroupOptions = {},
  ): Mitigation {
    return new Mitigation(
      MitigationActionType.ADD_THINGS_TO_THING_GROUP,
      addThingsToThingGroup(thingGroups, options.overrideDynamicGroups),
    );
  }

  /**
   * Gives a policy of a list a new default version that permits nothing.
   *
   * That cuts off every device that uses the policy. The action fails for a policy outside the list, which its role
   * cannot change, and for a policy that already has five versions.
   *
   * @param policies the policies that the action may change, at least one; `CfnPolicy.fromPolicyName()` names one that
   * exists
   */
  public static replaceDefaultPolicyVersion(policies: IPolicyRef[]): Mitigation {
    return new Mitigation(MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION, replaceDefaultPolicyVersion(policies));
  }

  /**
   * Gives any policy of the account a new default version that permits nothing.
   *
   * That cuts off every device that uses the policy. The action fails for a policy that already has five versions.
   */
  public static replaceDefaultPolicyVersionOfAnyPolicy(): Mitigation {
    return new Mitigation(MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION, replaceDefaultPolicyVersion());
  }

  /**
   * Turns on AWS IoT logging for the account.
   *
   * @param options the log level and the role
   */
  public static enableIotLogging(options: EnableIotLoggingOptions = {}): Mitigation {
    return new Mitigation(
      MitigationActionType.ENABLE_IOT_LOGGING,
      enableIotLogging(options.logLevel ?? LogLevel.ERROR, options.loggingRole),
    );
  }

  /**
   * Publishes each finding to a topic.
   *
   * @param topic a standard topic, in the stack's region
   */
  public static publishFindingToSns(topic: ITopic): Mitigation {
    return new Mitigation(MitigationActionType.PUBLISH_FINDING_TO_SNS, publishFindingToSns(topic));
  }

  /**
   * The kind of mitigation action, as AWS names it.
   */
  public readonly mitigationActionType: MitigationActionType;

  private constructor(mitigationActionType: MitigationActionType, private readonly definition: MitigationDefinition) {
    this.mitigationActionType = mitigationActionType;
  }

  /** @internal */
  public _bind(scope: Construct): BoundMitigation {
    return this.definition(scope);
  }
}
