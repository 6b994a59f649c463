import { Verdict } from '../../../src/validation/finding';
import { declaredPolicies } from '../../../src/validation/fleet/iot-policies';
import { statementsWithoutEffect } from '../../../src/validation/remarks/statements-without-effect';
import { FleetTemplates } from '../../../src/validation/templates/fleet-templates';
import { Outcomes } from '../../../src/validation/templates/outcomes';
import { JsonObject, Template } from '../../../src/validation/templates/template';
import { allow, arn, Body, deny, document, policyTemplate } from '../support/findings';

const THING = '${iot:Connection.Thing.ThingName}';

function remarksOn(body: Body) {
  const fleet = new FleetTemplates([new Template({ templateId: 'Fleet', body: body as JsonObject })], [],
    { values: {}, defaults: false });
  const context = {
    fleet,
    outcomes: new Outcomes(fleet),
    facts: { loggingEnabledElsewhere: false, provisioningParametersValidated: false },
    thresholds: new Map(),
    now: new Date(),
  };
  return [...declaredPolicies(context)].flatMap((policy) => statementsWithoutEffect(policy, context));
}

const whys = (...statements: unknown[]) => remarksOn(policyTemplate(document(...statements))).map(({ why }) => why);

test.each([
  ['a topic for a subscription', allow('iot:Subscribe', arn('topic/plant/+')),
    'The statement allows nothing with iot:Subscribe, which needs a resource such as '
    + `arn:aws:iot:REGION:ACCOUNT:topicfilter/NAME, and has ${arn('topic/plant/+')}`],
  ['a filter for a publication', allow('iot:Publish', arn('topicfilter/plant')),
    'The statement allows nothing with iot:Publish, which needs a resource such as '
    + `arn:aws:iot:REGION:ACCOUNT:topic/NAME, and has ${arn('topicfilter/plant')}`],
  ['a client id without an ARN', allow('iot:connect', 'pump'),
    'The statement allows nothing with iot:connect, which needs a resource such as '
    + 'arn:aws:iot:REGION:ACCOUNT:client/NAME, and has pump'],
  ['a denial that protects nothing', deny('iot:Receive', [arn('topicfilter/secret/*'), arn('thing/pump')]),
    'The statement denies nothing with iot:Receive, which needs a resource such as '
    + `arn:aws:iot:REGION:ACCOUNT:topic/NAME, and has ${arn('topicfilter/secret/*')}, ${arn('thing/pump')}`],
  ['an ARN of another service', allow('iot:Publish', 'arn:aws:sns:eu-west-1:123456789012:topic/alarms'),
    'The statement allows nothing with iot:Publish, which needs a resource such as '
    + 'arn:aws:iot:REGION:ACCOUNT:topic/NAME, and has arn:aws:sns:eu-west-1:123456789012:topic/alarms'],
  ['a variable that AWS IoT does not have', allow('iot:Connect', arn('client/${iot:ThingName}')),
    '${iot:ThingName} is no policy variable of AWS IoT, so that no request matches a resource with it'],
  ['a variable of role aliases', deny('iot:Publish', arn('topic/${credentials-iot:ThingName}/#')),
    '${credentials-iot:ThingName} is no policy variable of AWS IoT, so that no request matches a resource with it'],
  ['a parameter that was meant for Fn::Sub', allow('iot:Publish', arn('topic/${Stage}/x')),
    '${Stage} is no policy variable of AWS IoT, so that no request matches a resource with it'],
])('a remark is made on %s', (_, statement, why) => expect(whys(statement)).toEqual([why]));

test.each([
  ['fitting resources', allow('iot:Connect', arn(`client/${THING}`))],
  ['one resource for each action', allow(['iot:Publish', 'iot:Subscribe'], [arn('topic/a'), arn('topicfilter/a')])],
  ['all resources', allow('iot:Subscribe', '*')],
  ['all resources of AWS IoT', allow('iot:Subscribe', 'arn:aws:iot:*:*:*')],
  ['a wildcard that hides the kind', allow('iot:Subscribe', arn('topic*/a'))],
  ['actions with wildcards', allow('iot:*', arn('topic/a'))],
  ['actions of unknown needs', allow(['iot:ListNamedShadowsForThing', 'greengrass:Discover'], arn('topic/a'))],
  ['all but some resources', { Effect: 'Allow', Action: 'iot:Connect', NotResource: arn('topic/a') }],
  ['all but some actions', { Effect: 'Deny', NotAction: 'iot:Connect', Resource: arn('topic/a') }],
  ['variables of AWS IoT', allow('iot:Publish', [
    'iot:ClientId', 'iot:DomainName', 'iot:Connection.Thing.Attributes[site]', 'iot:Connection.Thing.ThingTypeName',
    'iot:Certificate.Subject.CommonName', 'iot:CertificateId', 'aws:SourceIp', 'cognito-identity.amazonaws.com:sub', '*',
  ].map((name) => arn(`topic/\${${name}}`)))],
])('no remark is made on %s', (_, statement) => expect(whys(statement)).toEqual([]));

test('variables about things never resolve for a claim certificate', () => {
  expect(whys(
    allow('iot:Connect', arn(`client/${THING}`)),
    allow(['iot:Publish', 'iot:Receive'], arn('topic/$aws/certificates/create/*')),
  )).toEqual([`${THING} never resolves for a claim certificate, which belongs to no thing`]);
});

test('a remark names its statement and is no verdict', () => {
  const [remark, ...others] = remarksOn(policyTemplate(document(
    allow('iot:Connect', '*'), allow('iot:Subscribe', arn('topic/a')))));
  expect(others).toEqual([]);
  expect(remark.check).toBeUndefined();
  expect(remark).toMatchObject({
    verdict: Verdict.REMARK,
    resource: { logicalId: 'Policy' },
    locations: [['Properties', 'PolicyDocument', 'Statement', '1']],
  });
});

test('nothing is said about what only the deployment knows', () => {
  const Parameters = { Name: { Type: 'String' } };
  const Conditions = { Production: { 'Fn::Equals': [{ Ref: 'Name' }, 'prod'] } };
  const resources = [
    { Ref: 'Name' },
    { 'Fn::If': ['Production', arn('topic/a'), arn('topicfilter/a')] },
  ];
  const bodies = resources.map((resource) =>
    policyTemplate(document(allow('iot:Subscribe', resource)), { Parameters, Conditions }));
  expect(bodies.flatMap(remarksOn)).toEqual([]);
});
