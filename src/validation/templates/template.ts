import { ResourceReference } from './value';

/** JSON of a template. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A resource that a template declares. */
export interface Resource extends ResourceReference {
  readonly type: string;
  readonly template: Template;
  readonly properties: JsonObject;
  readonly condition?: string;
}

/** The stack around a nested stack: its template, and the resource that stands for the nested stack. */
export interface ParentStack {
  readonly template: Template;
  readonly logicalId: string;
}

export interface TemplateProps {
  readonly templateId: string;
  readonly body: JsonObject;
  readonly templatePath?: string;
  readonly stackConstructPath?: string;
  readonly stackName?: string;
  readonly account?: string;
  readonly region?: string;
  readonly parent?: ParentStack;
}

/** A template, and the stack that is made of it. */
export class Template {
  readonly templateId: string;
  readonly templatePath?: string;
  readonly stackConstructPath?: string;
  readonly stackName?: string;
  readonly account?: string;
  readonly region?: string;
  readonly parent?: ParentStack;

  /** The macros that CloudFormation applies to the template. */
  readonly transform?: Json;

  readonly resources: readonly Resource[];

  private readonly body: JsonObject;
  private readonly resourceById = new Map<string, Resource>();

  constructor(props: TemplateProps) {
    this.templateId = props.templateId;
    this.templatePath = props.templatePath;
    this.stackConstructPath = props.stackConstructPath;
    this.stackName = props.stackName;
    this.account = props.account;
    this.region = props.region;
    this.parent = props.parent;
    this.body = props.body;
    this.transform = props.body.Transform;

    for (const [logicalId, declared] of Object.entries(this.section('Resources'))) {
      if (!isJsonObject(declared) || typeof declared.Type !== 'string') continue;
      this.resourceById.set(logicalId, {
        templateId: this.templateId,
        logicalId,
        type: declared.Type,
        template: this,
        properties: isJsonObject(declared.Properties) ? declared.Properties : {},
        condition: typeof declared.Condition === 'string' ? declared.Condition : undefined,
      });
    }
    this.resources = [...this.resourceById.values()];
  }

  resource(logicalId: string): Resource | undefined {
    return this.resourceById.get(logicalId);
  }

  /** `Parameters`, `Conditions`, `Mappings`, `Outputs` or `Resources`; empty if the template has none. */
  section(name: string): JsonObject {
    const value = Object.hasOwn(this.body, name) ? this.body[name] : undefined;
    return isJsonObject(value) ? value : {};
  }

  /** An entry of a section; `undefined` if there is none. */
  entry(section: string, name: string): Json | undefined {
    const entries = this.section(section);
    return Object.hasOwn(entries, name) ? entries[name] : undefined;
  }
}

/** A place within the properties of a resource. */
export function property(...path: readonly string[]): readonly string[] {
  return ['Properties', ...path];
}
