import { Conditions, Resolution } from './conditions';
import { isJsonObject, Json, JsonObject, Resource, Template } from './template';
import { Atom, canonical, entryOf, isList, partsOf, Text, TextPart, Unknown, Value } from './value';

/** Pseudo parameters, which no template can change. Those of account and region come from the stack, if it has them. */
const PSEUDO_PARAMETERS = new Set([
  'AWS::AccountId', 'AWS::NotificationARNs', 'AWS::Partition', 'AWS::Region', 'AWS::StackId', 'AWS::StackName',
  'AWS::URLSuffix',
]);

/** Properties that name a resource, for the types that others refer to by name. `Ref` yields that name. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IoT::Policy': 'PolicyName',
  'AWS::IoT::Thing': 'ThingName',
  'AWS::IoT::RoleAlias': 'RoleAlias',
};

/** Types whose attributes may hold any text. All types that AWS does not define are among them. */
const ANYTHING = new RegExp('^(?!AWS::)|^AWS::(CloudFormation::(CustomResource|Macro|WaitCondition)|SSM::Parameter'
  + '|Serverless::Application|ServiceCatalog::CloudFormationProvisionedProduct)$');

/** Key of the exports of all templates. */
const EXPORTS = 'exports';

/** An output that other stacks may import. */
interface Export {
  readonly template: Template;
  readonly outputName: string;
  readonly output: JsonObject;
}

/** Follows `Ref`, `Fn::GetAtt` and `Fn::ImportValue`. */
export class References {
  private readonly following = new Set<string>();

  constructor(private readonly resolution: Resolution, private readonly conditions: Conditions) {}

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
      return this.once(`${template.templateId}\n${logicalId} ${attribute}`, () =>
        this.output(template, logicalId, attribute));
    }
    const key = `${template.templateId}/${logicalId}.${attribute}`;
    if (ANYTHING.test(resource.type)) {
      return new Unknown(`the attribute ${attribute} of ${logicalId} (${resource.type})`, key);
    }
    return new Text([new Atom(key, resource, attribute)]);
  }

  /** Spells out the ARN of a role, for `Fn::Split`; other parts stay as they are. */
  spelledOut(part: TextPart): readonly TextPart[] {
    const resource = part instanceof Atom && part.attribute === 'Arn' && part.resource
      ? this.resolution.fleet.find(part.resource)
      : undefined;
    if (resource?.type !== 'AWS::IAM::Role') return [part];
    const { template, logicalId, properties } = resource;
    const path = properties.Path === undefined ? '/' : this.resolution.resolve(template, properties.Path);
    const [partition, account, directory, name] = [
      pseudoParameter(template, 'AWS::Partition'), pseudoParameter(template, 'AWS::AccountId'), path,
      this.ref(template, logicalId),
    ].map((value) => partsOf(value) ?? [new Unknown(`the ARN of ${logicalId}`)]);
    return ['arn:', ...partition, ':iam::', ...account, ':role', ...directory, ...name];
  }

  importValue(template: Template, name: Value): Value {
    if (typeof name !== 'string' && !(name instanceof Text)) return new Unknown('an import without a known name');
    const key = exportKey(template, name);
    if (key === undefined) {
      return new Unknown('an import (with a name that is not known) that no stack of the app exports');
    }
    const found = (this.exports().get(key) ?? []).filter(({ template: exporter, output }) =>
      typeof output.Condition !== 'string' || this.conditions.holds(exporter, output.Condition));
    const shown = typeof name === 'string' ? name : 'with a name that is not known';
    if (found.length !== 1) {
      const problem = found.length === 0 ? 'that no stack of the app exports' : 'that several stacks of the app export';
      return new Unknown(`an import (${shown}) ${problem}`, `${template.templateId}\nimport ${key}`);
    }
    const [{ template: exporter, outputName, output }] = found;
    return this.once(`${exporter.templateId}\noutput ${outputName}`, () =>
      this.resolution.resolve(exporter, output.Value));
  }

  private parameter(template: Template, name: string): Value {
    const declared = template.entry('Parameters', name);
    const unknown = new Unknown(`the parameter ${name}`, `${template.templateId}\nparameter ${name}`);
    const { values, defaults } = this.resolution.fleet.parameters;
    const own = `${template.stackConstructPath}/${name}`;
    if (template.stackConstructPath !== undefined && Object.hasOwn(values, own)) {
      return this.typed(declared, values[own], unknown);
    }
    // A value given by the name alone may be meant for another stack; the parent's value is not.
    const given = this.given(template, name);
    if (given !== undefined) return this.typed(declared, given, unknown);
    if (Object.hasOwn(values, name)) return this.typed(declared, values[name], unknown);
    if (!isJsonObject(declared)) return unknown;
    if (defaults || template.parent) {
      const fallback = declared.Default;
      const isPath = typeof declared.Type === 'string' && declared.Type.startsWith('AWS::SSM::');
      if (!isPath && (typeof fallback === 'string' || typeof fallback === 'number')) {
        return this.typed(declared, String(fallback), unknown);
      }
    }
    return unknown;
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

  /** A value in the type of its parameter. The number of items in an open text is not known. */
  private typed(declared: Json | undefined, value: Value, unknown: Unknown): Value {
    const isListType = isJsonObject(declared) && typeof declared.Type === 'string'
      && /^(CommaDelimitedList$|List<)/.test(declared.Type);
    if (!isListType || isList(value)) return value;
    return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : unknown;
  }

  private nameOf(resource: Resource): Value {
    if (ANYTHING.test(resource.type) && resource.type !== 'AWS::SSM::Parameter') {
      return new Unknown(`the physical id of ${resource.logicalId} (${resource.type})`,
        `${resource.templateId}/${resource.logicalId}`);
    }
    const property = NAME_PROPERTIES[resource.type];
    if (property && resource.properties[property] !== undefined) {
      const name = this.resolution.resolve(resource.template, resource.properties[property]);
      if (typeof name === 'string' || name instanceof Text || name instanceof Unknown) return name;
    }
    return new Text([new Atom(`${resource.templateId}/${resource.logicalId}`, resource)]);
  }

  private output(template: Template, logicalId: string, attribute: string): Value {
    const nested = this.resolution.fleet.nestedTemplate(template, logicalId);
    const output = nested?.entry('Outputs', attribute.replace(/^Outputs\./, ''));
    if (!nested || !isJsonObject(output)) {
      return new Unknown(`the output ${attribute} of the nested stack ${logicalId}`,
        `${template.templateId}/${logicalId}.${attribute}`);
    }
    return this.resolution.resolve(nested, output.Value);
  }

  private exports(): ReadonlyMap<string, readonly Export[]> {
    if (this.following.has(EXPORTS)) return new Map();
    return this.resolution.remember(EXPORTS, () => {
      this.following.add(EXPORTS);
      const exported = new Map<string, Export[]>();
      for (const template of this.resolution.fleet.templates) {
        for (const [outputName, output] of Object.entries(template.section('Outputs'))) {
          if (!isJsonObject(output) || !isJsonObject(output.Export) || output.Value === undefined) continue;
          const key = exportKey(template, this.resolution.resolve(template, output.Export.Name));
          if (key !== undefined) exported.set(key, [...exported.get(key) ?? [], { template, outputName, output }]);
        }
      }
      this.following.delete(EXPORTS);
      return exported;
    });
  }

  /** Follows a reference once, and never in circles. */
  private once(key: string, follow: () => Value): Value {
    if (this.following.has(key)) return new Unknown('a reference that leads back to itself');
    return this.resolution.remember(key, () => {
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

/** Refuses values other than texts and lists of texts, which parameters, outputs and names are. */
function textual(value: Value): Value {
  if (value === undefined || partsOf(value)) return value;
  if (isList(value) && value.every((item) => partsOf(item))) return value;
  return new Unknown('a reference to what is no text');
}

/** The key of an export, whose name is unique within an account and region. */
function exportKey(template: Template, name: Value): string | undefined {
  const parts = typeof name === 'string' || name instanceof Text ? partsOf(name) : undefined;
  if (!parts || parts.some((part) => part instanceof Unknown)) return undefined;
  return `${template.account ?? ''} ${template.region ?? ''} ${canonical(name)}`;
}
