import { Duration } from 'aws-cdk-lib';
import { DeploymentAuditOptions, DeploymentWaitOptions } from './deployment-audit-options';
import { DeploymentGateOptions, renderGate } from './deployment-gate';
import { OnDemandAuditProperties, WaitMode } from './protocol';
import { invalidInput } from '../private/invalid-input';

/** What of the custom resource's properties the mode says. */
type ModeProperties = Omit<OnDemandAuditProperties, 'Checks' | 'EnabledChecksOnly'>;

/**
 * What a deployment does about an audit: start it and go on, wait for it, or let it decide.
 */
export class DeploymentAudit {
  /**
   * Runs no audit at deployment.
   */
  public static none(): DeploymentAudit {
    return new DeploymentAudit();
  }

  /**
   * Starts the audit and goes on at once. The deployment does not know what the audit finds.
   *
   * @param options when to run another one
   */
  public static start(options: DeploymentAuditOptions = {}): DeploymentAudit {
    return new DeploymentAudit({ Trigger: options.trigger, Mode: WaitMode.START });
  }

  /**
   * Waits until the audit has ended. Whatever it finds, the deployment goes on.
   *
   * @param options how long to wait, and when to run another one
   * @throws if the timeout is not one of 1 to 55 minutes
   */
  public static wait(options: DeploymentWaitOptions = {}): DeploymentAudit {
    return new DeploymentAudit({ Mode: WaitMode.WAIT, ...renderWait(options) }, options);
  }

  /**
   * Waits until the audit has ended, and fails the deployment if it found what the options forbid.
   *
   * @param options what fails the deployment, how long to wait, and when to run another audit
   * @throws if the severity is none of `AuditSeverity`, a number of allowed resources not a whole number, or the timeout not one of 1 to 55 minutes
   */
  public static gate(options: DeploymentGateOptions = {}): DeploymentAudit {
    return new DeploymentAudit({ Mode: WaitMode.GATE, ...renderWait(options), Gate: renderGate(options) }, options, options);
  }

  /** @internal */
  public readonly _properties?: ModeProperties;

  /** @internal */
  public readonly _timeout?: Duration;

  /** @internal */
  public readonly _gate?: DeploymentGateOptions;

  private constructor(properties?: ModeProperties, wait?: DeploymentWaitOptions, gate?: DeploymentGateOptions) {
    this._properties = properties;
    this._timeout = wait && timeoutOf(wait);
    this._gate = gate;
  }
}

function timeoutOf({ timeout }: DeploymentWaitOptions): Duration {
  return timeout ?? Duration.minutes(30);
}

function renderWait(options: DeploymentWaitOptions): Omit<ModeProperties, 'Mode'> {
  const timeout = timeoutOf(options);
  validateTimeout(timeout);
  return {
    Trigger: options.trigger,
    TimeoutSeconds: timeout.toSeconds().toString(),
    FailOnTimeout: String(options.failOnTimeout ?? true),
  };
}

/** CloudFormation waits for a custom resource for one hour; five minutes are left for starting and answering. */
const LONGEST_TIMEOUT = 55;

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
