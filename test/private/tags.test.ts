import { App, Stack, Tags, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AccountAuditConfiguration, AuditCheck, AuditSchedule, Mitigation, MitigationAction, ScheduledAudit } from '../../src';
import { ENV, onlyResource } from '../support/templates';

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
    create: (scope: Construct) => new MitigationAction(scope, 'Tagged', { mitigation: Mitigation.updateDeviceCertificate() }),
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
