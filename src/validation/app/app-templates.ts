import { dirname, join } from 'path';
import { NestedStack, PolicyValidationStack, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { TemplateReader } from '../files/template-reader';
import { TemplateProps } from '../templates/template';

/** Reads the templates of an app's stacks, with those of the stacks nested in them. */
export function readStacks(reader: TemplateReader, stacks: readonly PolicyValidationStack[], app: IConstruct): void {
  for (const { stackConstructPath, templatePath } of stacks) {
    reader.read({
      templateId: stackConstructPath, stackConstructPath, templatePath, ...placeOf(stackAt(stackConstructPath, app)),
    });
  }
  for (const nested of nestedStacks(app)) readNested(reader, nested);
}

function readNested(reader: TemplateReader, stack: NestedStack): void {
  if (!stack.nestedStackParent || !stack.nestedStackResource) return;
  const { path } = stack.nestedStackParent.node;
  const parent = reader.templates.find(({ stackConstructPath }) => stackConstructPath === path);
  if (!parent?.templatePath) return;
  const logicalId = stack.nestedStackParent.resolve(stack.nestedStackResource.logicalId);
  reader.read({
    templateId: stack.node.path,
    stackConstructPath: stack.node.path,
    templatePath: join(dirname(parent.templatePath), stack.templateFile),
    account: parent.account,
    region: parent.region,
    parent: { template: parent, logicalId },
  });
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
