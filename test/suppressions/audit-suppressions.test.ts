import { App, CfnOutput, CfnParameter, CfnResource, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration, CfnPolicy, CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import {
  AccountAuditConfiguration, AuditCheck, AuditSuppression, AuditSuppressions, ExistingConfiguration,
  IAccountAuditConfiguration, SuppressedResource, SuppressionExpiry, SuppressionList,
} from '../../src';
import { arn, ENV, onlyResource, policiesOf } from '../support/templates';

const SUPPRESSIONS = 'Custom::IotAuditSuppressions';
const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const INVOKE_CONFIG = 'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB';
const POLICY = 'CdkIotFleetAuditCustomResourcesPoliciesSuppressFindingsA032F5AD';

const LOGGING: AuditSuppression = {
  check: AuditCheck.LOGGING_DISABLED,
  resource: SuppressedResource.account(),
  description: 'Logs are in another account (SEC-7)',
  expiry: SuppressionExpiry.never(),
};

const GATEWAY: AuditSuppression = {
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policyName('gateway'),
  description: 'Gateways publish for their sensors (SEC-112)',
  expiry: SuppressionExpiry.on('2099-03-31'),
};

describe('AuditSuppressions', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function imported(id = 'Imported'): IAccountAuditConfiguration {
    return AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, id);
  }

  function suppress(...suppressions: AuditSuppression[]): AuditSuppressions {
    return new AuditSuppressions(stack, 'Accepted', { configuration: imported(), suppressions });
  }

  function entries(): object[] {
    return onlyResource(stack, SUPPRESSIONS).Properties.Suppressions;
  }

  // Another logical id is another resource, which first takes over what the former one has made.
  test('has exactly these resources, under these logical ids', () => {
    suppress(LOGGING);
    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;

    expect(Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))).toEqual({
      AcceptedB4A874EA: SUPPRESSIONS,
      [FUNCTION]: 'AWS::Lambda::Function',
      [INVOKE_CONFIG]: 'AWS::Lambda::EventInvokeConfig',
      CdkIotFleetAuditCustomResourcesLogsAB20C9D6: 'AWS::Logs::LogGroup',
      [POLICY]: 'AWS::IAM::Policy',
      CdkIotFleetAuditCustomResourcesRole53B7B95A: 'AWS::IAM::Role',
    });
  });

  test('shows each suppression in plain words', () => {
    suppress(LOGGING, GATEWAY);

    expect(onlyResource(stack, SUPPRESSIONS)).toEqual({
      Type: SUPPRESSIONS,
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
        ServiceTimeout: '1500',
        Suppressions: [
          {
            Check: 'LOGGING_DISABLED_CHECK',
            Resource: { account: { Ref: 'AWS::AccountId' } },
            Description: 'Logs are in another account (SEC-7)',
            Until: 'forever',
          },
          {
            Check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
            Resource: { policyName: 'gateway' },
            Description: 'Gateways publish for their sensors (SEC-112)',
            Until: '2099-03-31',
          },
        ],
      },
      DependsOn: [INVOKE_CONFIG, POLICY],
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  test('may do what it needs, in a policy of its own', () => {
    suppress(LOGGING);

    expect(policiesOf(stack)).toEqual({
      SuppressFindings: [
        {
          Action: [
            'iot:CreateAuditSuppression',
            'iot:DeleteAuditSuppression',
            'iot:DescribeAccountAuditConfiguration',
            'iot:DescribeAuditSuppression',
            'iot:ListAuditSuppressions',
            'iot:UpdateAuditSuppression',
          ],
          Effect: 'Allow',
          Resource: '*',
        },
        { Action: 'iot:GetPolicy', Effect: 'Allow', Resource: arn('iot:us-east-1:111111111111:policy/*') },
      ],
    });
  });

  test('takes suppressions later, one by one or from a list', () => {
    const suppressions = suppress(LOGGING);
    suppressions.addSuppression(GATEWAY);
    suppressions.addSuppressions(SuppressionList.of([{
      ...GATEWAY, check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
    }]));

    expect(suppressions.suppressions.map(({ check }) => `${check}`)).toEqual([
      'LOGGING_DISABLED_CHECK', 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    ]);
    expect(entries()).toHaveLength(3);
  });

  test('hands its suppressions out as a copy', () => {
    const suppressions = suppress(LOGGING);
    suppressions.suppressions.pop();

    expect(suppressions.suppressions).toHaveLength(1);
    expect(entries()).toHaveLength(1);
  });

  test('shares its policy with another one of the stack', () => {
    suppress(LOGGING);
    new AuditSuppressions(stack, 'More', { configuration: imported('ImportedAgain'), suppressions: [GATEWAY] });

    Template.fromStack(stack).resourceCountIs(SUPPRESSIONS, 2);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('tells how many there are', () => {
    const { suppressionsCount } = suppress(LOGGING);
    new CfnOutput(stack, 'Count', { value: `${suppressionsCount}` });

    expect(Template.fromStack(stack).toJSON().Outputs.Count.Value)
      .toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Accepted/), 'SuppressionsCount'] });
  });

  test('looks policies up again with another trigger', () => {
    new AuditSuppressions(stack, 'Accepted', {
      configuration: imported(), suppressions: [GATEWAY], trigger: 'commit 4f2a',
    });

    expect(onlyResource(stack, SUPPRESSIONS).Properties.Trigger).toBe('commit 4f2a');
  });

  test('takes an end, a name and a reason that only the deployment knows', () => {
    ['Name', 'Reason', 'Until'].forEach((name) => new CfnParameter(stack, name));
    suppress({
      ...GATEWAY,
      resource: SuppressedResource.policyName(Fn.ref('Name')),
      description: Fn.ref('Reason'),
      expiry: SuppressionExpiry.on(Fn.ref('Until')),
    });

    expect(entries()).toEqual([{
      Check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
      Resource: { policyName: { Ref: 'Name' } },
      Description: { Ref: 'Reason' },
      Until: { Ref: 'Until' },
    }]);
  });

  describe('in a stack whose region only the deployment knows', () => {
    test('leaves out checks that the region does not have', () => {
      stack = new Stack(new App(), 'Agnostic');
      const camera = SuppressedResource.roleAliasName('camera');
      suppress(LOGGING, { ...LOGGING, check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, resource: camera });

      expect(entries()).toEqual([
        expect.objectContaining({ Check: 'LOGGING_DISABLED_CHECK' }),
        {
          'Fn::If': [
            'IotAuditCheckOutsideGovCloudAndChina',
            expect.objectContaining({ Check: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK' }),
            { Ref: 'AWS::NoValue' },
          ],
        },
      ]);
    });
  });

  describe('comes after the configuration', () => {
    function suppressionsOf(configuration: AccountAuditConfiguration | CfnAccountAuditConfiguration) {
      new AuditSuppressions(stack, 'Accepted', { configuration, suppressions: [LOGGING] });
      const { DependsOn, Properties } = onlyResource(stack, SUPPRESSIONS);
      return { DependsOn, Configuration: Properties.Configuration };
    }

    test('of CloudFormation\'s own resource', () => {
      expect(suppressionsOf(new AccountAuditConfiguration(stack, 'Configuration')))
        .toEqual({ DependsOn: [INVOKE_CONFIG, POLICY], Configuration: { Ref: 'Configuration6A36F2CE' } });
    });

    test('that is adopted', () => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
        existing: ExistingConfiguration.adopt(),
      });

      expect(suppressionsOf(configuration)).toEqual({
        DependsOn: [INVOKE_CONFIG, POLICY],
        Configuration: { Ref: expect.stringMatching(/^ConfigurationAdopted/) },
      });
    });

    test('of another construct or a raw resource', () => {
      const raw = new CfnAccountAuditConfiguration(stack, 'Raw', {
        accountId: '111111111111',
        roleArn: 'arn:aws:iam::111111111111:role/audit',
        auditCheckConfigurations: { loggingDisabledCheck: { enabled: true } },
      });

      expect(suppressionsOf(raw)).toEqual({ DependsOn: [INVOKE_CONFIG, POLICY], Configuration: { Ref: 'Raw' } });
    });

    test('of another stack, as a stack', () => {
      const other = new Stack(stack.node.root as App, 'Other', { env: ENV });

      expect(suppressionsOf(new AccountAuditConfiguration(other, 'Configuration')))
        .toEqual({ DependsOn: [INVOKE_CONFIG, POLICY], Configuration: undefined });
      expect(stack.dependencies).toEqual([other]);
    });
  });

  describe('follows a policy of the app', () => {
    function policy(action: string, scope: Construct = stack): CfnPolicy {
      return new CfnPolicy(scope, 'Policy', {
        policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
      });
    }

    function followed(action: string): unknown {
      stack = new Stack(new App(), 'Stack', { env: ENV });
      suppress({ ...GATEWAY, resource: SuppressedResource.policy(policy(action)) });
      return entries()[0];
    }

    test('in the same deployment: another document is another property', () => {
      const [first, same, other] = ['iot:Publish', 'iot:Publish', 'iot:Connect'].map(followed);

      expect(first).toEqual({
        Check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
        Resource: { policyName: { Ref: 'Policy' } },
        Description: GATEWAY.description,
        Until: '2099-03-31',
        Follows: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
      expect(same).toEqual(first);
      expect(other).not.toEqual(first);
      expect(other).toEqual({ ...first as object, Follows: expect.stringMatching(/^[0-9a-f]{16}$/) });
    });

    // Maps of Java and Go come in an order of their own.
    test('whatever the order of its members is', () => {
      const inAnotherOrder = {
        Statement: [{ Resource: '*', Action: 'iot:Publish', Effect: 'Allow' }], Version: '2012-10-17',
      };
      const gateway = policy('iot:Publish');
      suppress({ ...GATEWAY, resource: SuppressedResource.policy(gateway) });
      gateway.policyDocument = inAnotherOrder;

      expect(entries()).toEqual([followed('iot:Publish')]);
    });

    test('as it is in the end', () => {
      const gateway = policy('iot:Publish');
      suppress({ ...GATEWAY, resource: SuppressedResource.policy(gateway) });
      gateway.policyDocument = { Version: '2012-10-17', Statement: [] };
      const [entry] = entries();

      expect(entry).not.toEqual(followed('iot:Publish'));
    });

    test('that the suppression names, so that the policy is deployed first', () => {
      const gateway = new CfnPolicy(stack, 'Gateway', { policyName: 'gateway', policyDocument: {} });
      new CfnPolicy(stack, 'Door', { policyName: 'door', policyDocument: {} });
      new CfnRoleAlias(stack, 'Alias', { roleAlias: 'camera', roleArn: 'arn' });
      suppress(
        { ...GATEWAY, resource: SuppressedResource.policyName('gateway') },
        { ...GATEWAY, resource: SuppressedResource.policyName('elsewhere') },
        { ...GATEWAY, resource: SuppressedResource.policyVersion('door', '3') },
        {
          ...GATEWAY,
          check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
          resource: SuppressedResource.roleAliasName('camera'),
        },
      );

      expect(entries()).toEqual([
        expect.objectContaining({
          Resource: { policyName: stack.resolve(gateway.ref) }, Follows: expect.stringMatching(/^[0-9a-f]{16}$/),
        }),
        expect.objectContaining({ Resource: { policyName: 'elsewhere' } }),
        expect.objectContaining({
          Resource: { policyVersionIdentifier: { policyName: 'door', policyVersionId: '3' } },
        }),
        expect.objectContaining({ Resource: { roleAliasArn: { 'Fn::GetAtt': ['Alias', 'RoleAliasArn'] } } }),
      ]);
      expect(entries().slice(1)).toEqual(Array(3).fill(expect.not.objectContaining({ Follows: expect.anything() })));
    });

    test('but not one that another stack names, which would have to be deployed together', () => {
      const other = new Stack(stack.node.root as App, 'Other', { env: ENV });
      new CfnPolicy(other, 'Gateway', { policyName: 'gateway', policyDocument: {} });
      new CfnPolicy(new NestedStack(stack, 'Nested'), 'Door', { policyName: 'door', policyDocument: {} });
      suppress(GATEWAY, { ...GATEWAY, resource: SuppressedResource.policyName('door') });

      expect(entries()).toEqual(['gateway', 'door'].map((policyName) => ({
        Check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
        Resource: { policyName },
        Description: GATEWAY.description,
        Until: '2099-03-31',
      })));
    });

    test('behind another construct', () => {
      const wrapper = Object.assign(new Construct(stack, 'Wrapper'), {
        policyRef: { policyName: 'gateway', policyArn: 'arn' }, env: ENV,
      });
      wrapper.node.defaultChild = policy('iot:Publish', wrapper);
      suppress({ ...GATEWAY, resource: SuppressedResource.policy(wrapper) });

      expect(entries()).toEqual([expect.objectContaining({ Follows: expect.stringMatching(/^[0-9a-f]{16}$/) })]);
    });

    test.each([
      ['one that exists', () => CfnPolicy.fromPolicyName(stack, 'That', 'gateway')],
      ['one of another kind', () => Object.assign(new CfnResource(stack, 'Other', { type: 'Custom::Policy' }), {
        policyRef: { policyName: 'gateway', policyArn: 'arn' },
      })],
    ])('and not %s', (_, define) => {
      suppress({ ...GATEWAY, resource: SuppressedResource.policy(define()) });

      expect(entries()).toEqual([{
        Check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
        Resource: { policyName: 'gateway' },
        Description: GATEWAY.description,
        Until: '2099-03-31',
      }]);
    });
  });

  test('has the same template whenever the same source is synthesized', () => {
    const templates = ['2030-01-01', '2030-12-30', '2031-01-01'].map((now) => {
      jest.useFakeTimers({ now: new Date(now) });
      stack = new Stack(new App(), 'Stack', { env: ENV });
      suppress({ ...GATEWAY, expiry: SuppressionExpiry.on('2031-01-01') }, LOGGING);
      return Template.fromStack(stack).toJSON();
    });
    jest.useRealTimers();

    expect(templates[1]).toEqual(templates[0]);
    expect(templates[2]).toEqual(templates[0]);
  });
});
