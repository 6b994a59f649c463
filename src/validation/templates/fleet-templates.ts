import { hiddenResources } from './hidden-resources';
import { ParentStack, Resource, Template } from './template';
import { ResourceReference } from './value';

/** A template that could not be read, or a part of one that stands for resources elsewhere. */
export interface UnreadableTemplate {
  readonly templatePath?: string;
  readonly stackConstructPath?: string;

  /** The template that was read, if only a part of it was not. */
  readonly template?: Template;
  readonly logicalId?: string;

  /** The line (from 1) of the file that stopped the reading, if one did. */
  readonly line?: number;

  readonly reason: string;

  /** What to do about it. */
  readonly fix?: string;

  /** True if the user gave the file by its name, so that not to read it is an error. */
  readonly isGiven?: boolean;
}

/** A file that holds no template, and that the user did not give by its name. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** Values that templates leave open, as far as the user knows them. */
export interface KnownParameters {
  /** Values by the name of the parameter, or by the path of the stack, a slash, and the name. */
  readonly values: Readonly<Record<string, string>>;

  /** True if parameters without any other value keep their defaults. */
  readonly defaults: boolean;
}

/** All templates that are deployed together. */
export class FleetTemplates {
  readonly unreadable: readonly UnreadableTemplate[];

  private readonly templateById = new Map<string, Template>();
  private readonly resourcesByType = new Map<string, Resource[]>();
  private nested?: Map<string, Template>;

  constructor(
    readonly templates: readonly Template[], unreadable: readonly UnreadableTemplate[],
    readonly parameters: KnownParameters, readonly skipped: readonly SkippedFile[] = [],
  ) {
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
      template.parent ? [[keyOf(template.parent), template]] : []));
    return this.nested.get(keyOf({ template: parent, logicalId }));
  }

  private hidden(unreadable: readonly UnreadableTemplate[]): UnreadableTemplate[] {
    const inTemplates = this.templates.flatMap((template) =>
      hiddenResources(template).map((hidden) => ({ template, ...hidden })));
    const nested = this.resourcesOfType('AWS::CloudFormation::Stack')
      .filter(({ template, logicalId }) => !this.nestedTemplate(template, logicalId)
        && !unreadable.some((other) => other.template === template && other.logicalId === logicalId))
      .map(({ template, logicalId }) =>
        ({ template, logicalId, reason: `the template of the nested stack ${logicalId} is not in it` }));
    return [...inTemplates, ...nested].map(({ template, ...hidden }) => {
      const { templatePath, stackConstructPath } = template;
      return { template, templatePath, stackConstructPath, ...hidden };
    });
  }
}

function keyOf({ template, logicalId }: ParentStack): string {
  return `${template.templateId}\n${logicalId}`;
}
