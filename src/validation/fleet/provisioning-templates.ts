import { CheckContext, property } from '../finding';
import type { DeclaredPolicy } from './iot-policies';
import { IOT_POLICY_LIMIT, Policy, readPolicy } from '../policies/policy-document';
import { FleetTemplates } from '../templates/fleet-templates';
import { JSON_TEXT } from '../templates/json-text';
import { Resolver } from '../templates/resolver';
import { isJsonObject, Json, JsonObject, Resource, Template } from '../templates/template';
import { Atom, display, entryOf, isList, isObject, reasonsIn, Text, textOf, TextPart, Unknown, Value } from '../templates/value';

const BODY = property('TemplateBody');

/**
 * The policies within provisioning templates, whose bodies are JSON texts with parameters and functions of their own.
 *
 * What a device sends in a parameter is its own choice, a wildcard included, unless something checks it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export function provisionedPolicies({ fleet, facts }: CheckContext): DeclaredPolicy[] {
  return fleet.resourcesOfType('AWS::IoT::ProvisioningTemplate').map((resource) => ({
    resource,
    subject: 'A policy of the provisioning template',
    path: ['TemplateBody'],
    read: (resolver: Resolver) => readBody(resource, resolver, facts.provisioningParametersValidated),
  }));
}

function readBody(resource: Resource, resolver: Resolver, validated: boolean): Policy[] | undefined {
  const body = JSON_TEXT.read(resolver.resolve(resource.template, resource.properties.TemplateBody));
  if (body instanceof Unknown) return [unreadable([body.reason])];
  const declared = entryOf(body, 'Resources');
  const unknowns = unknownIn(declared);
  if (!isObject(declared)) return unknowns.length > 0 ? [unreadable(unknowns)] : undefined;

  // What the outer template leaves open is carried through the functions of the inner one.
  const holes: TextPart[] = [];
  const inner = new Template({ templateId: `${resource.templateId}/${resource.logicalId}`, body: plain(body, holes) as JsonObject });
  const reader = new ProvisioningReader(inner, holes, validated);
  const policies = inner.resources.filter(({ type }) => type === 'AWS::IoT::Policy')
    .filter(({ properties }) => properties.PolicyDocument !== undefined)
    .map(({ properties }) => readPolicy(reader.resolve(properties.PolicyDocument), BODY, IOT_POLICY_LIMIT));
  if (unknowns.length > 0) policies.push(unreadable(unknowns));
  return policies.length === 0 ? undefined : policies.map((policy) => allAt(policy, BODY));
}

function unreadable(unknowns: readonly string[]): Policy {
  return { statements: [], unknowns };
}

/** Why there may be a policy among resources of which not even the type is known. */
function unknownIn(resources: Value): string[] {
  if (!isObject(resources)) return [...reasonsIn(resources)];
  return Object.values(resources).flatMap((resource) => [
    ...isObject(resource) ? [] : reasonsIn(resource),
    ...reasonsIn(entryOf(resource, 'Type')),
    ...entryOf(resource, 'Type') === 'AWS::IoT::Policy' && !isObject(entryOf(resource, 'Properties')) ? reasonsIn(entryOf(resource, 'Properties')) : [],
  ]);
}

function allAt(policy: Policy, path: readonly string[]): Policy {
  return { ...policy, statements: policy.statements.map((statement) => ({ ...statement, path })) };
}

const HOLE = /\uFDD0(\d+)\uFDD1/;

/** A value as JSON, with characters that no text holds in the place of what is not known. */
function plain(value: Value, holes: TextPart[]): Json {
  if (value === undefined) return null;
  if (value instanceof Unknown) return `\uFDD0${holes.push(value) - 1}\uFDD1`;
  if (value instanceof Text) return value.parts.map((part) => typeof part === 'string' ? part : `\uFDD0${holes.push(part) - 1}\uFDD1`).join('');
  if (isList(value)) return value.map((item) => plain(item, holes));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, holes)]));
  return value as Json;
}

/** Carries out the functions of a provisioning template. */
class ProvisioningReader {
  private readonly resolver: Resolver;

  constructor(private readonly template: Template, private readonly holes: readonly TextPart[], private readonly validated: boolean) {
    this.resolver = new Resolver(new FleetTemplates([template], [], { values: {}, defaults: false }));
  }

  resolve(json: Json): Value {
    return this.filled(this.resolver.resolve(this.template, json));
  }

  private filled(value: Value): Value {
    if (typeof value === 'string' && value.includes('\uFDD0')) return textOf(this.pieces(value));
    if (value instanceof Text) return textOf(value.parts.flatMap((part) => typeof part === 'string' ? this.pieces(part) : [this.named(part)]));
    if (value instanceof Unknown) return textOf([this.named(value)]);
    if (isList(value)) return value.map((item) => this.filled(item));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.filled(item)]));
    return value;
  }

  private pieces(text: string): TextPart[] {
    return text.split(HOLE).map((piece, index) => index % 2 === 0 ? piece : this.holes[Number(piece)]);
  }

  /** The service fills in what begins with `AWS::IoT::`, and the device the rest. */
  private named(part: Exclude<TextPart, string>): TextPart {
    if (part instanceof Atom) return part;
    const parameter = /^the parameter (.+)$/.exec(part.reason)?.[1] ?? /^'(AWS::IoT::.+)', which/.exec(part.reason)?.[1];
    if (parameter === undefined) return part;
    if (parameter.startsWith('AWS::IoT::')) return new Atom(`${this.template.templateId}/${parameter}`);
    if (this.validated) {
      const fallback = this.defaultOf(parameter);
      // Nothing checks what stands in for a value that the device does not send.
      return fallback !== undefined && /[*?$+#]/.test(fallback)
        ? new Unknown(`the provisioning parameter ${parameter}, which is '${fallback}' unless the device chooses it`)
        : new Atom(`${this.template.templateId}/${parameter}`);
    }
    return new Unknown(`the provisioning parameter ${parameter}, which the device chooses`);
  }

  private defaultOf(parameter: string): string | undefined {
    const declared = this.template.entry('Parameters', parameter);
    return isJsonObject(declared) && declared.Default !== undefined ? display(this.filled(declared.Default)) : undefined;
  }
}
