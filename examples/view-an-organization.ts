/**
 * The view of the security team on the audits of all accounts: their events on one bus, their findings in one archive,
 * one dashboard, and a rule that finds accounts whose audit is off.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/view-an-organization.ts"
 *
 * Deploy it before `roll-out-to-an-organization`, which fills it. docs/organizations.md explains both.
 */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Dashboard, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { OrganizationPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { EVENT_BUS_NAME, evidenceBucketName, ORGANIZATION_ID, REGIONS, SECURITY_ACCOUNT } from './organization';
import { AuditNotificationTopic, FindingsArchive, OrganizationAuditComplianceRule } from 'cdk-iot-fleet-audit';

const SOURCE = 'cdk-iot-fleet-audit';
const AUDIT_COMPLETED = 'IoT Device Defender Audit Completed';

/** Where EventBridge may write logs. */
const LOG_GROUP_NAME = `/aws/events/${EVENT_BUS_NAME}`;

export const app = new App();

for (const region of REGIONS) {
  const stack = new Stack(app, `View-${region}`, {
    description: 'The audits of AWS IoT Device Defender in the accounts of the organization',
    env: { account: SECURITY_ACCOUNT, region },
  });

  // The accounts of the organization may send the events of audits, and nothing else. EventBridge itself writes into
  // an event whose it is.
  const bus = new EventBus(stack, 'Bus', { eventBusName: EVENT_BUS_NAME });
  bus.addToResourcePolicy(new PolicyStatement({
    sid: 'AuditsOfTheOrganization',
    principals: [new OrganizationPrincipal(ORGANIZATION_ID)],
    actions: ['events:PutEvents'],
    resources: [bus.eventBusArn],
    conditions: { StringEquals: { 'events:source': SOURCE, 'events:detail-type': AUDIT_COMPLETED } },
  }));

  // Somebody is told of the critical ones. CDK's own target would let rules of other accounts publish, too.
  const topic = new AuditNotificationTopic(stack, 'Critical');
  const tell = new Rule(stack, 'TellOfCritical', {
    eventBus: bus,
    eventPattern: {
      source: [SOURCE], detailType: [AUDIT_COMPLETED], detail: { highestSeverity: ['CRITICAL', 'UNKNOWN'] },
    },
    targets: [{
      bind: () => ({
        arn: topic.topicArn,
        targetResource: topic,
        input: RuleTargetInput.fromText(`An audit of account ${EventField.account} in ${EventField.region} has found `
          + `something critical: ${EventField.fromPath('$.detail.consoleUrl')}`),
      }),
    }],
  });
  topic.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: { ArnEquals: { 'aws:SourceArn': tell.ruleArn } },
  }));
  topic.masterKey?.grant(new ServicePrincipal('events.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey');

  // All of them are kept for the dashboard. CDK's own target would define a function to write the log's policy.
  const logGroup = new LogGroup(stack, 'Log', { logGroupName: LOG_GROUP_NAME, retention: RetentionDays.ONE_YEAR });
  const keep = new Rule(stack, 'Keep', {
    eventBus: bus,
    eventPattern: { source: [SOURCE], detailType: [AUDIT_COMPLETED] },
    targets: [{
      bind: () => ({
        arn: stack.formatArn({ service: 'logs', resource: `log-group:${logGroup.logGroupName}` }),
        targetResource: logGroup,
      }),
    }],
  });
  logGroup.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('delivery.logs.amazonaws.com')],
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
    conditions: { ArnEquals: { 'aws:SourceArn': keep.ruleArn } },
  }));

  // The evidence of all accounts. Each writes its own files and reads none; Athena queries all of them.
  const evidence = new Bucket(stack, 'Evidence', {
    bucketName: evidenceBucketName(region), enforceSSL: true, versioned: true,
  });
  new FindingsArchive(stack, 'Archive', { bucket: evidence })
    .grantArchiving(new OrganizationPrincipal(ORGANIZATION_ID));

  // Finds accounts whose audit is off, or lacks checks.
  new OrganizationAuditComplianceRule(stack, 'Compliance', { notificationsRequired: true });

  Validations.of(evidence).acknowledge({
    id: 'AwsSolutions-S1', reason: 'CloudTrail records who reads evidence; access logs would need a bucket of their own',
  });
}

// One dashboard, in the first region, shows all regions. An account that has gone quiet is at the top.
const [home] = app.node.children as Stack[];
new Dashboard(home, 'Dashboard', {
  dashboardName: EVENT_BUS_NAME,
  widgets: REGIONS.map((region) => [
    new LogQueryWidget({
      title: `The last audit of each account in ${region}`,
      region,
      logGroupNames: [LOG_GROUP_NAME],
      view: LogQueryVisualizationType.TABLE,
      width: 12,
      queryLines: [
        'stats latest(time) as lastAudit, latest(detail.highestSeverity) as worst, latest(detail.taskStatus) as status by account',
        'sort lastAudit asc',
      ],
    }),
    new LogQueryWidget({
      title: `Non-compliant resources a day in ${region}`,
      region,
      logGroupNames: [LOG_GROUP_NAME],
      view: LogQueryVisualizationType.LINE,
      width: 12,
      queryLines: [
        'stats sum(detail.nonCompliantResourcesBySeverity.CRITICAL) as CRITICAL,'
        + ' sum(detail.nonCompliantResourcesBySeverity.HIGH) as HIGH by bin(1d)',
      ],
    }),
  ]),
});
