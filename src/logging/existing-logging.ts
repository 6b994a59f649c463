import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';

/**
 * What happens to an account's logging when it is removed from its stack, or the stack is deleted.
 */
export enum LoggingRemoval {
  /**
   * The account logs on as it does. The role made for it stays too.
   */
  LEAVE = 'LEAVE',

  /**
   * The role, the level and the events become what they were before. An account that had never been set up to log has its
   * logging switched off.
   */
  PUT_BACK = 'PUT_BACK',

  /**
   * The account logs no more.
   */
  SWITCH_OFF = 'SWITCH_OFF',
}

/**
 * What becomes of logging that a stack has set.
 */
export interface ExistingLoggingOptions {
  /**
   * What happens when the logging is removed from its stack, or the stack is deleted. Logging that somebody else has set
   * up meanwhile, with another role, is left alone.
   *
   * @default LoggingRemoval.LEAVE
   */
  readonly whenRemoved?: LoggingRemoval;

  /**
   * The roles that the account may log with before. A deployment that fails puts the account's role back, as does
   * `LoggingRemoval.PUT_BACK`, and may do so only with these.
   *
   * Where the account logs with another role, that of the stack stays, and is kept when it is removed from the stack.
   *
   * @default - none: the account goes on logging with the role of the stack, at the level that it had
   */
  readonly previousRoles?: IRole[];
}

/**
 * How the logging is treated that the account has already when the stack is deployed.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_SetV2LoggingOptions.html
 */
export class ExistingLogging {
  /**
   * The deployment fails: CloudFormation's own resource does not take over what exists.
   */
  public static refuse(): ExistingLogging {
    return new ExistingLogging();
  }

  /**
   * It stays as it is: what the stack says only counts in an account that does not log.
   *
   * It takes the function that the library's custom resources of a stack share, unless the stack has it: four resources, and a policy
   * for each purpose.
   *
   * @param options what becomes of logging that the stack has set
   */
  public static keep(options: ExistingLoggingOptions = {}): ExistingLogging {
    return new ExistingLogging({ keep: true, whenRemoved: options.whenRemoved ?? LoggingRemoval.LEAVE, previousRoles: options.previousRoles });
  }

  /**
   * It is taken over. Works where there is none, too.
   *
   * It takes the function that the library's custom resources of a stack share, unless the stack has it: four resources, and a policy
   * for each purpose.
   *
   * @param options what becomes of logging that the stack has set
   */
  public static adopt(options: ExistingLoggingOptions = {}): ExistingLogging {
    return new ExistingLogging({ keep: false, whenRemoved: options.whenRemoved ?? LoggingRemoval.LEAVE, previousRoles: options.previousRoles });
  }

  /**
   * Undefined unless a custom resource sees to it.
   *
   * @internal
   */
  public readonly _adoption?: LoggingAdoption;

  private constructor(adoption?: LoggingAdoption) {
    this._adoption = adoption;
  }

  /**
   * What happens to a role made for the logging: it has to stay as long as the account logs with it.
   *
   * @internal
   */
  public get _removalPolicy(): RemovalPolicy | undefined {
    if (!this._adoption) {
      return undefined;
    }
    return this._adoption.whenRemoved === LoggingRemoval.LEAVE ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
  }
}

/** @internal */
export interface LoggingAdoption {
  readonly keep: boolean;
  readonly whenRemoved: LoggingRemoval;
  readonly previousRoles?: IRole[];
}
