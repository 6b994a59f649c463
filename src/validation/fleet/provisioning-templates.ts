import { IOT_POLICY_LIMIT, Policy, readPolicy, unknownPolicy, withStatements } from '../policies/policy-document';
import { FleetTemplates } from '../templates/fleet-templates';
import { isMarked, JSON_TEXT, marked, unmarked } from '../templates/json-text';
import { Resolver } from '../templates/resolver';
import { isJsonObject, Json, JsonObject, property, Resource, Template } from '../templates/template';
import {
  Atom, display, entryOf, isList, isObject, reasonsIn, Text, textOf, TextPart, Unknown, Value,
} from '../templates/value';

/** The parameter whose value AWS IoT makes up. It takes the others of its namespace from a certificate's subject. */
const CERTIFICATE_ID = 'AWS::IoT::Certificate::Id';

/** A body of a provisioning template, and the place where it stands. */
export interface ProvisioningBody {
  readonly resource: Resource;

  /** The body's name in messages. */
  readonly name: string;

  /** The place within the properties of the resource. */
  readonly path: readonly string[];
}

/** The bodies of provisioning templates, those for just-in-time provisioning by a CA certificate included. */
export function provisioningBodies(fleet: FleetTemplates): ProvisioningBody[] {
  return [
    ...fleet.resourcesOfType('AWS::IoT::ProvisioningTemplate').map((resource) =>
      ({ resource, name: 'the provisioning template', path: ['TemplateBody'] })),
    ...fleet.resourcesOfType('AWS::IoT::CACertificate')
      .filter(({ properties }) => properties.RegistrationConfig !== undefined)
      .map((resource) => ({
        resource, name: 'the just-in-time provisioning template', path: ['RegistrationConfig', 'TemplateBody'],
      })),
  ];
}

/** The policies within a body; `undefined` if there are none. */
export function policiesOfBody(
  { resource, path }: ProvisioningBody, resolver: Resolver, validated: boolean,
): Policy[] | undefined {
  const [first, ...rest] = path;
  const body = entryOf(resolver.resolve(resource.template, resource.properties[first]), ...rest);
  return policiesIn(body, { resource, path }, validated);
}

/**
 * The policies within a provisioning template, whose body is a JSON text with parameters and functions of its own;
 * `undefined` if there are none.
 *
 * A device may send any text in a parameter, a wildcard included, and whoever has a certificate signed may have any
 * text in its subject, unless the values are validated.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/jit-provisioning.html
 */
export function policiesIn(
  text: Value, { resource, path }: Pick<ProvisioningBody, 'resource' | 'path'>, validated: boolean,
): Policy[] | undefined {
  const body = JSON_TEXT.read(text);
  if (body instanceof Unknown) return [unknownPolicy(body.reason)];
  const declared = entryOf(body, 'Resources');
  const unknowns = unknownIn(declared);
  if (!isObject(declared)) return unknowns.length > 0 ? [unknownPolicy(...unknowns)] : undefined;

  // Parts that the outer template leaves open pass through the functions of the inner one as marks.
  const holes: TextPart[] = [];
  const inner = new Template({
    templateId: `${resource.templateId}/${resource.logicalId}`, body: withoutBounds(plain(body, holes) as JsonObject),
  });
  const place = property(...path);
  const reader = new ProvisioningReader(inner, holes, validated);
  const policies = inner.resources.filter(({ type }) => type === 'AWS::IoT::Policy')
    .filter(({ properties }) => properties.PolicyDocument !== undefined)
    .map(({ properties }) => readPolicy(reader.resolve(properties.PolicyDocument), place, IOT_POLICY_LIMIT));
  if (unknowns.length > 0) policies.push(unknownPolicy(...unknowns));
  return policies.length === 0 ? undefined : policies.map((policy) => withStatements(policy, () => ({ path: place })));
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

/** Leaves parameters their defaults alone: AWS IoT, unlike CloudFormation, knows no allowed values and patterns. */
function withoutBounds(body: JsonObject): JsonObject {
  if (!isJsonObject(body.Parameters)) return body;
  const parameters = Object.entries(body.Parameters).map(([name, declared]): [string, Json] =>
    [name, isJsonObject(declared) && declared.Default !== undefined ? { Default: declared.Default } : {}]);
  return { ...body, Parameters: Object.fromEntries(parameters) };
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

  /** Names a parameter: AWS IoT makes up the id of a certificate, and people and devices choose the others. */
  private named(part: Exclude<TextPart, string>): TextPart {
    if (part instanceof Atom) return part;
    const parameter = /^(?:the parameter (.+)|'(AWS::IoT::.+)', which.*)$/.exec(part.reason)?.slice(1).find(Boolean);
    if (parameter === undefined) return part;
    const name = new Atom(`${this.template.templateId}/${parameter}`);
    if (parameter === CERTIFICATE_ID) return name;
    if (!this.validated) {
      const chooser = parameter.startsWith('AWS::IoT::') ? 'whoever has its certificate signed' : 'the device';
      return new Unknown(`the provisioning parameter ${parameter}, which ${chooser} chooses`);
    }
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
