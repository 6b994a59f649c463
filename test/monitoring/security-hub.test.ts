import { App, Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  AuditCheck, AuditSeverity, DeploymentAudit, FleetAudit, SecurityHubFindingOptions, SecurityHubReport,
  SecurityHubSubscription,
} from '../../src';
import { arn, ENV, onlyResource, warningsOf } from '../support/templates';

const PRODUCT = arn('securityhub:us-east-1::product/aws/iot-device-defender-audit');

describe('SecurityHubSubscription', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function patternOf(options?: SecurityHubFindingOptions): unknown {
    new SecurityHubSubscription(stack, 'SecurityHub').onFinding('Rule', options);
    return onlyResource(stack, 'AWS::Events::Rule').Properties.EventPattern;
  }

  test('accepts the findings of audits in the stack\'s region, and is one resource', () => {
    const { productSubscriptionArn } = new SecurityHubSubscription(stack, 'SecurityHub');

    expect(Template.fromStack(stack).toJSON().Resources).toEqual({
      SecurityHubA8F400AD: { Type: 'AWS::SecurityHub::ProductSubscription', Properties: { ProductArn: PRODUCT } },
    });
    expect(stack.resolve(productSubscriptionArn)).toEqual({ Ref: 'SecurityHubA8F400AD' });
  });

  test('names the partition and the region that are only known at deployment', () => {
    const agnostic = new Stack(new App(), 'Agnostic');
    new SecurityHubSubscription(agnostic, 'SecurityHub');

    expect(onlyResource(agnostic, 'AWS::SecurityHub::ProductSubscription').Properties.ProductArn).toEqual({
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':securityhub:', { Ref: 'AWS::Region' }, '::product/aws/iot-device-defender-audit',
      ]],
    });
  });

  test.each(['cn-north-1', 'us-gov-west-1'])('warns in %s, for which AWS documents nothing', (region) => {
    const other = new Stack(app, 'Other', { env: { account: '111111111111', region } });
    const subscription = new SecurityHubSubscription(other, 'SecurityHub');

    expect(warningsOf(subscription)).toEqual([
      `AWS documents the findings of Device Defender in Security Hub for the partition aws only, not for ${region}; `
      + 'look for IoT Device Defender at Integrations in the console of Security Hub, and acknowledge this warning if '
      + 'it is there [ack: cdk-iot-fleet-audit:securityHubInOtherPartition]',
    ]);
  });

  test.each(['eu-west-1', Aws.REGION])('does not warn in %s', (region) => {
    const other = new Stack(app, 'Other', { env: { region } });

    expect(warningsOf(new SecurityHubSubscription(other, 'SecurityHub'))).toEqual([]);
  });

  test('warns in a region without Device Defender', () => {
    const other = new Stack(app, 'Other', { env: { region: 'sa-east-1' } });

    expect(warningsOf(new SecurityHubSubscription(other, 'SecurityHub')))
      .toEqual([expect.stringContaining('AWS IoT Device Defender had no endpoint in sa-east-1')]);
  });

  test('has a rule for active findings, which depends on it', () => {
    const subscription = new SecurityHubSubscription(stack, 'SecurityHub');
    const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:Topic');
    subscription.onFinding('Rule', {
      ruleName: 'findings', description: 'All findings', target: { bind: () => ({ arn: topic.topicArn }) },
    });

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::Events::Rule');
    expect(Properties).toEqual({
      Name: 'findings',
      Description: 'All findings',
      EventPattern: {
        'source': ['aws.securityhub'],
        'detail-type': ['Security Hub Findings - Imported'],
        'detail': { findings: { ProductArn: [PRODUCT], RecordState: ['ACTIVE'] } },
      },
      State: 'ENABLED',
      Targets: [{ Arn: 'arn:aws:sns:us-east-1:111111111111:Topic', Id: 'Target0' }],
    });
    expect(DependsOn).toEqual(['SecurityHubA8F400AD']);
  });

  test('restricts a rule to a kind, to checks and to severities, beside what the pattern says', () => {
    expect(patternOf({
      report: SecurityHubReport.AUDIT_FINDING,
      checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED],
      minimumSeverity: AuditSeverity.HIGH,
      includeArchived: true,
      eventPattern: { account: ['111111111111'], detail: { findings: { Workflow: { Status: ['NEW'] } } } },
    })).toEqual({
      'account': ['111111111111'],
      'source': ['aws.securityhub'],
      'detail-type': ['Security Hub Findings - Imported'],
      'detail': {
        findings: {
          Workflow: { Status: ['NEW'] },
          ProductArn: [PRODUCT],
          Severity: { Label: ['HIGH', 'CRITICAL'] },
          ProductFields: {
            ReportType: ['AuditFinding'], CheckName: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'],
          },
        },
      },
    });
  });

  test.each<[given: string, options: SecurityHubFindingOptions]>([
    ['source', { eventPattern: { source: ['aws.iot'] } }],
    ['detailType', { eventPattern: { detailType: ['Other'] } }],
    ['detail.findings.ProductArn', { eventPattern: { detail: { findings: { ProductArn: ['arn'] } } } }],
    ['detail.findings.RecordState', { eventPattern: { detail: { findings: { RecordState: ['ARCHIVED'] } } } }],
    [
      'detail.findings.ProductFields',
      {
        report: SecurityHubReport.CHECK_SUMMARY,
        eventPattern: { detail: { findings: { ProductFields: { TaskType: ['ON_DEMAND_AUDIT_TASK'] } } } },
      },
    ],
  ])('refuses a pattern that names %s', (given, options) => {
    expect(() => patternOf(options)).toThrow(new Error(
      'Stack/SecurityHub/Rules: \'eventPattern\' must not name what the method or its other options restrict, '
      + `got ${given}; leave it out of the pattern, or leave out the option that restricts it`));
  });

  test.each<[name: string, checks: AuditCheck[], message: RegExp]>([
    ['no check', [], /'checks' must hold at least one check/],
    ['a check twice', [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED], /'checks' must not hold/],
  ])('refuses %s', (_name, checks, message) => {
    expect(() => patternOf({ checks })).toThrow(message);
  });

  test('has no finding of cdk-nag', () => {
    new SecurityHubSubscription(stack, 'SecurityHub').onFinding('Rule');
    app.synth();

    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  describe('with FleetAudit', () => {
    let audit: FleetAudit;

    beforeEach(() => {
      audit = new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.none() });
    });

    test('is one call', () => {
      expect(audit.sendToSecurityHub().node.path).toBe('Stack/FleetAudit/SecurityHubSubscription');
      expect(() => audit.sendToSecurityHub()).toThrow('SecurityHubSubscription');
    });

    test('has rules also where another stack, or somebody in the console, has accepted the findings', () => {
      audit.onSecurityHubFinding('One');
      audit.onSecurityHubFinding('Other', { minimumSeverity: AuditSeverity.CRITICAL });

      Template.fromStack(stack).resourceCountIs('AWS::SecurityHub::ProductSubscription', 0);
      const rules = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
      expect(rules.map(({ Properties }) => Properties.EventPattern.detail.findings)).toEqual([
        { ProductArn: [PRODUCT], RecordState: ['ACTIVE'] },
        { ProductArn: [PRODUCT], RecordState: ['ACTIVE'], Severity: { Label: ['CRITICAL'] } },
      ]);
    });
  });
});
