import { AlarmProperties, MetricDataQuery, NotEvaluated } from './alarm-properties';
import { DataPoint, MetricIdentity, isMeasured } from './data-points';

/** The values of periods, the newest first; undefined where there is no data. */
export type Values = readonly (number | undefined)[];

/** A metric within an alarm: what is measured, how, and in which periods. */
interface Term extends MetricIdentity {
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** From numbers of which there is at least one. */
const FUNCTIONS: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
  SUM: (numbers) => numbers.reduce((sum, one) => sum + one, 0),
  AVG: (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length,
  MAX: (numbers) => Math.max(...numbers),
  MIN: (numbers) => Math.min(...numbers),
};

const STATISTICS: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
  Sum: FUNCTIONS.SUM, Average: FUNCTIONS.AVG, Maximum: FUNCTIONS.MAX, Minimum: FUNCTIONS.MIN,
  SampleCount: ({ length }) => length,
};

/** One function of all metrics, or of an array of their ids. */
const EXPRESSION = /^(?<name>[A-Z]+)\((?:METRICS\(\)|\[(?<ids>[\w\s,]+)\])\)$/;

/**
 * The values of an alarm's metric, or of its expression.
 *
 * Periods end now, where CloudWatch's begin at whole minutes, hours or days. In an expression, a metric without data in
 * a period does not count there, which is inferred.
 *
 * @throws NotEvaluated
 */
export class AlarmValues {
  private readonly queries: ReadonlyMap<string, MetricDataQuery>;

  constructor(
    private readonly alarm: AlarmProperties, private readonly points: readonly DataPoint[],
    private readonly surroundings: { readonly accountId: string; readonly now: number },
  ) {
    this.queries = new Map(alarm.Metrics?.map((query) => [query.Id, query]));
  }

  get values(): Values {
    const { alarm, queries } = this;
    if (alarm.Metrics === undefined) {
      return this.measured(termOf(alarm, alarm.Statistic ?? alarm.ExtendedStatistic, alarm.Period));
    }
    const returned = [...queries.values()].filter(({ ReturnData = true }) => String(ReturnData) === 'true');
    if (returned.length !== 1) throw new NotEvaluated(`${returned.length} of its metrics are returned, instead of one`);
    return this.valuesOf(returned[0]);
  }

  private valuesOf({ AccountId, Expression, MetricStat }: MetricDataQuery): Values {
    const { accountId } = this.surroundings;
    if (AccountId !== undefined && AccountId !== accountId) {
      throw new NotEvaluated(`it looks at metrics of the account ${AccountId}`);
    }
    if (MetricStat !== undefined) return this.measured(termOf(MetricStat.Metric, MetricStat.Stat, MetricStat.Period));
    const { name = '', ids } = EXPRESSION.exec(Expression ?? '')?.groups ?? {};
    const calculate = FUNCTIONS[name];
    if (calculate === undefined) throw new NotEvaluated(`the rehearsal does not understand the expression ${Expression}`);
    const operands = ids === undefined
      ? [...this.queries.values()].filter((query) => query.MetricStat !== undefined)
      : ids.split(',').map((one) => this.require(one.trim()));
    const columns = operands.map((query) => this.valuesOf(query));
    return this.periods.map((index) => {
      const present = columns.flatMap((values) => values[index] ?? []);
      return present.length === 0 ? undefined : calculate(present);
    });
  }

  private require(id: string): MetricDataQuery {
    const query = this.queries.get(id);
    if (query?.MetricStat === undefined) throw new NotEvaluated(`${id} in its expression is no metric`);
    return query;
  }

  private measured(term: Term): Values {
    const calculate = STATISTICS[term.statistic];
    if (calculate === undefined) throw new NotEvaluated(`the rehearsal has no statistic ${term.statistic}`);
    if (!isMeasured(term)) {
      throw new NotEvaluated(`nothing measures ${term.metricName} of ${term.namespace} in the rehearsal`);
    }
    const own = this.points.filter((point) => isSame(point, term));
    return this.periods.map((index) => {
      const numbers = own.filter(({ time }) => this.periodOf(time, term.period) === index).map(({ value }) => value);
      return numbers.length === 0 ? undefined : calculate(numbers);
    });
  }

  private get periods(): number[] {
    return [...Array(Number(this.alarm.EvaluationPeriods)).keys()];
  }

  /** The number of a period, from now back. */
  private periodOf(time: number, seconds: number): number {
    return Math.max(0, Math.ceil((this.surroundings.now - time) / (seconds * 1000)) - 1);
  }
}

function termOf(
  { Dimensions = [], MetricName = '', Namespace = '' }: Pick<AlarmProperties, 'Dimensions' | 'MetricName' | 'Namespace'>,
  statistic = '', period: number | string = 0,
): Term {
  return {
    namespace: Namespace, metricName: MetricName, statistic, period: Number(period),
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** A metric with one dimension more is another one. */
function isSame(one: MetricIdentity, other: MetricIdentity): boolean {
  const names = Object.keys(one.dimensions);
  return one.namespace === other.namespace && one.metricName === other.metricName
    && names.length === Object.keys(other.dimensions).length
    && names.every((name) => one.dimensions[name] === other.dimensions[name]);
}
