import { IConstruct } from 'constructs';

/** The problem with a value that a user gave, and its solution. */
export interface InvalidInput {
  /** The property or parameter, as the user wrote it. */
  readonly property: string;

  /** The rule for the property, to be read after its name: "must ...". */
  readonly rule: string;

  /** The value that was given. */
  readonly given: string;

  /** The solution. */
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

/** The message of such an error. `node.addValidation` adds the construct's path itself, so it needs no `where`. */
export function invalidInputMessage(where: IConstruct | string | undefined, input: InvalidInput): string {
  const prefix = where === undefined ? '' : `${typeof where === 'string' ? where : where.node.path}: `;
  return `${prefix}'${input.property}' ${input.rule}, got ${input.given}; ${input.fix}`;
}
