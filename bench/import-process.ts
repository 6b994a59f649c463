/** Imports what its option says, in a fresh process, and prints what that took. */
import { processorTime } from './processor-time';

/** What of aws-cdk-lib the library needs. aws-cdk-lib loads most of a submodule when something is taken from it. */
const NEEDED: Record<string, readonly string[]> = {
  'constructs': ['Construct'],
  'aws-cdk-lib': [
    'Annotations', 'Arn', 'Aws', 'CfnCondition', 'CfnResource', 'CustomResource', 'Duration', 'Fn', 'Lazy', 'Names', 'RemovalPolicy', 'Resource',
    'Stack', 'Stage', 'Token',
  ],
  'aws-cdk-lib/aws-cloudwatch': ['Alarm', 'MathExpression', 'Metric'],
  'aws-cdk-lib/aws-events': ['EventField', 'Rule', 'RuleTargetInput'],
  'aws-cdk-lib/aws-iam': ['CfnRole', 'Grant', 'ManagedPolicy', 'Policy', 'PolicyDocument', 'PolicyStatement', 'Role', 'ServicePrincipal'],
  'aws-cdk-lib/aws-iot': ['CfnAccountAuditConfiguration', 'CfnScheduledAudit'],
  'aws-cdk-lib/aws-kms': ['Alias', 'Key'],
  'aws-cdk-lib/aws-lambda': ['Architecture', 'AssetCode', 'EventSourceMapping', 'Function', 'Runtime'],
  'aws-cdk-lib/aws-logs': ['LogGroup', 'RetentionDays'],
  'aws-cdk-lib/custom-resources': ['CUSTOM_RESOURCE_RUNTIME_FAMILY', 'CUSTOM_RESOURCE_SINGLETON_LOG_GROUP'],
  'aws-cdk-lib/region-info': ['RegionInfo'],
  'aws-cdk-lib/aws-s3-assets': ['Asset'],
  'aws-cdk-lib/aws-sns': ['CfnTopic', 'Subscription', 'Topic', 'TopicBase', 'TopicPolicy'],
  'aws-cdk-lib/aws-sqs': ['Queue'],
  'aws-cdk-lib/aws-stepfunctions': ['DefinitionBody', 'StateMachine'],
};

/* eslint-disable @typescript-eslint/no-require-imports */
function takeClasses(): void {
  for (const [name, classes] of Object.entries(NEEDED)) {
    for (const each of classes) if (require(name)[each] === undefined) throw new Error(`${name} has no ${each}`);
  }
}

function takeFleetAudit(): void {
  if (require('cdk-iot-fleet-audit').FleetAudit === undefined) throw new Error('no FleetAudit');
}

const WORK: Record<string, () => void> = {
  'nothing': () => {},
  'classes': takeClasses,
  'classes and library': () => { takeClasses(); takeFleetAudit(); },
  'classes and checks at synth': () => { takeClasses(); takeFleetAudit(); require('cdk-iot-fleet-audit/lib/validation/app/app-audit'); },
};
/* eslint-enable @typescript-eslint/no-require-imports */

const milliseconds = processorTime(WORK[process.argv[2]]);
console.log(JSON.stringify({ milliseconds, loaded: Object.keys(require.cache) }));
