import { Token, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { DeploymentWaitOptions } from './deployment-audit-options';
import { GateProperties } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity, SEVERITIES } from '../checks/check-table';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for what was non-compliant before.
 */
export interface KnownFindingsOptions {
  /**
   * Whether everything counts as new as long as there is no audit to compare with. If not, nothing does.
   *
   * @default true
   */
  readonly failWithoutEarlierAudit?: boolean;
}

/**
 * What a gate makes of resources that were non-compliant before the deployment.
 */
export class KnownFindings {
  /**
   * They count like any other.
   */
  public static count(): KnownFindings {
    return new KnownFindings(false, true);
  }

  /**
   * They do not count: only a resource fails the deployment that the same check had not found by the time this gate last
   * passed.
   *
   * Known is what the audit found that the gate accepted then. Before it ever passed, or when AWS has forgotten that audit
   * after 90 days, known is what the last scheduled audit of the check found that was completed by then, or before the
   * deployment began. For `DEVICE_CERTIFICATE_SHARED` and `CONFLICTING_CLIENT_IDS`, of which a scheduled audit sees what
   * happened since the one before, all scheduled audits of 31 days tell, once there are so many. Audits that anybody else
   * starts tell nothing, and neither does one with which the gate has stopped a deployment: trying again does not help.
   *
   * What becomes non-compliant between two deployments without any of them counts as new, too, whether or not a scheduled
   * audit has found it: mend or suppress it. A new version of a policy is a new resource.
   *
   * @param options what happens as long as there is no audit to compare with
   */
  public static allow(options: KnownFindingsOptions = {}): KnownFindings {
    return new KnownFindings(true, options.failWithoutEarlierAudit ?? true);
  }

  private constructor(
    /** @internal */
    public readonly _areAllowed: boolean,
    /** @internal */
    public readonly _countWithoutEarlierAudit: boolean,
  ) {}
}

/**
 * Options for a gate: which findings of an audit fail the deployment.
 */
export interface DeploymentGateOptions extends DeploymentWaitOptions {
  /**
   * The lowest severity whose findings fail the deployment.
   *
   * @default AuditSeverity.CRITICAL
   */
  readonly failOn?: AuditSeverity;

  /**
   * The checks whose findings fail the deployment if they are severe enough. The audit runs them beside others.
   *
   * @default - all that the audit runs
   */
  readonly checks?: AuditCheck[];

  /**
   * Checks whose findings never fail the deployment.
   *
   * @default - none
   */
  readonly reportOnly?: AuditCheck[];

  /**
   * How many non-compliant resources each of these checks may find: a whole number, 0 or more.
   *
   * @default - any number where `allowedInAll` is given, otherwise 0
   */
  readonly allowedPerCheck?: number;

  /**
   * How many non-compliant resources these checks may find together: a whole number, 0 or more.
   *
   * @default - no limit besides that of each check
   */
  readonly allowedInAll?: number;

  /**
   * Whether resources count that were non-compliant before. Suppressed findings never count.
   *
   * @default KnownFindings.count()
   */
  readonly knownFindings?: KnownFindings;

  /**
   * Whether a check fails the deployment that could not be carried out, for example for want of a permission.
   *
   * @default true
   */
  readonly failOnIncompleteCheck?: boolean;

  /**
   * Whether a check fails the deployment that the account does not enable, for example because somebody has switched it
   * off in the console.
   *
   * Only the checks of an imported configuration can be missing so; where it is known which checks are enabled, an audit
   * of another one does not start. What is missing is in the log and in `OnDemandAudit.checksNotAudited` anyway. A gate
   * none of whose checks is enabled fails as for `failOnIncompleteCheck`.
   *
   * @default false
   */
  readonly failOnDisabledCheck?: boolean;
}

/**
 * What the function has to know of the gate, besides the checks.
 */
export function renderGate(options: DeploymentGateOptions): GateProperties {
  const { failOn, allowedInAll, knownFindings = KnownFindings.count(), failOnIncompleteCheck = true, failOnDisabledCheck = false } = options;
  if (failOn !== undefined && !SEVERITIES.includes(failOn)) {
    throw invalidInput('DeploymentAudit.gate', { property: 'failOn', rule: 'must be an AuditSeverity', given: `'${failOn}'`, fix: 'take one of its members' });
  }
  const allowedPerCheck = options.allowedPerCheck ?? (allowedInAll === undefined ? 0 : undefined);
  return {
    AllowedPerCheck: renderAllowance('allowedPerCheck', allowedPerCheck),
    AllowedInAll: renderAllowance('allowedInAll', allowedInAll),
    FailOnIncompleteCheck: String(failOnIncompleteCheck),
    // Absent by default: whatever else a gate says makes another audit run.
    FailOnDisabledCheck: failOnDisabledCheck ? 'true' : undefined,
    AllowKnown: String(knownFindings._areAllowed),
    CountWithoutEarlierAudit: String(knownFindings._countWithoutEarlierAudit),
  };
}

function renderAllowance(property: string, allowed?: number): string | undefined {
  if (allowed !== undefined && !Token.isUnresolved(allowed) && !(Number.isInteger(allowed) && allowed >= 0)) {
    throw invalidInput('DeploymentAudit.gate', {
      property,
      rule: 'must be a whole number, 0 or more',
      given: String(allowed),
      fix: 'give the number of non-compliant resources that may be found',
    });
  }
  return allowed === undefined ? undefined : Tokenization.stringifyNumber(allowed);
}

/**
 * The names of the checks that the gate judges, of those that the audit runs.
 *
 * @throws if it would judge none, or names one that the audit does not run
 */
export function judgedCheckNames(scope: IConstruct, audited: AuditCheck[], options: DeploymentGateOptions): Set<string> {
  const auditedNames = new Set(audited.map(({ checkName }) => checkName));
  for (const property of ['checks', 'reportOnly'] as const) {
    const unknown = options[property]?.map(({ checkName }) => checkName).filter((name) => !auditedNames.has(name)) ?? [];
    if (unknown.length > 0) {
      throw invalidInput(scope, {
        property: `mode.${property}`,
        rule: 'must be checks that the audit runs',
        given: unknown.join(', '),
        fix: 'add them to the audit\'s checks, or leave them out of the gate',
      });
    }
  }
  const failOn = options.failOn ?? AuditSeverity.CRITICAL;
  const candidates = new Set((options.checks ?? audited).map(({ checkName }) => checkName));
  const reportOnly = new Set(options.reportOnly?.map(({ checkName }) => checkName));
  const judged = audited.filter(({ checkName, severity }) => candidates.has(checkName) && !reportOnly.has(checkName)
    && isAtLeast(severity, failOn));
  if (judged.length === 0) {
    throw invalidInput(scope, {
      property: 'mode',
      rule: 'must be a gate that judges at least one check',
      given: `none of ${audited.map(({ checkName }) => checkName).join(', ')} of severity ${failOn} or above`,
      fix: 'lower failOn, name other checks, or use DeploymentAudit.wait()',
    });
  }
  return new Set(judged.map(({ checkName }) => checkName));
}

/** Nobody can say of an unknown severity that it is not severe enough. */
function isAtLeast(severity: AuditSeverity, failOn: AuditSeverity): boolean {
  return !SEVERITIES.includes(severity) || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn);
}
