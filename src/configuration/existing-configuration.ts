import { AdoptionOptions } from '../adoption/adoption';

/**
 * The treatment of checks that are enabled in the account although the configuration does not name them.
 */
export enum OtherChecks {
  /**
   * They stay on, and the attribute `otherChecks` reports them.
   */
  KEEP = 'KEEP',

  /**
   * The deployment fails before it changes anything, and names them and the scheduled audits that use them.
   */
  FAIL = 'FAIL',
}

/**
 * Options for adopting an existing audit configuration.
 */
export interface AdoptConfigurationOptions extends AdoptionOptions {
  /**
   * The treatment of checks that are enabled in the account although the configuration does not name them. A check that
   * an earlier version of the template named is always switched off, unless a scheduled audit outside the stack uses
   * it.
   *
   * @default OtherChecks.KEEP
   */
  readonly otherChecks?: OtherChecks;
}

/**
 * The treatment of an audit configuration that the account already has when the stack is deployed.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateAccountAuditConfiguration.html
 */
export class ExistingConfiguration {
  /**
   * Fails the deployment: CloudFormation's own resource does not take over what exists.
   */
  public static refuse(): ExistingConfiguration {
    return new ExistingConfiguration();
  }

  /**
   * Takes the configuration over, by a custom resource that changes only what differs. Works without a configuration,
   * too.
   *
   * When it is removed from the stack, the account stays audited as it is, unless `putBackOnRemoval` is set, or the
   * `removalPolicy` is `RemovalPolicy.DESTROY`, which switches the account's audit off. In each case, a check that a
   * scheduled audit outside the stack uses stays on.
   *
   * Uses the function that all custom resources of this library in a stack share: if the stack does not have it yet,
   * four resources, and a policy for each purpose.
   *
   * @param options the treatment of settings that are not the stack's
   */
  public static adopt(options: AdoptConfigurationOptions = {}): ExistingConfiguration {
    return new ExistingConfiguration({ ...options, otherChecks: options.otherChecks ?? OtherChecks.KEEP });
  }

  private readonly adoption?: ConfigurationAdoption;

  private constructor(adoption?: ConfigurationAdoption) {
    this.adoption = adoption && { ...adoption, previousRoles: adoption.previousRoles && [...adoption.previousRoles] };
  }

  /**
   * Undefined unless the configuration is adopted.
   *
   * @internal
   */
  public get _adoption(): ConfigurationAdoption | undefined {
    return this.adoption;
  }
}

/** @internal */
export interface ConfigurationAdoption extends AdoptConfigurationOptions {
  readonly otherChecks: OtherChecks;
}
