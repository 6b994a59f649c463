import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CustomizeRolesOptions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  AccountAuditConfiguration, AuditNotificationTopic, CheckRemoval, DeploymentAudit, DeploymentAuditRun,
  ExistingConfiguration, ExistingLogging, Logging, OnDemandAudit,
} from '../../src';
import { ENV } from '../support/templates';

interface Statement {
  readonly Action: string | string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Policies?: { readonly PolicyDocument: { readonly Statement: Statement[] } }[];
    readonly PolicyDocument?: { readonly Statement: Statement[] };
    readonly Roles?: { readonly Ref: string }[];
  };
}

/** The roles of all cases, by path. */
const PRECREATED = Object.fromEntries([
  'CdkIotFleetAuditCustomResources/Role', 'Configuration/AuditRole', 'Configuration/NotificationRole', 'Logging/Role',
  'Brought',
].map((path) => [`Stack/${path}`, path.replace('/', '-')]));

function imported(stack: Stack) {
  return AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Import');
}

function auditing(deploymentAudit: DeploymentAuditRun): (stack: Stack) => void {
  return (stack) => {
    new OnDemandAudit(stack, 'Audit', { configuration: imported(stack), deploymentAudit });
    new OnDemandAudit(
      stack, 'AnotherAudit', { configuration: imported(new Construct(stack, 'Another') as Stack), deploymentAudit },
    );
  };
}

const CASES: [string, (stack: Stack) => void][] = [
  ['an audit that is started', auditing(DeploymentAudit.start())],
  ['an audit that is awaited', auditing(DeploymentAudit.waitForCompletion())],
  ['a gate', auditing(DeploymentAudit.gate())],
  ['the removal of checks in one deployment', (stack) => new AccountAuditConfiguration(stack, 'Configuration', {
    checkRemoval: CheckRemoval.IN_ONE_DEPLOYMENT, notificationTopic: new AuditNotificationTopic(stack, 'Topic'),
  })],
  ['a configuration that adopts', (stack) => new AccountAuditConfiguration(stack, 'Configuration', {
    existing: ExistingConfiguration.adopt(), notificationTopic: new Topic(stack, 'Topic'),
  })],
  ['a configuration that adopts from a role', (stack) => new AccountAuditConfiguration(stack, 'Configuration', {
    existing: ExistingConfiguration.adopt({ previousRoles: [Role.fromRoleName(stack, 'Previous', 'previous')] }),
  })],
  ['logging that adopts', (stack) => new Logging(stack, 'Logging', { existing: ExistingLogging.adopt() })],
  ['logging that keeps, with a role of the app', (stack) => {
    const role = new Role(stack, 'Brought', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    const { logGroupName } = new LogGroup(stack, 'LogGroup');
    new Logging(
      stack, 'Logging', { existing: ExistingLogging.keep(), role, events: [{ eventType: 'Connect', logGroupName }] },
    );
  }],
];

function templateOf(define: (stack: Stack) => void, options?: CustomizeRolesOptions) {
  const app = new App();
  if (options) Role.customizeRoles(app, options);
  const stack = new Stack(app, 'Stack', { env: ENV });
  define(stack);
  const assembly = app.synth();
  const resources: Record<string, Resource> = assembly.getStackByName('Stack').template.Resources;
  const report = options && JSON.parse(readFileSync(join(assembly.directory, 'iam-policy-report.json'), 'utf8'));
  return { resources, reported: report && actionsByRole(report.roles) };
}

function actionsByRole(
  roles: { roleConstructPath: string; identityPolicyStatements: Statement[] }[],
): Record<string, string[]> {
  return Object.fromEntries(roles.map(({ roleConstructPath, identityPolicyStatements: statements }) =>
    [roleConstructPath.split('/').slice(1).join(''), actionsOf(statements)]));
}

function actionsOf(statements: Statement[]): string[] {
  return statements.map(({ Action }) => [Action].flat().join()).sort();
}

/** What each role of the template may do, inline or by a policy beside it, by the beginning of its logical id. */
function permitted(resources: Record<string, Resource>): Record<string, string[]> {
  const all = Object.entries(resources);
  return Object.fromEntries(all.filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([id, { Properties }]) => {
    const inline = Properties.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
    const beside = all.filter(
      ([, { Type, Properties: policy }]) => Type === 'AWS::IAM::Policy' && policy.Roles?.some(({ Ref }) => Ref === id),
    )
      .flatMap(([, { Properties: policy }]) => policy.PolicyDocument!.Statement);
    return [id.slice(0, -8), actionsOf([...inline, ...beside])];
  }));
}

describe.each(CASES)('Role.customizeRoles() with %s', (_, define) => {
  const usual = permitted(templateOf(define).resources);

  test('makes no role and no policy, and reports each statement once, where the roles were created beforehand', () => {
    const { resources, reported } = templateOf(define, { usePrecreatedRoles: PRECREATED });

    expect(Object.values(resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'))).toEqual([]);
    expect(reported).toEqual(expect.objectContaining(usual));
    expect(JSON.stringify(resources)).toContain('role/');
  });

  // Such a template is for the report alone: in it CDK knows the roles' ARNs no more, and so cannot tell them apart.
  test('reports the same, and makes no policy, where roles are made all the same', () => {
    const { resources, reported } = templateOf(define, { preventSynthesis: false });
    const oneOfEach = Object.fromEntries(Object.entries(usual).map(([role, actions]) => [role, [...new Set(actions)]]));

    expect(
      Object.fromEntries(Object.entries<string[]>(reported).map(([role, actions]) => [role, [...new Set(actions)]])),
    )
      .toEqual(expect.objectContaining(oneOfEach));
    expect(Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::Policy')).toEqual([]);
  });
});
