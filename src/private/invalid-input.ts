import { IConstruct } from 'constructs';

/** What is wrong with a value that a user gave, and what to do about it. */
export interface InvalidInput {
  /** The property or parameter, as the user wrote it. */
  readonly property: string;

  /** What holds for the property, to be read after its name: "must ...". */
  readonly rule: string;

  /** What was given. */
  readonly given: string;

  /** The way out. */
  readonly fix: string;
}

/**
 * The error to throw for a value that would fail at deployment or do harm.
 *
 * @param where the construct, or the name of the factory where there is no construct yet
 */
export function invalidInput(where: IConstruct | string, input: InvalidInput): Error {
  return new Error(invalidInputMessage(where, input));
}

/** The same as a message, for `node.addValidation`, which prefixes the construct's path itself. */
export function invalidInputMessage(where: IConstruct | string | undefined, input: InvalidInput): string {
  const prefix = where === undefined ? '' : `${typeof where === 'string' ? where : where.node.path}: `;
  return `${prefix}'${input.property}' ${input.rule}, got ${input.given}; ${input.fix}`;
}
