import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IConstruct } from 'constructs';

export const ACCOUNT = '111111111111';
export const REGION = 'us-east-1';
export const ENV = { account: ACCOUNT, region: REGION };

/** An ARN whose partition is only known at deployment. */
export function arn(afterPartition: string) {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${afterPartition}`]] };
}

/** The trust policy that lets AWS IoT alone assume a role, for the account and on behalf of a resource alone. */
export function iotTrust(sourceArn: unknown) {
  return {
    Statement: [{
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': sourceArn },
      },
      Effect: 'Allow',
      Principal: { Service: 'iot.amazonaws.com' },
    }],
    Version: '2012-10-17',
  };
}

/** A role's permissions as part of the role itself. */
export function inlinePolicies(...statements: unknown[]) {
  return [{ PolicyDocument: { Statement: statements, Version: '2012-10-17' }, PolicyName: 'Permissions' }];
}

/** The statements of a stack's policies, by name; the name of a role that one is about is left out. */
export function policiesOf(stack: Stack): Record<string, unknown[]> {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return Object.fromEntries(policies.map(({ Properties: { PolicyName, PolicyDocument } }) => {
    const name: string = typeof PolicyName === 'string' ? PolicyName : PolicyName['Fn::Join'][1][0];
    return [name.replace(/-.*/, ''), PolicyDocument.Statement];
  }));
}

/** The only resource of a type in a stack, with its properties and everything beside them. */
export function onlyResource(stack: Stack, type: string) {
  const template = Template.fromStack(stack);
  template.resourceCountIs(type, 1);
  return Object.values(template.findResources(type))[0];
}

/** The warnings that a construct has itself. */
export function warningsOf(construct: IConstruct): string[] {
  return construct.node.metadata.filter((entry) => entry.type === 'aws:cdk:warning').map((entry) => entry.data);
}

export interface RemovalAttributes {
  readonly deletion?: string;
  readonly replacement?: string;
}

/** What happens to each resource of a stack on deletion and on replacement, ordered by type. */
export function removalsOf(stack: Stack): [type: string, removal: RemovalAttributes][] {
  const resources: Record<string, { Type: string; DeletionPolicy?: string; UpdateReplacePolicy?: string }> =
    Template.fromStack(stack).toJSON().Resources;
  return Object.values(resources)
    .map((resource): [string, RemovalAttributes] => [resource.Type, {
      ...resource.DeletionPolicy && { deletion: resource.DeletionPolicy },
      ...resource.UpdateReplacePolicy && { replacement: resource.UpdateReplacePolicy },
    }])
    .sort(([one], [other]) => one.localeCompare(other));
}
