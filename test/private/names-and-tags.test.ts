import { App, CfnOutput, CfnParameter, PhysicalName, Stack, Tags, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, Mitigation, MitigationAction, ScheduledAudit,
} from '../../src';
import { ACCOUNT, ENV, onlyResource } from '../support/templates';

describe.each([
  {
    property: 'scheduledAuditName',
    type: 'AWS::IoT::ScheduledAudit',
    cloudFormationProperty: 'ScheduledAuditName',
    create: (scope: Construct, scheduledAuditName?: string) => new ScheduledAudit(scope, 'Named', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(scope, 'Configuration'),
      checks: [AuditCheck.LOGGING_DISABLED],
      schedule: AuditSchedule.daily(),
      scheduledAuditName,
    }),
    nameOf: (construct: Construct) => (construct as ScheduledAudit).scheduledAuditName,
  },
  {
    property: 'mitigationActionName',
    type: 'AWS::IoT::MitigationAction',
    cloudFormationProperty: 'ActionName',
    create: (scope: Construct, mitigationActionName?: string) => new MitigationAction(scope, 'Named', {
      mitigation: Mitigation.updateDeviceCertificate(),
      mitigationActionName,
    }),
    nameOf: (construct: Construct) => (construct as MitigationAction).mitigationActionName,
  },
])('$property', ({ property, type, cloudFormationProperty, create, nameOf }) => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('is left to CloudFormation by default', () => {
    create(stack);

    expect(onlyResource(stack, type).Properties).not.toHaveProperty(cloudFormationProperty);
  });

  test.each(['a', 'Daily_audit-1', 'a'.repeat(128)])('takes %s', (name) => {
    create(stack, name);

    expect(onlyResource(stack, type).Properties[cloudFormationProperty]).toBe(name);
  });

  test('passes a token', () => {
    create(stack, new CfnParameter(stack, 'Name').valueAsString);

    expect(onlyResource(stack, type).Properties[cloudFormationProperty]).toEqual({ Ref: 'Name' });
  });

  test('is generated where another environment needs it, and left to CloudFormation elsewhere', () => {
    const referenced = create(stack, PhysicalName.GENERATE_IF_NEEDED);
    const unreferencedStack = new Stack(stack.node.root, 'Unreferenced', { env: ENV });
    create(unreferencedStack, PhysicalName.GENERATE_IF_NEEDED);
    const other = new Stack(stack.node.root, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });
    new CfnOutput(other, 'Name', { value: nameOf(referenced) });

    const name = Template.fromStack(other).toJSON().Outputs.Name.Value;
    expect(name).toMatch(/^stackstacknamed[0-9a-f]{20}$/);
    expect(onlyResource(stack, type).Properties[cloudFormationProperty]).toBe(name);
    expect(onlyResource(unreferencedStack, type).Properties).not.toHaveProperty(cloudFormationProperty);
  });

  test.each([
    ['""', '', 0],
    [`"${'a'.repeat(129)}"`, 'a'.repeat(129), 129],
    ['"daily:audit"', 'daily:audit', 11],
    ['"daily audit"', 'daily audit', 11],
    ['"daily\\n"', 'daily\n', 6],
  ])('fails with %s', (shown, name, length) => {
    expect(() => create(stack, name)).toThrow(new Error(
      `Stack/Named: '${property}' must be 1 to 128 letters, digits, hyphens and underscores, `
      + `got ${shown} (${length} characters); `
      + 'choose another name, or leave it out to let CloudFormation generate one',
    ));
  });
});

describe.each([
  {
    kind: 'ScheduledAudit',
    type: 'AWS::IoT::ScheduledAudit',
    create: (scope: Construct) => new ScheduledAudit(scope, 'Tagged', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(scope, 'Configuration'),
      checks: [AuditCheck.LOGGING_DISABLED],
      schedule: AuditSchedule.daily(),
    }),
  },
  {
    kind: 'MitigationAction',
    type: 'AWS::IoT::MitigationAction',
    create: (scope: Construct) => new MitigationAction(scope, 'Tagged', {
      mitigation: Mitigation.updateDeviceCertificate(),
    }),
  },
])('the tags of a $kind', ({ type, create }) => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    create(stack);
  });

  function tag(count: number): void {
    for (let index = 0; index < count; index++) {
      Tags.of(stack).add(`tag-${index}`, 'value');
    }
  }

  test('are none by default', () => {
    expect(onlyResource(stack, type).Properties).not.toHaveProperty('Tags');
  });

  test('come from the scope, also after the construct', () => {
    Tags.of(stack).add('team', 'fleet');

    expect(onlyResource(stack, type).Properties.Tags).toEqual([{ Key: 'team', Value: 'fleet' }]);
  });

  test('can be 47', () => {
    tag(47);

    expect(onlyResource(stack, type).Properties.Tags).toHaveLength(47);
  });

  test('pass a token', () => {
    Tags.of(stack).add('team', Token.asString({ Ref: 'AWS::StackName' }));

    expect(onlyResource(stack, type).Properties.Tags).toEqual([{ Key: 'team', Value: { Ref: 'AWS::StackName' } }]);
  });

  test('fails at synth when they are 48', () => {
    tag(48);

    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Tagged] 'tags' must be at most 47, beside CloudFormation's own three, got 48; "
      + 'remove some with Tags.of(...).remove()',
    ));
  });

  test('fails at synth when a value is empty', () => {
    Tags.of(stack).add('team', 'fleet');
    Tags.of(stack).add('owner', '');
    Tags.of(stack).add('stage', '');

    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Tagged] 'tags' must have values of 1 to 256 characters, got no value for owner, stage; "
      + 'give the tags a value, or remove them with Tags.of(...).remove()',
    ));
  });

  test('can be mended by removing them', () => {
    Tags.of(stack).add('owner', '');
    Tags.of(stack).remove('owner', { priority: 300 });

    expect(onlyResource(stack, type).Properties).not.toHaveProperty('Tags');
  });
});
