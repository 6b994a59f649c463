import { Conditions, Resolution } from './conditions';
import { JSON_TEXT } from './json-text';
import { References } from './references';
import { isJsonObject, Json, JsonObject, Template } from './template';
import { isKnown, isList, isObject, listOf, partsOf, textOf, TextPart, Unknown, Value } from './value';

/** Carries out functions, with the help of the functions themselves. */
export interface Interpreter extends Resolution {
  readonly conditions: Conditions;
  readonly references: References;
}

type IntrinsicFunction = (interpreter: Interpreter, template: Template, argument: Json) => Value;

const malformed = (name: string) => new Unknown(`${name} that is not written as CloudFormation expects`);

/** Makes another unknown of one: the result of a function is not its argument. */
const madeOf = ({ reason }: Unknown) => new Unknown(reason);

/** `${name}`, or `${!name}`, which stands for the text `${name}`. */
const SUB_VARIABLE = /\$\{([^{}]*)\}/g;

function refOrGetAtt(interpreter: Interpreter, template: Template, name: string): Value {
  const dot = name.indexOf('.');
  return dot === -1 ? interpreter.references.ref(template, name)
    : interpreter.references.getAtt(template, name.slice(0, dot), name.slice(dot + 1));
}

function sub(interpreter: Interpreter, template: Template, argument: Json): Value {
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
    if (!values.has(name)) {
      const isOwn = Object.hasOwn(own, name);
      values.set(name, isOwn ? interpreter.resolve(template, own[name]) : refOrGetAtt(interpreter, template, name));
    }
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

function select(interpreter: Interpreter, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return malformed('Fn::Select');
  const index = interpreter.resolve(template, argument[0]);
  const values = interpreter.resolve(template, argument[1]);
  if (values instanceof Unknown) return madeOf(values);
  const position = typeof index === 'number' || typeof index === 'string' ? Number(index) : NaN;
  return isList(values) && position in values ? values[position] : malformed('Fn::Select');
}

function split(interpreter: Interpreter, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return malformed('Fn::Split');
  const separator = argument[0];
  const parts = partsOf(interpreter.resolve(template, argument[1]))
    ?.flatMap((part) => interpreter.references.spelledOut(part));
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

function findInMap(interpreter: Interpreter, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length < 3) return malformed('Fn::FindInMap');
  const keys = argument.slice(0, 3).map((key) => interpreter.resolve(template, key));
  const [map, first, second] = keys;
  if (typeof map !== 'string') return new Unknown('Fn::FindInMap of a mapping that is not known');
  if (typeof first !== 'string' || typeof second !== 'string') {
    return new Unknown(`an entry of the mapping ${map} that is only known at deployment`);
  }
  const entries = template.entry('Mappings', map);
  const row = isJsonObject(entries) && Object.hasOwn(entries, first) ? entries[first] : undefined;
  const found = isJsonObject(row) && Object.hasOwn(row, second) ? row[second] : undefined;
  const options: Json = argument[3] ?? null;
  if (found === undefined && isJsonObject(options) && options.DefaultValue !== undefined) {
    return interpreter.resolve(template, options.DefaultValue);
  }
  // Mappings hold texts and lists of texts, and no functions.
  const isText = (json: Json) => json === null || typeof json !== 'object';
  return found !== undefined && (isText(found) || (Array.isArray(found) && found.every(isText)))
    ? found
    : malformed('Fn::FindInMap');
}

/** CloudFormation's functions. The result of one that is not listed is unknown. */
export const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  'Ref': (interpreter, template, argument) =>
    typeof argument === 'string' ? interpreter.references.ref(template, argument) : malformed('Ref'),
  'Fn::GetAtt': (interpreter, template, argument) => {
    if (typeof argument === 'string') {
      return argument.includes('.') ? refOrGetAtt(interpreter, template, argument) : malformed('Fn::GetAtt');
    }
    const [logicalId, attribute] = Array.isArray(argument) ? argument : [];
    return typeof logicalId === 'string' && typeof attribute === 'string'
      ? interpreter.references.getAtt(template, logicalId, attribute) : malformed('Fn::GetAtt');
  },
  'Fn::Join': (interpreter, template, argument) => {
    if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string') {
      return malformed('Fn::Join');
    }
    return join(argument[0], interpreter.resolve(template, argument[1]));
  },
  'Fn::Sub': sub,
  'Fn::If': (interpreter, template, argument) => {
    if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
      return malformed('Fn::If');
    }
    const [condition, then, otherwise] = argument;
    return interpreter.resolve(template, interpreter.conditions.holds(template, condition) ? then : otherwise);
  },
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': (interpreter, template, argument) =>
    interpreter.references.importValue(template, interpreter.resolve(template, argument)),
  'Fn::Base64': (interpreter, template, argument) => {
    const text = interpreter.resolve(template, argument);
    return typeof text === 'string'
      ? Buffer.from(text).toString('base64')
      : new Unknown('Fn::Base64 of what is not known');
  },
  'Fn::Length': (interpreter, template, argument) => {
    const values = interpreter.resolve(template, argument);
    return isList(values) ? values.length : new Unknown('Fn::Length of what is not known');
  },
  'Fn::ToJsonString': (interpreter, template, argument) => {
    const value = interpreter.resolve(template, argument);
    if (value instanceof Unknown) return madeOf(value);
    return isKnown(value) || isObject(value) || isList(value) ? JSON_TEXT.write(value) : malformed('Fn::ToJsonString');
  },
};
