import { IOT_POLICY_LIMIT, Policy, readPolicy, unknownPolicy, withStatements } from '../policies/policy-document';
import { FleetTemplates } from '../templates/fleet-templates';
import { isMarked, JSON_TEXT, marked, unmarked } from '../templates/json-text';
import { Resolver } from '../templates/resolver';
import { isJsonObject, Json, JsonObject, property, Resource, Template } from '../templates/template';
import {
  Atom, display, entryOf, isList, isObject, reasonsIn, Text, textOf, TextPart, Unknown, Value,
} from '../templates/value';

const BODY = property('TemplateBody');

/**
 * The policies within a provisioning template, whose body is a JSON text with parameters and functions of its own;
 * `undefined` if there are none.
 *
 * A device may send any text in a parameter, a wildcard included, unless the values are validated.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export function policiesIn(resource: Resource, resolver: Resolver, validated: boolean): Policy[] | undefined {
  const body = JSON_TEXT.read(resolver.resolve(resource.template, resource.properties.TemplateBody));
  if (body instanceof Unknown) return [unknownPolicy(body.reason)];
  const declared = entryOf(body, 'Resources');
  const unknowns = unknownIn(declared);
  if (!isObject(declared)) return unknowns.length > 0 ? [unknownPolicy(...unknowns)] : undefined;

  // Parts that the outer template leaves open pass through the functions of the inner one as marks.
  const holes: TextPart[] = [];
  const inner = new Template({
    templateId: `${resource.templateId}/${resource.logicalId}`, body: plain(body, holes) as JsonObject,
  });
  const reader = new ProvisioningReader(inner, holes, validated);
  const policies = inner.resources.filter(({ type }) => type === 'AWS::IoT::Policy')
    .filter(({ properties }) => properties.PolicyDocument !== undefined)
    .map(({ properties }) => readPolicy(reader.resolve(properties.PolicyDocument), BODY, IOT_POLICY_LIMIT));
  if (unknowns.length > 0) policies.push(unknownPolicy(...unknowns));
  return policies.length === 0 ? undefined : policies.map((policy) => withStatements(policy, () => ({ path: BODY })));
}

/** Reasons why there may be policies among resources whose type or properties are not known. */
function unknownIn(resources: Value): string[] {
  if (!isObject(resources)) return [...reasonsIn(resources)];
  return Object.values(resources).flatMap((resource) => {
    const type = entryOf(resource, 'Type');
    const properties = entryOf(resource, 'Properties');
    return [
      ...isObject(resource) ? [] : reasonsIn(resource),
      ...reasonsIn(type),
      ...type === 'AWS::IoT::Policy' && !isObject(properties) ? reasonsIn(properties) : [],
    ];
  });
}

/** A value as JSON, with marks in the place of what is not known. */
function plain(value: Value, holes: TextPart[]): Json {
  if (value === undefined) return null;
  if (value instanceof Unknown) return marked([value], holes);
  if (value instanceof Text) return marked(value.parts, holes);
  if (isList(value)) return value.map((item) => plain(item, holes));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, holes)]));
  return value as Json;
}

/** Carries out the functions of a provisioning template. */
class ProvisioningReader {
  private readonly resolver: Resolver;

  constructor(
    private readonly template: Template, private readonly holes: readonly TextPart[],
    private readonly validated: boolean,
  ) {
    this.resolver = new Resolver(new FleetTemplates([template], [], { values: {}, defaults: false }));
  }

  resolve(json: Json): Value {
    return this.filled(this.resolver.resolve(this.template, json));
  }

  private filled(value: Value): Value {
    if (typeof value === 'string' && isMarked(value)) return textOf(unmarked(value, this.holes));
    if (value instanceof Text) {
      return textOf(value.parts.flatMap((part) =>
        typeof part === 'string' ? unmarked(part, this.holes) : [this.named(part)]));
    }
    if (value instanceof Unknown) return textOf([this.named(value)]);
    if (isList(value)) return value.map((item) => this.filled(item));
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.filled(item)]));
    }
    return value;
  }

  /** Names a parameter: the service fills in those that begin with `AWS::IoT::`, and the device the others. */
  private named(part: Exclude<TextPart, string>): TextPart {
    if (part instanceof Atom) return part;
    const parameter = /^(?:the parameter (.+)|'(AWS::IoT::.+)', which.*)$/.exec(part.reason)?.slice(1).find(Boolean);
    if (parameter === undefined) return part;
    const name = new Atom(`${this.template.templateId}/${parameter}`);
    if (parameter.startsWith('AWS::IoT::')) return name;
    if (!this.validated) return new Unknown(`the provisioning parameter ${parameter}, which the device chooses`);
    // Validation does not look at a default, which stands in if the device sends no value.
    const fallback = this.defaultOf(parameter);
    return fallback !== undefined && /[*?$+#]/.test(fallback)
      ? new Unknown(`the provisioning parameter ${parameter}, which is '${fallback}' unless the device chooses it`)
      : name;
  }

  private defaultOf(parameter: string): string | undefined {
    const declared = this.template.entry('Parameters', parameter);
    return isJsonObject(declared) && declared.Default !== undefined
      ? display(this.filled(declared.Default))
      : undefined;
  }
}
