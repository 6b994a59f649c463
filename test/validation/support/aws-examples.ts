import { allow, arn, Body, deny, document, identityPoolTemplate, policyTemplate, roleAliasTemplate } from './findings';
import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';

/** The verdict of a page of AWS's guide on an example. */
export interface AwsExample {
  readonly check: AuditCheck;
  readonly example: string;
  readonly template: Body;
  readonly verdict: Verdict;
  readonly reasonCodes?: readonly string[];
}

const { COMPLIANT, NON_COMPLIANT } = Verdict;
const BROAD = 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';
const ADMIN = 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS';
const ATTACHED = { Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } } };
const THING = '${iot:Connection.Thing.ThingName}';

const SHADOW_AND_JOB = [
  'iot:DeleteThingShadow', 'iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DescribeJobExecution',
  'iot:GetPendingJobExecutions', 'iot:StartNextPendingJobExecution', 'iot:UpdateJobExecution',
];
const THING_MANAGING = [
  'AddThingToThingGroup', 'AttachThingPrincipal', 'CreateThing', 'DeleteThing', 'DetachThingPrincipal', 'ListThings',
  'ListThingsInThingGroup', 'RegisterThing', 'RemoveThingFromThingGroup', 'UpdateThing', 'UpdateThingGroupsForThing',
];
const THING_READING = ['iot:DescribeThing', 'iot:ListJobExecutionsForThing', 'iot:ListThingGroupsForThing',
  'iot:ListThingPrincipals'];

type Statement = ReturnType<typeof allow>;

/** The examples that three pages have in common: MQTT, shadows and jobs. */
const DATA_PLANE: readonly (readonly [example: string, statement: Statement, verdict: Verdict])[] = [
  ['Connect as any client', allow('iot:Connect', arn('client/*')), NON_COMPLIANT],
  ['Connect with any client id', allow('iot:Connect', arn('client/${iot:ClientId}')), NON_COMPLIANT],
  ['Connect with any client id to which the certificate\'s thing belongs',
    allow('iot:Connect', arn('client/${iot:ClientId}'), ATTACHED), COMPLIANT],
  ['Connect as the attached thing', allow(['iot:Connect'], [arn(`client/${THING}`)], ATTACHED), COMPLIANT],
  ['Publish to the shadow update of all things', allow('iot:Publish', arn('topic/$aws/things/*/shadow/update')),
    NON_COMPLIANT],
  ['Publish to all reserved topics of things', allow('iot:Publish', arn('topic/$aws/things/*')), NON_COMPLIANT],
  ['Publish to the own shadow', allow(['iot:Publish'], [arn(`topic/$aws/things/${THING}/shadow/*`)]), COMPLIANT],
  ['Subscribe to all reserved topics of things with *', allow('iot:Subscribe', arn('topicfilter/$aws/things/*')),
    NON_COMPLIANT],
  ['Subscribe to all reserved topics of things with #', allow('iot:Subscribe', arn('topicfilter/$aws/things/#')),
    NON_COMPLIANT],
  ['Subscribe to the shadow update of all things with +',
    allow('iot:Subscribe', arn('topicfilter/$aws/things/+/shadow/update')), NON_COMPLIANT],
  ['Subscribe to the own shadow and jobs',
    allow(['iot:Subscribe'], [arn(`topicfilter/$aws/things/${THING}/shadow/*`),
      arn(`topicfilter/$aws/things/${THING}/jobs/*`)]), COMPLIANT],
  ['Receive from all reserved topics of things', allow('iot:Receive', arn('topic/$aws/things/*')), COMPLIANT],
  ...SHADOW_AND_JOB.map((action) => [`${action} of any thing`, allow(action, arn('thing/*')), NON_COMPLIANT] as const),
  ['shadows and jobs of two things', allow(SHADOW_AND_JOB, [arn('thing/MyThing1'), arn('thing/MyThing2')]), COMPLIANT],
];

const CHECKS_OF_DATA_PLANE = [
  {
    check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    template: (statement: Statement) => policyTemplate(document(statement)),
  },
  {
    check: AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    template: (statement: Statement) => identityPoolTemplate('authenticated', statement),
  },
  {
    check: AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    template: (statement: Statement) => identityPoolTemplate('unauthenticated', statement),
  },
];

const dataPlane = CHECKS_OF_DATA_PLANE.flatMap((
  { check, template },
) => DATA_PLANE.map(([example, statement, verdict]): AwsExample => ({
  check, example, verdict, template: template(statement), reasonCodes: verdict === NON_COMPLIANT ? [BROAD] : [],
})));

const unauthenticated = (example: string, statement: Statement): AwsExample => ({
  check: AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  example,
  template: identityPoolTemplate('unauthenticated', statement),
  verdict: NON_COMPLIANT,
  reasonCodes: [ADMIN],
});

const authenticated = (example: string, statement: Statement, reasonCode?: string): AwsExample => ({
  check: AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  example,
  template: identityPoolTemplate('authenticated', statement),
  verdict: reasonCode ? NON_COMPLIANT : COMPLIANT,
  reasonCodes: reasonCode ? [reasonCode] : [],
});

const cognito: AwsExample[] = [
  ...THING_MANAGING.flatMap((action) => [
    unauthenticated(`${action} of one resource`, allow(`iot:${action}`, arn('thing/MyThing'))),
    authenticated(`${action} of one resource`, allow(`iot:${action}`, arn('thing/MyThing')),
      'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS'),
  ]),
  unauthenticated('reading what is administered about one thing', allow(THING_READING, [arn('thing/MyThing')])),
  authenticated('reading what is administered about any thing', allow(THING_READING, arn('thing/*')),
    'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS'),
  authenticated('reading what is administered about one thing', allow(THING_READING, [arn('thing/MyThing')])),
  authenticated('reading what is administered about things with a prefix',
    allow(THING_READING, [arn('thing/MyThing*')])),
  unauthenticated('an action that manages no thing', allow('iot:CreateTopicRule', arn('rule/MyRule'))),
  authenticated('an action that manages no thing', allow('iot:CreateTopicRule', arn('rule/MyRule')),
    'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS'),
];

const building = (...statements: unknown[]) => policyTemplate(document(
  allow('iot:Subscribe', arn('topicfilter/building/*')), ...statements, allow('iot:Receive', arn('topic/building/*')),
));
const DENY_SUBSCRIBE = deny('iot:Subscribe', arn('topicfilter/building/control_room/*'));
const DENY_RECEIVE = deny('iot:Receive', arn('topic/building/control_room/*'));

const misconfiguration = (example: string, template: Body, ...reasonCodes: string[]): AwsExample => ({
  check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  example,
  template,
  verdict: reasonCodes.length > 0 ? NON_COMPLIANT : COMPLIANT,
  reasonCodes,
});

const misconfigurations: AwsExample[] = [
  misconfiguration('Deny with #', building(deny('iot:Subscribe', arn('topicfilter/building/control_room/#'))),
    'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT'),
  misconfiguration('Deny of Subscribe and Receive with *', building(DENY_SUBSCRIBE, DENY_RECEIVE)),
  misconfiguration('Deny of Subscribe without Receive', building(DENY_SUBSCRIBE),
    'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS'),
];

const role = (...statements: unknown[]) => roleAliasTemplate({
  Policies: [{ PolicyName: 'Devices', PolicyDocument: document(...statements) }],
});
const roleAlias = (example: string, template: Body, ...reasonCodes: string[]): AwsExample => ({
  check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, example, template, verdict: NON_COMPLIANT, reasonCodes,
});

const roleAliases: AwsExample[] = [
  roleAlias('iot:*', role(allow('iot:*', '*')), 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES'),
  roleAlias('dynamodb:*', role(allow('dynamodb:*', '*')), 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES'),
  roleAlias('iam:*', role(allow('iam:*', '*')), 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES',
    'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES'),
  ...['iam:GetRole', 'cloudtrail:LookupEvents', 'guardduty:ListFindings', 'inspector:ListFindings',
    'trustedadvisor:ListChecks']
    .map((action) => roleAlias(action, role(allow(action, '*')), 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES')),
  roleAlias('broad reading about things', role(allow(THING_READING, arn('thing/*'))),
    'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS'),
  roleAlias('broad access to the data plane', role(allow('iot:Publish', arn('topic/$aws/things/*'))), BROAD),
];

const logging = (level: string, verdict: Verdict): AwsExample => ({
  check: AuditCheck.LOGGING_DISABLED,
  example: `logs with the level ${level}`,
  template: { Resources: { Logging: { Type: 'AWS::IoT::Logging', Properties: { DefaultLogLevel: level } } } },
  verdict,
  reasonCodes: verdict === NON_COMPLIANT ? ['LOGGING_DISABLED'] : [],
});

/**
 * The compliant and non-compliant examples on AWS's pages about the checks, restated.
 *
 * Two differ from the letter of the pages on purpose: some write `:/thing/MyThing` with a slash that no ARN of a thing
 * has, and the page of one check writes `$aws/things/*` where it speaks of `#`, which another page corrects.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export const AWS_EXAMPLES: readonly AwsExample[] = [
  ...dataPlane, ...cognito, ...misconfigurations, ...roleAliases, logging('DISABLED', NON_COMPLIANT),
  logging('ERROR', COMPLIANT),
];
