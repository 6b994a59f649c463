import { readText } from './file-text';
import { UnreadableText } from './parsed-text';
import { parseText } from './template-text';
import { FleetTemplates, KnownParameters, UnreadableTemplate } from '../templates/fleet-templates';
import { isJsonObject, Template, TemplateProps } from '../templates/template';

/** A file, and what is known about the template in it. */
export type TemplateFile = Omit<TemplateProps, 'body' | 'lines'> & { readonly templatePath: string };

/** Reads the templates of stacks that CDK wrote, and remembers which could not be read. */
export class TemplateReader {
  readonly templates: Template[] = [];
  private readonly unreadable: UnreadableTemplate[] = [];

  read(file: TemplateFile): void {
    const { templatePath, stackConstructPath, parent } = file;
    const place = { templatePath, stackConstructPath, template: parent?.template, logicalId: parent?.logicalId };
    try {
      const { json } = parseText(readText(templatePath));
      if (!isJsonObject(json)) throw new UnreadableText('it is no JSON object');
      // The text is not kept, but read again if lines are asked for: those of a large app take much memory.
      const lines = () => parseText(readText(templatePath)).lines();
      this.templates.push(new Template({ ...file, body: json, lines }));
    } catch (error) {
      if (!(error instanceof UnreadableText)) throw error;
      this.unreadable.push({ ...place, reason: error.reason, line: error.line });
    }
  }

  all(parameters: KnownParameters): FleetTemplates {
    return new FleetTemplates(this.templates, this.unreadable, parameters);
  }
}
