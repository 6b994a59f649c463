import { Conditions, Resolution } from './conditions';
import { Parameters } from './parameters';
import { isJsonObject, Json, JsonObject, Resource, Template } from './template';
import { Atom, canonical, isList, partsOf, Text, textOf, TextPart, Unknown, Value } from './value';

/** Pseudo parameters, which no template can change. Those of account and region come from the stack, if it has them. */
const PSEUDO_PARAMETERS = new Set([
  'AWS::AccountId', 'AWS::NotificationARNs', 'AWS::Partition', 'AWS::Region', 'AWS::StackId', 'AWS::StackName',
  'AWS::URLSuffix',
]);

/** Those of them that are the same in all stacks of an account and region. */
const SAME_IN_ALL_STACKS = new Map([...PSEUDO_PARAMETERS].filter((name) => !name.startsWith('AWS::Stack'))
  .map((name) => [name, new Text([new Atom(name)])] as const));

/** Properties that name a resource, for the types that others refer to by name. `Ref` yields that name. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IoT::BillingGroup': 'BillingGroupName',
  'AWS::IoT::Policy': 'PolicyName',
  'AWS::IoT::ProvisioningTemplate': 'TemplateName',
  'AWS::IoT::RoleAlias': 'RoleAlias',
  'AWS::IoT::Thing': 'ThingName',
  'AWS::IoT::ThingGroup': 'ThingGroupName',
  'AWS::IoT::ThingType': 'ThingTypeName',
  'AWS::IoT::TopicRule': 'RuleName',
};

/** Types whose names may hold a `+`. Services refuse all other special characters in names. */
const WITH_PLUS = new Set(['AWS::IAM::Role', 'AWS::IoT::Policy']);

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

  private readonly parameters: Parameters;

  constructor(private readonly resolution: Resolution, private readonly conditions: Conditions) {
    this.parameters = new Parameters(resolution);
  }

  ref(template: Template, name: string): Value {
    if (name === 'AWS::NoValue') return undefined;
    if (PSEUDO_PARAMETERS.has(name)) return pseudoParameter(template, name);
    if (template.entry('Parameters', name) !== undefined) {
      return this.once(`${template.templateId}\nparameter ${name}`, () => this.parameters.value(template, name));
    }
    const resource = template.resource(name);
    if (!resource) return new Unknown(`'${name}', which the template does not define`);
    return this.once(`${template.templateId}\nname of ${name}`, () => this.nameOf(resource));
  }

  /** An item of a list parameter whose value is not known; `undefined` for everything else. */
  itemOf(template: Template, list: Json, index: number): Value {
    const name = isJsonObject(list) && Object.keys(list).length === 1 ? list.Ref : undefined;
    if (typeof name !== 'string' || template.entry('Parameters', name) === undefined || !(index >= 0)) return undefined;
    return this.once(`${template.templateId}\nparameter ${name} ${index}`, () =>
      this.parameters.item(template, name, index));
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
      typeof output.Condition !== 'string' || this.conditions.holds(exporter, output.Condition) !== false);
    const shown = typeof name === 'string' ? name : 'with a name that is not known';
    if (found.length !== 1) {
      const problem = found.length === 0 ? 'that no stack of the app exports' : 'that several stacks of the app export';
      return new Unknown(`an import (${shown}) ${problem}`, `${template.templateId}\nimport ${key}`);
    }
    const [{ template: exporter, outputName, output }] = found;
    return this.once(`${exporter.templateId}\noutput ${outputName}`, () =>
      this.resolution.resolve(exporter, output.Value));
  }

  private nameOf(resource: Resource): Value {
    if (ANYTHING.test(resource.type) && resource.type !== 'AWS::SSM::Parameter') {
      return new Unknown(`the physical id of ${resource.logicalId} (${resource.type})`,
        `${resource.templateId}/${resource.logicalId}`);
    }
    const property = NAME_PROPERTIES[resource.type];
    if (property && resource.properties[property] !== undefined) {
      const name = this.resolution.resolve(resource.template, resource.properties[property]);
      if (typeof name === 'string') return name;
      if (name instanceof Unknown) return named(name, resource);
      if (name instanceof Text) {
        return textOf(name.parts.map((part, index) => part instanceof Unknown ? named(part, resource, index) : part));
      }
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

/** An open part of the name of a resource, which is the same wherever it appears. */
function named({ reason, identity, specials, alternatives }: Unknown, resource: Resource, part = 0): Unknown {
  const own = `${resource.templateId}\nname of ${resource.logicalId} ${part}`;
  const allowed = WITH_PLUS.has(resource.type) && specials.includes('+') ? '+' : '';
  return new Unknown(reason, identity ?? own, { specials: allowed, alternatives });
}

function pseudoParameter(template: Template, name: string): Value {
  if (name === 'AWS::NotificationARNs') return new Unknown(name, `${template.templateId}/${name}`);
  if (name === 'AWS::StackName' && template.stackName) return template.stackName;
  if (name === 'AWS::Region' && template.region) return template.region;
  if (name === 'AWS::AccountId' && template.account) return template.account;
  return SAME_IN_ALL_STACKS.get(name) ?? new Text([new Atom(`${template.templateId}/${name}`)]);
}

/** Refuses values other than texts and lists of texts, which parameters, outputs and names are. */
function textual(value: Value): Value {
  // Alternatives that refer to others in turn would double with every reference.
  if (value instanceof Unknown && !value.alternatives?.every((alternative) => typeof alternative === 'string')) {
    return new Unknown(value.reason, value.identity, { specials: value.specials });
  }
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
