import type { Place } from './generic-resources';
import type { RehearsedStack } from './rehearsed-stack';
import type { Handled } from './resource-handler';
import { Template, TemplateError, intrinsicOf, isObject } from './template';

/** The values that the functions of a template refer to. */
export interface Referents {
  /** Pseudo parameters and parameters, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Ref and GetAtt of a resource that is deployed by now. */
  resource(logicalId: string): Handled | undefined;
  exported(name: string): unknown;
}

/** A property, or an element of a list, that is to be left out. */
const NO_VALUE = Symbol('AWS::NoValue');

type Resolve = (argument: unknown) => unknown;

export const KNOWN_FUNCTIONS = [
  'Ref', 'Fn::And', 'Fn::Base64', 'Fn::Equals', 'Fn::FindInMap', 'Fn::GetAtt', 'Fn::If', 'Fn::ImportValue', 'Fn::Join',
  'Fn::Not', 'Fn::Or', 'Fn::Select', 'Fn::Split', 'Fn::Sub',
] as const;

/** Evaluates the functions of a template. */
export class IntrinsicFunctions {
  private readonly functions: Readonly<Record<typeof KNOWN_FUNCTIONS[number], Resolve>> = {
    'Ref': (name) => this.ref(String(name)),
    'Fn::And': (list) => this.list(list).every((condition) => this.truth(condition)),
    'Fn::Base64': (text) => Buffer.from(String(this.resolve(text))).toString('base64'),
    'Fn::Equals': (list) => {
      const [one, other] = this.resolvedList(list);
      return String(one) === String(other);
    },
    'Fn::FindInMap': (list) => this.findInMap(this.resolvedList(list).map(String)),
    'Fn::GetAtt': (argument) => this.getAtt(argument),
    'Fn::If': (list) => {
      const [condition, then, otherwise] = this.list(list);
      return this.evaluate(this.condition(String(condition)) ? then : otherwise);
    },
    'Fn::ImportValue': (name) => this.referents.exported(String(this.resolve(name))),
    'Fn::Join': (list) => {
      const [separator, parts] = this.list(list);
      return this.resolvedList(parts).map(asText).join(String(separator));
    },
    'Fn::Not': (list) => !this.truth(this.list(list)[0]),
    'Fn::Or': (list) => this.list(list).some((condition) => this.truth(condition)),
    'Fn::Select': (list) => {
      const [index, from] = this.list(list);
      const choices = this.resolvedList(from);
      const chosen = choices[Number(this.resolve(index))];
      if (chosen === undefined) {
        throw new TemplateError(`Fn::Select cannot select index ${String(index)} of ${choices.length} values`);
      }
      return chosen;
    },
    'Fn::Split': (list) => {
      const [separator, text] = this.resolvedList(list);
      return String(text).split(String(separator));
    },
    'Fn::Sub': (argument) => this.sub(argument),
  };

  constructor(private readonly template: Template, private readonly referents: Referents) {}

  /** A value without functions; undefined for AWS::NoValue. */
  resolve(value: unknown): unknown {
    const resolved = this.evaluate(value);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  condition(name: string): boolean {
    const definition = this.template.Conditions?.[name];
    if (definition === undefined) throw new TemplateError(`Unresolved condition dependency ${name}`);
    return this.truth(definition);
  }

  private evaluate(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((element) => this.evaluate(element)).filter((element) => element !== NO_VALUE);
    }
    if (!isObject(value)) return value;
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return this.call(...intrinsic);
    const entries = Object.entries(value).map(([key, member]) => [key, this.evaluate(member)] as const);
    return Object.fromEntries(entries.filter(([, member]) => member !== NO_VALUE));
  }

  private call(name: string, argument: unknown): unknown {
    const evaluate = this.functions[name as keyof typeof this.functions] as Resolve | undefined;
    if (evaluate === undefined) throw new TemplateError(`The rehearsal does not know the function ${name}`);
    return evaluate(argument);
  }

  /** Only here is `{ Condition: ... }` a reference; elsewhere it is a member of, say, an IAM statement. */
  private truth(condition: unknown): boolean {
    if (isObject(condition) && typeof condition.Condition === 'string') return this.condition(condition.Condition);
    return String(this.resolve(condition)) === 'true';
  }

  private ref(name: string): unknown {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (Object.hasOwn(this.referents.values, name)) return this.referents.values[name];
    return this.requireResource(name).physicalId;
  }

  private getAtt(argument: unknown): unknown {
    const text = typeof argument === 'string' ? argument : undefined;
    const dot = text?.indexOf('.') ?? -1;
    const [logicalId, attribute] = text === undefined ? this.list(argument) : [text.slice(0, dot), text.slice(dot + 1)];
    const resource = this.requireResource(String(logicalId));
    const name = String(this.resolve(attribute));
    if (!Object.hasOwn(resource.attributes, name)) {
      if (resource.inventAttribute !== undefined) return resource.inventAttribute(name);
      throw new TemplateError(`Vendor response doesn't contain ${name} attribute in object ${String(logicalId)}`);
    }
    return resource.attributes[name];
  }

  private sub(argument: unknown): string {
    const [text, variables] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [argument as string, {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, reference: string) => {
      const name = reference.trim();
      if (literal !== '') return `\${${reference}}`;
      if (Object.hasOwn(variables, name)) return asText(this.resolve(variables[name]));
      return asText(name.includes('.') ? this.getAtt(name) : this.ref(name));
    });
  }

  private findInMap([map, first, second]: string[]): unknown {
    const found = this.template.Mappings?.[map]?.[first]?.[second];
    if (found === undefined) throw new TemplateError(`Unable to get mapping for ${map}::${first}::${second}`);
    return found;
  }

  private requireResource(logicalId: string) {
    const resource = this.referents.resource(logicalId);
    if (resource === undefined) {
      throw new TemplateError(`Unresolved resource dependencies [${logicalId}] in the template`);
    }
    return resource;
  }

  private list(argument: unknown): readonly unknown[] {
    if (!Array.isArray(argument)) {
      throw new TemplateError(`A function needs a list as its argument, got: ${JSON.stringify(argument)}`);
    }
    return argument;
  }

  private resolvedList(argument: unknown): readonly unknown[] {
    return this.list(this.resolve(argument));
  }
}

function asText(value: unknown): string {
  if (Array.isArray(value) || isObject(value)) {
    throw new TemplateError(`A function needs text, got: ${JSON.stringify(value)}`);
  }
  return String(value);
}

/** The version of a bootstrap stack that is recent enough for any assembly. */
const BOOTSTRAP_VERSION = '99';

const SUFFIXES: Readonly<Record<string, string>> = {
  'aws': 'amazonaws.com', 'aws-cn': 'amazonaws.com.cn', 'aws-us-gov': 'amazonaws.com',
};

/** Values of Ref for pseudo parameters and for the parameters of a template. */
export function valuesFor(
  stack: RehearsedStack, template: Template, { accountId, region, partition }: Place,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const parameters = Object.entries(template.Parameters ?? {}).map(([name, { Type, Default }]) => {
    const value = given[name] ?? Default;
    if (value === undefined) throw new TemplateError(`Parameters: [${name}] must have values`);
    // The CDK's own is the only SSM parameter with a known value.
    if (given[name] === undefined && /^\/cdk-bootstrap\/.*\/version$/.test(String(Default))) {
      return [name, BOOTSTRAP_VERSION];
    }
    return [
      name,
      /^(CommaDelimitedList|List<)/.test(Type)
        ? String(value)
          .split(',')
          .map((part) => part.trim())
        : String(value),
    ];
  });
  return {
    'AWS::AccountId': accountId,
    'AWS::NotificationARNs': [],
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': SUFFIXES[partition],
    ...Object.fromEntries(parameters),
  };
}
