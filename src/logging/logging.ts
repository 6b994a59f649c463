import { Annotations, Aws, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnLogging, ILoggingRef, LoggingReference } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { AdoptedLogging } from './adopted-logging';
import { ExistingLogging } from './existing-logging';
import { LogLevel } from './log-level';
import { validateLoggingEvents } from './logging-events';
import { grantLogging, LoggingRole } from './logging-role';
import { checkBroughtRole } from '../private/brought-role';
import { invalidInput } from '../private/invalid-input';
import { warnWithoutIotCore } from '../private/iot-regions';
import { permissionsOf } from '../private/role-permissions';
import { claimSingleton } from '../private/singleton';

/**
 * The AWS IoT logging of an account in a region.
 */
export interface ILogging extends IResource, ILoggingRef {
  /**
   * The account that logs.
   *
   * @attribute
   */
  readonly loggingAccountId: string;
}

/**
 * What is logged of one type of event, and where to.
 */
export interface LoggingEvent {
  /**
   * The type of event as AWS names it, for example `Connect` or `Publish-In`. Each can be given once.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
   */
  readonly eventType: string;

  /**
   * How much is logged.
   *
   * @default - the level of the account
   */
  readonly logLevel?: LogLevel;

  /**
   * The name of the log group to write to: 1 to 512 letters, digits and `_-/.#`, not beginning with `aws/`.
   *
   * @default - the log group of AWS IoT
   */
  readonly logGroupName?: string;
}

/**
 * Properties of `Logging`.
 */
export interface LoggingProps {
  /**
   * How much is logged.
   *
   * @default LogLevel.ERROR
   */
  readonly logLevel?: LogLevel;

  /**
   * Types of events that are logged differently.
   *
   * @default - none
   */
  readonly events?: LoggingEvent[];

  /**
   * The role by which AWS IoT writes to Amazon CloudWatch Logs.
   *
   * A role of yours is given what it needs; pass `role.withoutPolicyUpdates()` to see to its permissions yourself.
   *
   * @default - a role that may write to the log groups of AWS IoT
   */
  readonly role?: IRole;

  /**
   * How logging is treated that the account has already.
   *
   * @default ExistingLogging.refuse()
   */
  readonly existing?: ExistingLogging;

  /**
   * What happens to the logging, and to the role made for it, when they are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the logging of the whole account in the region. Only for
   * `ExistingLogging.refuse()`: the other modes say it themselves.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * AWS IoT logging for the stack's account and region, without which the audit's check `LOGGING_DISABLED` fails.
 *
 * An account has one logging configuration per region. CloudFormation does not take over one that exists already, unless
 * that is kept or adopted: `existing: ExistingLogging.keep()`.
 *
 * @example
 *
 * new Logging(this, 'Logging', {
 *   logLevel: LogLevel.WARN,
 *   events: [{ eventType: 'Connect', logLevel: LogLevel.INFO }],
 * });
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iot-logging.html
 */
export class Logging extends Resource implements ILogging {
  public readonly loggingAccountId: string;

  /**
   * The role by which AWS IoT writes to Amazon CloudWatch Logs.
   */
  public readonly role: IRole;

  /**
   * What was found, as JSON: `role`, `level`, `off` and `events`, or `null`; undefined unless it is kept or adopted.
   *
   * @attribute
   */
  public readonly foundLogging?: string;

  /**
   * @throws if the app defines the logging of the account and region a second time; if a type of event is given twice, or
   * a log group's name is not one that AWS accepts; if the role is of another account or, at synth, does not trust
   * iot.amazonaws.com
   */
  constructor(scope: Construct, id: string, props: LoggingProps = {}) {
    super(scope, id);
    claimSingleton(this, {
      name: 'Logging',
      resourceType: CfnLogging.CFN_RESOURCE_TYPE_NAME,
      fix: 'keep one of the two, with the events of both',
    });
    warnWithoutIotCore(this);
    validateLoggingEvents(this, props.events ?? []);
    const removalPolicy = this.resolveRemovalPolicy(props);
    const logLevel = props.logLevel ?? LogLevel.ERROR;
    this.warnWhenDisabled(logLevel);
    const [role, permissions] = this.resolveRole(removalPolicy, props);
    this.role = role;

    if (props.existing?._adoption) {
      const adopted = new AdoptedLogging(this, 'Adopted', {
        adoption: props.existing._adoption, logLevel, role, events: props.events, dependencies: [role, permissions],
      });
      this.node.defaultChild = adopted.node.defaultChild;
      this.foundLogging = adopted.foundLogging;
      this.loggingAccountId = Aws.ACCOUNT_ID;
      return;
    }
    const resource = new CfnLogging(this, 'Resource', {
      accountId: Aws.ACCOUNT_ID,
      defaultLogLevel: logLevel,
      roleArn: role.roleArn,
      eventConfigurations: props.events?.map(({ eventType, logLevel: level, logGroupName }) => ({
        eventType, logLevel: level, logDestination: logGroupName,
      })),
    });
    resource.node.addDependency(role, permissions);
    resource.applyRemovalPolicy(removalPolicy);
    this.loggingAccountId = resource.ref;
  }

  public get loggingRef(): LoggingReference {
    return { accountId: this.loggingAccountId };
  }

  private resolveRemovalPolicy({ existing, removalPolicy }: LoggingProps): RemovalPolicy {
    if (existing?._removalPolicy && removalPolicy) {
      throw invalidInput(this, {
        property: 'removalPolicy',
        rule: 'must be left out where logging is kept or adopted',
        given: removalPolicy,
        fix: 'say what happens on removal with the option whenRemoved of ExistingLogging',
      });
    }
    return existing?._removalPolicy ?? removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  }

  private warnWhenDisabled(logLevel: LogLevel): void {
    if (logLevel === LogLevel.DISABLED) {
      Annotations.of(this).addWarningV2('cdk-iot-fleet-audit:loggingDisabled',
        '\'logLevel\' is DISABLED, so AWS IoT logs nothing unless an event says otherwise; choose LogLevel.ERROR to see what fails');
    }
  }

  private resolveRole(removalPolicy: RemovalPolicy, props: LoggingProps): [role: IRole, permissions: IDependable] {
    const logGroupNames = props.events?.flatMap((event) => event.logGroupName ?? []);
    if (!props.role) {
      // A rollback may not be allowed to pass the role that the account had: then it goes on logging with this one.
      const role = new LoggingRole(this, 'Role', { removalPolicy: props.existing?._adoption ? RemovalPolicy.RETAIN : removalPolicy, logGroupNames });
      return [role, role];
    }
    checkBroughtRole(this, 'role', props.role);
    const permissions = permissionsOf(this, 'RolePolicy', props.role, removalPolicy);
    grantLogging(this, permissions, logGroupNames);
    return [props.role, permissions];
  }
}
