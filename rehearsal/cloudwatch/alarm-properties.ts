/** The properties of AWS::CloudWatch::Alarm, as far as an evaluation needs them. */
export interface AlarmProperties {
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean | string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly ComparisonOperator: string;
  readonly Threshold?: number | string;
  readonly ThresholdMetricId?: string;
  readonly EvaluationPeriods: number | string;
  readonly DatapointsToAlarm?: number | string;
  readonly TreatMissingData?: string;
  /** For an alarm on expressions; otherwise the metric is among the other properties. */
  readonly Metrics?: readonly MetricDataQuery[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Period?: number | string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
}

export interface MetricDataQuery {
  readonly Id: string;
  readonly AccountId?: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace?: string; readonly MetricName?: string; readonly Dimensions?: readonly Dimension[];
    };
    readonly Period: number | string;
    readonly Stat: string;
  };
  readonly ReturnData?: boolean | string;
}

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** An alarm that the model does not understand, with the reason. */
export class NotEvaluated extends Error {}
