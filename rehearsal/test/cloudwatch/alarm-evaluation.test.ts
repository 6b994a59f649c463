import { AlarmState, evaluate } from '../../cloudwatch/alarm-evaluation';
import type { AlarmProperties } from '../../cloudwatch/alarm-properties';
import type { Values } from '../../cloudwatch/metric-math';

const ALARM: AlarmProperties = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1, EvaluationPeriods: 1,
};

function stateOf(alarm: Partial<AlarmProperties>, values: Values, current: AlarmState = 'INSUFFICIENT_DATA'): AlarmState {
  return evaluate({ ...ALARM, ...alarm }, values, current).state;
}

test.each([
  ['GreaterThanOrEqualToThreshold', [0, 1, 2], ['OK', 'ALARM', 'ALARM']],
  ['GreaterThanThreshold', [0, 1, 2], ['OK', 'OK', 'ALARM']],
  ['LessThanOrEqualToThreshold', [0, 1, 2], ['ALARM', 'ALARM', 'OK']],
  ['LessThanThreshold', [0, 1, 2], ['ALARM', 'OK', 'OK']],
])('%s compares', (ComparisonOperator, values, states) => {
  expect(values.map((value) => stateOf({ ComparisonOperator }, [value]))).toEqual(states);
});

test.each<[string | undefined, readonly AlarmState[]]>([
  ['notBreaching', ['OK', 'OK', 'OK']],
  ['breaching', ['ALARM', 'ALARM', 'ALARM']],
  ['ignore', ['OK', 'ALARM', 'INSUFFICIENT_DATA']],
  ['missing', ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']],
  [undefined, ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']],
])('without data, where it is to be %s, each state leads to its own', (TreatMissingData, states) => {
  expect((['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const).map((current) =>
    stateOf({ TreatMissingData }, [undefined], current))).toEqual(states);
});

test('as many periods as it takes must be breaching', () => {
  const twoOfThree = { EvaluationPeriods: 3, DatapointsToAlarm: 2 };

  expect(stateOf(twoOfThree, [1, 0, 1])).toBe('ALARM');
  expect(stateOf(twoOfThree, [1, 0, 0])).toBe('OK');
  expect(stateOf({ EvaluationPeriods: 2 }, [1, 0])).toBe('OK');
  expect(stateOf({ EvaluationPeriods: 2 }, [1, 1])).toBe('ALARM');
});

test('a state stays that missing data could still decide', () => {
  expect(stateOf({ EvaluationPeriods: 2 }, [1, undefined], 'ALARM')).toBe('ALARM');
  expect(stateOf({ EvaluationPeriods: 2 }, [1, undefined], 'OK')).toBe('OK');
  expect(stateOf({ EvaluationPeriods: 2 }, [0, undefined], 'ALARM')).toBe('OK');
});

test('the reason has the values and the threshold', () => {
  expect(evaluate({ ...ALARM, EvaluationPeriods: 2, Threshold: '3' }, [5, 4], 'OK').reason).toBe('5, 4; alarm if >= 3');
  expect(evaluate(ALARM, [undefined], 'OK').reason).toBe('no data; alarm if >= 1');
});

test('an alarm on a band is not evaluated', () => {
  const band = { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold', Threshold: undefined };

  expect(() => stateOf({ ...band, ThresholdMetricId: 'band' }, [1]))
    .toThrow(new Error('the rehearsal has no LessThanLowerOrGreaterThanUpperThreshold band'));
});
