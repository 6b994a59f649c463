import { Bound, Pattern } from './pattern';
import { joined, mapped } from '../lists';
import { alternativesOf } from '../templates/alternatives';
import { Value } from '../templates/value';

/** An element of a statement: the listed patterns, or, with `not`, everything else. */
export interface Element {
  readonly not: boolean;
  readonly patterns: readonly Pattern[];
  readonly values: readonly Value[];
}

/**
 * Reads an element of a statement.
 *
 * @param excepted what is listed by `NotAction` or `NotResource`
 * @param reach how much of it counts
 */
export function element(
  listed: readonly Value[] | undefined, excepted: readonly Value[] | undefined, reach: Bound,
  read: (value: Value, bound: Bound) => Pattern,
): Element {
  const not = listed === undefined;
  // The fewer exceptions, the more is covered.
  const bound = not === (reach === Bound.MOST) ? Bound.LEAST : Bound.MOST;
  const written = listed ?? excepted ?? [];
  const values = bound === Bound.MOST ? joined(written, (value) => alternativesOf(value) ?? [value]) : written;
  return { not, values, patterns: mapped(values, (value) => read(value, bound)) };
}
