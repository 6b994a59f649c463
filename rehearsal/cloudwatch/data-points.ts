import type { DeviceDefenderServer } from '../device-defender/server';
import type { LambdaFunctions } from '../functions/lambda-functions';
import type { Messaging } from '../messaging/messaging';
import type { StateMachines } from '../step-functions/state-machines';

/** What tells one metric from another. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface DataPoint extends MetricIdentity {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The parts of an account that have metrics. */
export interface MeasuredAccount {
  readonly deviceDefender: Pick<DeviceDefenderServer, 'audits' | 'ask'>;
  readonly functions: Pick<LambdaFunctions, 'log'>;
  readonly messaging: Pick<Messaging, 'queues'>;
  readonly stateMachines: Pick<StateMachines, 'executions'>;
}

/** The metrics of services that are measured here. Those of other namespaces are what functions write to their logs. */
const MEASURED: Readonly<Record<string, readonly string[]>> = {
  'AWS/IoT': ['NonCompliantResources', 'ResourcesEvaluated'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible'],
  'AWS/States': ['ExecutionsFailed', 'ExecutionsTimedOut'],
};

/** False for a metric of a service that nobody measures here: that it has no data says nothing. */
export function isMeasured({ namespace, metricName }: Pick<MetricIdentity, 'namespace' | 'metricName'>): boolean {
  return namespace.startsWith('AWS/') ? MEASURED[namespace]?.includes(metricName) ?? false : true;
}

/** Everything that has been measured in an account up to a time, in milliseconds since 1970. */
export function dataPointsOf(account: MeasuredAccount, now: number): DataPoint[] {
  return [...auditPoints(account), ...queuePoints(account, now), ...executionPoints(account), ...loggedPoints(account)];
}

/**
 * A point for each check that an audit has carried out, at the audit's start. That suppressed findings do not count is
 * inferred: the metric is taken to have the number of the audit.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
function auditPoints({ deviceDefender }: MeasuredAccount): DataPoint[] {
  return deviceDefender.audits.flatMap(({ taskId }) => {
    const { auditDetails = {}, scheduledAuditName = 'OnDemand', taskStartTime } = deviceDefender.ask(
      'DescribeAuditTask', { taskId },
    );
    return Object.entries(auditDetails)
      .filter(([, { checkRunStatus = '' }]) => checkRunStatus.startsWith('COMPLETED'))
      .flatMap(([checkName, { nonCompliantResourcesCount = 0, totalResourcesCount = 0 }]) => {
        const point = {
          namespace: 'AWS/IoT', dimensions: { CheckName: checkName, ScheduledAuditName: scheduledAuditName },
          time: taskStartTime!.getTime(),
        };
        return [
          { ...point, metricName: 'NonCompliantResources', value: nonCompliantResourcesCount },
          { ...point, metricName: 'ResourcesEvaluated', value: totalResourcesCount },
        ];
      });
  });
}

/** The present number of messages. SQS measures only queues that are in use, and all of them are here. */
function queuePoints({ messaging: { queues } }: MeasuredAccount, now: number): DataPoint[] {
  return queues.all.map((queue) => ({
    namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: queue.arn.split(':').at(-1)! }, value: queue.inspect().length, time: now,
  }));
}

function executionPoints({ stateMachines }: MeasuredAccount): DataPoint[] {
  return stateMachines.executions.filter(({ stopDate }) => stopDate !== undefined).flatMap((execution) => {
    const point = {
      namespace: 'AWS/States', dimensions: { StateMachineArn: execution.machine.arn }, time: execution.stopDate!,
    };
    return [
      { ...point, metricName: 'ExecutionsFailed', value: execution.status === 'FAILED' ? 1 : 0 },
      { ...point, metricName: 'ExecutionsTimedOut', value: execution.status === 'TIMED_OUT' ? 1 : 0 },
    ];
  });
}

/** Metrics that functions have written to their logs in the embedded metric format. */
function loggedPoints({ functions }: MeasuredAccount): DataPoint[] {
  return functions.log.flatMap(({ line }) => embeddedPoints(line));
}

interface EmbeddedMetrics {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function embeddedPoints(line: string): DataPoint[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  try {
    const { _aws: { CloudWatchMetrics: directives, Timestamp: time }, ...members } = JSON.parse(line) as
      { readonly _aws: EmbeddedMetrics } & Readonly<Record<string, unknown>>;
    return directives.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
      sets.flatMap((names) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]));
        return metrics.flatMap(({ Name: metricName }) => numbersIn(members[metricName]).map((value) =>
          ({ namespace, metricName, dimensions, value, time })));
      }));
  } catch {
    // A line that is nearly of the format is none.
    return [];
  }
}

/** One value, or several. */
function numbersIn(member: unknown): number[] {
  return [member].flat().filter((one): one is number => typeof one === 'number');
}
