import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { resolveAuditedChecks } from './audited-checks';
import { DeploymentAudit } from './deployment-audit';
import { judgedCheckNames } from './deployment-gate';
import { AuditAttribute, AuditedCheck, ON_DEMAND_AUDIT_TYPE, OnDemandAuditProperties, WaitMode } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';
import { renderChecks, renderThreshold } from '../checks/check-rendering';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource } from '../function/function-backed-resource';
import { invalidInput } from '../private/invalid-input';

/**
 * Properties of `OnDemandAudit`.
 */
export interface OnDemandAuditProps {
  /**
   * The configuration that enables the checks.
   */
  readonly configuration: IAccountAuditConfigurationRef;

  /**
   * The checks to run.
   *
   * @default - every check that the configuration enables
   */
  readonly checks?: AuditCheck[];

  /**
   * Whether the deployment waits for the audit, and what makes another audit run.
   *
   * @default DeploymentAudit.start()
   */
  readonly mode?: DeploymentAudit;
}

/**
 * An audit that a deployment starts, and that it can wait for.
 *
 * It runs when it is created, and again when its checks, their thresholds or its trigger change. An audit that still
 * runs is canceled when it is replaced, deleted or rolled back.
 *
 * @example
 *
 * declare const configuration: AccountAuditConfiguration;
 *
 * new OnDemandAudit(this, 'CertificateAudit', {
 *   configuration,
 *   checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
 *   mode: DeploymentAudit.wait({ timeout: Duration.minutes(40) }),
 * });
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StartOnDemandAuditTask.html
 */
export class OnDemandAudit extends Construct {
  /**
   * The checks that the audit runs; undefined for those that an imported configuration turns out to enable.
   */
  public readonly checks?: AuditCheck[];

  /**
   * The role of the function that starts the audit. The stack has one such function, whatever it holds.
   */
  public readonly role: IRole;

  /**
   * The id of the audit.
   *
   * @attribute
   */
  public readonly auditTaskId: string;

  /**
   * The audit's status when the deployment went on: `IN_PROGRESS`, `COMPLETED`, `FAILED` or `CANCELED`, or `UNKNOWN`
   * for an audit that AWS has forgotten.
   *
   * @attribute
   */
  public readonly auditTaskStatus: string;

  /**
   * How many checks the audit has.
   *
   * @attribute
   */
  public readonly totalChecksCount: string;

  /**
   * How many checks had found everything compliant when the deployment went on.
   *
   * @attribute
   */
  public readonly compliantChecksCount: string;

  /**
   * How many checks had found something non-compliant when the deployment went on.
   *
   * @attribute
   */
  public readonly nonCompliantChecksCount: string;

  /**
   * How many checks could not be carried out.
   *
   * @attribute
   */
  public readonly failedChecksCount: string;

  /**
   * The non-compliant checks, the worst first, each with its severity and the number of its resources that are
   * non-compliant: `CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK 3/120; LOW LOGGING_DISABLED_CHECK 1/1`. At most 1000
   * characters; empty when there are none.
   *
   * @attribute
   */
  public readonly nonCompliance: string;

  /**
   * The checks that a gate was to judge and that the audit left out because the account does not enable them, the worst
   * first: `CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK; HIGH CONFLICTING_CLIENT_IDS_CHECK`. At most 500 characters; empty
   * when there are none. Only audits of whatever an imported configuration enables leave something out.
   *
   * @attribute
   */
  public readonly checksNotAudited: string;

  /**
   * @throws if no check is given, a check twice, one that the configuration does not enable or one that the stack's
   * known region does not have; if the mode is `DeploymentAudit.none()`, a gate that judges none of the checks or one
   * that names a check which the audit does not run
   */
  constructor(scope: Construct, id: string, props: OnDemandAuditProps) {
    super(scope, id);
    this.checks = resolveAuditedChecks(this, props.configuration, props.checks);
    const mode = this.resolveMode(props.mode);
    const customResourceFunction = FleetAuditFunction.of(this);
    this.role = customResourceFunction.role;
    if (mode._gate) {
      customResourceFunction._keepLog();
    }

    // A check must be enabled before it is audited. A dependency would come in the order of paths: see withoutOwnRoles().
    const definedConfiguration = resourceOf(props.configuration, this);
    const resource = new FunctionBackedResource(this, 'Resource', {
      resourceType: ON_DEMAND_AUDIT_TYPE,
      serviceTimeout: serviceTimeout(mode),
      properties: { Configuration: definedConfiguration?.ref, ...this.renderChecks(mode), ...mode._properties },
      dependencies: [permitAuditing(customResourceFunction, mode), ...definedConfiguration ? [] : [props.configuration]],
    });
    this.node.defaultChild = resource.node.defaultChild;

    this.auditTaskId = resource.getAttString(AuditAttribute.TASK_ID);
    this.auditTaskStatus = resource.getAttString(AuditAttribute.TASK_STATUS);
    this.totalChecksCount = resource.getAttString(AuditAttribute.TOTAL_CHECKS);
    this.compliantChecksCount = resource.getAttString(AuditAttribute.COMPLIANT_CHECKS);
    this.nonCompliantChecksCount = resource.getAttString(AuditAttribute.NON_COMPLIANT_CHECKS);
    this.failedChecksCount = resource.getAttString(AuditAttribute.FAILED_CHECKS);
    this.nonCompliance = resource.getAttString(AuditAttribute.NON_COMPLIANCE);
    this.checksNotAudited = resource.getAttString(AuditAttribute.CHECKS_NOT_AUDITED);
  }

  private resolveMode(mode = DeploymentAudit.start()): DeploymentAudit {
    if (!mode._properties) {
      throw invalidInput(this, {
        property: 'mode',
        rule: 'must start an audit',
        given: 'DeploymentAudit.none()',
        fix: 'leave out the OnDemandAudit instead',
      });
    }
    return mode;
  }

  /** The checks, without those that the region turns out not to have. */
  private renderChecks({ _gate }: DeploymentAudit): Pick<OnDemandAuditProperties, 'Checks' | 'EnabledChecksOnly'> {
    const stack = Stack.of(this);
    const audited = this.checks ?? checksAvailableIn(stack);
    const judged = _gate && judgedCheckNames(this, audited, _gate);
    const checks = renderChecks(stack, audited, (check): AuditedCheck => ({
      Name: check.checkName,
      Severity: check.severity,
      Threshold: renderThreshold(check),
      Judged: judged?.has(check.checkName) ? 'true' : undefined,
    }));
    return { Checks: checks, EnabledChecksOnly: this.checks ? undefined : 'true' };
  }
}

/** The configuration's resource where it is of the same stack. */
function resourceOf(configuration: IAccountAuditConfigurationRef, scope: Construct): CfnResource | undefined {
  const resource = configuration.node.defaultChild ?? configuration;
  return CfnResource.isCfnResource(resource) && resource.stack === Stack.of(scope) ? resource : undefined;
}

const PURPOSES: Record<WaitMode, string> = { START: 'StartAudit', WAIT: 'WaitForAudit', GATE: 'GateDeployment' };

function permitAuditing(customResourceFunction: FleetAuditFunction, mode: DeploymentAudit): IDependable {
  return customResourceFunction._permit(PURPOSES[mode._properties!.Mode], [
    new PolicyStatement({
      actions: [
        'iot:CancelAuditTask',
        'iot:DescribeAccountAuditConfiguration',
        'iot:DescribeAuditTask',
        ...mode._gate ? ['iot:ListAuditFindings'] : [],
        'iot:ListAuditTasks',
        'iot:StartOnDemandAuditTask',
      ],
      // None of these has a resource to narrow it to.
      resources: ['*'],
    }),
    ...mode._timeout ? [customResourceFunction._continuing] : [],
  ]);
}

/** How long CloudFormation waits for an answer: a lost one must not hold up the stack for longer than it needs. */
function serviceTimeout({ _timeout }: DeploymentAudit): Duration {
  const longestAnswer = FleetAuditFunction._LONGEST_ANSWER;
  const minutes = (_timeout?.toMinutes() ?? 0) + longestAnswer.toMinutes();
  return Duration.minutes(Math.min(minutes, 60));
}
