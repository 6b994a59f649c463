import { AlarmProperties, NotEvaluated } from '../../cloudwatch/alarm-properties';
import type { DataPoint } from '../../cloudwatch/data-points';
import { AlarmValues, Values } from '../../cloudwatch/metric-math';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

/** A point of a metric that some function writes to its log. */
function point(metricName: string, value: number, minutesAgo = 0, dimensions = { Place: 'here' }): DataPoint {
  return { namespace: 'Own', metricName, dimensions, value, time: NOW - minutesAgo * MINUTE };
}

function valuesOf(alarm: Partial<AlarmProperties>, points: readonly DataPoint[]): Values {
  return new AlarmValues({
    Namespace: alarm.Metrics ? undefined : 'Own', Dimensions: [{ Name: 'Place', Value: 'here' }], Period: 300,
    Statistic: 'Maximum', EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, ...alarm,
  }, points, { accountId: '123456789012', now: NOW }).values;
}

const METRICS = ['one', 'other'].map((Id) => ({
  Id, ReturnData: false,
  MetricStat: {
    Metric: { Namespace: 'Own', MetricName: Id, Dimensions: [{ Name: 'Place', Value: 'here' }] }, Period: 300, Stat: 'Sum',
  },
}));

function expressed(Expression: string): Partial<AlarmProperties> {
  return { Metrics: [{ Id: 'result', Expression }, ...METRICS] };
}

describe('a metric', () => {
  test('has a value for each period, the newest first, and none where there is no data', () => {
    const points = [point('a', 1, 14), point('a', 3, 1), point('a', 2, 4)];

    expect(valuesOf({ MetricName: 'a', EvaluationPeriods: 3 }, points)).toEqual([3, undefined, 1]);
  });

  test.each([['Sum', 6], ['Average', 2], ['Maximum', 3], ['Minimum', 1], ['SampleCount', 3]])(
    'has the statistic %s', (Statistic, value) => {
      expect(valuesOf({ MetricName: 'a', Statistic }, [1, 2, 3].map((one) => point('a', one)))).toEqual([value]);
    },
  );

  test('is another one with other dimensions, with more or with fewer', () => {
    const points = [
      point('a', 1, 0, { Place: 'there' }), point('a', 1, 0, { Place: 'here', Time: 'now' } as never),
      point('a', 1, 0, {} as never), point('b', 1), { ...point('a', 1), namespace: 'Others' },
    ];

    expect(valuesOf({ MetricName: 'a' }, points)).toEqual([undefined]);
  });
});

describe('an expression', () => {
  test.each([
    ['SUM(METRICS())', 7], ['SUM([one, other])', 7], ['MAX([one,other])', 5], ['MIN(METRICS())', 2],
    ['AVG(METRICS())', 3.5], ['MAX([one])', 2],
  ])('%s', (expression, value) => {
    expect(valuesOf(expressed(expression), [point('one', 2), point('other', 5)])).toEqual([value]);
  });

  test('counts the metrics that have data, and has none without any', () => {
    expect(valuesOf({ ...expressed('SUM(METRICS())'), EvaluationPeriods: 3 }, [
      point('one', 2), point('other', 5), point('other', 4, 6),
    ])).toEqual([7, 4, undefined]);
  });
});

describe('an alarm is not evaluated', () => {
  test.each<[string, Partial<AlarmProperties>, string]>([
    ['with another expression', expressed('one + other'), 'the rehearsal does not understand the expression one + other'],
    ['with another function', expressed('STDDEV(METRICS())'),
      'the rehearsal does not understand the expression STDDEV(METRICS())'],
    ['with an expression of expressions', expressed('MAX([result])'), 'result in its expression is no metric'],
    ['with a metric of which it knows nothing', expressed('MAX([third])'), 'third in its expression is no metric'],
    ['with two results', { Metrics: METRICS.map((one) => ({ ...one, ReturnData: true })) },
      '2 of its metrics are returned, instead of one'],
    ['on another account', { Metrics: [{ ...METRICS[0], AccountId: '210987654321', ReturnData: true }] },
      'it looks at metrics of the account 210987654321'],
    ['with a percentile', { MetricName: 'a', Statistic: undefined, ExtendedStatistic: 'p99' },
      'the rehearsal has no statistic p99'],
    ['on a service that is not measured', { Namespace: 'AWS/Lambda', MetricName: 'Errors' },
      'nothing measures Errors of AWS/Lambda in the rehearsal'],
    ['on a metric that is not measured', { Namespace: 'AWS/SQS', MetricName: 'NumberOfMessagesSent' },
      'nothing measures NumberOfMessagesSent of AWS/SQS in the rehearsal'],
  ])('%s', (_what, alarm, reason) => {
    expect(() => valuesOf(alarm, [])).toThrow(NotEvaluated);
    expect(() => valuesOf(alarm, [])).toThrow(new Error(reason));
  });
});
