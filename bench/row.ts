/** A line of the table: what this library takes, beside something else in the same run. */
export interface Row {
  readonly group: 'Import' | 'Synth' | 'Template' | 'Function' | 'Work' | 'Package';
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly beside: string;
  readonly theirs: number;
  readonly ratio: Spread;

  /** The ratio of the instructions that both took, where they were counted. */
  readonly instructions?: number;
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
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  return { median, low, high, rounds: sorted.length };
}

/** Between two values where none is exactly there: the median of an even number is the mean of the middle two. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
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

export function atMost(limit: number, value: number): Goal {
  return { says: `at most ${limit}`, met: value <= limit };
}

/** @param node the version of Node.js that the rows were measured on; `any` if they do not depend on it */
export function printRows(node: string, rows: readonly Row[]): void {
  const cells = rows.map(({ group, what, unit, ours, beside, theirs, ratio, instructions, goal }) => [
    group, what, `${readable(ours)} ${unit}`, beside, `${readable(theirs)} ${unit}`, ratio.median.toFixed(2),
    ratio.rounds > 1 ? `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)} of ${ratio.rounds}` : '',
    instructions === undefined ? '' : instructions.toFixed(2),
    goal ? `${goal.met ? 'met' : 'MISSED'}: ${goal.says}` : '',
  ]);
  const table = [['', 'what', 'ours', 'beside', 'theirs', 'ratio', 'spread', 'instructions', 'goal'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log(`\nNode.js ${node}`);
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

function readable(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
