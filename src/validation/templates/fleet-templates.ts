import { hiddenResources } from './hidden-resources';
import { Resource, Template } from './template';
import { ResourceReference } from './value';

/** What of the templates could not be read, and why: a file, or something in a template that stands for further resources. */
export interface UnreadableTemplate {
  readonly templatePath?: string;
  readonly stackConstructPath?: string;

  /** The template that was read, in which something stands for what was not. */
  readonly template?: Template;
  readonly logicalId?: string;

  readonly reason: string;
}

/** What a deployment tells about values that templates leave open. */
export interface KnownParameters {
  /** Values by the name of the parameter, or by the path of the stack, a slash, and the name. */
  readonly values: Readonly<Record<string, string>>;

  /** Whether a parameter that nothing else is known of keeps its default. */
  readonly defaults: boolean;
}

/** All templates that are deployed together. */
export class FleetTemplates {
  readonly templates: readonly Template[];
  readonly unreadable: readonly UnreadableTemplate[];
  readonly parameters: KnownParameters;

  private readonly templateById = new Map<string, Template>();
  private readonly resourcesByType = new Map<string, Resource[]>();
  private nested?: Map<string, Template>;

  constructor(templates: readonly Template[], unreadable: readonly UnreadableTemplate[], parameters: KnownParameters) {
    this.templates = templates;
    this.parameters = parameters;
    for (const template of templates) {
      this.templateById.set(template.templateId, template);
      for (const resource of template.resources) {
        const others = this.resourcesByType.get(resource.type);
        if (others) others.push(resource);
        else this.resourcesByType.set(resource.type, [resource]);
      }
    }
    this.unreadable = [...unreadable, ...this.hidden(unreadable)];
  }

  /** The resources of a type, in all templates. */
  resourcesOfType(type: string): readonly Resource[] {
    return this.resourcesByType.get(type) ?? [];
  }

  find(reference: ResourceReference): Resource | undefined {
    return this.templateById.get(reference.templateId)?.resource(reference.logicalId);
  }

  /** The template of a nested stack. */
  nestedTemplate(parent: Template, logicalId: string): Template | undefined {
    this.nested ??= new Map(this.templates.flatMap((template) =>
      template.parent ? [[`${template.parent.template.templateId}\n${template.parent.logicalId}`, template]] : []));
    return this.nested.get(`${parent.templateId}\n${logicalId}`);
  }

  private hidden(unreadable: readonly UnreadableTemplate[]): UnreadableTemplate[] {
    const inTemplates = this.templates.flatMap((template) => hiddenResources(template).map((hidden) => ({ template, ...hidden })));
    const nested = this.resourcesOfType('AWS::CloudFormation::Stack')
      .filter(({ template, logicalId }) => !this.nestedTemplate(template, logicalId)
        && !unreadable.some((other) => other.template === template && other.logicalId === logicalId))
      .map(({ template, logicalId }) => ({ template, logicalId, reason: `the template of the nested stack ${logicalId} is not in it` }));
    return [...inTemplates, ...nested].map(({ template, ...hidden }) => ({
      template, templatePath: template.templatePath, stackConstructPath: template.stackConstructPath, ...hidden,
    }));
  }
}
