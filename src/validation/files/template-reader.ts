import { readFileSync } from 'fs';
import { FleetTemplates, KnownParameters, UnreadableTemplate } from '../templates/fleet-templates';
import { isJsonObject, Json, Template, TemplateProps } from '../templates/template';

/** A file, and what is known about the template in it. */
export type TemplateFile = Omit<TemplateProps, 'body'> & { readonly templatePath: string };

/** Reads files with templates and remembers which could not be read. */
export class TemplateReader {
  readonly templates: Template[] = [];
  private readonly unreadable: UnreadableTemplate[] = [];

  read(file: TemplateFile): void {
    const { templatePath, stackConstructPath, parent } = file;
    const place = { templatePath, stackConstructPath, template: parent?.template, logicalId: parent?.logicalId };
    try {
      const body: Json = JSON.parse(readFileSync(templatePath, 'utf8').replace(/^\uFEFF/, ''));
      if (isJsonObject(body)) this.templates.push(new Template({ ...file, body }));
      else this.unreadable.push({ ...place, reason: 'it is no JSON object' });
    } catch (error) {
      this.unreadable.push({
        ...place, reason: error instanceof SyntaxError ? 'it is not JSON' : 'the file cannot be read',
      });
    }
  }

  all(parameters: KnownParameters): FleetTemplates {
    return new FleetTemplates(this.templates, this.unreadable, parameters);
  }
}
