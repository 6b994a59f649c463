import { textsMatching } from './allowed-pattern';
import { Resolution } from './conditions';
import { isJsonObject, Json, JsonObject, Template } from './template';
import { entryOf, isList, oneOf, setOf, SPECIAL_CHARACTERS, Text, Unknown, Value } from './value';

/** More allowed values than there are outcomes to look at. */
const MOST_VALUES = 32;

/** Allowed values of a list from which on there are too many lists to look at. */
const MOST_ITEMS = 4;

/** Types whose values are texts that the template bounds. */
const TEXTS = new Set(['String', 'CommaDelimitedList']);

/** Types whose values hold no special character, since CloudFormation compares them with what there is. */
const IDENTIFIERS = new RegExp('^AWS::(EC2::((Image|Instance|SecurityGroup|Subnet|Volume|VPC)::Id|AvailabilityZone::Name)'
  + '|Route53::HostedZone::Id|SSM::Parameter::Name)$');

/** The value of such a parameter is what an entry of the Parameter Store holds; the template bounds only its name. */
const STORED = /^AWS::SSM::Parameter::Value</;

/**
 * The parameters of templates.
 *
 * A parameter without a known value is an open choice among the values that it allows, or else unknown. A pattern and
 * some types bound the characters of what is unknown.
 */
export class Parameters {
  constructor(private readonly resolution: Resolution) {}

  value(template: Template, name: string): Value {
    const declared = template.entry('Parameters', name);
    const known = this.known(template, name);
    if (known !== undefined && !isOpen(known)) return typed(declared, known) ?? unknownParameter(template, name);
    return this.constrained(template, name, known);
  }

  /** An item of a list parameter without a known value; `undefined` for all other parameters. */
  item(template: Template, name: string, index: number): Value {
    const declared = template.entry('Parameters', name);
    if (!isJsonObject(declared) || !isListType(declared)) return undefined;
    const known = this.known(template, name);
    if (known !== undefined && !isOpen(known)) return undefined;
    return this.text(declared, `${keyOf(template, name)} ${index}`,
      new Unknown(`the parameter ${name}`, `${keyOf(template, name)} ${index}`));
  }

  /** The value that the user, the stack around a nested stack, or the template itself gives; it may be unknown. */
  private known(template: Template, name: string): Value {
    const { values, defaults } = this.resolution.fleet.parameters;
    const own = `${template.stackConstructPath}/${name}`;
    if (template.stackConstructPath !== undefined && Object.hasOwn(values, own)) return values[own];
    // A value given by the name alone may be meant for another stack; the parent's value is not.
    const given = this.given(template, name);
    if (given !== undefined) return given;
    if (Object.hasOwn(values, name)) return values[name];
    const declared = template.entry('Parameters', name);
    if (!isJsonObject(declared) || !(defaults || template.parent)) return undefined;
    const isStored = typeof declared.Type === 'string' && declared.Type.startsWith('AWS::SSM::');
    const fallback = declared.Default;
    return !isStored && (typeof fallback === 'string' || typeof fallback === 'number') ? String(fallback) : undefined;
  }

  /** The value that the stack around a nested stack passes to it. */
  private given({ parent }: Template, name: string): Value {
    const parameters = parent?.template.resource(parent.logicalId)?.properties.Parameters;
    if (!parent || parameters === undefined) return undefined;
    const isWrittenOut = isJsonObject(parameters) && Object.keys(parameters).every((key) => !key.startsWith('Fn::'));
    if (isWrittenOut) {
      return Object.hasOwn(parameters, name) ? this.resolution.resolve(parent.template, parameters[name]) : undefined;
    }
    return entryOf(this.resolution.resolve(parent.template, parameters), name);
  }

  /** A value that is not known, as far as its declaration tells more. */
  private constrained(template: Template, name: string, passed: Value): Value {
    const declared = template.entry('Parameters', name);
    const unknown = passed instanceof Unknown && !passed.alternatives ? passed : unknownParameter(template, name);
    if (!isJsonObject(declared)) return passed ?? unknown;
    const key = keyOf(template, name);
    if (isListType(declared)) return this.list(declared, key, unknown);
    const value = this.text(declared, key, unknown);
    // A text with open parts tells more than nothing.
    return value === unknown ? passed ?? unknown : value;
  }

  private text(declared: JsonObject, key: string, unknown: Unknown): Value {
    const { reason, identity } = unknown;
    const allowed = allowedValues(declared);
    if (allowed) {
      const chosen = allowed.length <= MOST_VALUES ? this.choose(key, allowed.length) : undefined;
      return chosen === undefined ? oneOf(allowed, reason, identity) : allowed[chosen];
    }
    const bounds = boundsOf(declared);
    if (!bounds) return unknown;
    const specials = [...bounds.specials].filter((character) => unknown.specials.includes(character)).join('');
    const bounded = new Unknown(reason, identity, { specials });
    if (!bounds.mayBeEmpty || unknown.specials !== SPECIAL_CHARACTERS) return bounded;
    const chosen = this.choose(`${key} is empty`, 2);
    return chosen === undefined ? unknown : chosen === 0 ? bounded : '';
  }

  /** A list may hold each of the allowed values several times, and in any order. */
  private list(declared: JsonObject, key: string, unknown: Unknown): Value {
    const allowed = allowedValues(declared);
    if (!allowed || allowed.length > MOST_ITEMS) return new Unknown(unknown.reason, unknown.identity);
    const chosen = this.choose(key, 2 ** allowed.length - 1);
    return chosen === undefined ? new Unknown(unknown.reason, unknown.identity)
      // The bits of the number tell the items, all of them first.
      : setOf(allowed.filter((_, index) => Math.trunc((chosen + 1) / 2 ** index) % 2 === 1));
  }

  private choose(choice: string, options: number): number | undefined {
    return options === 1 ? 0 : this.resolution.choose(choice, options);
  }
}

function keyOf({ templateId }: Template, name: string): string {
  return `${templateId}\nparameter ${name}`;
}

function unknownParameter(template: Template, name: string): Unknown {
  return new Unknown(`the parameter ${name}`, keyOf(template, name));
}

function isOpen(value: Value): boolean {
  return value instanceof Unknown || (value instanceof Text && value.parts.some((part) => part instanceof Unknown));
}

function isListType({ Type }: JsonObject): boolean {
  return typeof Type === 'string' && /^(CommaDelimitedList$|List<)/.test(Type);
}

/** A value in the type of its parameter; `undefined` for an open text, whose number of items is not known. */
function typed(declared: Json | undefined, value: Value): Value {
  if (!isJsonObject(declared) || !isListType(declared) || isList(value)) return value;
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : undefined;
}

/** The texts that a parameter allows, each once; `undefined` if it does not list them. */
function allowedValues({ AllowedValues, Type }: JsonObject): readonly string[] | undefined {
  if (!Array.isArray(AllowedValues) || AllowedValues.length === 0) return undefined;
  if (typeof Type !== 'string' || STORED.test(Type)) return undefined;
  const areTexts = AllowedValues.every((value: Json) => ['string', 'number', 'boolean'].includes(typeof value));
  return areTexts ? [...new Set(AllowedValues.map(String))] : undefined;
}

/** What the type and pattern of a parameter tell of its value, or of each of its items. */
function boundsOf(
  { Type, AllowedPattern, MinLength }: JsonObject,
): { readonly specials: string; readonly mayBeEmpty: boolean } | undefined {
  if (typeof Type !== 'string') return undefined;
  const type = /^List<(.+)>$/.exec(Type)?.[1] ?? Type;
  if (IDENTIFIERS.test(type)) return { specials: '', mayBeEmpty: false };
  // A number may have a sign.
  if (type === 'Number') return { specials: '+', mayBeEmpty: false };
  if (!TEXTS.has(type) || typeof AllowedPattern !== 'string') return undefined;
  const matching = textsMatching(AllowedPattern);
  return matching && { ...matching, mayBeEmpty: matching.mayBeEmpty && !(Number(MinLength) >= 1) };
}
