import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AccountAuditConfiguration, AuditCheck, CheckRemoval, DeploymentAudit, ExistingConfiguration, FleetAudit, OtherChecks,
} from '../../src';
import { ENV, arn, onlyResource, policiesOf, removalsOf, warningsOf } from '../support/templates';

const ADOPTED = 'Custom::IotAccountAuditConfiguration';
const NATIVE = 'AWS::IoT::AccountAuditConfiguration';
const CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_EXPIRING];
const RETAINED = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };
const DELETED = { deletion: 'Delete', replacement: 'Delete' };
const KEPT = { deletion: 'Retain', replacement: 'Retain' };
const LEFT = { deletion: 'RetainExceptOnCreate', replacement: 'Delete' };

let stack: Stack;

beforeEach(() => {
  stack = new Stack(new App(), 'Stack', { env: ENV });
});

function adopt(options = {}, rest = {}) {
  return new AccountAuditConfiguration(stack, 'Configuration', {
    checks: CHECKS, existing: ExistingConfiguration.adopt(options), ...rest,
  });
}

const SCHEDULED_AUDITS = arn('iot:us-east-1:111111111111:scheduledaudit/*');

/** The permission to hand a role to AWS IoT. */
function passing(Resource: unknown) {
  return {
    Action: 'iam:PassRole',
    Condition: { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } },
    Effect: 'Allow',
    Resource,
  };
}

describe('a configuration that adopts', () => {
  test('is a custom resource in place of CloudFormation\'s own', () => {
    const configuration = adopt({}, { notificationTopic: new Topic(stack, 'Topic') });

    const { Properties, DependsOn } = onlyResource(stack, ADOPTED);
    expect(Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^CdkIotFleetAuditCustomResourcesFunction/), 'Arn'] },
      ServiceTimeout: '1500',
      RoleArn: { 'Fn::GetAtt': ['ConfigurationAuditRoleB389F878', 'Arn'] },
      Checks: [
        { Name: 'LOGGING_DISABLED_CHECK' },
        { Name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK', Configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '30' } },
      ],
      Target: {
        TargetArn: { Ref: expect.stringMatching(/^Topic/) },
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ConfigurationNotificationRole/), 'Arn'] },
      },
      OtherChecks: 'KEEP',
      WhenRemoved: 'LEAVE',
    });
    // Its roles it refers to, and their permissions are part of them.
    expect((DependsOn as string[]).map((id) => id.replace(/([0-9a-f]{8})?[0-9A-F]{8}$/, ''))).toEqual([
      'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfig',
      ...['AdoptAuditConfiguration', 'PassAuditRole', 'PassConsoleRoles', 'PassNotificationRole'].map(
        (name) => `CdkIotFleetAuditCustomResourcesPolicies${name}`,
      ),
    ]);
    Template.fromStack(stack).resourceCountIs(NATIVE, 0);
    expect(stack.resolve(configuration.foundConfiguration)).toEqual({
      'Fn::GetAtt': ['ConfigurationAdopted6034598B', 'FoundConfiguration'],
    });
    expect(stack.resolve(configuration.otherChecks)).toEqual({
      'Fn::GetAtt': ['ConfigurationAdopted6034598B', 'OtherChecks'],
    });
  });

  test('leaves the ids of its roles as they are, so that a native one can become one that adopts', () => {
    adopt();
    const native = new Stack(new App(), 'Stack', { env: ENV });
    new AccountAuditConfiguration(native, 'Configuration', { checks: CHECKS });

    expect(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role')))
      .toEqual(expect.arrayContaining(Object.keys(Template.fromStack(native).findResources('AWS::IAM::Role'))));
  });

  test('passes on the other choices', () => {
    adopt({ otherChecks: OtherChecks.FAIL }, { removalPolicy: RemovalPolicy.DESTROY });

    expect(onlyResource(stack, ADOPTED).Properties).toMatchObject({ OtherChecks: 'FAIL', WhenRemoved: 'SWITCH_OFF' });
  });

  test('leaves out the checks that the region turns out not to have', () => {
    stack = new Stack(new App(), 'Stack');
    new AccountAuditConfiguration(stack, 'Configuration', { existing: ExistingConfiguration.adopt() });

    const { Checks } = onlyResource(stack, ADOPTED).Properties;
    expect(Checks).toHaveLength(17);
    expect(Checks).toContainEqual({
      'Fn::If': [expect.any(String), { Name: 'CA_CERTIFICATE_KEY_QUALITY_CHECK' }, { Ref: 'AWS::NoValue' }],
    });
  });

  test.each([
    ['LEAVE', false, undefined, LEFT, RETAINED],
    ['LEAVE', false, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, LEFT, RETAINED],
    // Its own Delete must come when its creation is rolled back.
    ['LEAVE', false, RemovalPolicy.RETAIN, LEFT, KEPT],
    ['SWITCH_OFF', false, RemovalPolicy.DESTROY, DELETED, DELETED],
    ['PUT_BACK', true, undefined, DELETED, DELETED],
    ['PUT_BACK', true, RemovalPolicy.DESTROY, DELETED, DELETED],
    ['PUT_BACK', true, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, DELETED, RETAINED],
    ['PUT_BACK', true, RemovalPolicy.RETAIN, DELETED, KEPT],
  ])('with %s keeps its roles and topics as long as it is there: putBackOnRemoval %j, %s', (
    whenRemoved, putBackOnRemoval, removalPolicy, own, needed,
  ) => {
    new FleetAudit(stack, 'FleetAudit', {
      existing: ExistingConfiguration.adopt({ putBackOnRemoval }),
      removalPolicy,
      deploymentAudit: DeploymentAudit.none(),
    });

    expect(onlyResource(stack, ADOPTED).Properties).toMatchObject({ WhenRemoved: whenRemoved });
    const removals = removalsOf(stack);
    const removalsOfType = (pattern: RegExp) =>
      removals.filter(([type]) => pattern.test(type)).map(([, removal]) => removal);
    expect(removalsOfType(/^Custom::IotAccountAuditConfiguration$/)
      .map(({ deletion, replacement = 'Delete' }) => ({ deletion, replacement }))).toEqual([own]);
    expect(removalsOfType(/SNS|KMS/)).toEqual([needed, needed, needed]);
    // The API cannot take the audit role away: the account may go on with it in every case.
    expect(removalsOfType(/^AWS::IAM::Role$/).slice(0, 2)).toEqual([KEPT, needed]);
  });

  test('may hand to AWS IoT its own roles and those that the console makes, and do nothing else', () => {
    adopt({}, { notificationTopic: new Topic(stack, 'Topic') });

    expect(policiesOf(stack)).toEqual({
      AdoptAuditConfiguration: [
        {
          Action: [
            'iot:DeleteAccountAuditConfiguration', 'iot:DescribeAccountAuditConfiguration', 'iot:ListScheduledAudits',
            'iot:UpdateAccountAuditConfiguration',
          ],
          Effect: 'Allow', Resource: '*',
        },
        { Action: 'iot:DescribeScheduledAudit', Effect: 'Allow', Resource: SCHEDULED_AUDITS },
      ],
      PassAuditRole: [passing({ 'Fn::GetAtt': ['ConfigurationAuditRoleB389F878', 'Arn'] })],
      PassNotificationRole: [
        passing({ 'Fn::GetAtt': [expect.stringMatching(/^ConfigurationNotificationRole/), 'Arn'] }),
      ],
      PassConsoleRoles: [passing(arn('iam::111111111111:role/service-role/AWSIoTDeviceDefenderAudit_*'))],
    });
  });

  test('may hand over the previous roles that are named, and no others', () => {
    const previous = Role.fromRoleArn(stack, 'Previous', 'arn:aws:iam::111111111111:role/theirs');
    adopt({ previousRoles: [previous] });

    const { AdoptAuditConfiguration, ...others } = policiesOf(stack);
    expect(others).toEqual({
      PassAuditRole: [passing({ 'Fn::GetAtt': ['ConfigurationAuditRoleB389F878', 'Arn'] })],
      PassPreviousRole0: [passing('arn:aws:iam::111111111111:role/theirs')],
    });
  });

  test('has another policy for another role, also if only the name of a role changes', () => {
    const idFor = (roleName: string) => {
      const other = new Stack(new App(), 'Stack', { env: ENV });
      const auditRole = new Role(other, 'Role', { roleName, assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      new AccountAuditConfiguration(other, 'Configuration', {
        auditRole, existing: ExistingConfiguration.adopt({ previousRoles: [] }),
      });
      return Object.keys(Template.fromStack(other).findResources('AWS::IAM::Policy')).find(
        (id) => id.includes('PassAuditRole'),
      );
    };

    expect(idFor('one')).not.toBe(idFor('other'));
    expect(idFor('one')).toBe(idFor('one'));
  });

  test.each([[undefined, 1], [[], 0]])('warns unless the previous roles are named: %j', (previousRoles, count) => {
    adopt({ previousRoles });

    const advice = 'name the account\'s present roles in previousRoles of ExistingConfiguration.adopt(), '
      + 'or [] if it has none';
    expect(stack.node.findAll().flatMap(warningsOf)).toEqual(new Array(count).fill(expect.stringContaining(advice)));
  });

  test.each([
    ['adopted', { existing: ExistingConfiguration.adopt() }],
    ['adopted and put back', { existing: ExistingConfiguration.adopt({ putBackOnRemoval: true }) }],
    ['native', {}],
  ])('fails if the removal policy is a snapshot: %s', (_, props) => {
    expect(
      () => new AccountAuditConfiguration(stack, 'Configuration', { ...props, removalPolicy: RemovalPolicy.SNAPSHOT }),
    ).toThrow(new Error(
      "Stack/Configuration: 'removalPolicy' must retain or destroy, got snapshot; "
      + 'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE or RemovalPolicy.DESTROY, since there is nothing to snapshot',
    ));
  });

  test('fails with a checkRemoval', () => {
    expect(() => adopt({}, { checkRemoval: CheckRemoval.IN_TWO_DEPLOYMENTS })).toThrow(new Error(
      "Stack/Configuration: 'checkRemoval' must be left out for an adopted configuration, got IN_TWO_DEPLOYMENTS; "
      + 'leave it out: a check of an adopted configuration is always removed in one deployment',
    ));
  });

  test.each([
    ['one that adopts too', () => adopt({}), 'Second'],
    ['a native one', () => new AccountAuditConfiguration(stack, 'Configuration'), 'Second'],
  ])('fails beside %s', (_, other, id) => {
    other();

    expect(() => new AccountAuditConfiguration(stack, id, { existing: ExistingConfiguration.adopt() })).toThrow(
      "Stack/Second: 'AccountAuditConfiguration' exists once per account and region, got a second one beside "
        + 'Stack/Configuration',
    );
  });

  test('fails beside a raw one', () => {
    adopt();
    new CfnAccountAuditConfiguration(stack, 'Raw', { accountId: '1', roleArn: 'r', auditCheckConfigurations: {} });

    expect(() => stack.node.root.node.validate()).not.toThrow();
    expect(stack.node.findAll().flatMap((node) => node.node.validate()).join()).toContain(
      'got a second one beside Stack/Raw',
    );
  });

  test('warns beside one of another environment-agnostic stack, and is fine in another region', () => {
    const app = new App();
    const [one, other, elsewhere] = [
      new Stack(app, 'One'), new Stack(app, 'Other'), new Stack(app, 'Far', { env: { ...ENV, region: 'eu-west-1' } }),
    ];
    const existing = ExistingConfiguration.adopt();
    new AccountAuditConfiguration(one, 'Configuration', { existing });

    expect(warningsOf(new AccountAuditConfiguration(other, 'Configuration', { existing })).join()).toContain(
      'One/Configuration also defines',
    );
    const near = new AccountAuditConfiguration(new Stack(app, 'Near', { env: ENV }), 'Configuration', { existing });
    expect(warningsOf(near).join()).toContain('also defines');
    expect(() => new AccountAuditConfiguration(elsewhere, 'Configuration', { existing })).not.toThrow();
  });
});
