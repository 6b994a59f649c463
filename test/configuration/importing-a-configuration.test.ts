import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AccountAuditConfiguration, AuditCheck } from '../../src';
import { ENV } from '../support/templates';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string[];
}

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';

function resourcesOf(define: (stack: Stack) => void): Record<string, Resource> {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  define(stack);
  return Template.fromStack(stack).toJSON().Resources;
}

/** What `cdk import` adds to the deployed template; it refuses to change the rest. */
function additions(deployed: Record<string, Resource>, wanted: Record<string, Resource>): [string, Resource][] {
  for (const [id, resource] of Object.entries(deployed)) expect(wanted[id]).toEqual(resource);
  return Object.entries(wanted).filter(([id]) => !(id in deployed));
}

function expectImportable(deployed: Record<string, Resource>, [, resource]: [string, Resource]): void {
  expect(resource.Type).toBe(CONFIGURATION);
  // CloudFormation imports nothing without a deletion policy.
  expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate');
  // The identifier that it asks for.
  expect(resource.Properties.AccountId).toEqual({ Ref: 'AWS::AccountId' });
  const references = [...JSON.stringify(resource.Properties).matchAll(/"Fn::GetAtt":\["(\w+)"/g)].map(([, id]) => id);
  for (const id of [...references, ...resource.DependsOn ?? []]) expect(Object.keys(deployed)).toContain(id);
}

test('a configuration with the role that the account has is all that an import adds', () => {
  const nothing = {};
  const wanted = resourcesOf((stack) => {
    new AccountAuditConfiguration(stack, 'Configuration', {
      auditRole: Role.fromRoleArn(stack, 'AuditRole', 'arn:aws:iam::111111111111:role/service-role/Audit', {
        mutable: false,
      }),
      checks: [AuditCheck.LOGGING_DISABLED],
    });
  });

  const added = additions(nothing, wanted);

  expect(added).toHaveLength(1);
  expectImportable(nothing, added[0]);
});

test('a configuration with a role that the stack has deployed before is all that an import adds', () => {
  const role = (stack: Stack) => new Role(stack, 'AuditRole', {
    assumedBy: new ServicePrincipal('iot.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSIoTDeviceDefenderAudit')],
  });
  const deployed = resourcesOf((stack) => {
    role(stack);
  });
  const wanted = resourcesOf((stack) => {
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole: role(stack).withoutPolicyUpdates() });
  });

  const added = additions(deployed, wanted);

  expect(added).toHaveLength(1);
  expectImportable(deployed, added[0]);
});
