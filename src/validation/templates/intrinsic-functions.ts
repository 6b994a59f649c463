import { Conditions, MORE_CONDITIONS, Resolution } from './conditions';
import { JSON_TEXT } from './json-text';
import { findInMap } from './mappings';
import { References } from './references';
import { isJsonObject, Json, JsonObject, Template } from './template';
import {
  canonical, isIdentified, isKnown, isList, isObject, isSet, lengthOf, listOf, oneOf, partsOf, textOf, TextPart,
  Unknown, Value,
} from './value';

/** Carries out functions, with the help of the functions themselves. */
export interface Interpreter extends Resolution {
  readonly conditions: Conditions;
  readonly references: References;
}

type IntrinsicFunction = (interpreter: Interpreter, template: Template, argument: Json) => Value;

const malformed = (name: string) => new Unknown(`${name} that is not written as CloudFormation expects`);

/** Makes another unknown of one: the result of a function is not its argument. */
const madeOf = ({ reason }: Unknown) => new Unknown(reason);

const tooLong = () => new Unknown('a text that is too long for any policy');
const inAnyOrder = () => new Unknown('a list whose order and number are only known at deployment');

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
  if (!interpreter.budget.spend(0, text.length)) return tooLong();
  const given: JsonObject = isJsonObject(variables) ? variables : {};
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
      values.set(name, Object.hasOwn(given, name)
        ? interpreter.resolve(template, given[name])
        : refOrGetAtt(interpreter, template, name));
    }
    const own = partsOf(values.get(name)) ?? [malformed(`Fn::Sub of '${name}'`)];
    if (!interpreter.budget.spend(own.length, lengthOf(values.get(name)))) return tooLong();
    parts.push(...own);
  }
  parts.push(text.slice(end));
  return textOf(parts);
}

function join({ budget }: Interpreter, separator: string, values: Value): Value {
  if (values instanceof Unknown) return madeOf(values);
  if (isList(values) && values.length > 1 && isSet(values)) return inAnyOrder();
  const parts: TextPart[] = [];
  const items = listOf(values);
  for (let index = 0; index < items.length; index++) {
    const own = partsOf(items[index]);
    if (!own) return malformed('Fn::Join');
    if (!budget.spend(own.length, separator.length + lengthOf(items[index]))) return tooLong();
    if (index > 0 && separator !== '') parts.push(separator);
    for (const part of own) parts.push(part);
  }
  return textOf(parts);
}

function select(interpreter: Interpreter, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return malformed('Fn::Select');
  const index = interpreter.resolve(template, argument[0]);
  const position = typeof index === 'number' || typeof index === 'string' ? Number(index) : NaN;
  const item = interpreter.references.itemOf(template, argument[1], position);
  if (item !== undefined) return item;
  const values = interpreter.resolve(template, argument[1]);
  if (values instanceof Unknown) return madeOf(values);
  if (isList(values) && isSet(values)) return inAnyOrder();
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
  const { budget } = interpreter;
  const pieces: TextPart[][] = [[]];
  for (const part of parts) {
    if (!budget.spend(1, typeof part === 'string' ? part.length : 0)) return tooLong();
    if (typeof part !== 'string') {
      pieces[pieces.length - 1].push(part);
      continue;
    }
    const [first, ...rest] = part.split(separator, budget.pieces);
    if (!budget.spend(rest.length)) return tooLong();
    pieces[pieces.length - 1].push(first);
    rest.forEach((piece) => pieces.push([piece]));
  }
  return pieces.map(textOf);
}

/** CloudFormation's functions. The result of one that is not listed is unknown. */
export const FUNCTIONS: ReadonlyMap<string, IntrinsicFunction> = new Map(Object.entries<IntrinsicFunction>({
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
    return join(interpreter, argument[0], interpreter.resolve(template, argument[1]));
  },
  'Fn::Sub': sub,
  'Fn::If': (interpreter, template, argument) => {
    if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
      return malformed('Fn::If');
    }
    const [condition, then, otherwise] = argument;
    const holds = interpreter.conditions.holds(template, condition);
    if (holds !== undefined) return interpreter.resolve(template, holds ? then : otherwise);
    const sides = [then, otherwise].map((side: Json) => interpreter.resolve(template, side));
    const [one, other] = sides.map(canonical);
    if (one === other) return sides[0];
    const identity = sides.every(isIdentified) ? `${template.templateId}\nif ${condition} ${one} ${other}` : undefined;
    return oneOf(sides, MORE_CONDITIONS, identity);
  },
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': (interpreter, template, argument) =>
    interpreter.references.importValue(template, interpreter.resolve(template, argument)),
  'Fn::Base64': (interpreter, template, argument) => {
    const text = interpreter.resolve(template, argument);
    return typeof text === 'string' && interpreter.budget.spend(1, text.length)
      ? Buffer.from(text).toString('base64')
      : new Unknown('Fn::Base64 of what is not known');
  },
  'Fn::Length': (interpreter, template, argument) => {
    const values = interpreter.resolve(template, argument);
    return isList(values) && !isSet(values) ? values.length : new Unknown('Fn::Length of what is not known');
  },
  'Fn::ToJsonString': (interpreter, template, argument) => {
    const value = interpreter.resolve(template, argument);
    if (value instanceof Unknown) return madeOf(value);
    if (!interpreter.budget.spend(1, lengthOf(value))) return tooLong();
    return isKnown(value) || isObject(value) || isList(value) ? JSON_TEXT.write(value) : malformed('Fn::ToJsonString');
  },
}));
