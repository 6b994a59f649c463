import { JSON_TEXT } from './json-text';
import type { Resolver } from './resolver';
import { isJsonObject, Json, JsonObject, Template } from './template';
import { isKnown, isList, isObject, listOf, partsOf, textOf, TextPart, Unknown, Value } from './value';

type IntrinsicFunction = (resolver: Resolver, template: Template, argument: Json) => Value;

const malformed = (name: string) => new Unknown(`${name} that is not written as CloudFormation expects`);

/** What is made of something unknown is another unknown. */
const madeOf = ({ reason }: Unknown) => new Unknown(reason);

/** `${name}`, and `${!name}`, which stands for `${name}` itself. */
const SUB_VARIABLE = /\$\{([^{}]*)\}/g;

function refOrGetAtt(resolver: Resolver, template: Template, name: string): Value {
  const dot = name.indexOf('.');
  return dot === -1 ? resolver.references.ref(template, name)
    : resolver.references.getAtt(template, name.slice(0, dot), name.slice(dot + 1));
}

function sub(resolver: Resolver, template: Template, argument: Json): Value {
  const [text, variables] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') return malformed('Fn::Sub');
  const own: JsonObject = isJsonObject(variables) ? variables : {};
  const values = new Map<string, Value>();
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(SUB_VARIABLE)) {
    parts.push(text.slice(end, found.index));
    end = found.index + found[0].length;
    const name = found[1].trim();
    if (name.startsWith('!')) {
      parts.push(`\${${name.slice(1)}}`);
      continue;
    }
    if (!values.has(name)) values.set(name, Object.hasOwn(own, name) ? resolver.resolve(template, own[name]) : refOrGetAtt(resolver, template, name));
    parts.push(...partsOf(values.get(name)) ?? [malformed(`Fn::Sub of '${name}'`)]);
  }
  parts.push(text.slice(end));
  return textOf(parts);
}

function join(separator: string, values: Value): Value {
  if (values instanceof Unknown) return madeOf(values);
  const parts: TextPart[] = [];
  for (const [index, item] of listOf(values).entries()) {
    const own = partsOf(item);
    if (!own) return malformed('Fn::Join');
    if (index > 0) parts.push(separator);
    parts.push(...own);
  }
  return textOf(parts);
}

function select(resolver: Resolver, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return malformed('Fn::Select');
  const index = resolver.resolve(template, argument[0]);
  const values = resolver.resolve(template, argument[1]);
  if (values instanceof Unknown) return madeOf(values);
  const position = typeof index === 'number' || typeof index === 'string' ? Number(index) : NaN;
  return isList(values) && position in values ? values[position] : malformed('Fn::Select');
}

function split(resolver: Resolver, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return malformed('Fn::Split');
  const separator = argument[0];
  const parts = partsOf(resolver.resolve(template, argument[1]))?.flatMap((part) => resolver.references.spelledOut(part));
  if (typeof separator !== 'string' || separator === '' || !parts) return malformed('Fn::Split');
  const unknown = parts.find((part) => part instanceof Unknown);
  if (unknown instanceof Unknown) return madeOf(unknown);
  const pieces: TextPart[][] = [[]];
  for (const part of parts) {
    if (typeof part !== 'string') {
      pieces[pieces.length - 1].push(part);
      continue;
    }
    const [first, ...rest] = part.split(separator);
    pieces[pieces.length - 1].push(first);
    rest.forEach((piece) => pieces.push([piece]));
  }
  return pieces.map(textOf);
}

function findInMap(resolver: Resolver, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length < 3) return malformed('Fn::FindInMap');
  const keys = argument.slice(0, 3).map((key) => resolver.resolve(template, key));
  const [map, first, second] = keys;
  if (typeof map !== 'string') return new Unknown('Fn::FindInMap of a mapping that is not known');
  if (typeof first !== 'string' || typeof second !== 'string') return new Unknown(`an entry of the mapping ${map} that is only known at deployment`);
  const entries = template.entry('Mappings', map);
  const row = isJsonObject(entries) && Object.hasOwn(entries, first) ? entries[first] : undefined;
  const found = isJsonObject(row) && Object.hasOwn(row, second) ? row[second] : undefined;
  const options: Json = argument[3] ?? null;
  if (found === undefined && isJsonObject(options) && options.DefaultValue !== undefined) return resolver.resolve(template, options.DefaultValue);
  // Mappings hold texts and lists of texts, and no functions.
  const isText = (json: Json) => json === null || typeof json !== 'object';
  return found !== undefined && (isText(found) || (Array.isArray(found) && found.every(isText))) ? found : malformed('Fn::FindInMap');
}

/** CloudFormation's functions; what is missing here is unknown to the plugin. */
export const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  'Ref': (resolver, template, argument) =>
    typeof argument === 'string' ? resolver.references.ref(template, argument) : malformed('Ref'),
  'Fn::GetAtt': (resolver, template, argument) => {
    if (typeof argument === 'string') {
      return argument.includes('.') ? refOrGetAtt(resolver, template, argument) : malformed('Fn::GetAtt');
    }
    const [logicalId, attribute] = Array.isArray(argument) ? argument : [];
    return typeof logicalId === 'string' && typeof attribute === 'string'
      ? resolver.references.getAtt(template, logicalId, attribute) : malformed('Fn::GetAtt');
  },
  'Fn::Join': (resolver, template, argument) => {
    if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string') return malformed('Fn::Join');
    return join(argument[0], resolver.resolve(template, argument[1]));
  },
  'Fn::Sub': sub,
  'Fn::If': (resolver, template, argument) => {
    if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') return malformed('Fn::If');
    return resolver.resolve(template, resolver.conditions.holds(template, argument[0]) ? argument[1] : argument[2]);
  },
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': (resolver, template, argument) => resolver.references.importValue(template, resolver.resolve(template, argument)),
  'Fn::Base64': (resolver, template, argument) => {
    const text = resolver.resolve(template, argument);
    return typeof text === 'string' ? Buffer.from(text).toString('base64') : new Unknown('Fn::Base64 of what is not known');
  },
  'Fn::Length': (resolver, template, argument) => {
    const values = resolver.resolve(template, argument);
    return isList(values) ? values.length : new Unknown('Fn::Length of what is not known');
  },
  'Fn::ToJsonString': (resolver, template, argument) => {
    const value = resolver.resolve(template, argument);
    if (value instanceof Unknown) return madeOf(value);
    return isKnown(value) || isObject(value) || isList(value) ? JSON_TEXT.write(value) : malformed('Fn::ToJsonString');
  },
};
