import { log } from '../../function/runtime/log';
import {
  METRIC_DIMENSION, METRIC_NAMESPACE, MitigationMetric, MitigationPlan, Outcome, PlannedCheck,
} from '../protocol';

/** Checks that a rule would have mitigated but for these. A newer audit or a person deals with the others. */
const LEFT_ALONE: readonly Outcome[] = [
  Outcome.OVER_LIMIT, Outcome.OVER_BUDGET, Outcome.UNKNOWN, Outcome.OUTDATED, Outcome.STOPPED, Outcome.UNANSWERED,
];

/**
 * Writes metrics to the function's log, from which CloudWatch takes them.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emitMetrics({ checks, settingsName }: MitigationPlan, now: number): void {
  const sum = (count: (check: PlannedCheck) => number) => checks.reduce((total, check) => total + count(check), 0);
  log('mitigation', {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE,
        Dimensions: [[METRIC_DIMENSION]],
        Metrics: Object.values(MitigationMetric).map((Name) => ({ Name, Unit: 'Count' })),
      }],
    },
    [METRIC_DIMENSION]: settingsName,
    [MitigationMetric.MITIGATED]: sum(({ succeeded = 0 }) => succeeded),
    [MitigationMetric.FAILED]: sum(({ failed = 0, canceled = 0 }) => failed + canceled),
    [MitigationMetric.LEFT_ALONE]: sum(({ outcome, affectedResources }) =>
      LEFT_ALONE.includes(outcome) ? affectedResources : 0),
  });
}
