import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import { NestedStack, PolicyValidationStack, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { FleetTemplates, KnownParameters, UnreadableTemplate } from './fleet-templates';
import { isJsonObject, Json, Template, TemplateProps } from './template';

/** Reads templates and remembers which could not be read. */
export class TemplateReader {
  private readonly templates: Template[] = [];
  private readonly unreadable: UnreadableTemplate[] = [];

  /** The stacks of an app, with the stacks nested in them. */
  readStacks(stacks: readonly PolicyValidationStack[], app: IConstruct): void {
    for (const { stackConstructPath, templatePath } of stacks) {
      this.read({
        templateId: stackConstructPath, stackConstructPath, templatePath, ...placeOf(stackAt(stackConstructPath, app)),
      });
    }
    for (const nested of nestedStacks(app)) this.readNested(nested);
  }

  /** Files with templates that CDK did not make. */
  readFiles(templatePaths: readonly string[]): void {
    templatePaths.forEach((templatePath) => this.read({ templateId: templatePath, templatePath }));
  }

  all(parameters: KnownParameters): FleetTemplates {
    return new FleetTemplates(this.templates, this.unreadable, parameters);
  }

  private readNested(stack: NestedStack): void {
    if (!stack.nestedStackParent || !stack.nestedStackResource) return;
    const { path } = stack.nestedStackParent.node;
    const parent = this.templates.find(({ stackConstructPath }) => stackConstructPath === path);
    if (!parent?.templatePath) return;
    const logicalId = stack.nestedStackParent.resolve(stack.nestedStackResource.logicalId);
    this.read({
      templateId: stack.node.path,
      stackConstructPath: stack.node.path,
      templatePath: join(dirname(parent.templatePath), stack.templateFile),
      account: parent.account,
      region: parent.region,
      parent: { template: parent, logicalId },
    });
  }

  private read(props: Omit<TemplateProps, 'body'> & { readonly templatePath: string }): void {
    const { templatePath, stackConstructPath } = props;
    const place = {
      templatePath, stackConstructPath, template: props.parent?.template, logicalId: props.parent?.logicalId,
    };
    try {
      const body: Json = JSON.parse(readFileSync(templatePath, 'utf8').replace(/^\uFEFF/, ''));
      if (isJsonObject(body)) this.templates.push(new Template({ ...props, body }));
      else this.unreadable.push({ ...place, reason: 'it is no JSON object' });
    } catch (error) {
      this.unreadable.push({
        ...place, reason: error instanceof SyntaxError ? 'it is not JSON' : 'the file cannot be read',
      });
    }
  }
}

function stackAt(path: string, app: IConstruct): Stack | undefined {
  let construct: IConstruct | undefined = app.node.root;
  for (const id of path.split('/')) construct = construct?.node.tryFindChild(id);
  return construct && Stack.isStack(construct) ? construct : undefined;
}

/** The name, account and region of a stack, as far as known. The lowest aws-cdk-lib does not tell them to plugins. */
function placeOf(stack: Stack | undefined): Pick<TemplateProps, 'stackName' | 'account' | 'region'> {
  const known = (value?: string) => Token.isUnresolved(value) ? undefined : value;
  return { stackName: known(stack?.stackName), account: known(stack?.account), region: known(stack?.region) };
}

/** All nested stacks, each after the one around it. */
function nestedStacks(app: IConstruct): NestedStack[] {
  return app.node.findAll().filter((construct): construct is NestedStack => NestedStack.isNestedStack(construct))
    .sort((one, other) => one.node.scopes.length - other.node.scopes.length);
}
