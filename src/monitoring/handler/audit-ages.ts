import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { LastRuns } from './last-runs';
import { Invocation } from '../../function/runtime/invocation';
import { log } from '../../function/runtime/log';
import { AGE_DIMENSION, AGE_METRIC, AUDIT_AGES, AuditAgesRequest, METRIC_NAMESPACE } from '../protocol';

const DAY = 86_400_000;

/**
 * Measures how long ago each audit ran, and writes it to the function's log, from which CloudWatch takes the metric.
 *
 * An audit that was defined or changed after its last run is as old as that: it is not due before. One that has never
 * run, and that is defined elsewhere, has no age.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export async function measureAges(request: AuditAgesRequest, invocation: Invocation): Promise<void> {
  const audits = request[AUDIT_AGES];
  const lastRuns = await new LastRuns(invocation).of(audits.map(({ scheduledAuditName }) => scheduledAuditName));
  const changes = audits.some(({ logicalId }) => logicalId) ? await lastChanges(invocation) : new Map<string, number>();
  const now = invocation.calls.clock.now();
  for (const { scheduledAuditName, logicalId = '' } of audits) {
    const times = [lastRuns.get(scheduledAuditName), changes.get(logicalId)].filter((time) => time !== undefined);
    if (times.length === 0) {
      log('the audit has not run yet', { scheduledAuditName });
    } else {
      emitAge(scheduledAuditName, now - Math.max(...times), now);
    }
  }
}

function emitAge(scheduledAuditName: string, milliseconds: number, now: number): void {
  log('age of an audit', {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE, Dimensions: [[AGE_DIMENSION]], Metrics: [{ Name: AGE_METRIC, Unit: 'None' }],
      }],
    },
    [AGE_DIMENSION]: scheduledAuditName,
    [AGE_METRIC]: Math.round(milliseconds / DAY * 100) / 100,
  });
}

/** The last change of each resource of the stack by its logical id, in milliseconds since 1970. */
async function lastChanges(invocation: Invocation): Promise<Map<string, number>> {
  const { clients, stackId } = invocation;
  const cloudFormation = clients.cloudFormation();
  const changes = new Map<string, number>();
  let NextToken: string | undefined;
  do {
    const page = await invocation.ask((options) => cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackId, NextToken }), options));
    for (const { LastUpdatedTimestamp: time, LogicalResourceId: logicalId } of page.StackResourceSummaries ?? []) {
      if (logicalId && time) changes.set(logicalId, time.getTime());
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return changes;
}
