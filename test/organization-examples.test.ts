import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, BootstraplessSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import {
  AccountAuditConfiguration, AuditAlarms, AuditCheck, AuditComplianceRule, AuditNotificationTopic, AuditSchedule,
  CheckRemoval, DeploymentAudit, ExistingConfiguration, FindingsArchive, FleetAudit, Logging, Mitigation,
  MitigationAction, OverdueAlarm, ScheduledAudit, SecurityHubSubscription,
} from '../src';
import { loadExample } from './support/example-apps';
import { onlyResource } from './support/templates';
import { AUDIT_COMPLETED, EVENT_SOURCE } from '../src/events/protocol';

const DOCUMENT = readFileSync(join(__dirname, '..', 'docs', 'organizations.md'), 'utf8');

/** The most that a template may hold: in a request, and in a bucket. */
const LONGEST_INLINE = 51_200;
const LONGEST_IN_BUCKET = 1_000_000;

interface Resources { readonly [id: string]: { readonly Type: string; readonly Properties: any } }

const rollOut: CloudAssembly = loadExample('roll-out-to-an-organization').synth();
const templates = rollOut.getNestedAssembly('assembly-Templates');
const view: CloudAssembly = loadExample('view-an-organization').synth();

function templateOf(stackName: string): { text: string; content: any; resources: Resources } {
  const artifact = templates.getStackByName(`Templates-${stackName}`);
  const { template } = artifact;
  return { text: readFileSync(artifact.templateFullPath, 'utf8'), content: template, resources: template.Resources };
}

function countsOf(resources: Resources): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/** The rows of the table below a heading. */
function rowsBelow(heading: string): string[][] {
  const [, section] = DOCUMENT.split(`\n${heading}\n`);
  const [, ...rows] = section.split(/\n#/)[0].split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|---'));
  return rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}

describe('the templates that StackSets deploy', () => {
  test.each(['Fleet', 'Sandbox'])('%s needs no bootstrapping of the account that it is deployed to', (name) => {
    const { content, text } = templateOf(name);

    expect(Object.keys(content)).toEqual(['Resources', 'Conditions']);
    expect(text).not.toMatch(/cdk-hnb659fds|BootstrapVersion/);
    expect(text.length).toBeLessThan(name === 'Sandbox' ? LONGEST_INLINE : LONGEST_IN_BUCKET);
  });

  test('Sandbox is nothing but its template', () => {
    const { resources } = templateOf('Sandbox');

    expect(countsOf(resources)['AWS::Lambda::Function']).toBeUndefined();
    const { assets } = templates.getStackByName('Templates-Sandbox');
    expect(assets).toEqual([]);
  });

  test('Fleet takes the code of its function from the bucket of the deployment account in its region', () => {
    const { resources } = templateOf('Fleet');
    const code = Object.values(resources).find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties.Code;

    expect(code.S3Bucket).toEqual({ 'Fn::Sub': 'iot-fleet-audit-code-111122223333-${AWS::Region}' });
    for (const region of ['eu-west-1', 'us-east-1']) {
      const { Resources } = rollOut.getStackByName(`Code-${region}`).template;
      const byType = (type: string) =>
        Object.values(Resources as Resources).find(({ Type }) => Type === type)!.Properties;
      expect(byType('AWS::S3::Bucket').BucketName).toBe(`iot-fleet-audit-code-111122223333-${region}`);
      expect(byType('AWS::S3::BucketPolicy').PolicyDocument.Statement).toContainEqual(expect.objectContaining({
        Action: 's3:GetObject', Effect: 'Allow',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
      }));
    }
  });

  test('are deployed to new accounts, and to ten accounts at a time', () => {
    const { Resources } = rollOut.getStackByName('RollOut').template as { Resources: Resources };
    const sets = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudFormation::StackSet');

    expect(sets.map(({ Properties }) => Properties.StackSetName)).toEqual(['IotFleetAudit-Fleet', 'IotFleetAudit-Sandbox']);
    for (const { Properties } of sets) {
      expect(Properties).toMatchObject({
        PermissionModel: 'SERVICE_MANAGED',
        AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
        OperationPreferences: { FailureToleranceCount: 5, MaxConcurrentCount: 10, RegionOrder: ['eu-west-1', 'us-east-1'] },
      });
    }
  });
});

describe('what an account sends', () => {
  const { resources: account } = templateOf('Fleet');
  const { Resources: security } = view.getStackByName('View-us-east-1').template as { Resources: Resources };
  const ofType = (resources: Resources, type: string) =>
    Object.values(resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);

  test('arrives on the bus of the security account, which takes nothing else', () => {
    const [policy] = ofType(security, 'AWS::Events::EventBusPolicy');
    const target = ofType(account, 'AWS::Events::Rule').flatMap(({ Targets }) => Targets).find(({ RoleArn }) => RoleArn);

    expect(JSON.stringify(target.Arn)).toContain(':444455556666:event-bus/iot-fleet-audits');
    expect(ofType(security, 'AWS::Events::EventBus')[0].Name).toBe('iot-fleet-audits');
    expect(policy.Statement).toMatchObject({
      Action: 'events:PutEvents', Effect: 'Allow', Principal: { AWS: '*' },
      Condition: {
        StringEquals: {
          'aws:PrincipalOrgID': 'o-abcdef1234', 'events:source': EVENT_SOURCE, 'events:detail-type': AUDIT_COMPLETED,
        },
      },
    });
    expect(ofType(security, 'AWS::Events::Rule').map(({ EventPattern }) => EventPattern)).toEqual([
      expect.objectContaining({ 'source': [EVENT_SOURCE], 'detail-type': [AUDIT_COMPLETED] }),
      { 'source': [EVENT_SOURCE], 'detail-type': [AUDIT_COMPLETED] },
    ]);
  });

  test('is written to the bucket of the security account in the region', () => {
    const { PolicyDocument: { Statement } } = ofType(account, 'AWS::IAM::Policy')
      .find(({ PolicyName }) => JSON.stringify(PolicyName).includes('WriteArchive'));

    expect(JSON.stringify(Statement)).toContain(':s3:::iot-fleet-audit-evidence-444455556666-",{"Ref":"AWS::Region"},"/findings/day=*"');
    expect(ofType(security, 'AWS::S3::Bucket')[0].BucketName).toBe('iot-fleet-audit-evidence-444455556666-us-east-1');
  });

  test('is sent before the first audit ends', () => {
    const [id] = Object.entries(account).find(([, { Properties }]) => Properties.Targets?.[0].RoleArn)!;
    const audit = Object.values(account).find(({ Type }) => Type === 'Custom::IotOnDemandAudit') as { DependsOn?: string[] };

    expect(audit.DependsOn).toEqual(expect.arrayContaining([id, expect.stringContaining('SenderDefaultPolicy')]));
  });
});

describe('docs/organizations.md', () => {
  test.each([['Sandbox', 1], ['Fleet', 2]] as const)('accounts for every resource of %s', (name, column) => {
    const documented: Record<string, number> = {};
    for (const row of rowsBelow('## What each account gets').filter(([type]) => type.startsWith('`'))) {
      const type = row[0].replaceAll('`', '');
      if (Number(row[column]) > 0) documented[type] = (documented[type] ?? 0) + Number(row[column]);
      expect(row[3]).not.toBe('');
    }
    const total = rowsBelow('## What each account gets').find(([what]) => what === 'all')!;
    const { resources, text } = templateOf(name);

    expect(documented).toEqual(countsOf(resources));
    expect(total[column]).toBe(`${Object.keys(resources).length} in ${Math.round(text.length / 1000)} kB`);
  });
});

describe('a stack without assets', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { synthesizer: new BootstraplessSynthesizer() });
  });

  test('can hold all of these, and has no function', () => {
    const topic = new AuditNotificationTopic(stack, 'Topic');
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { notificationTopic: topic });
    const scheduledAudit = new ScheduledAudit(stack, 'Audit', { configuration, schedule: AuditSchedule.daily() });
    new AuditAlarms(stack, 'Alarms', { scheduledAudit, alarmTopic: topic, overdueAlarm: OverdueAlarm.none() });
    new MitigationAction(stack, 'Action', { mitigation: Mitigation.updateDeviceCertificate() });
    new Logging(stack, 'Logging');
    new SecurityHubSubscription(stack, 'SecurityHub');
    new AuditComplianceRule(stack, 'Compliance');
    new FindingsArchive(stack, 'Archive');

    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
    expect(onlyResource(stack, 'AWS::IoT::ScheduledAudit').Properties.TargetCheckNames).toHaveLength(AuditCheck.all().length);
  });

  test.each<[string, () => unknown]>([
    ['an audit at deployment', () => new FleetAudit(stack, 'FleetAudit')],
    ['adopting', () => new FleetAudit(stack, 'FleetAudit', {
      deploymentAudit: DeploymentAudit.none(), existing: ExistingConfiguration.adopt(),
    })],
    ['removing checks in one deployment', () => new FleetAudit(stack, 'FleetAudit', {
      deploymentAudit: DeploymentAudit.none(), checkRemoval: CheckRemoval.IN_ONE_DEPLOYMENT,
    })],
    ['the events of audits', () => new FleetAudit(stack, 'FleetAudit', {
      deploymentAudit: DeploymentAudit.none(), removalPolicy: RemovalPolicy.DESTROY,
    }).onAuditCompleted('Rule')],
  ])('says what to do instead of %s', (_what, define) => {
    expect(define).toThrow(/'synthesizer' must take file assets, since this construct needs a Lambda function, got .*; give the stack a synthesizer with a bucket for assets, or do without the function: DeploymentAudit\.none\(\), CheckRemoval\.IN_TWO_DEPLOYMENTS/);
  });
});
