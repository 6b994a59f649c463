import type { Resolver } from './resolver';
import { isJsonObject, Json, JsonObject, Resource, Template } from './template';
import { Atom, canonical, entryOf, isList, partsOf, Text, TextPart, Unknown, Value } from './value';

/** Values of pseudo parameters that no template can change; those of a stack's account and region come from the stack. */
const PSEUDO_PARAMETERS = new Set([
  'AWS::AccountId', 'AWS::NotificationARNs', 'AWS::Partition', 'AWS::Region', 'AWS::StackId', 'AWS::StackName', 'AWS::URLSuffix',
]);

/** The property that gives a resource the name that `Ref` yields, where it is one that others refer to by name. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IoT::Policy': 'PolicyName',
  'AWS::IoT::Thing': 'ThingName',
  'AWS::IoT::RoleAlias': 'RoleAlias',
};

/** Attributes of these hold whatever somebody put there. So may those of types that AWS does not define. */
const ANYTHING = new RegExp('^(?!AWS::)|^AWS::(CloudFormation::(CustomResource|Macro|WaitCondition)|SSM::Parameter'
  + '|Serverless::Application|ServiceCatalog::CloudFormationProvisionedProduct)$');

/** Under which the exports of all templates are remembered. */
const EXPORTS = 'exports';

/** An output that other stacks may import. */
interface Export {
  readonly template: Template;
  readonly outputName: string;
  readonly output: JsonObject;
}

/** What `Ref`, `Fn::GetAtt` and `Fn::ImportValue` lead to. */
export class References {
  private readonly following = new Set<string>();

  constructor(private readonly resolver: Resolver) {}

  ref(template: Template, name: string): Value {
    if (name === 'AWS::NoValue') return undefined;
    if (PSEUDO_PARAMETERS.has(name)) return pseudoParameter(template, name);
    if (template.entry('Parameters', name) !== undefined) {
      return this.once(`${template.templateId}\nparameter ${name}`, () => this.parameter(template, name));
    }
    const resource = template.resource(name);
    if (!resource) return new Unknown(`'${name}', which the template does not define`);
    return this.once(`${template.templateId}\nname of ${name}`, () => this.nameOf(resource));
  }

  getAtt(template: Template, logicalId: string, attribute: string): Value {
    const resource = template.resource(logicalId);
    if (!resource) return new Unknown(`'${logicalId}', which the template does not define`);
    if (resource.type === 'AWS::CloudFormation::Stack') {
      return this.once(`${template.templateId}\n${logicalId} ${attribute}`, () => this.output(template, logicalId, attribute));
    }
    const key = `${template.templateId}/${logicalId}.${attribute}`;
    if (ANYTHING.test(resource.type)) return new Unknown(`the attribute ${attribute} of ${logicalId} (${resource.type})`, key);
    return new Text([new Atom(key, resource, attribute)]);
  }

  /** The parts of an ARN, for what takes it apart, where it is the ARN of a role. */
  spelledOut(part: TextPart): readonly TextPart[] {
    const resource = part instanceof Atom && part.attribute === 'Arn' && part.resource ? this.resolver.fleet.find(part.resource) : undefined;
    if (resource?.type !== 'AWS::IAM::Role') return [part];
    const { template, logicalId, properties } = resource;
    const path = properties.Path === undefined ? '/' : this.resolver.resolve(template, properties.Path);
    const [partition, account, directory, name] = [
      pseudoParameter(template, 'AWS::Partition'), pseudoParameter(template, 'AWS::AccountId'), path, this.ref(template, logicalId),
    ].map((value) => partsOf(value) ?? [new Unknown(`the ARN of ${logicalId}`)]);
    return ['arn:', ...partition, ':iam::', ...account, ':role', ...directory, ...name];
  }

  importValue(template: Template, name: Value): Value {
    if (typeof name !== 'string' && !(name instanceof Text)) return new Unknown('an import without a known name');
    const key = exportKey(template, name);
    if (key === undefined) return new Unknown('an import (with a name that is not known) that no stack of the app exports');
    const found = (this.exports().get(key) ?? []).filter(({ template: exporter, output }) =>
      typeof output.Condition !== 'string' || this.resolver.conditions.holds(exporter, output.Condition));
    const shown = typeof name === 'string' ? name : 'with a name that is not known';
    if (found.length !== 1) {
      const problem = found.length === 0 ? 'that no stack of the app exports' : 'that several stacks of the app export';
      return new Unknown(`an import (${shown}) ${problem}`, `${template.templateId}\nimport ${key}`);
    }
    const [{ template: exporter, outputName, output }] = found;
    return this.once(`${exporter.templateId}\noutput ${outputName}`, () => this.resolver.resolve(exporter, output.Value));
  }

  private parameter(template: Template, name: string): Value {
    const declared = template.entry('Parameters', name);
    const unknown = new Unknown(`the parameter ${name}`, `${template.templateId}\nparameter ${name}`);
    const { values, defaults } = this.resolver.fleet.parameters;
    const own = `${template.stackConstructPath}/${name}`;
    if (template.stackConstructPath !== undefined && Object.hasOwn(values, own)) return this.typed(declared, values[own], unknown);
    // What another stack calls by the same name is not what the parent passes on.
    const given = this.given(template, name);
    if (given !== undefined) return this.typed(declared, given, unknown);
    if (Object.hasOwn(values, name)) return this.typed(declared, values[name], unknown);
    if (!isJsonObject(declared)) return unknown;
    if (defaults || template.parent) {
      const fallback = declared.Default;
      const isPath = typeof declared.Type === 'string' && declared.Type.startsWith('AWS::SSM::');
      if (!isPath && (typeof fallback === 'string' || typeof fallback === 'number')) return this.typed(declared, String(fallback), unknown);
    }
    return unknown;
  }

  /** What the stack around a nested stack passes to it. */
  private given({ parent }: Template, name: string): Value {
    const parameters = parent?.template.resource(parent.logicalId)?.properties.Parameters;
    if (!parent || parameters === undefined) return undefined;
    const isWrittenOut = isJsonObject(parameters) && Object.keys(parameters).every((key) => !key.startsWith('Fn::'));
    if (isWrittenOut) return Object.hasOwn(parameters, name) ? this.resolver.resolve(parent.template, parameters[name]) : undefined;
    return entryOf(this.resolver.resolve(parent.template, parameters), name);
  }

  /** A value as its parameter's type has it; how many items an open text holds is not known. */
  private typed(declared: Json | undefined, value: Value, unknown: Unknown): Value {
    const isListType = isJsonObject(declared) && typeof declared.Type === 'string' && /^(CommaDelimitedList$|List<)/.test(declared.Type);
    if (!isListType || isList(value)) return value;
    return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : unknown;
  }

  private nameOf(resource: Resource): Value {
    if (ANYTHING.test(resource.type) && resource.type !== 'AWS::SSM::Parameter') {
      return new Unknown(`the physical id of ${resource.logicalId} (${resource.type})`, `${resource.templateId}/${resource.logicalId}`);
    }
    const property = NAME_PROPERTIES[resource.type];
    if (property && resource.properties[property] !== undefined) {
      const name = this.resolver.resolve(resource.template, resource.properties[property]);
      if (typeof name === 'string' || name instanceof Text || name instanceof Unknown) return name;
    }
    return new Text([new Atom(`${resource.templateId}/${resource.logicalId}`, resource)]);
  }

  private output(template: Template, logicalId: string, attribute: string): Value {
    const nested = this.resolver.fleet.nestedTemplate(template, logicalId);
    const output = nested?.entry('Outputs', attribute.replace(/^Outputs\./, ''));
    if (!nested || !isJsonObject(output)) {
      return new Unknown(`the output ${attribute} of the nested stack ${logicalId}`, `${template.templateId}/${logicalId}.${attribute}`);
    }
    return this.resolver.resolve(nested, output.Value);
  }

  private exports(): ReadonlyMap<string, readonly Export[]> {
    if (this.following.has(EXPORTS)) return new Map();
    return this.resolver.remember(EXPORTS, () => {
      this.following.add(EXPORTS);
      const exported = new Map<string, Export[]>();
      for (const template of this.resolver.fleet.templates) {
        for (const [outputName, output] of Object.entries(template.section('Outputs'))) {
          if (!isJsonObject(output) || !isJsonObject(output.Export) || output.Value === undefined) continue;
          const key = exportKey(template, this.resolver.resolve(template, output.Export.Name));
          if (key !== undefined) exported.set(key, [...exported.get(key) ?? [], { template, outputName, output }]);
        }
      }
      this.following.delete(EXPORTS);
      return exported;
    });
  }

  /** Follows a reference once, and not in circles. */
  private once(key: string, follow: () => Value): Value {
    if (this.following.has(key)) return new Unknown('a reference that leads back to itself');
    return this.resolver.remember(key, () => {
      this.following.add(key);
      const value = textual(follow());
      this.following.delete(key);
      return value;
    });
  }
}

function pseudoParameter(template: Template, name: string): Value {
  if (name === 'AWS::NotificationARNs') return new Unknown(name, `${template.templateId}/${name}`);
  if (name === 'AWS::StackName' && template.stackName) return template.stackName;
  if (name === 'AWS::Region' && template.region) return template.region;
  if (name === 'AWS::AccountId' && template.account) return template.account;
  const perStack = name === 'AWS::StackId' || name === 'AWS::StackName';
  return new Text([new Atom(perStack ? `${template.templateId}/${name}` : name)]);
}

/** Parameters, outputs and names are texts or lists of texts. */
function textual(value: Value): Value {
  if (value === undefined || partsOf(value)) return value;
  if (isList(value) && value.every((item) => partsOf(item))) return value;
  return new Unknown('a reference to what is no text');
}

/** Exports have to be told apart within one account and region only. */
function exportKey(template: Template, name: Value): string | undefined {
  const parts = typeof name === 'string' || name instanceof Text ? partsOf(name) : undefined;
  if (!parts || parts.some((part) => part instanceof Unknown)) return undefined;
  return `${template.account ?? ''} ${template.region ?? ''} ${canonical(name)}`;
}
