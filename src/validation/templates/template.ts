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

/** The lines of the text that a template was read from. */
export interface SourceLines {
  /** The line (from 1) of the value at a path, or of the nearest value around it that exists. */
  lineOf(path: readonly string[]): number;
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

  /** What tells the nested stack from others of the same template; `undefined` if there is one only. */
  readonly nestedName?: string;

  /** Called when the first line is asked for. */
  readonly lines?: () => SourceLines;
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
  readonly nestedName?: string;

  /** The macros that CloudFormation applies to the template. */
  readonly transform?: Json;

  readonly resources: readonly Resource[];

  private readonly body: JsonObject;
  private readonly readLines?: () => SourceLines;
  private readLinesOnce?: SourceLines;
  private readonly resourceById = new Map<string, Resource>();

  constructor(props: TemplateProps) {
    this.templateId = props.templateId;
    this.templatePath = props.templatePath;
    this.stackConstructPath = props.stackConstructPath;
    this.stackName = props.stackName;
    this.account = props.account;
    this.region = props.region;
    this.parent = props.parent;
    this.nestedName = props.nestedName;
    this.body = props.body;
    this.transform = transformOf(props.body);
    this.readLines = props.lines;

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

  /** The lines of its text, if it was read from one. */
  get lines(): SourceLines | undefined {
    return this.readLinesOnce ??= this.readLines?.();
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

/** The macros of the section, and the one that a template is written in. */
function transformOf({ Transform: section, 'Fn::Transform': around }: JsonObject): Json | undefined {
  if (around === undefined) return section;
  return [...section === undefined ? [] : Array.isArray(section) ? section : [section], around];
}

/** A place within the properties of a resource. */
export function property(...path: readonly string[]): readonly string[] {
  return ['Properties', ...path];
}
