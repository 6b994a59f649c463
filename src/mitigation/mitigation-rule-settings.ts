import { Annotations, Token } from 'aws-cdk-lib';
import { CfnMitigationAction, IMitigationActionRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { MitigationAction } from './mitigation-action';
import { MitigationException } from './mitigation-exception';
import { resolveLimits } from './mitigation-limits';
import { MitigationMode, MitigationRule } from './mitigation-rule';
import { RuleSettings } from './protocol';
import { ScheduledAudit } from '../audits/scheduled-audit';
import { AuditCheck } from '../checks/audit-check';
import { AuditResourceType, MitigationActionType, SPAN_CHECKS } from '../checks/check-table';
import { validateChecks } from '../checks/validate-checks';
import { invalidInput } from '../private/invalid-input';

/** The limits of StartAuditMitigationActionsTask. */
const MAXIMUM_ACTIONS = 5;
const MAXIMUM_REASON_CODES = 25;

/** The settings of all rules travel with each step, in a state of 256 KiB. */
const MAXIMUM_EXCEPTIONS = 250;

const REASON_CODE = /^[A-Za-z0-9_-]{1,128}$/;

/** Actions after which a device cannot connect, or cannot do anything. */
const DESTRUCTIVE: readonly (string | undefined)[] = [
  MitigationActionType.UPDATE_DEVICE_CERTIFICATE,
  MitigationActionType.UPDATE_CA_CERTIFICATE,
  MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION,
];

/**
 * The rule as the state machine passes it to the function, with the defaults.
 *
 * @throws if AWS would refuse the rule, if it could never be carried out, or if a limit is out of range or not known
 */
export function renderRule(scope: Construct, rule: MitigationRule): RuleSettings {
  const { checks, reasonCodes, scheduledAudits, exceptions = [] } = rule;
  validateChecks(scope, 'checks', checks);
  const actions = resolveActions(scope, rule.actions);
  requireAllowedPairs(scope, checks, actions);
  if (reasonCodes) validateReasonCodes(scope, reasonCodes);
  if (scheduledAudits) validateScheduledAudits(scope, rule);
  validateExceptions(scope, rule, actions);
  const limits = resolveLimits(scope, rule, reasonForIds(rule, actions));
  return {
    checks: checks.map(({ checkName }) => checkName),
    reasonCodes,
    scheduledAudits: scheduledAudits?.map(({ scheduledAuditRef }) => scheduledAuditRef.scheduledAuditName),
    actions: actions.map(({ name, type }) => ({ name, type })),
    mode: rule.mode ?? defaultMode(actions),
    ...limits,
    exceptions: exceptions.length > 0 ? MitigationException._render(exceptions) : undefined,
  };
}

interface Action {
  readonly path: string;
  readonly name: string;

  /** Undefined for an action that is imported. */
  readonly type?: MitigationActionType;
}

function resolveActions(scope: Construct, refs: IMitigationActionRef[]): Action[] {
  if (refs.length < 1 || refs.length > MAXIMUM_ACTIONS) {
    throw invalidInput(scope, {
      property: 'actions',
      rule: `must hold 1 to ${MAXIMUM_ACTIONS} actions`,
      given: String(refs.length),
      fix: 'a mitigation task applies that many to a finding',
    });
  }
  const actions = refs.map((ref) => ({
    path: ref.node.path,
    name: ref.mitigationActionRef.actionName,
    type: typeOf(ref),
  }));
  const repeated = actions.find(({ name }, index) => actions.findIndex((other) => other.name === name) !== index);
  if (repeated) {
    throw invalidInput(scope, {
      property: 'actions',
      rule: 'must not hold an action twice',
      given: `${repeated.path} more than once`,
      fix: 'keep one of each',
    });
  }
  return actions;
}

/** The parameters of a raw resource, by which its type shows. */
const TYPES_BY_PARAMETERS: Record<keyof CfnMitigationAction.ActionParamsProperty, MitigationActionType> = {
  addThingsToThingGroupParams: MitigationActionType.ADD_THINGS_TO_THING_GROUP,
  enableIoTLoggingParams: MitigationActionType.ENABLE_IOT_LOGGING,
  publishFindingToSnsParams: MitigationActionType.PUBLISH_FINDING_TO_SNS,
  replaceDefaultPolicyVersionParams: MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION,
  updateCaCertificateParams: MitigationActionType.UPDATE_CA_CERTIFICATE,
  updateDeviceCertificateParams: MitigationActionType.UPDATE_DEVICE_CERTIFICATE,
};

function typeOf(ref: IMitigationActionRef): MitigationActionType | undefined {
  const { mitigationActionType, actionParams = {} } = ref as Partial<MitigationAction & CfnMitigationAction>;
  const [, type] = Object.entries(TYPES_BY_PARAMETERS)
    .find(([parameters]) => (actionParams as Record<string, unknown>)[parameters] !== undefined) ?? [];
  return mitigationActionType ?? type;
}

/** AWS allows each check a few types of actions. It does not document what happens to a task that ignores that. */
function requireAllowedPairs(scope: Construct, checks: AuditCheck[], actions: Action[]): void {
  for (const { path, type } of actions) {
    const refusing = type && checks.find(({ mitigationActionTypes }) => !mitigationActionTypes.includes(type));
    if (refusing) {
      throw invalidInput(scope, {
        property: 'actions',
        rule: `must be of types that AWS allows for ${refusing}: ${refusing.mitigationActionTypes.join(', ')}`,
        given: `${path}, which is of type ${type}`,
        fix: 'use another action, or give the check a rule of its own',
      });
    }
    if (!type) {
      Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:mitigationActionTypeUnknown',
        `${path} is imported, so nobody knows at synth if AWS allows it for ${checks.join(', ')}; make sure that it does, `
        + 'and acknowledge this warning');
    }
  }
}

function validateReasonCodes(scope: Construct, codes: string[]): void {
  if (codes.length < 1 || codes.length > MAXIMUM_REASON_CODES) {
    throw invalidInput(scope, {
      property: 'reasonCodes',
      rule: `must hold 1 to ${MAXIMUM_REASON_CODES} codes`,
      given: String(codes.length),
      fix: 'leave the property out for findings of every reason',
    });
  }
  const wrong = codes.find((code) => !Token.isUnresolved(code) && !REASON_CODE.test(code));
  if (wrong !== undefined) {
    throw invalidInput(scope, {
      property: 'reasonCodes',
      rule: 'must hold codes of 1 to 128 letters, digits, hyphens and underscores',
      given: JSON.stringify(wrong),
      fix: 'take the codes from the page of the check, for example CERTIFICATE_PAST_EXPIRATION',
    });
  }
  const repeated = codes.find((code, index) => codes.indexOf(code) !== index);
  if (repeated !== undefined) {
    throw invalidInput(scope, {
      property: 'reasonCodes',
      rule: 'must not hold a code twice',
      given: `${repeated} more than once`,
      fix: 'keep one of each',
    });
  }
}

function validateScheduledAudits(scope: Construct, { checks, scheduledAudits = [] }: MitigationRule): void {
  if (scheduledAudits.length === 0) {
    throw invalidInput(scope, {
      property: 'scheduledAudits',
      rule: 'must hold at least one scheduled audit',
      given: 'none',
      fix: 'leave the property out for every audit, also those on demand',
    });
  }
  const audited = scheduledAudits.map((audit) => (audit as Partial<ScheduledAudit>).checks);
  const missing = checks.filter((check) =>
    audited.every((known) => known && !known.some((one) => one.isSameCheckAs(check))));
  if (missing.length > 0) {
    throw invalidInput(scope, {
      property: 'scheduledAudits',
      rule: 'must run each check of the rule in one of them',
      given: `${scheduledAudits.map(({ node }) => node.path).join(', ')} without ${missing.join(', ')}`,
      fix: 'add the checks to an audit, or leave them out of the rule',
    });
  }
}

/** An exception that can never apply, or that is got round, would give a false sense of safety. */
function validateExceptions(
  scope: Construct, { checks, exceptions = [] }: MitigationRule, actions: readonly Action[],
): void {
  if (exceptions.length > MAXIMUM_EXCEPTIONS) {
    throw invalidInput(scope, {
      property: 'exceptions',
      rule: `must hold at most ${MAXIMUM_EXCEPTIONS} exceptions`,
      given: String(exceptions.length),
      fix: 'put the things into a thing group and except that',
    });
  }
  const blanking = checks.some(({ resourceType }) => resourceType === AuditResourceType.IOT_POLICY)
    ? actions.find(({ type }) => !type || type === MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION) : undefined;
  const gotRound = exceptions.find((exception) => exception._concerns(AuditResourceType.DEVICE_CERTIFICATE));
  if (blanking && gotRound) {
    throw invalidInput(scope, {
      property: 'exceptions',
      rule: 'must hold no device where an action blanks policies, or may',
      given: `${gotRound._description}, with ${blanking.path}`,
      fix: 'except the policies that the device uses: a blank policy cuts off every device that uses it, also an '
        + 'excepted one',
    });
  }
  const idle = exceptions.find((exception) => !checks.some(({ resourceType }) => exception._concerns(resourceType)));
  if (idle) {
    throw invalidInput(scope, {
      property: 'exceptions',
      rule: 'must be resources of a kind that one of the checks finds',
      given: `${idle._description}, which no finding of ${checks.join(', ')} is about`,
      fix: 'remove the exception: it would protect nothing',
    });
  }
}

/** Names of checks that find certificates also after they were deactivated. */
const LOOKING_BACK = Object.values(SPAN_CHECKS).map(({ checkName }) => checkName as string);

/** The reason why findings are named one by one, as part of a sentence; undefined if the service picks them. */
function reasonForIds({ checks, reasonCodes, exceptions = [] }: MitigationRule, actions: Action[]): string | undefined {
  if (reasonCodes) return 'with reasonCodes';
  if (exceptions.length > 0) return 'with exceptions';
  if (actions.some(({ type }) => type === MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION)) {
    return 'if an action blanks policies';
  }
  const issuer = checks.find(({ resourceType }) => resourceType === AuditResourceType.ISSUER_CERTIFICATE);
  if (issuer) return `for ${issuer}`;
  const isDeactivating = actions.some(({ type }) => type === MitigationActionType.UPDATE_DEVICE_CERTIFICATE);
  const lookingBack = checks.find(({ checkName }) => LOOKING_BACK.includes(checkName));
  return isDeactivating && lookingBack ? `if an action deactivates certificates for ${lookingBack}` : undefined;
}

function defaultMode(actions: Action[]): MitigationMode {
  return actions.some(({ type }) => !type || DESTRUCTIVE.includes(type)) ? MitigationMode.REPORT : MitigationMode.APPLY;
}

/**
 * Throws if a check would be mitigated by two rules after the same audit and for the same reason. Names that are only
 * known at deployment count as different.
 */
export function requireDisjoint(scope: Construct, earlier: readonly RuleSettings[], rule: RuleSettings): void {
  for (const other of earlier) {
    const shared = rule.checks.filter((check) => other.checks.includes(check));
    if (shared.length > 0 && !areDisjoint(rule.reasonCodes, other.reasonCodes)
      && !areDisjoint(rule.scheduledAudits, other.scheduledAudits)) {
      throw invalidInput(scope, {
        property: 'checks',
        rule: 'must not be in two rules whose reasonCodes and scheduledAudits overlap',
        given: `${shared.join(', ')} again`,
        fix: 'make it one rule, or give both reasonCodes or scheduledAudits of their own',
      });
    }
  }
}

function areDisjoint(some: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  return some !== undefined && others !== undefined && !some.some((one) => others.includes(one));
}
