import * as iot from '@aws-sdk/client-iot';
import type { Shape, StructureShape } from '../../device-defender/input-validation';
import type { OperationName } from '../../device-defender/operations';
import { REQUEST_SHAPES } from '../../device-defender/request-shapes';
import { HEADERS, ROUTES } from '../../device-defender/routes';
import { ERROR_STATUS } from '../../device-defender/service-error';

// The SDK publishes its schemas as nested arrays: [kind, namespace, name, traits, ...]. Structures go on with member
// names, member schemas and the number of required members, which come first; operations with input and output.
type Schema = [kind: number, namespace: string, name: string, traits: Record<string, unknown>, ...rest: unknown[]];

const schemas = iot as unknown as Record<string, Schema>;
const operations = Object.keys(ROUTES) as OperationName[];
const STRUCTURE = 3;
/** Trait of a token the SDK fills in by itself; on the wire it is always there. */
const IDEMPOTENCY_TOKEN = 4;

function resolve(schema: unknown): unknown {
  return typeof schema === 'function' ? (schema as () => unknown)() : schema;
}

function inputOf(operation: OperationName): Schema {
  return resolve(schemas[`${operation}$`][4]) as Schema;
}

function membersOf(schema: Schema): { name: string; schema: unknown; traits: unknown }[] {
  const [names, types] = [schema[4] as string[], schema[5] as unknown[]];
  return names.map((name, index) => {
    const type = resolve(types[index]);
    const withTraits = Array.isArray(type) && type.length === 2 && typeof type[0] !== 'string';
    return withTraits ? { name, schema: resolve(type[0]), traits: type[1] } : { name, schema: type, traits: 0 };
  });
}

function nestedStructure(shape: Shape): StructureShape | undefined {
  if (shape.type === 'structure') return shape;
  if (shape.type === 'list') return nestedStructure(shape.of);
  return shape.type === 'map' ? nestedStructure(shape.values) : undefined;
}

function nestedSchema(schema: unknown): Schema | undefined {
  const resolved = resolve(schema);
  if (!Array.isArray(resolved)) return undefined;
  if (resolved[0] === STRUCTURE) return resolved as Schema;
  // A list ends with the schema of its items, a map with that of its values.
  return resolved[0] === 1 || resolved[0] === 2 ? nestedSchema(resolved[resolved.length - 1]) : undefined;
}

function expectSameMembers(shape: StructureShape, schema: Schema): void {
  const members = membersOf(schema);
  expect([schema[2], Object.keys(shape.members).sort()]).toEqual([schema[2], members.map(({ name }) => name).sort()]);
  const count = (schema[6] as number | undefined) ?? 0;
  const required = members
    .filter(({ traits }, index) => index < count || traits === IDEMPOTENCY_TOKEN)
    .map(({ name }) => name);
  expect([schema[2], [...shape.required].sort()]).toEqual([schema[2], required.sort()]);
  for (const member of members) {
    const nested = nestedStructure(shape.members[member.name]);
    const expected = nestedSchema(member.schema);
    expect([member.name, nested === undefined]).toEqual([member.name, expected === undefined]);
    if (nested !== undefined && expected !== undefined) expectSameMembers(nested, expected);
  }
}

test.each(operations)('%s has the method, path and query members of the SDK', (operation) => {
  const [method, path, ...queryMembers] = ROUTES[operation];
  expect(schemas[`${operation}$`][3].http).toEqual([method, path, 200]);
  const expected = membersOf(inputOf(operation)).filter(
    ({ traits }) => (traits as { httpQuery?: string }).httpQuery !== undefined,
  );
  expect([...queryMembers].sort()).toEqual(expected.map(({ name }) => name).sort());
  for (const { name, traits } of expected) expect((traits as { httpQuery: string }).httpQuery).toBe(name);
});

test.each(operations)('%s has the headers of the SDK', (operation) => {
  const expected = membersOf(inputOf(operation)).flatMap(({ name, traits }) => {
    const { httpHeader } = traits as { httpHeader?: string };
    return httpHeader === undefined ? [] : [[name, httpHeader]];
  });
  expect(HEADERS[operation] ?? {}).toEqual(Object.fromEntries(expected));
});

test.each(operations)('%s takes the members of the SDK, with the same ones required', (operation) => {
  expectSameMembers(REQUEST_SHAPES[operation], inputOf(operation));
});

test('errors have the HTTP status of the SDK', () => {
  const modelled = Object.entries(ERROR_STATUS).filter(([code]) => schemas[`${code}$`] !== undefined);
  expect(modelled).toHaveLength(9);
  for (const [code, status] of modelled) expect([code, schemas[`${code}$`][3].httpError]).toEqual([code, status]);
});
