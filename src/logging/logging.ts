import { Annotations, Aws, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnLogging, ILoggingRef, LoggingReference } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { AdoptedLogging } from './adopted-logging';
import { ExistingLogging } from './existing-logging';
import { LoggingEvent, LogLevel, validateLoggingEvents } from './logging-event';
import { grantLogging, LoggingRole } from './logging-role';
import { resolveRemovalPolicy } from '../adoption/adoption';
import { checkBroughtRole, permissionsOf } from '../private/brought-roles';
import { warnWithoutIotCore } from '../private/iot-regions';
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
 * Properties of `Logging`.
 */
export interface LoggingProps {
  /**
   * The level of detail, for every type of event that `events` does not name.
   *
   * @default LogLevel.ERROR
   */
  readonly logLevel?: LogLevel;

  /**
   * Types of events with a level or a log group of their own.
   *
   * @default - none
   */
  readonly events?: LoggingEvent[];

  /**
   * The role by which AWS IoT writes to Amazon CloudWatch Logs.
   *
   * A role of yours gets the permissions that it needs, unless you pass `role.withoutPolicyUpdates()`.
   *
   * @default - a role that may write to the log groups of AWS IoT
   */
  readonly role?: IRole;

  /**
   * The treatment of logging that the account already has.
   *
   * @default ExistingLogging.refuse()
   */
  readonly existing?: ExistingLogging;

  /**
   * Retains or destroys the logging, and the role made for it, when they are removed from the stack.
   *
   * `RemovalPolicy.DESTROY` switches off the logging of the whole account in the region, or puts back what was found if
   * `putBackOnRemoval` is set. The role made for logging that is kept or adopted stays in each case, since the account
   * may still use it.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, or DESTROY with `putBackOnRemoval`
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * AWS IoT logging for the stack's account and region. Without logging, the audit's check `LOGGING_DISABLED` fails.
 *
 * An account has one logging configuration per region. If it may already have one, keep or adopt it:
 * `existing: ExistingLogging.keep()`. CloudFormation's own resource cannot take it over.
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
   * The logging found in the account, as JSON: `role`, `level`, `off` and `events`, or `null`. Undefined unless logging
   * is kept or adopted.
   *
   * @attribute
   */
  public readonly foundLogging?: string;

  /**
   * @throws if the app defines the logging of the account and region a second time; if a type of event is given twice;
   * if AWS does not accept the name of a log group; if the role belongs to another account or, at synth, does not trust
   * iot.amazonaws.com; if the removal policy is a snapshot
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
    const removalPolicy = resolveRemovalPolicy(this, props.removalPolicy, props.existing?._adoption);
    const logLevel = props.logLevel ?? LogLevel.ERROR;
    this.warnWhenDisabled(logLevel);
    const [role, permissions] = this.resolveRole(removalPolicy, props);
    this.role = role;

    if (props.existing?._adoption) {
      const adopted = new AdoptedLogging(this, 'Adopted', {
        adoption: props.existing._adoption,
        removalPolicy,
        logLevel,
        role,
        events: props.events,
        dependencies: [role, permissions],
      });
      this.node.defaultChild = adopted.node.defaultChild;
      this.foundLogging = adopted.foundLogging;
      this.loggingAccountId = Aws.ACCOUNT_ID;
    } else {
      const resource = this.createResource(logLevel, props.events);
      resource.node.addDependency(role, permissions);
      resource.applyRemovalPolicy(removalPolicy);
      this.loggingAccountId = resource.ref;
    }
  }

  /** A reference to the logging, as other constructs take it. */
  public get loggingRef(): LoggingReference {
    return { accountId: this.loggingAccountId };
  }

  private warnWhenDisabled(logLevel: LogLevel): void {
    if (logLevel === LogLevel.DISABLED) {
      Annotations.of(this).addWarningV2('cdk-iot-fleet-audit:loggingDisabled',
        '\'logLevel\' is DISABLED, so AWS IoT logs nothing unless an event says otherwise; choose LogLevel.ERROR to '
        + 'see what fails');
    }
  }

  private resolveRole(removalPolicy: RemovalPolicy, props: LoggingProps): [role: IRole, permissions: IDependable] {
    const logGroupNames = props.events?.flatMap((event) => event.logGroupName ?? []);
    if (!props.role) {
      // The account goes on logging with this role if the function may not pass the former one back.
      const rolePolicy = props.existing?._adoption ? RemovalPolicy.RETAIN : removalPolicy;
      const role = new LoggingRole(this, 'Role', { removalPolicy: rolePolicy, logGroupNames });
      return [role, role];
    }
    checkBroughtRole(this, 'role', props.role);
    const permissions = permissionsOf(this, 'RolePolicy', props.role, removalPolicy);
    grantLogging(this, permissions, logGroupNames);
    return [props.role, permissions];
  }

  private createResource(logLevel: LogLevel, events?: LoggingEvent[]): CfnLogging {
    return new CfnLogging(this, 'Resource', {
      accountId: Aws.ACCOUNT_ID,
      defaultLogLevel: logLevel,
      roleArn: this.role.roleArn,
      eventConfigurations: events?.map(({ eventType, logLevel: level, logGroupName }) => ({
        eventType, logLevel: level, logDestination: logGroupName,
      })),
    });
  }
}
