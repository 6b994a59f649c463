import { AlarmProperties, NotEvaluated } from './alarm-properties';
import type { Values } from './metric-math';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The state that values lead to, and why. */
export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

const SIGNS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=', GreaterThanThreshold: '>', LessThanOrEqualToThreshold: '<=', LessThanThreshold: '<',
};

/**
 * The state of an alarm after its periods.
 *
 * CloudWatch looks at a few periods more than it evaluates, for data that comes late. All data is here in time.
 *
 * @param current the state before
 * @throws NotEvaluated
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate(alarm: AlarmProperties, values: Values, current: AlarmState): Evaluation {
  const { ComparisonOperator: operator, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const breaches = COMPARISONS[operator];
  if (breaches === undefined || alarm.Threshold === undefined) {
    throw new NotEvaluated(`the rehearsal has no ${operator} ${alarm.ThresholdMetricId ?? ''}`.trimEnd());
  }
  const threshold = Number(alarm.Threshold);
  const present = values.filter((value) => value !== undefined);
  const breaching = present.filter((value) => breaches(value, threshold));
  const missing = values.length - present.length;
  const reason = `${present.join(', ') || 'no data'}; alarm if ${SIGNS[operator]} ${threshold}`;
  const needed = Number(DatapointsToAlarm);
  switch (alarm.TreatMissingData ?? 'missing') {
    case 'breaching': return { state: breaching.length + missing >= needed ? 'ALARM' : 'OK', reason };
    case 'notBreaching': return { state: breaching.length >= needed ? 'ALARM' : 'OK', reason };
    case 'ignore':
      if (present.length === 0) return { state: current, reason };
      break;
    default:
      if (present.length === 0) return { state: 'INSUFFICIENT_DATA', reason };
  }
  if (breaching.length >= needed) return { state: 'ALARM', reason };
  // What is missing could still have made it one.
  return { state: breaching.length + missing >= needed ? current : 'OK', reason };
}
