import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, PolicyValidationPluginReport, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogging, CfnPolicy, CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import {
  AccountAuditConfiguration, AuditCheck, AuditSuppression, AuditSuppressions, DeviceDefenderChecks,
  DeviceDefenderChecksProps, SuppressedResource, SuppressionExpiry, SuppressionList,
} from '../../../src';
import { allow, document } from '../support/findings';

const NOW = new Date('2030-03-24T12:00:00Z');
const REASON = 'Gateways publish for their sensors (SEC-112)';

const GATEWAY: AuditSuppression = {
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policyName('gateway'),
  description: REASON,
  expiry: SuppressionExpiry.on('2030-06-30'),
};

describe('what is accepted for the account', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    app = new App();
    stack = new Stack(app, 'Fleet');
  });

  afterEach(() => jest.useRealTimers());

  function broad(id: string, policyName?: string, scope: Construct = stack): CfnPolicy {
    return new CfnPolicy(scope, id, { policyName, policyDocument: document(allow('iot:Connect', '*')) });
  }

  function check(props: DeviceDefenderChecksProps): PolicyValidationPluginReport {
    const { stacks } = app.synth();
    return new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], ...props }).validate({
      appConstruct: app,
      templatePaths: [],
      stackTemplates: stacks.map(({ hierarchicalId, templateFullPath }) => ({
        stackConstructPath: hierarchicalId, templatePath: templateFullPath,
      })),
    } as never);
  }

  /** The logical ids of the findings that are left. */
  function found(props: DeviceDefenderChecksProps): (string | undefined)[] {
    return check(props).violations.flatMap(({ violatingResources }) =>
      violatingResources.map(({ resourceLogicalId, constructPath }) => resourceLogicalId ?? constructPath));
  }

  function accepting(...suppressions: AuditSuppression[]): DeviceDefenderChecksProps {
    return { suppressions: SuppressionList.of(suppressions) };
  }

  test('is acknowledged at synth for a policy of that name, and for no other', () => {
    broad('Gateway', 'gateway');
    broad('Camera', 'camera');
    broad('Unnamed');

    expect(found({})).toEqual(['Gateway', 'Camera', 'Unnamed']);
    expect(found(accepting(GATEWAY))).toEqual(['Camera', 'Unnamed']);
  });

  test('lets the synth pass', () => {
    broad('Gateway', 'gateway');

    expect([check({}).success, check(accepting(GATEWAY)).success]).toEqual([false, true]);
  });

  test('is listed in the SARIF file with its reason', () => {
    broad('Gateway', 'gateway');
    const sarifFile = join(mkdtempSync(join(tmpdir(), 'accepted-')), 'findings.sarif');
    check({ ...accepting(GATEWAY), sarifFile });
    const [{ results }] = JSON.parse(readFileSync(sarifFile, 'utf8')).runs;

    expect(results.map(({ suppressions }: { suppressions: object[] }) => suppressions))
      .toEqual([[expect.objectContaining({ justification: REASON })]]);
  });

  test('is acknowledged for a name in a parameter that is known', () => {
    const name = new CfnParameter(stack, 'Name', { default: 'gateway' });
    broad('Gateway', name.valueAsString);

    expect(found(accepting(GATEWAY))).toEqual(['Gateway']);
    expect(found({ ...accepting(GATEWAY), parameterValues: { Name: 'gateway' } })).toEqual([]);
    expect(found({ ...accepting(GATEWAY), parameterValues: { Name: 'camera' } })).toEqual(['Gateway']);
  });

  test('counts again once it has ended', () => {
    broad('Gateway', 'gateway');
    const props = accepting(GATEWAY);
    jest.setSystemTime(new Date('2030-06-30T23:59:58Z'));
    expect(found(props)).toEqual([]);
    jest.setSystemTime(new Date('2030-07-01T00:00:00Z'));
    expect(found(props)).toEqual(['Gateway']);
  });

  test('is one check\'s only', () => {
    broad('Gateway', 'gateway');

    expect(found(accepting({ ...GATEWAY, check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION })))
      .toEqual(['Gateway']);
  });

  test('is not acknowledged for a pinned version: a template makes a new one', () => {
    broad('Gateway', 'gateway');

    expect(found(accepting({ ...GATEWAY, resource: SuppressedResource.policyVersion('gateway', '3') })))
      .toEqual(['Gateway']);
  });

  test('is acknowledged for a construct, whatever its name', () => {
    const first = broad('First');
    broad('Second');

    expect(found(accepting({ ...GATEWAY, resource: SuppressedResource.policy(first) }))).toEqual(['Second']);
  });

  test('is acknowledged for what a construct contains', () => {
    const wrapper = Object.assign(new Construct(stack, 'Wrapper'), {
      policyRef: { policyName: 'gateway', policyArn: 'arn' }, env: { account: '111111111111', region: 'us-east-1' },
    });
    broad('First', undefined, wrapper);
    broad('Second');

    expect(found(accepting({ ...GATEWAY, resource: SuppressedResource.policy(wrapper) }))).toEqual(['Second']);
  });

  test('is acknowledged for a role alias of that name', () => {
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('credentials.iot.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['iot:Publish'], resources: ['*'] }));
    ['camera', 'door'].forEach((roleAlias) => new CfnRoleAlias(stack, roleAlias, { roleAlias, roleArn: role.roleArn }));
    const aliases = { checks: [AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE] };

    expect(found({ ...aliases })).toEqual(['camera', 'door']);
    expect(found({
      ...aliases,
      ...accepting({
        ...GATEWAY,
        check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
        resource: SuppressedResource.roleAliasName('camera'),
      }),
    })).toEqual(['door']);
  });

  test('is acknowledged for the account\'s settings', () => {
    new CfnLogging(stack, 'Logging', { accountId: '111111111111', roleArn: 'arn', defaultLogLevel: 'DISABLED' });
    const logging = { checks: [AuditCheck.LOGGING_DISABLED] };

    expect(found(logging)).toEqual(['Logging']);
    expect(found({
      ...logging,
      ...accepting({ ...GATEWAY, check: AuditCheck.LOGGING_DISABLED, resource: SuppressedResource.account() }),
    })).toEqual([]);
  });

  test('is acknowledged in templates that CDK did not write', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'accepted-')), 'template.json');
    const policy = (PolicyName: string) => ({
      Type: 'AWS::IoT::Policy', Properties: { PolicyName, PolicyDocument: document(allow('iot:Connect', '*')) },
    });
    writeFileSync(file, JSON.stringify({ Resources: { Gateway: policy('gateway'), Camera: policy('camera') } }));
    const checks = new DeviceDefenderChecks({
      checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], ...accepting(GATEWAY),
    });

    const { violations } = checks.checkTemplates(file);
    expect(violations.map(({ violatingResources }) => violatingResources[0].resourceLogicalId)).toEqual(['Camera']);
  });

  test('needs no list for a construct that the app suppresses', () => {
    const gateway = broad('Gateway');
    broad('Camera');
    new AuditSuppressions(stack, 'Accepted', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration'),
      suppressions: [{ ...GATEWAY, resource: SuppressedResource.policy(gateway) }],
    });

    expect(found({})).toEqual(['Camera']);
  });
});
