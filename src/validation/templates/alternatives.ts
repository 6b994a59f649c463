import { listOf, Text, textOf, Unknown, Value } from './value';

/** Alternatives of one value that are looked at. */
const MOST = 100;

/**
 * The values one of which a value turns out to be: those of `Fn::If`, of a mapping, or that a parameter allows. Lists
 * count by their items; `AWS::NoValue` is left out.
 *
 * @returns `undefined` if they are not known, or if there is no choice
 */
export function alternativesOf(value: Value): readonly Value[] | undefined {
  if (value instanceof Text) return alternativeTexts(value);
  if (!(value instanceof Unknown) || !value.alternatives) return undefined;
  const alternatives = value.alternatives.flatMap(listOf).filter((alternative) => alternative !== undefined);
  return alternatives.length > MOST ? undefined : alternatives;
}

/** The texts that a text may become if a single part of it is open. */
function alternativeTexts({ parts }: Text): readonly Value[] | undefined {
  const unknown = parts.find((part) => part instanceof Unknown);
  if (!(unknown instanceof Unknown) || !unknown.alternatives || unknown.alternatives.length > MOST) return undefined;
  const isAlone = parts.every((part) => !(part instanceof Unknown)
    || part === unknown || (part.identity !== undefined && part.identity === unknown.identity));
  const texts = unknown.alternatives.filter((alternative) => typeof alternative === 'string');
  if (!isAlone || texts.length < unknown.alternatives.length) return undefined;
  return texts.map((text) => textOf(parts.map((part) => part instanceof Unknown ? text : part)));
}
