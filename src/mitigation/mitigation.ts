import { IRole } from 'aws-cdk-lib/aws-iam';
import { IPolicyRef, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MitigationActionType } from './mitigation-action-type';
import { addThingsToThingGroup } from './private/add-things-to-thing-group';
import { enableIotLogging } from './private/enable-iot-logging';
import { BoundMitigation, MitigationDefinition } from './private/mitigation-definition';
import { publishFindingToSns } from './private/publish-finding-to-sns';
import { replaceDefaultPolicyVersion } from './private/replace-default-policy-version';
import { UPDATE_CA_CERTIFICATE, UPDATE_DEVICE_CERTIFICATE } from './private/update-certificate';
import { LogLevel } from '../logging/logging-event';

/**
 * Options for adding things to thing groups.
 */
export interface AddThingsToThingGroupOptions {
  /**
   * Whether a thing that is in 10 groups already, of which some are dynamic, leaves a dynamic group to make room.
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
   * What is logged: `ERROR`, `WARN`, `INFO` or `DEBUG`.
   *
   * @default LogLevel.ERROR
   */
  readonly logLevel?: LogLevel;

  /**
   * The role by which AWS IoT writes to Amazon CloudWatch Logs, for example that of a `Logging` construct.
   *
   * @default - a role that may write to the log group of AWS IoT, and that stays when the stack is deleted
   */
  readonly loggingRole?: IRole;
}

/**
 * What a mitigation action does to the resources that an audit found non-compliant.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-mitigation-actions.html
 */
export class Mitigation {
  /**
   * Deactivates the device certificate. AWS IoT disconnects the devices that use it within minutes,
   * and they cannot connect again until somebody activates the certificate.
   */
  public static updateDeviceCertificate(): Mitigation {
    return new Mitigation(MitigationActionType.UPDATE_DEVICE_CERTIFICATE, UPDATE_DEVICE_CERTIFICATE);
  }

  /**
   * Deactivates the CA certificate: no further device certificate can be registered with it.
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
  public static addThingsToThingGroup(thingGroups: IThingGroupRef[], options: AddThingsToThingGroupOptions = {}): Mitigation {
    return new Mitigation(
      MitigationActionType.ADD_THINGS_TO_THING_GROUP,
      addThingsToThingGroup(thingGroups, options.overrideDynamicGroups),
    );
  }

  /**
   * Gives one of these policies a new default version that permits nothing: every device that uses it is cut off.
   *
   * Findings about other policies are left alone, since the action's role cannot change those.
   * It fails for a policy that has five versions already.
   *
   * @param policies the policies that may be blanked, at least one; `CfnPolicy.fromPolicyName()` names one that exists
   */
  public static replaceDefaultPolicyVersion(policies: IPolicyRef[]): Mitigation {
    return new Mitigation(MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION, replaceDefaultPolicyVersion(policies));
  }

  /**
   * Gives whichever policy of the account was found a new default version that permits nothing:
   * every device that uses it is cut off.
   *
   * It fails for a policy that has five versions already.
   */
  public static replaceDefaultPolicyVersionOfAnyPolicy(): Mitigation {
    return new Mitigation(MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION, replaceDefaultPolicyVersion());
  }

  /**
   * Turns on AWS IoT logging for the account.
   *
   * @param options what is logged, and by which role
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
   * The type as AWS names it.
   */
  public readonly mitigationActionType: MitigationActionType;

  private constructor(mitigationActionType: MitigationActionType, private readonly definition: MitigationDefinition) {
    this.mitigationActionType = mitigationActionType;
  }

  /** @internal */
  public _bind(scope: Construct): BoundMitigation {
    return this.definition.bind(scope);
  }
}
