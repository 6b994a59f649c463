import { Template } from 'aws-cdk-lib/assertions';
import {
  AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks,
} from 'cdk-nag';
import { everythingMonitored } from '../support/everything-monitored';

/** What an audit has without monitoring, with its function. */
const AUDIT = {
  'AWS::IoT::AccountAuditConfiguration': 1, 'AWS::IoT::ScheduledAudit': 1, 'Custom::IotAuditCheckRelease': 2,
  'Custom::IotOnDemandAudit': 1, 'AWS::KMS::Key': 1, 'AWS::SNS::Topic': 1, 'AWS::SNS::TopicPolicy': 1,
  'AWS::IAM::Role': 3, 'AWS::IAM::Policy': 2, 'AWS::Lambda::Function': 1, 'AWS::Lambda::EventInvokeConfig': 1,
  'AWS::Logs::LogGroup': 1,
};

/** What each part adds; the policies are those of the function. */
const PARTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'the event of an audit': {
    'AWS::SQS::Queue': 2, 'AWS::SQS::QueuePolicy': 2, 'AWS::SNS::Subscription': 1, 'AWS::Lambda::EventSourceMapping': 1,
    'AWS::CloudWatch::Alarm': 1, 'AWS::IAM::Policy': 2,
  },
  'alarms': {
    'AWS::CloudWatch::Alarm': 5, 'AWS::Events::Rule': 1, 'AWS::Lambda::Permission': 1, 'AWS::IAM::Policy': 1,
  },
  'two notices': { 'AWS::Events::Rule': 2, 'AWS::IAM::Policy': 2 },
  'the archive': {
    'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1, 'AWS::Glue::Database': 1, 'AWS::Glue::Table': 2,
    'AWS::Athena::WorkGroup': 1, 'AWS::Athena::NamedQuery': 5, 'AWS::Events::Rule': 1, 'AWS::IAM::Policy': 2,
  },
  'the dashboard': {
    'AWS::CloudWatch::Dashboard': 1, 'AWS::Lambda::Function': 1, 'AWS::IAM::Role': 1, 'AWS::Logs::LogGroup': 1,
  },
  'Security Hub': { 'AWS::SecurityHub::ProductSubscription': 1, 'AWS::Events::Rule': 1 },
  'what the app itself defines': {
    'AWS::SNS::Topic': 2, 'AWS::SNS::TopicPolicy': 2, 'AWS::KMS::Key': 3, 'AWS::IAM::Role': 2, 'AWS::IAM::Policy': 2,
  },
};

function sumOf(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [type, count] of Object.entries(part)) sum[type] = (sum[type] ?? 0) + count;
  }
  return sum;
}

test('each resource is accounted for', () => {
  const { stack } = everythingMonitored();
  const resources: readonly { Type: string }[] = Object.values(Template.fromStack(stack).toJSON().Resources);

  expect(sumOf(resources.map(({ Type }) => ({ [Type]: 1 })))).toEqual(sumOf([AUDIT, ...Object.values(PARTS)]));
});

/** Rules that a whole pack has something to say about, in any app with a function. */
const OF_THE_FUNCTION = ['CloudWatchLogGroupEncrypted', 'IAMNoInlinePolicy', 'LambdaInsideVPC'];

/** An archive can be replicated, which is up to its owner. */
const OF_THE_BUCKET = ['S3BucketReplicationEnabled'];

test.each([
  [AwsSolutionsChecks, ['IAM4', 'IAM5']],
  [HIPAASecurityChecks, [...OF_THE_FUNCTION, ...OF_THE_BUCKET, 'LambdaConcurrency', 'LambdaDLQ']],
  [NIST80053R4Checks, [...OF_THE_FUNCTION, ...OF_THE_BUCKET]],
  [NIST80053R5Checks, [...OF_THE_FUNCTION, ...OF_THE_BUCKET, 'LambdaConcurrency', 'LambdaDLQ']],
  [PCIDSS321Checks, [...OF_THE_FUNCTION, ...OF_THE_BUCKET]],
  // Messages that fail are kept behind the queue, so what comes before it has no dead-letter queue of its own.
  [ServerlessChecks, [
    'EventBusDLQ', 'LambdaAsyncFailureDestination', 'LambdaDLQ', 'LambdaEventSourceMappingDestination',
    // IAM cannot narrow what the dashboard's function reads.
    'LambdaStarPermissions', 'LambdaTracing', 'SNSRedrivePolicy', 'SQSRedrivePolicy',
  ]],
])('%p finds what is known, and can read everything', (Pack, rules) => {
  const { app } = everythingMonitored();
  app.synth();

  const { violations } = new Pack(app, { verbose: true }).validateScope(app);
  expect(violations.map(({ description }) => description).filter((text) => text.startsWith('Rule threw'))).toEqual([]);
  // Names like HIPAA.Security-LambdaDLQ and AwsSolutions-IAM5[Resource::*].
  const found = violations.map(({ ruleName }) => ruleName.replace(/\[.*$/s, '').replace(/^.*-/, ''));
  expect([...new Set(found)].sort()).toEqual([...rules].sort());
});

test('what AwsSolutions finds of monitoring is the reading of audits and metrics, and what an archive consists of', () => {
  const { app } = everythingMonitored();
  app.synth();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const nameOf = (path = '') => path.replace(/[0-9a-f]{8}\/Resource$|\/Resource$/, '');
  const found = violations.flatMap(({ ruleName, violatingResources = [] }) => violatingResources.map(
    ({ constructPath }) => `${ruleName.replace(/^AwsSolutions-/, '')} ${nameOf(constructPath)}`));
  const of = (policy: string) => `Stack/CdkIotFleetAuditCustomResources/Policies/${policy}`;
  const [all, bucket] = ['IAM5[Resource::*]', 'IAM5[Resource::<FleetAuditFindingsArchiveBucket4D3F8F10.Arn>/iot/'];

  expect(found.filter((one) => !/Configuration|ReleaseChecks|StartAudit$/.test(one)).sort()).toEqual([
    ...['ArchiveFindings', 'AuditAges', 'AuditEvents', 'PublishNotice', 'PublishNotice'].map((name) => `${all} ${of(name)}`),
    ...['FleetAudit/Dashboard/Widget/Role', 'Viewers/DefaultPolicy'].map((name) => `${all} Stack/${name}`),
    ...['checks', 'findings'].flatMap((folder) => ['Stack/Auditors/DefaultPolicy', of('WriteArchive')]
      .map((who) => `${bucket}${folder}/day=*] ${who}`)),
    ...['Action::s3:Abort*', 'Action::s3:DeleteObject*', 'Action::s3:GetBucket*', 'Action::s3:GetObject*', 'Action::s3:List*']
      .map((action) => `IAM5[${action}] Stack/Auditors/DefaultPolicy`),
    ...['glue:us-east-1:111111111111:table/stack_fleetaudit_findingsarchive_a8a4be11/*', 's3:::results/*']
      .map((resource) => `IAM5[Resource::arn:<AWS::Partition>:${resource}] Stack/Auditors/DefaultPolicy`),
  ].sort());
});
