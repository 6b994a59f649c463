import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { AuditMetrics, ON_DEMAND } from './audit-metrics';
import { judgedCheckNames, resolveAuditedChecks } from './audited-checks';
import { DeploymentAudit, DeploymentAuditRun } from './deployment-audit';
import { AuditAttribute, AuditedCheck, ON_DEMAND_AUDIT_TYPE, OnDemandAuditProperties, WaitMode } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';
import { renderChecks, renderThreshold } from '../checks/check-rendering';
import { definedConfiguration } from '../configuration/defined-configuration';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource } from '../function/function-backed-resource';
import { invalidInput } from '../private/invalid-input';

/**
 * Properties of `OnDemandAudit`.
 */
export interface OnDemandAuditProps {
  /**
   * The configuration that enables the checks, in the stack's account and region.
   */
  readonly configuration: IAccountAuditConfigurationRef;

  /**
   * The checks to run.
   *
   * @default - every check that the configuration enables
   */
  readonly checks?: AuditCheck[];

  /**
   * What the deployment does about the audit: start it, wait for it, or let it fail the deployment.
   *
   * @default DeploymentAudit.start()
   */
  readonly deploymentAudit?: DeploymentAuditRun;
}

/**
 * An audit that a deployment starts, and that the deployment can wait for.
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
 *   deploymentAudit: DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(40) }),
 * });
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StartOnDemandAuditTask.html
 */
export class OnDemandAudit extends Construct {
  /**
   * The checks that the audit runs; undefined if it runs whatever an imported configuration turns out to enable.
   */
  public readonly checks?: AuditCheck[];

  /**
   * The role of the stack's one function, which starts the audit.
   */
  public readonly role: IRole;

  /** Its attributes are made when they are asked for: most apps use none. */
  private readonly resource: FunctionBackedResource;

  /**
   * @throws if no check is given, a check twice, one that the configuration does not enable or one that the stack's
   * known region does not have; if the gate judges none of the checks, or names one that the audit does not run; if the
   * configuration is known to be of another account or region
   */
  constructor(scope: Construct, id: string, props: OnDemandAuditProps) {
    super(scope, id);
    this.checks = resolveAuditedChecks(this, props.configuration, props.checks);
    const run = this.resolveRun(props.deploymentAudit);
    const customResourceFunction = FleetAuditFunction.of(this);
    this.role = customResourceFunction.role;
    if (run._gate) {
      customResourceFunction._keepLog();
    }

    // A check must be enabled before it is audited.
    const definedHere = definedConfiguration(props.configuration, this);
    this.resource = new FunctionBackedResource(this, 'Resource', {
      resourceType: ON_DEMAND_AUDIT_TYPE,
      serviceTimeout: serviceTimeout(run),
      properties: { Configuration: definedHere?.ref, ...this.renderChecks(run), ...run._properties },
      dependencies: [permitAuditing(customResourceFunction, run), ...definedHere ? [] : [props.configuration]],
    });
  }

  /**
   * The id of the audit.
   *
   * @attribute
   */
  public get auditTaskId(): string {
    return this.resource.getAttString(AuditAttribute.TASK_ID);
  }

  /**
   * The status of the audit when the deployment went on: `IN_PROGRESS`, `COMPLETED`, `FAILED` or `CANCELED`, or
   * `UNKNOWN` for an audit that AWS has deleted.
   *
   * @attribute
   */
  public get auditTaskStatus(): string {
    return this.resource.getAttString(AuditAttribute.TASK_STATUS);
  }

  /**
   * The number of checks in the audit.
   *
   * @attribute
   */
  public get totalChecksCount(): number {
    return Token.asNumber(this.resource.getAtt(AuditAttribute.TOTAL_CHECKS));
  }

  /**
   * The number of checks that had found everything compliant when the deployment went on.
   *
   * @attribute
   */
  public get compliantChecksCount(): number {
    return Token.asNumber(this.resource.getAtt(AuditAttribute.COMPLIANT_CHECKS));
  }

  /**
   * The number of checks that had found something non-compliant when the deployment went on.
   *
   * @attribute
   */
  public get nonCompliantChecksCount(): number {
    return Token.asNumber(this.resource.getAtt(AuditAttribute.NON_COMPLIANT_CHECKS));
  }

  /**
   * The number of checks that could not be carried out.
   *
   * @attribute
   */
  public get failedChecksCount(): number {
    return Token.asNumber(this.resource.getAtt(AuditAttribute.FAILED_CHECKS));
  }

  /**
   * The non-compliant checks, the worst first, each with its severity and the number of its non-compliant resources, of
   * all that it has looked at: `CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK 3/120; LOW LOGGING_DISABLED_CHECK 1/1`. At
   * most 1000 characters; empty when there are none.
   *
   * @attribute
   */
  public get nonCompliance(): string {
    return this.resource.getAttString(AuditAttribute.NON_COMPLIANCE);
  }

  /**
   * The checks that the gate should have judged, but that did not run because the account does not enable them, the
   * worst first: `CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK; HIGH CONFLICTING_CLIENT_IDS_CHECK`. At most 500
   * characters; empty if there are none. Only with an imported configuration whose checks are not known can a check be
   * left out so.
   *
   * @attribute
   */
  public get checksNotAudited(): string {
    return this.resource.getAttString(AuditAttribute.CHECKS_NOT_AUDITED);
  }

  /**
   * The number of resources that a check has found to be non-compliant; suppressed ones do not count.
   *
   * The metric is that of all audits on demand of the account, whoever starts them.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  public metricNonCompliantResources(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metrics.nonCompliantResources(check, options);
  }

  /**
   * The number of resources that a check has looked at.
   *
   * The metric is that of all audits on demand of the account, whoever starts them.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  public metricResourcesEvaluated(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metrics.resourcesEvaluated(check, options);
  }

  private get metrics(): AuditMetrics {
    return new AuditMetrics(Stack.of(this), ON_DEMAND);
  }

  /** TypeScript refuses `none()` here; JavaScript does not. */
  private resolveRun(deploymentAudit: DeploymentAudit = DeploymentAudit.start()): DeploymentAuditRun {
    if (!deploymentAudit._run) {
      throw invalidInput(this, {
        property: 'deploymentAudit',
        rule: 'must start an audit',
        given: 'DeploymentAudit.none()',
        fix: 'leave out the OnDemandAudit instead',
      });
    }
    return deploymentAudit._run;
  }

  /** The checks, each on condition that the region has it. */
  private renderChecks({ _gate }: DeploymentAuditRun): Pick<OnDemandAuditProperties, 'Checks' | 'EnabledChecksOnly'> {
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

const PURPOSES: Record<WaitMode, string> = { START: 'StartAudit', WAIT: 'WaitForAudit', GATE: 'GateDeployment' };

function permitAuditing(customResourceFunction: FleetAuditFunction, run: DeploymentAuditRun): IDependable {
  return customResourceFunction._permit(PURPOSES[run._properties.Mode], [
    new PolicyStatement({
      actions: [
        'iot:CancelAuditTask',
        'iot:DescribeAccountAuditConfiguration',
        'iot:DescribeAuditTask',
        ...run._gate ? ['iot:ListAuditFindings'] : [],
        'iot:ListAuditTasks',
        'iot:StartOnDemandAuditTask',
      ],
      // IAM cannot narrow any of these to a resource.
      resources: ['*'],
    }),
    ...run._timeout ? [customResourceFunction._continuing] : [],
  ]);
}

/** The time that CloudFormation waits for an answer: a lost one must not hold up the stack for longer than needed. */
function serviceTimeout({ _timeout }: DeploymentAuditRun): Duration {
  const longestAnswer = FleetAuditFunction._LONGEST_ANSWER;
  const minutes = (_timeout?.toMinutes() ?? 0) + longestAnswer.toMinutes();
  return Duration.minutes(Math.min(minutes, 60));
}
