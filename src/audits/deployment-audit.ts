import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import { KnownFindings } from './known-findings';
import { GateProperties, OnDemandAuditProperties, WaitMode } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity } from '../checks/check-table';
import { invalidInput } from '../private/invalid-input';

/** CloudFormation waits for a custom resource for one hour; five minutes are left for starting and answering. */
const LONGEST_TIMEOUT = 55;

/**
 * Options for starting an audit at deployment.
 */
export interface DeploymentAuditOptions {
  /**
   * Any text. Another audit runs whenever it changes, for example with each commit or each execution of a pipeline.
   *
   * @default - an audit runs when the resource is created, and when its checks or their thresholds change
   */
  readonly trigger?: string;
}

/**
 * Options for waiting for an audit at deployment.
 */
export interface DeploymentWaitOptions extends DeploymentAuditOptions {
  /**
   * The longest time to wait: 1 to 55 whole minutes.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;

  /**
   * Whether the deployment fails if the audit has not ended after that time. If not, the deployment goes on while the
   * audit runs.
   *
   * @default true
   */
  readonly failOnTimeout?: boolean;
}

/**
 * Options for a gate: which findings of the audit fail the deployment.
 */
export interface DeploymentGateOptions extends DeploymentWaitOptions {
  /**
   * The lowest severity whose findings fail the deployment.
   *
   * @default AuditSeverity.CRITICAL
   */
  readonly failOn?: AuditSeverity;

  /**
   * The checks whose findings fail the deployment if they are severe enough. The audit may run other checks, too.
   *
   * @default - all checks that the audit runs
   */
  readonly checks?: AuditCheck[];

  /**
   * Checks whose findings never fail the deployment.
   *
   * @default - none
   */
  readonly reportOnly?: AuditCheck[];

  /**
   * The number of non-compliant resources that each of these checks may find: a whole number, 0 or more.
   *
   * @default - any number if `allowedInTotal` is given, otherwise 0
   */
  readonly allowedPerCheck?: number;

  /**
   * The number of non-compliant resources that these checks may find together: a whole number, 0 or more.
   *
   * @default - no limit other than that of each check
   */
  readonly allowedInTotal?: number;

  /**
   * What the gate does about resources that were non-compliant before. Suppressed findings never fail the deployment.
   *
   * @default KnownFindings.failDeployment()
   */
  readonly knownFindings?: KnownFindings;

  /**
   * Whether a check that could not run, for example because a permission is missing, fails the deployment.
   *
   * @default true
   */
  readonly failOnIncompleteCheck?: boolean;

  /**
   * Whether a check that the account does not enable, for example because somebody switched it off in the console,
   * fails the deployment.
   *
   * Only an imported configuration can lack a check: if the enabled checks are known, an audit of any other check does
   * not start. The log and `OnDemandAudit.checksNotAudited` name what is missing in any case. A gate none of whose
   * checks is enabled fails as for `failOnIncompleteCheck`.
   *
   * @default false
   */
  readonly failOnDisabledCheck?: boolean;
}

/**
 * The audit at deployment: none, one that is started, one that is waited for, or one that can fail the deployment.
 */
export class DeploymentAudit {
  /**
   * Runs no audit at deployment. For `FleetAudit` only: instead of an `OnDemandAudit` without an audit, define none.
   */
  public static none(): DeploymentAudit {
    return new DeploymentAudit(false);
  }

  /**
   * Starts the audit and goes on at once. The deployment does not know what the audit finds.
   *
   * @param options when to run another audit
   */
  public static start(options: DeploymentAuditOptions = {}): DeploymentAuditRun {
    return DeploymentAuditRun._of({ properties: { Trigger: options.trigger, Mode: WaitMode.START } });
  }

  /**
   * Waits until the audit has ended. The deployment goes on whatever the audit has found.
   *
   * @param options how long to wait, and when to run another audit
   * @throws if the timeout is not a whole number of minutes from 1 to 55
   */
  public static waitForCompletion(options: DeploymentWaitOptions = {}): DeploymentAuditRun {
    return DeploymentAuditRun._of({
      properties: { Mode: WaitMode.WAIT, ...renderWait(options) },
      timeout: timeoutOf(options),
    });
  }

  /**
   * Waits until the audit has ended, and fails the deployment if the audit has found what the options forbid.
   *
   * @param options what fails the deployment, how long to wait, and when to run another audit
   * @throws if the severity is not an `AuditSeverity`, if a number of allowed resources is not a whole number, or if
   * the timeout is not a whole number of minutes from 1 to 55
   */
  public static gate(options: DeploymentGateOptions = {}): DeploymentAuditRun {
    return DeploymentAuditRun._of({
      properties: { Mode: WaitMode.GATE, ...renderWait(options), Gate: renderGate(options) },
      timeout: timeoutOf(options),
      gate: options,
    });
  }

  // A private member, so that TypeScript takes nothing else for one: internal members are not in the declarations.
  protected constructor(private readonly hasRun: boolean) {}

  /**
   * The audit to run; undefined for `none()`.
   *
   * @internal
   */
  public get _run(): DeploymentAuditRun | undefined {
    return this.hasRun ? this as DeploymentAudit as DeploymentAuditRun : undefined;
  }
}

interface Run {
  readonly properties: RunProperties;

  /** The time that the deployment waits; absent if it does not. */
  readonly timeout?: Duration;

  readonly gate?: DeploymentGateOptions;
}

/** The properties of the custom resource, except for those that name the checks. */
type RunProperties = Omit<OnDemandAuditProperties, 'Checks' | 'EnabledChecksOnly'>;

/**
 * An audit that a deployment runs, made by `DeploymentAudit.start()`, `DeploymentAudit.waitForCompletion()` or
 * `DeploymentAudit.gate()`.
 */
export class DeploymentAuditRun extends DeploymentAudit {
  /** @internal */
  public static _of(run: Run): DeploymentAuditRun {
    return new DeploymentAuditRun(run);
  }

  private constructor(private readonly run: Run) {
    super(true);
  }

  /** @internal */
  public get _properties(): RunProperties {
    return this.run.properties;
  }

  /** @internal */
  public get _timeout(): Duration | undefined {
    return this.run.timeout;
  }

  /** @internal */
  public get _gate(): DeploymentGateOptions | undefined {
    return this.run.gate;
  }
}

function timeoutOf({ timeout }: DeploymentWaitOptions): Duration {
  return timeout ?? Duration.minutes(30);
}

function renderWait(options: DeploymentWaitOptions): Omit<RunProperties, 'Mode'> {
  const timeout = timeoutOf(options);
  validateTimeout(timeout);
  return {
    Trigger: options.trigger,
    TimeoutSeconds: timeout.toSeconds().toString(),
    FailOnTimeout: String(options.failOnTimeout ?? true),
  };
}

function renderGate(options: DeploymentGateOptions): GateProperties {
  const {
    failOn, allowedInTotal, knownFindings = KnownFindings.failDeployment(),
    failOnIncompleteCheck = true, failOnDisabledCheck = false,
  } = options;
  if (failOn !== undefined && !Object.values(AuditSeverity).includes(failOn)) {
    throw invalidInput('DeploymentAudit.gate', {
      property: 'failOn', rule: 'must be an AuditSeverity', given: `'${failOn}'`, fix: 'take one of its members',
    });
  }
  const allowedPerCheck = options.allowedPerCheck ?? (allowedInTotal === undefined ? 0 : undefined);
  return {
    AllowedPerCheck: renderAllowance('allowedPerCheck', allowedPerCheck),
    AllowedInAll: renderAllowance('allowedInTotal', allowedInTotal),
    FailOnIncompleteCheck: String(failOnIncompleteCheck),
    // Absent by default: every change of what a gate says makes another audit run.
    FailOnDisabledCheck: failOnDisabledCheck ? 'true' : undefined,
    AllowKnown: String(knownFindings._areIgnored),
    CountWithoutEarlierAudit: String(knownFindings._failWithoutEarlierAudit),
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

function validateTimeout(timeout: Duration): void {
  const minutes = timeout.isUnresolved() ? NaN : timeout.toMinutes({ integral: false });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_TIMEOUT) {
    throw invalidInput('DeploymentAudit', {
      property: 'timeout',
      rule: `must be 1 to ${LONGEST_TIMEOUT} whole minutes, known at synth`,
      given: timeout.isUnresolved() ? 'a token' : `${timeout.toHumanString()} (${Number(minutes.toFixed(3))} minutes)`,
      fix: 'give a number of minutes in that range, for example Duration.minutes(30)',
    });
  }
}
