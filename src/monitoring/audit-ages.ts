import { CfnElement, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AGE_DIMENSION, AGE_METRIC, AUDIT_AGES, METRIC_NAMESPACE, WatchedAudit } from './protocol';
import { IScheduledAudit } from '../audits/scheduled-audit';
import { FleetAuditFunction } from '../function/fleet-audit-function';

/** The construct's id in its stack, hence part of logical ids. */
const ID = 'CdkIotFleetAuditAges';

/** The time between two measurements, and so the period of the metric. */
const INTERVAL = Duration.hours(6);

/**
 * Has the stack's one function measure the ages of audits, on a schedule: one rule for all audits of a stack.
 *
 * An alarm looks back for 7 days at most, so none can see by itself that a weekly audit has not run. A metric of the
 * age tells it.
 */
export class AuditAges extends Construct {
  /** Those of a stack, which are defined when something first needs them. */
  public static of(scope: Construct): AuditAges {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as AuditAges | undefined;
    return existing ?? new AuditAges(stack, ID, FleetAuditFunction.of(scope));
  }

  private readonly watched = new Set<IScheduledAudit>();

  private constructor(scope: Stack, id: string, fleetAuditFunction: FleetAuditFunction) {
    super(scope, id);
    const { function: lambdaFunction } = fleetAuditFunction;
    const request = { [AUDIT_AGES]: Lazy.any({ produce: () => [...this.watched].map((audit) => this.render(audit)) }) };
    // Imported targets would take longer to load than the rest of the library.
    const target: IRuleTarget = {
      bind: () => ({
        arn: lambdaFunction.functionArn, input: RuleTargetInput.fromObject(request), targetResource: lambdaFunction,
      }),
    };
    const rule = new Rule(this, 'Rule', {
      description: 'Has the ages of audits of AWS IoT Device Defender measured',
      schedule: Schedule.rate(INTERVAL),
      targets: [target],
    });
    lambdaFunction.addPermission('Permission', {
      scope: this, principal: new ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn,
    });
    rule.node.addDependency(fleetAuditFunction._permit('AuditAges', [
      // IAM cannot narrow these to a resource.
      new PolicyStatement({ actions: ['iot:DescribeAuditTask', 'iot:ListAuditTasks'], resources: ['*'] }),
    ]));
  }

  /** Has the age of an audit measured, too. */
  public watch(audit: IScheduledAudit): void {
    this.watched.add(audit);
  }

  private render(audit: IScheduledAudit): WatchedAudit {
    const resource = audit.node.defaultChild as CfnElement | undefined;
    return {
      scheduledAuditName: audit.scheduledAuditName,
      ...resource?.stack === Stack.of(this) && { logicalId: resource.logicalId },
    };
  }
}

/** The days since the last complete run of an audit began, as the function measures them. */
export function ageMetric({ scheduledAuditName }: IScheduledAudit, options?: MetricOptions): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: AGE_METRIC,
    dimensionsMap: { [AGE_DIMENSION]: scheduledAuditName },
    statistic: 'Maximum',
    period: INTERVAL,
    ...options,
  });
}
