import { App, Stack } from 'aws-cdk-lib';
import { CfnRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { InlinePolicyRole } from '../../src/private/own-roles';
import { inlinePolicies, onlyResource } from '../support/templates';

const READING = { Action: 'iot:DescribeAuditTask', Effect: 'Allow', Resource: '*' };
const READING_MORE = { Action: 'iot:ListAuditTasks', Effect: 'Allow', Resource: '*' };

describe('a role with its permissions inline', () => {
  let stack: Stack;
  let role: InlinePolicyRole;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack');
    role = new InlinePolicyRole(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
  });

  test('has no policies as long as it is permitted nothing, in the resource as in the template', () => {
    expect((role.node.defaultChild as CfnRole).policies).toBeUndefined();
    expect(onlyResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('Policies');
  });

  test('has one policy with all that it is permitted, which tools can read as a list', () => {
    role.addToPrincipalPolicy(PolicyStatement.fromJson(READING));
    role.addToPrincipalPolicy(PolicyStatement.fromJson(READING_MORE));

    expect((role.node.defaultChild as CfnRole).policies).toHaveLength(1);
    expect(onlyResource(stack, 'AWS::IAM::Role').Properties.Policies).toEqual(inlinePolicies(READING, READING_MORE));
  });
});
