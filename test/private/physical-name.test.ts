import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AccountAuditConfiguration, AuditCheck, AuditSchedule, Mitigation, MitigationAction, ScheduledAudit } from '../../src';
import { ENV, onlyResource } from '../support/templates';

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
  },
  {
    property: 'mitigationActionName',
    type: 'AWS::IoT::MitigationAction',
    cloudFormationProperty: 'ActionName',
    create: (scope: Construct, mitigationActionName?: string) => new MitigationAction(scope, 'Named', {
      mitigation: Mitigation.updateDeviceCertificate(),
      mitigationActionName,
    }),
  },
])('$property', ({ property, type, cloudFormationProperty, create }) => {
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

  test.each([
    ['""', '', 0],
    [`"${'a'.repeat(129)}"`, 'a'.repeat(129), 129],
    ['"daily:audit"', 'daily:audit', 11],
    ['"daily audit"', 'daily audit', 11],
    ['"daily\\n"', 'daily\n', 6],
  ])('fails with %s', (shown, name, length) => {
    expect(() => create(stack, name)).toThrow(new Error(
      `Stack/Named: '${property}' must be 1 to 128 letters, digits, hyphens and underscores, got ${shown} (${length} characters); `
      + 'choose another name, or leave it out to let CloudFormation generate one',
    ));
  });
});
