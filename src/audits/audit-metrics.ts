import { Duration, ResourceEnvironment, Token } from 'aws-cdk-lib';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { AuditCheck } from '../checks/audit-check';

/** The dimension's value for audits on demand, whoever starts them. */
export const ON_DEMAND = 'OnDemand';

/**
 * The metrics of Device Defender, each with a data point for each check of each audit.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
export class AuditMetrics {
  /**
   * @param env the account and the region of the audit
   * @param scheduledAuditName the name of the scheduled audit, or that of all audits on demand
   */
  constructor(
    private readonly env: Pick<ResourceEnvironment, 'account' | 'region'>, private readonly scheduledAuditName: string,
  ) {}

  public nonCompliantResources(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metric('NonCompliantResources', check, options);
  }

  public resourcesEvaluated(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metric('ResourcesEvaluated', check, options);
  }

  private metric(metricName: string, { checkName }: AuditCheck, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/IoT',
      metricName,
      dimensionsMap: { CheckName: checkName, ScheduledAuditName: this.scheduledAuditName },
      statistic: 'Maximum',
      // No audit runs more often on its own.
      period: Duration.days(1),
      account: literal(this.env.account),
      region: literal(this.env.region),
      ...options,
    });
  }
}

/** A metric without an account or a region is that of wherever it is used. */
function literal(value: string): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
