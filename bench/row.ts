/** A line of the table: what this library takes, beside something else in the same run. */
export interface Row {
  readonly group: 'Import' | 'Synth' | 'Template' | 'Function' | 'Work' | 'Package';
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly beside: string;
  readonly theirs: number;
  readonly ratio: Spread;
  readonly goal?: Goal;
}

/** The median, and the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

export interface Goal {
  readonly says: string;
  readonly met: boolean;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const last = sorted.length - 1;
  return {
    median: sorted[Math.round(last / 2)],
    low: sorted[Math.floor(last / 4)],
    high: sorted[Math.ceil(last * 3 / 4)],
    rounds: sorted.length,
  };
}

export function medianOf(values: readonly number[]): number {
  return spreadOf(values).median;
}

/** The ratio of two contenders, of which each round measured both. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(ours.map((value, round) => value / theirs[round]));
}

/** A ratio of what does not vary. */
export function exactRatio(ours: number, theirs: number): Spread {
  return { median: ours / theirs, low: ours / theirs, high: ours / theirs, rounds: 1 };
}

export function printRows(rows: readonly Row[]): void {
  const cells = rows.map(({ group, what, unit, ours, beside, theirs, ratio, goal }) => [
    group, what, `${readable(ours)} ${unit}`, beside, `${readable(theirs)} ${unit}`, ratio.median.toFixed(2),
    ratio.rounds > 1 ? `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)} of ${ratio.rounds}` : '',
    goal ? `${goal.met ? 'met' : 'MISSED'}: ${goal.says}` : '',
  ]);
  const table = [['', 'what', 'ours', 'beside', 'theirs', 'ratio', 'spread', 'goal'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

function readable(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
