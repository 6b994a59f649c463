import { AdoptionOptions } from '../adoption/adoption';

/**
 * The treatment of logging that the account already has when the stack is deployed.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_SetV2LoggingOptions.html
 */
export class ExistingLogging {
  /**
   * Fails the deployment: CloudFormation's own resource does not take over what exists.
   */
  public static refuse(): ExistingLogging {
    return new ExistingLogging();
  }

  /**
   * Leaves the logging of the account as it is: the settings of the stack apply only in an account that does not log.
   *
   * When the construct is removed from the stack, logging that the stack has set goes on, unless `putBackOnRemoval` is
   * set, or the `removalPolicy` is `RemovalPolicy.DESTROY`, which switches it off.
   *
   * Uses the function that all custom resources of this library in a stack share: if the stack does not have it yet,
   * four resources, and a policy for each purpose.
   *
   * @param options its removal, and the roles that the account may use before
   */
  public static keep(options: AdoptionOptions = {}): ExistingLogging {
    return new ExistingLogging({ ...options, keep: true });
  }

  /**
   * Takes the logging over. Works in an account that does not log, too.
   *
   * When it is removed from the stack, the account goes on logging as it does, unless `putBackOnRemoval` is set, or the
   * `removalPolicy` is `RemovalPolicy.DESTROY`, which switches the logging off. What is put back are the role, the
   * level and the events; in an account that had never been set up to log, the logging is switched off.
   *
   * Uses the function that all custom resources of this library in a stack share: if the stack does not have it yet,
   * four resources, and a policy for each purpose.
   *
   * @param options its removal, and the roles that the account may use before
   */
  public static adopt(options: AdoptionOptions = {}): ExistingLogging {
    return new ExistingLogging({ ...options, keep: false });
  }

  private readonly adoption?: LoggingAdoption;

  private constructor(adoption?: LoggingAdoption) {
    this.adoption = adoption && { ...adoption, previousRoles: adoption.previousRoles && [...adoption.previousRoles] };
  }

  /**
   * Undefined unless the logging is kept or adopted, by a custom resource.
   *
   * @internal
   */
  public get _adoption(): LoggingAdoption | undefined {
    return this.adoption;
  }
}

/** @internal */
export interface LoggingAdoption extends AdoptionOptions {
  readonly keep: boolean;
}
