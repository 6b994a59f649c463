import { Json, SourceLines } from '../templates/template';

/** Nesting limit, which only hostile texts reach. Much works recursively on what was read. */
export const DEEPEST = 200;

/** What a text holds. */
export interface ParsedText {
  readonly json: Json;
  readonly lines: () => SourceLines;

  /** True if the text goes on after what was read: with another document of a stream. */
  readonly isFollowed: boolean;
}

/** Says why a text, or the template in it, cannot be read. */
export class UnreadableText extends Error {
  /**
   * @param line the line (from 1) that stops the reading, if one does
   * @param mayBeTemplate false if nothing in the text is like a template
   */
  constructor(readonly reason: string, readonly line?: number, readonly mayBeTemplate = true) {
    super(reason);
  }
}

/** @param line the line on which a text goes too deep */
export function tooDeep(line: number): UnreadableText {
  return new UnreadableText(`it has more than ${DEEPEST} values inside each other`, line);
}
