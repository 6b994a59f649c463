import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks,
} from 'cdk-nag';
import { AuditCheck, DeviceDefenderChecks, SuppressionList } from '../src';
import { exampleNames, loadExample } from './support/example-apps';

/** What CDK Pipelines makes, in the example that deploys through a pipeline, is not of this library. */
const STACK_OF_CDK_PIPELINES = 'Pipeline';

/** The example whose resources need no role: it only receives. */
const WITHOUT_ROLES = 'view-an-organization';

function stacksOf(app: App): Stack[] {
  return app.node.findAll().filter(
    (node): node is Stack => Stack.isStack(node) && node.node.path !== STACK_OF_CDK_PIPELINES,
  );
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: { readonly Service?: string };
  readonly Condition?: Record<string, Record<string, unknown>>;
}

interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

interface RoleProperties {
  readonly AssumeRolePolicyDocument: { readonly Statement: Statement[] };
  readonly Policies?: PolicyProperties[];
}

function rolesOf(stack: Stack): RoleProperties[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')).map((role) => role.Properties);
}

/** Those within roles, and those beside them. */
function policiesOf(stack: Stack): PolicyProperties[] {
  const beside = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).map(
    (policy) => policy.Properties,
  );
  return [...rolesOf(stack).flatMap((role) => role.Policies ?? []), ...beside];
}

test('the examples are the ones that their README lists', () => {
  const readme = readFileSync(join(__dirname, '..', 'examples', 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| \[([\w-]+)\]\(\1\.ts\) \|/gm)].map(([, name]) => name);

  expect(listed.sort()).toEqual([...exampleNames, 'check-a-template'].sort());
});

describe.each(exampleNames)('example %s', (name) => {
  test('has no finding of the AwsSolutions pack that is not acknowledged', () => {
    const app = loadExample(name);
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const resources = violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map((resource) => ({ ruleName, ...resource })));
    expect(violations.every(({ violatingResources }) => violatingResources)).toBe(true);
    expect(resources.filter(({ constructPath }) => !constructPath?.startsWith(`${STACK_OF_CDK_PIPELINES}/`)))
      .toEqual([]);
  });

  test.each([
    AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks,
  ])(
    'can be read by every rule of %p', (Pack) => {
      const app = loadExample(name);
      app.synth();

      const { violations } = new Pack(app, { verbose: true }).validateScope(app);
      expect(
        violations.map(({ description }) => description).filter((description) => description.startsWith('Rule threw')),
      ).toEqual([]);
    },
  );

  test('has confused-deputy conditions on every role that a service assumes', () => {
    const trusts = stacksOf(loadExample(name)).flatMap(rolesOf)
      .flatMap((role) => role.AssumeRolePolicyDocument.Statement)
      .filter((statement) => statement.Principal?.Service);

    expect(trusts.length > 0).toBe(name !== WITHOUT_ROLES);
    for (const trust of trusts) {
      expect(trust.Condition?.StringEquals).toHaveProperty(['aws:SourceAccount']);
      if (trust.Principal?.Service !== 'lambda.amazonaws.com') {
        expect(trust.Condition?.ArnLike)
          .toHaveProperty(['aws:SourceArn']);
      }
    }
  });

  test('has no statement that is broader than docs/adr/0004-least-privilege-roles.md explains', () => {
    const broad = stacksOf(loadExample(name)).flatMap(policiesOf)
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .filter((statement) => [statement.Action].flat().some((action) => action.includes('*'))
        || JSON.stringify(statement.Resource).includes('*'))
      .map((statement) => [statement.Action].flat().join());

    const explained = [
      'iot:AddThingToThingGroup',
      'iot:DescribeAuditMitigationActionsTask,iot:StartAuditMitigationActionsTask',
      'logs:CreateLogDelivery,logs:GetLogDelivery,logs:UpdateLogDelivery,logs:DeleteLogDelivery,logs:ListLogDeliveries,logs:PutResourcePolicy,logs:DescribeResourcePolicies,logs:DescribeLogGroups',
      'xray:PutTraceSegments,xray:PutTelemetryRecords,xray:GetSamplingRules,xray:GetSamplingTargets',
      'iot:DescribeAuditTask,iot:ListAuditFindings',
      'iot:DescribeAuditTask,iot:ListAuditFindings,iot:ListAuditTasks',
      'iot:DescribeAuditTask,iot:ListAuditTasks',
      'iot:DescribeAuditFinding,iot:DescribeAuditMitigationActionsTask,iot:DescribeAuditTask,iot:ListAuditFindings,iot:ListAuditMitigationActionsExecutions,iot:ListAuditMitigationActionsTasks,iot:ListAuditTasks,iot:ListPrincipalThings,iot:ListRelatedResourcesForAuditFinding',
      'iot:DescribeCertificate',
      'iot:GetPolicy',
      'iot:ListThingGroupsForThing',
      'iot:DescribeThingGroup',
      'iot:DescribeAccountAuditConfiguration,iot:ListScheduledAudits,iot:UpdateAccountAuditConfiguration',
      'iot:DeleteAccountAuditConfiguration,iot:DescribeAccountAuditConfiguration,iot:ListScheduledAudits,iot:UpdateAccountAuditConfiguration',
      'iot:DescribeScheduledAudit',
      'iot:DescribeScheduledAudit,iot:UpdateScheduledAudit',
      'iam:PassRole',
      's3:PutObject',
      'iot:CancelAuditTask,iot:DescribeAccountAuditConfiguration,iot:DescribeAuditTask,iot:ListAuditTasks,iot:StartOnDemandAuditTask',
      'iot:CancelAuditTask,iot:DescribeAccountAuditConfiguration,iot:DescribeAuditTask,iot:ListAuditFindings,iot:ListAuditTasks,iot:StartOnDemandAuditTask',
      'iot:CreateAuditSuppression,iot:DeleteAuditSuppression,iot:DescribeAccountAuditConfiguration,iot:DescribeAuditSuppression,iot:ListAuditSuppressions,iot:UpdateAuditSuppression',
      'iot:ListPrincipalThings',
      'iot:SetV2LoggingOptions',
      'iot:UpdateCertificate',
      'iot:DescribeAuditTask,iot:ListAuditFindings,iot:ListAuditTasks',
      // On objects of days, in an archive of findings, and on the tables of its database.
      's3:PutObject',
      's3:GetObject',
      'glue:GetDatabase,glue:GetPartitions,glue:GetTable,glue:GetTables',
      'logs:CreateLogGroup,logs:CreateLogStream,logs:PutLogEvents,logs:PutMetricFilter,logs:PutRetentionPolicy',
    ];
    expect(broad.filter((actions) => !explained.includes(actions))).toEqual([]);
  });
});

test('the example that accepts findings is stopped by the checks at synth without its list', () => {
  const app = loadExample('accept-findings');
  const stackTemplates = app.synth().stacks.map(({ hierarchicalId, templateFullPath }) => ({
    stackConstructPath: hierarchicalId, templatePath: templateFullPath,
  }));
  const foundWith = (suppressions?: SuppressionList) => {
    const { violations } = new DeviceDefenderChecks({ suppressions, checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE] })
      .validate({ appConstruct: app, stackTemplates, templatePaths: [] } as never);
    return violations.flatMap(({ violatingResources }) => violatingResources.map((one) => one.resourceLogicalId));
  };

  expect(foundWith()).toEqual(['GatewayPolicy']);
  expect(foundWith(SuppressionList.fromFile('examples/accepted-findings.json'))).toEqual([]);
});
