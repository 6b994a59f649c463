import { Offence } from './policies/judgement';
import { FleetTemplates } from './templates/fleet-templates';
import { Outcomes } from './templates/outcomes';
import { Resource, Template } from './templates/template';
import { AuditCheck } from '../checks/audit-check';

/** What a check says about a resource. */
export enum Verdict {
  COMPLIANT = 'compliant',
  NON_COMPLIANT = 'non-compliant',
  UNDECIDED = 'cannot be decided',
}

/** What a check says about one resource, or, where there is none, about a stack. */
export interface Finding {
  /** Absent for what no check says: that a template could not be read. */
  readonly check?: AuditCheck;
  readonly verdict: Verdict;
  readonly template?: Template;
  readonly resource?: Resource;

  /** The file, for what is said about a template that could not be read. */
  readonly templatePath?: string;
  readonly stackConstructPath?: string;

  /** AWS's code for the reason; only for what is non-compliant. */
  readonly reasonCode?: string;

  /** Paths within the resource, such as `['Properties', 'PolicyDocument', 'Statement', '0']`. */
  readonly locations: readonly (readonly string[])[];

  /** What is wrong, or why it cannot be decided. */
  readonly why: string;
  readonly fix?: string;
}

/** The rule of what no check says. */
const UNREAD_TEMPLATE = 'UNREAD_TEMPLATE';

/** The id by which a finding is reported and acknowledged. */
export function ruleNameOf({ check }: Pick<Finding, 'check'>): string {
  return check?.checkName ?? UNREAD_TEMPLATE;
}

/** What users of the plugin tell about their fleet that no template does. */
export interface FleetFacts {
  /** The IAM prefixes of the services that devices use through role aliases; `undefined` if all that are granted are used. */
  readonly usedServices?: readonly string[];

  /** Whether logging is enabled outside of the templates. */
  readonly loggingEnabledElsewhere: boolean;

  /** Whether the values that devices send to fleet provisioning are known to be names. */
  readonly provisioningParametersValidated: boolean;
}

/** What a check works on. */
export interface CheckContext {
  readonly fleet: FleetTemplates;
  readonly outcomes: Outcomes;
  readonly facts: FleetFacts;

  /** The time that certificates are held against. */
  readonly now: Date;
}

/** One of Device Defender's checks, carried out on templates. */
export interface TemplateCheck {
  readonly check: AuditCheck;

  /** @param check the same check, with the threshold that the user gave it */
  find(context: CheckContext, check: AuditCheck): Finding[];
}

/** A place within a resource's properties. */
export function property(...path: readonly string[]): readonly string[] {
  return ['Properties', ...path];
}

/** What is offended against, one line for each reason code. */
export function byReasonCode(offences: readonly Offence[]): Map<string, Offence[]> {
  const groups = new Map<string, Offence[]>();
  for (const offence of offences) {
    const group = groups.get(offence.reasonCode);
    if (group) group.push(offence);
    else groups.set(offence.reasonCode, [offence]);
  }
  return groups;
}
