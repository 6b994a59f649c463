import { Finding } from './finding';
import type { DeclaredPolicy } from './fleet/iot-policies';
import { FleetTemplates } from './templates/fleet-templates';
import { Outcomes } from './templates/outcomes';
import { CheckRow } from '../checks/check-table';

/** Facts about the fleet that users of the plugin tell, since no template does. */
export interface FleetFacts {
  /**
   * IAM prefixes of the services that devices use through role aliases; `undefined` if they use all that are granted.
   */
  readonly usedServices?: readonly string[];

  /** True if logging is enabled outside of the templates. */
  readonly loggingEnabledElsewhere: boolean;

  /** True if the values that devices send to fleet provisioning are known to be names. */
  readonly provisioningParametersValidated: boolean;
}

/** Input of a check. */
export interface CheckContext {
  readonly fleet: FleetTemplates;
  readonly outcomes: Outcomes;
  readonly facts: FleetFacts;

  /** Days that certificates are compared with, by check, if no template configures the account's audits. */
  readonly thresholds: ReadonlyMap<string, number>;

  /** The time to compare the dates of certificates with. */
  readonly now: Date;
}

/**
 * One of Device Defender's checks, carried out on templates.
 *
 * Each has a file in `checks/`, which is the place to change its verdicts.
 */
export interface TemplateCheck {
  readonly check: CheckRow;

  find(context: CheckContext): Finding[];
}

/**
 * One of Device Defender's checks of AWS IoT policies. All of them look at one policy before any looks at the next, so
 * that a policy is read once, and not kept.
 */
export interface PolicyCheck {
  readonly check: CheckRow;

  findIn(policy: DeclaredPolicy, context: CheckContext): Finding[];
}
