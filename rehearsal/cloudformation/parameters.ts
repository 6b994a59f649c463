import type { Place } from './generic-resources';
import type { RehearsedStack } from './rehearsed-stack';
import { Template, TemplateError } from './template';

/** The version of a bootstrap stack that is recent enough for any assembly. */
const BOOTSTRAP_VERSION = '99';

const SUFFIXES: Readonly<Record<string, string>> = { 'aws': 'amazonaws.com', 'aws-cn': 'amazonaws.com.cn', 'aws-us-gov': 'amazonaws.com' };

/** What Ref gives for pseudo parameters and for the parameters of a template. */
export function valuesFor(
  stack: RehearsedStack, template: Template, { accountId, region, partition }: Place, given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const parameters = Object.entries(template.Parameters ?? {}).map(([name, { Type, Default }]) => {
    const value = given[name] ?? Default;
    if (value === undefined) throw new TemplateError(`Parameters: [${name}] must have values`);
    // Of the SSM parameters, only the one that the CDK adds has a value that anyone knows.
    if (given[name] === undefined && /^\/cdk-bootstrap\/.*\/version$/.test(String(Default))) return [name, BOOTSTRAP_VERSION];
    return [name, /^(CommaDelimitedList|List<)/.test(Type) ? String(value).split(',').map((part) => part.trim()) : String(value)];
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
