import { invalidRequest } from './service-error';

/** The shape of a member of a request: the constraints of the API model. */
export type Shape =
  | {
    readonly type: 'string';
    readonly min?: number;
    readonly max?: number;
    readonly pattern?: RegExp;
    readonly oneOf?: readonly string[];
  }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'timestamp' }
  | { readonly type: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly type: 'map'; readonly keys?: Shape; readonly values: Shape; readonly min?: number }
  | StructureShape;

export interface StructureShape {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

type Values = Record<string, unknown>;

/**
 * Checks a request against its shape and returns it with times as `Date`; members the model does not know are dropped.
 * The wording follows the form AWS services use for model constraints.
 */
export function validateInput(shape: StructureShape, input: Values): Values {
  const problems: string[] = [];
  const result = structure(shape, input, '', problems);
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
    throw invalidRequest(`${count}: ${problems.join('; ')}`);
  }
  return result;
}

function structure(shape: StructureShape, input: Values, path: string, problems: string[]): Values {
  const result: Values = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const at = path === '' ? name : `${path}.${name}`;
    const value = input[name];
    if (value === undefined || value === null) {
      if (shape.required.includes(name)) {
        problems.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`);
      }
    } else {
      result[name] = check(member, value, at, problems);
    }
  }
  return result;
}

function check(shape: Shape, value: unknown, path: string, problems: string[]): unknown {
  const refuse = (constraint: string): unknown => {
    problems.push(`Value '${brief(value)}' at '${path}' failed to satisfy constraint: ${constraint}`);
    return value;
  };
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') return refuse('Member must be a string');
      if (shape.oneOf !== undefined && !shape.oneOf.includes(value)) {
        return refuse(`Member must satisfy enum value set: [${shape.oneOf.join(', ')}]`);
      }
      if (!hasLength(value.length, shape)) return refuse(lengthConstraint(shape));
      if (shape.pattern !== undefined && !shape.pattern.test(value)) {
        return refuse(`Member must satisfy regular expression pattern: ${shape.pattern.source}`);
      }
      return value;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return refuse('Member must be an integer');
      if (shape.min !== undefined && value < shape.min) {
        return refuse(`Member must have value greater than or equal to ${shape.min}`);
      }
      if (shape.max !== undefined && value > shape.max) {
        return refuse(`Member must have value less than or equal to ${shape.max}`);
      }
      return value;
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('Member must be a boolean');
    case 'timestamp':
      return time(value) ?? refuse('Member must be a timestamp');
    case 'list':
      if (!Array.isArray(value)) return refuse('Member must be a list');
      if (!hasLength(value.length, shape)) return refuse(lengthConstraint(shape));
      return value.map((item, index) => check(shape.of, item, `${path}.${index + 1}.member`, problems));
    case 'map': {
      if (!isObject(value)) return refuse('Member must be a map');
      if (!hasLength(Object.keys(value).length, shape)) return refuse(lengthConstraint(shape));
      const entries = Object.entries(value).map(([key, item]) => {
        if (shape.keys !== undefined) check(shape.keys, key, `${path} (key)`, problems);
        return [key, check(shape.values, item, `${path}.${key}`, problems)];
      });
      return Object.fromEntries(entries) as Values;
    }
    case 'structure':
      return isObject(value) ? structure(shape, value, path, problems) : refuse('Member must be a structure');
  }
}

/** Times come as epoch seconds in a body and as ISO 8601 text in a query. */
function time(value: unknown): Date | undefined {
  const parsed =
    typeof value === 'number' ? new Date(value * 1000) : typeof value === 'string' ? new Date(value) : undefined;
  return parsed === undefined || Number.isNaN(parsed.getTime()) ? undefined : parsed;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasLength(
  length: number, { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number },
): boolean {
  return length >= min && length <= max;
}

function lengthConstraint({ min, max }: { readonly min?: number; readonly max?: number }): string {
  const bounds = [
    ...(min === undefined ? [] : [`greater than or equal to ${min}`]),
    ...(max === undefined ? [] : [`less than or equal to ${max}`]),
  ];
  return `Member must have length ${bounds.join(' and ')}`;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
