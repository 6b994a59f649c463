import { App, Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, DeploymentAudit, IScheduledAudit, OnDemandAudit, ScheduledAudit,
} from '../../src';
import { ACCOUNT, ENV, REGION } from '../support/templates';

const CHECK = AuditCheck.LOGGING_DISABLED;

/** An audit whose checks have metrics. */
type Measured = Pick<IScheduledAudit, 'metricNonCompliantResources' | 'metricResourcesEvaluated'>;

describe('the metrics of an audit', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function scheduled(scope = stack): ScheduledAudit {
    const configuration = new AccountAuditConfiguration(scope, 'Configuration', { checks: [CHECK] });
    return new ScheduledAudit(scope, 'Audit', { configuration, schedule: AuditSchedule.daily() });
  }

  function described(metric: Metric) {
    const { account, dimensions, metricName, namespace, period, region, statistic } = metric;
    return stack.resolve({ account, dimensions, metricName, namespace, period: period.toHours(), region, statistic });
  }

  const audits: [name: string, audit: () => Measured, scheduledAuditName: unknown][] = [
    ['that is defined', () => scheduled(), { Ref: 'Audit3D8ADE0A' }],
    ['that is imported', () => ScheduledAudit.fromScheduledAuditName(stack, 'Audit', 'nightly'), 'nightly'],
    ['on demand', () => new OnDemandAudit(stack, 'Audit', {
      configuration: new AccountAuditConfiguration(stack, 'Configuration', { checks: [CHECK] }),
      deploymentAudit: DeploymentAudit.start(),
    }), 'OnDemand'],
  ];

  test.each(audits)('%s are those that AWS documents, with one data point for an audit', (_name, define, name) => {
    const audit = define();

    const common = {
      account: ACCOUNT,
      dimensions: { CheckName: 'LOGGING_DISABLED_CHECK', ScheduledAuditName: name },
      namespace: 'AWS/IoT',
      period: 24,
      region: REGION,
      statistic: 'Maximum',
    };
    expect(described(audit.metricNonCompliantResources(CHECK)))
      .toEqual({ ...common, metricName: 'NonCompliantResources' });
    expect(described(audit.metricResourcesEvaluated(CHECK))).toEqual({ ...common, metricName: 'ResourcesEvaluated' });
  });

  test.each(audits)('%s take options', (_name, define) => {
    const audit = define();
    const options = { label: 'Logging', period: Duration.hours(6), statistic: 'SampleCount' };

    for (const metric of [
      audit.metricNonCompliantResources(CHECK, options), audit.metricResourcesEvaluated(CHECK, options),
    ]) {
      expect(metric).toMatchObject({ label: 'Logging', statistic: 'SampleCount' });
      expect(metric.period.toHours()).toBe(6);
    }
  });

  test('that is imported are those of its account and region', () => {
    const arn = 'arn:aws:iot:eu-west-1:222222222222:scheduledaudit/nightly';
    const audit = ScheduledAudit.fromScheduledAuditArn(stack, 'Audit', arn);

    expect(audit.metricNonCompliantResources(CHECK)).toMatchObject({ account: '222222222222', region: 'eu-west-1' });
  });

  test('are those of wherever they are used if only the deployment knows the account and region', () => {
    const agnostic = new Stack(new App(), 'Agnostic');
    const { account, region } = scheduled(agnostic).metricNonCompliantResources(CHECK);

    expect([account, region]).toEqual([undefined, undefined]);
  });
});
