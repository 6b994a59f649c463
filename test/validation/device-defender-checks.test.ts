import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, CfnParameter, CfnStack, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnIdentityPoolRoleAttachment } from 'aws-cdk-lib/aws-cognito';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPolicy, CfnRoleAlias, CfnThingPrincipalAttachment } from 'aws-cdk-lib/aws-iot';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { version as cdkVersion } from 'aws-cdk-lib/package.json';
import { Construct } from 'constructs';
import { allow, arn, document, policyTemplate } from './support/findings';
import { version } from '../../package.json';
import {
  AuditCheck, AuditResourceType, AuditSeverity, DeviceDefenderChecks, DeviceDefenderChecksProps,
} from '../../src';

const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const SOME_CHECKS = {
  checks: [
    AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
    AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  ],
};

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
  readonly description: string;
  readonly ruleMetadata: Record<string, string>;
  readonly violatingConstructs: { readonly constructPath: string }[];
}

interface PluginReport {
  readonly conclusion: string;
  readonly metadata: Record<string, string>;
  readonly violations: Violation[];
  readonly suppressedViolations?: (Violation & { readonly reason: string })[];
}

/** Synthesizes an app with the plugin. CDK's printing of findings that do not fail is not tested here. */
function synth(app: App, props: DeviceDefenderChecksProps = SOME_CHECKS): { failed: boolean; report?: PluginReport } {
  Validations.of(app).addPlugins(new DeviceDefenderChecks(props));
  const print = jest.spyOn(console, 'error').mockImplementation();
  let failed = false;
  try {
    app.synth();
  } catch (error) {
    expect(String(error)).toContain('CHECK');
    failed = true;
  } finally {
    print.mockRestore();
  }
  const reports = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
  return { failed, report: reports.find(({ pluginName }: { pluginName: string }) => pluginName === 'DeviceDefender') };
}

const places = ({ report }: { report?: PluginReport }) => (report?.violations ?? [])
  .flatMap(({ violatingConstructs }) => violatingConstructs.map(({ constructPath }) => constructPath));

const broad = (scope: Construct, id: string) => new CfnPolicy(scope, id, {
  policyDocument: document(allow('iot:Connect', '*')),
});

test('a broad policy fails the synth', () => {
  const app = new App();
  broad(new Stack(app, 'Fleet'), 'Policy');
  const { failed, report } = synth(app);

  expect(failed).toBe(true);
  expect(report).toMatchObject({
    conclusion: 'failure', metadata: { compliant: '0', nonCompliant: '1', undecided: '0' },
  });
  expect(report!.violations).toMatchObject([{
    ruleName: POLICY,
    severity: 'error',
    description: `CRITICAL ${POLICY} non-compliant ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS at `
      + 'Properties.PolicyDocument.Statement.0: The policy allows iot:Connect on *',
    suggestedFix: expect.stringContaining(
      'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html',
    ),
    ruleMetadata: {
      verdict: 'non-compliant', auditSeverity: 'CRITICAL', reasonCode: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
    },
    violatingConstructs: [{
      constructPath: 'Fleet/Policy',
      cloudFormationResource: { logicalId: 'Policy', propertyPaths: ['Properties.PolicyDocument.Statement.0'] },
    }],
  }]);
});

test('an app without findings passes without a word', () => {
  const app = new App();
  new Stack(app, 'Fleet');
  expect(synth(app)).toEqual({ failed: false, report: undefined });
});

test('the report names the checks that need runtime data', () => {
  const app = new App();
  new Stack(app, 'Fleet');
  const { failed, report } = synth(app, {});
  expect(failed).toBe(false);
  expect(report!.violations.map(({ ruleName, severity, violatingConstructs }) =>
    [ruleName, severity, violatingConstructs])).toEqual([
    ['CONFLICTING_CLIENT_IDS_CHECK', 'info', []],
    ['INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK', 'info', []],
    ['IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK', 'info', []],
    ['REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK', 'info', []],
    ['REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK', 'info', []],
  ]);
  expect(report!.violations[0].description).toContain('it needs to know what devices have done');
});

test('the report says which check it does not know, and where AWS documents the others', () => {
  const unknown = AuditCheck.of('BRAND_NEW_CHECK', {
    propertyName: 'BrandNewCheck', severity: AuditSeverity.HIGH, resourceType: AuditResourceType.IOT_POLICY,
  });
  const checks = [unknown, AuditCheck.CONFLICTING_CLIENT_IDS];
  const { violations } = new DeviceDefenderChecks({ checks }).checkTemplates(templateFile({ Resources: {} }));
  expect(violations.map(({ description, fix }) => [description, fix])).toEqual([
    ['HIGH BRAND_NEW_CHECK cannot be decided: this version of the library does not know it',
      'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html'],
    [
      'HIGH CONFLICTING_CLIENT_IDS_CHECK cannot be decided: it needs to know what devices have done, which only an '
        + 'audit of the account does',
      'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-conflicting-client-ids.html',
    ],
  ]);
});

test.each<[string, DeviceDefenderChecksProps, string]>([
  ['no check', { checks: [] }, "DeviceDefenderChecks: 'checks' must hold a check, and none twice, got none; list each "
    + 'once, or leave them out for every check'],
  [
    'a check twice', { checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED] },
    "DeviceDefenderChecks: 'checks' must hold a check, and none twice, got LOGGING_DISABLED_CHECK; list each once, or "
      + 'leave them out for every check',
  ],
  ['no severity', { failOn: 'URGENT' as AuditSeverity },
    "DeviceDefenderChecks: 'failOn' must be an AuditSeverity, got 'URGENT'; take one of its members"],
  [
    'no service', { usedServices: ['s3', 'dynamodb:*', 'DynamoDB'] },
    "DeviceDefenderChecks: 'usedServices' must hold the prefixes of services in IAM, in lower case, got 'dynamodb:*', "
      + "'DynamoDB'; "
      + "write what precedes the colon of the service's actions, for example 'dynamodb'",
  ],
  ['no file', { sarifFile: '' },
    "DeviceDefenderChecks: 'sarifFile' must be a path, got nothing; name a file, or leave it out"],
])('refuses %s', (_, props, message) => {
  expect(() => new DeviceDefenderChecks(props)).toThrow(new Error(message));
});

test('refuses to check no templates', () => {
  expect(() => new DeviceDefenderChecks().checkTemplates())
    .toThrow(new Error("checkTemplates: 'templatePaths' must hold a file, got none; name the templates to check"));
});

test('leaves out what the region\'s audit does not check, unless it is listed', () => {
  const appInGovCloud = () => {
    const app = new App();
    const stack = new Stack(app, 'Fleet', { env: { account: '111111111111', region: 'us-gov-west-1' } });
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('credentials.iot.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['iot:*'], resources: ['*'] }));
    new CfnRoleAlias(stack, 'Alias', { roleArn: role.roleArn });
    broad(stack, 'Policy');
    return app;
  };
  expect(new Set(places(synth(appInGovCloud(), { loggingEnabledElsewhere: true })))).toEqual(new Set(['Fleet/Policy']));
  expect(new Set(places(synth(appInGovCloud())))).toEqual(new Set(['Fleet/Policy', 'Fleet/Alias']));
});

test('tells CDK the version of the library', () => {
  expect(new DeviceDefenderChecks().version).toBe(version);
});

test('carries out the checks that it is given', () => {
  expect(new DeviceDefenderChecks(SOME_CHECKS).ruleIds).toEqual([POLICY, 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK']);
  expect(new DeviceDefenderChecks().ruleIds).toEqual(AuditCheck.all().map(({ checkName }) => checkName));
  const app = new App();
  broad(new Stack(app, 'Fleet'), 'Policy');
  expect(synth(app, { checks: [AuditCheck.LOGGING_DISABLED], loggingEnabledElsewhere: true }).report).toBeUndefined();
});

describe('failing', () => {
  const appWithDisabledLogs = () => {
    const app = new App();
    new CfnInclude(new Stack(app, 'Fleet'), 'Template', {
      templateFile: templateFile({
        Resources: {
          Logging: {
            Type: 'AWS::IoT::Logging', Properties: { AccountId: '1', RoleArn: 'arn', DefaultLogLevel: 'DISABLED' },
          },
        },
      }),
    });
    return app;
  };
  const checks = [AuditCheck.LOGGING_DISABLED];

  test.each([
    [undefined, false, 'warning'],
    [AuditSeverity.MEDIUM, false, 'warning'],
    [AuditSeverity.LOW, true, 'error'],
  ])('on %s', (failOn, fails, severity) => {
    const { failed, report } = synth(appWithDisabledLogs(), { checks, failOn });
    expect(failed).toBe(fails);
    expect(report!.violations).toMatchObject([{
      severity, violatingConstructs: [{ constructPath: 'Fleet/Template/Logging' }],
    }]);
  });

  test.each([[false, 'info'], [true, 'error']])('on what is undecided: %s', (failOnUndecided, severity) => {
    const app = new App();
    const stack = new Stack(app, 'Fleet');
    const name = new CfnParameter(stack, 'Name');
    new CfnPolicy(stack, 'Policy', { policyDocument: document(allow('iot:Connect', name.valueAsString)) });
    const { failed, report } = synth(app, { ...SOME_CHECKS, failOnUndecided });
    expect(failed).toBe(failOnUndecided);
    expect(report).toMatchObject({ metadata: { undecided: '1' } });
    expect(report!.violations).toMatchObject([{
      severity, description: expect.stringContaining(
        'cannot be decided at Properties.PolicyDocument: The policy cannot be judged for certain: the parameter Name',
      ),
    }]);
  });

  test('what is undecided about a stack is reported at the stack', () => {
    const app = new App();
    broad(new Stack(app, 'Fleet'), 'Policy');
    const { failed, report } = synth(app, { checks });
    expect(failed).toBe(false);
    expect(report!.violations).toMatchObject([{ severity: 'info', violatingConstructs: [{ constructPath: 'Fleet' }] }]);
  });
});

describe('acknowledging', () => {
  function twoPolicies() {
    const app = new App();
    const stack = new Stack(app, 'Fleet');
    const lobby = new Construct(stack, 'Lobby');
    return { app, stack, lobby, first: broad(lobby, 'First'), second: broad(stack, 'Second') };
  }

  // The lowest supported aws-cdk-lib applies the acknowledgement of one construct to the whole app.
  const testUnlessAppWide = cdkVersion === '2.262.0' ? test.skip : test;

  testUnlessAppWide('suppresses a finding for one construct, with the reason in the report', () => {
    const { app, first } = twoPolicies();
    Validations.of(first).acknowledge({ id: `DeviceDefender::${POLICY}`, reason: 'a test bench' });
    const result = synth(app);
    expect(result.failed).toBe(true);
    expect(places(result)).toEqual(['Fleet/Second']);
    expect(result.report!.suppressedViolations).toMatchObject([{
      reason: 'a test bench', violatingConstructs: [{ constructPath: 'Fleet/Lobby/First' }],
    }]);
  });

  testUnlessAppWide('suppresses findings for a subtree', () => {
    const { app, stack, lobby } = twoPolicies();
    Validations.of(lobby).acknowledge({ id: `DeviceDefender::${POLICY}`, reason: 'a test bench' });
    Validations.of(stack).acknowledge({ id: 'DeviceDefender::LOGGING_DISABLED_CHECK', reason: 'another check' });
    expect(places(synth(app))).toEqual(['Fleet/Second']);
  });

  test('of one attachment leaves the others of a shared certificate', () => {
    const app = new App();
    const stack = new Stack(app, 'Fleet');
    const [first] = ['First', 'Second', 'Third'].map((id) => new CfnThingPrincipalAttachment(stack, id, {
      principal: 'arn:cert', thingName: id,
    }));
    Validations.of(first).acknowledge({ id: 'DEVICE_CERTIFICATE_SHARED_CHECK', reason: 'a test bench' });
    expect(places(synth(app, { checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED] })))
      .toEqual(['Fleet/Second', 'Fleet/Third']);
  });

  test('suppresses all findings of an app, which then passes', () => {
    const { app } = twoPolicies();
    Validations.of(app).acknowledge({ id: `DeviceDefender::${POLICY}`, reason: 'a test bench' });
    const { failed, report } = synth(app);
    expect(failed).toBe(false);
    expect(report).toMatchObject({ conclusion: 'success', violations: [] });
    expect(report!.suppressedViolations).toHaveLength(2);
  });

  test('works with the name of the check alone, for one construct', () => {
    const { app, first } = twoPolicies();
    Validations.of(first).acknowledge({ id: POLICY, reason: 'a test bench' });
    expect(places(synth(app))).toEqual(['Fleet/Second']);
  });

  test('works with the name of the check alone, for a subtree', () => {
    const { app, lobby } = twoPolicies();
    Validations.of(lobby).acknowledge({ id: POLICY, reason: 'a test bench' }, {
      id: 'LOGGING_DISABLED_CHECK', reason: 'another check',
    });
    expect(places(synth(app))).toEqual(['Fleet/Second']);
  });

  test('works with the name of the check alone, for an app', () => {
    const { app } = twoPolicies();
    Validations.of(app).acknowledge({ id: POLICY, reason: 'a test bench' });
    expect(synth(app)).toEqual({ failed: false, report: undefined });
  });
});

describe('stacks', () => {
  test('follows roles across stacks', () => {
    const app = new App();
    const role = new Role(new Stack(app, 'Roles'), 'Role', {
      assumedBy: new ServicePrincipal('credentials.iot.amazonaws.com'),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['iot:*'], resources: ['*'] }));
    new CfnRoleAlias(new Stack(app, 'Fleet'), 'Alias', { roleArn: role.roleArn });
    const result = synth(app);
    expect(new Set(places(result))).toEqual(new Set(['Fleet/Alias']));
    expect(result.report!.violations[0].description).toContain('RoleDefaultPolicy');
  });

  test('follows roles across stacks by their names, and managed policies', () => {
    const app = new App();
    const roles = new Stack(app, 'Roles', { env: { account: '111111111111', region: 'eu-west-1' } });
    const managedPolicy = new ManagedPolicy(roles, 'Managed', {
      statements: [new PolicyStatement({ actions: ['iam:PassRole'], resources: ['*'] })],
    });
    new Role(roles, 'Role', {
      roleName: 'devices',
      assumedBy: new ServicePrincipal('credentials.iot.amazonaws.com'),
      managedPolicies: [managedPolicy],
    });
    const fleet = new Stack(app, 'Fleet', { env: { account: '111111111111', region: 'eu-west-1' } });
    new CfnRoleAlias(fleet, 'Alias', {
      roleArn: fleet.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: 'devices' }),
    });
    const { report } = synth(app);
    expect(report!.violations.map(({ ruleMetadata }) => ruleMetadata.reasonCode))
      .toEqual(['ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES']);
  });

  test('looks into nested stacks, with what the stacks around them give and get', () => {
    const app = new App();
    const stack = new Stack(app, 'Fleet');
    const name = new CfnParameter(stack, 'Name');
    const nested = new NestedStack(stack, 'Nested', {
      parameters: { Open: '*', Closed: arn('client/pump-1'), Name: name.valueAsString },
    });
    const deeper = new NestedStack(nested, 'Deeper');
    const parameters = ['Open', 'Closed', 'Name'].map((id) => new CfnParameter(nested, id));
    parameters.forEach((parameter) => new CfnPolicy(nested, `Policy${parameter.node.id}`, {
      policyDocument: document(allow('iot:Connect', parameter.valueAsString)),
    }));
    broad(deeper, 'Policy');
    const role = new Role(nested, 'Role', { assumedBy: new ServicePrincipal('cognito-identity.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['iot:AttachPolicy'], resources: ['*'] }));
    new CfnIdentityPoolRoleAttachment(stack, 'Attachment', {
      identityPoolId: 'pool', roles: { unauthenticated: role.roleArn },
    });

    const { report } = synth(app);
    expect(report!.violations.map(({ severity, violatingConstructs }) =>
      [severity, violatingConstructs[0].constructPath])).toEqual([
      ['error', 'Fleet/Nested/PolicyOpen'],
      ['info', 'Fleet/Nested/PolicyName'],
      ['error', 'Fleet/Nested/Deeper/Policy'],
      ['error', 'Fleet/Attachment'],
    ]);
  });

  test('lists what it cannot look into, where it can be acknowledged', () => {
    const appWithElsewhere = () => {
      const app = new App();
      const stack = new Stack(app, 'Fleet');
      return { app, elsewhere: new CfnStack(stack, 'Elsewhere', { templateUrl: 'https://example.com/template.json' }) };
    };
    const { app } = appWithElsewhere();
    const result = synth(app);
    expect(result).toMatchObject({ failed: false, report: { metadata: { undecided: '1' } } });
    expect(result.report!.violations).toMatchObject([{
      ruleName: 'UNREAD_TEMPLATE',
      severity: 'info',
      description: 'UNREAD_TEMPLATE cannot be decided: Not all that the template deploys can be seen: the template of '
        + 'the nested stack Elsewhere is not in it',
      violatingConstructs: [{ constructPath: 'Fleet/Elsewhere' }],
    }]);

    const acknowledged = appWithElsewhere();
    Validations.of(acknowledged.elsewhere).acknowledge({ id: 'UNREAD_TEMPLATE', reason: 'checked where it is made' });
    expect(synth(acknowledged.app)).toEqual({ failed: false, report: undefined });
  });

  test('looks into stages', () => {
    const app = new App();
    broad(new Stack(new Stage(app, 'Prod'), 'Fleet'), 'Policy');
    expect(places(synth(app))).toEqual(['Prod/Fleet/Policy']);
  });

  test('looks into included templates', () => {
    const app = new App();
    new CfnInclude(new Stack(app, 'Fleet'), 'Template', {
      templateFile: templateFile(policyTemplate(document(allow('iot:Connect', '*')))),
    });
    expect(places(synth(app))).toEqual(['Fleet/Template/Policy']);
  });
});

function templateFile(template: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'template-')), 'template.json');
  writeFileSync(file, typeof template === 'string' ? template : JSON.stringify(template, undefined, 2));
  return file;
}

describe('templates that CDK did not make', () => {
  test('are checked as one deployment', () => {
    const producer = { Resources: {}, Outputs: { Client: { Value: '*', Export: { Name: 'Client' } } } };
    const consumer = policyTemplate(document(allow('iot:Connect', { 'Fn::ImportValue': 'Client' })));
    const files = [templateFile(consumer), templateFile(producer)];
    expect(new DeviceDefenderChecks(SOME_CHECKS).checkTemplates(...files)).toMatchObject({
      success: false,
      violations: [{ ruleName: POLICY, violatingResources: [{ resourceLogicalId: 'Policy', templatePath: files[0] }] }],
    });
    expect(new DeviceDefenderChecks(SOME_CHECKS).checkTemplates(files[0])).toMatchObject({
      success: true, violations: [{ severity: 'info' }],
    });
  });

  test.each([
    ['text that is no template', () => templateFile('Resources:'), 'no CloudFormation template: it has no Resources'],
    ['JSON that is no object', () => templateFile('[]'), 'no CloudFormation template: it holds a list'],
    ['a file that is missing', () => '/nowhere/template.json', 'there is no such file'],
  ])('are an error if they are %s', (_, file, reason) => {
    const path = file();
    expect(new DeviceDefenderChecks(SOME_CHECKS).checkTemplates(path)).toMatchObject({
      success: false,
      violations: [{
        ruleName: 'UNREAD_TEMPLATE',
        severity: 'error',
        description: `UNREAD_TEMPLATE cannot be decided: The template cannot be read: ${reason}`,
        violatingResources: [{ templatePath: path, locations: [] }],
      }],
    });
  });
});
