import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import {
  allow, arn, Body, deny, document, findingsIn, findingsInStacks, identityPoolTemplate, roleAliasTemplate, verdictOn,
} from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const NAME = { Ref: 'Name' };
const Parameters = { Name: { Type: 'String' }, Env: { Type: 'String' } };
const declare = (Type: string, Properties: Body = {}) => ({ Type, Properties });
const thing = (ThingName: unknown) => declare('AWS::IoT::Thing', { ThingName });
const policy = (...statements: unknown[]) =>
  ({ Policy: declare('AWS::IoT::Policy', { PolicyDocument: document(...statements) }) });
const sub = (resource: string) => ({ 'Fn::Sub': arn(resource) });

/** The verdict on a policy beside a resource with the logical id `Other`. */
const verdictBeside = (Other: Body, ...statements: unknown[]) =>
  verdictOn(findingsIn(check, { Parameters, Resources: { Other, ...policy(...statements) } })
    .filter(({ resource }) => resource?.logicalId === 'Policy'));

test.each<[string, Body]>([
  ['a thing', thing(NAME)],
  ['a thing with a prefix', thing({ 'Fn::Sub': '${Env}-${Name}' })],
  ['a thing whose name is imported', thing({ 'Fn::ImportValue': 'elsewhere' })],
  ['a thing whose name is stored', thing('{{resolve:ssm:/name}}')],
  ['a thing without a name', declare('AWS::IoT::Thing')],
  ['a thing whose name a custom resource makes up', thing({ 'Fn::GetAtt': ['Maker', 'Name'] })],
  ['a thing group', declare('AWS::IoT::ThingGroup', { ThingGroupName: NAME })],
  ['a thing type', declare('AWS::IoT::ThingType', { ThingTypeName: NAME })],
  ['a billing group', declare('AWS::IoT::BillingGroup', { BillingGroupName: NAME })],
  ['a role alias', declare('AWS::IoT::RoleAlias', { RoleAlias: NAME })],
  ['a topic rule', declare('AWS::IoT::TopicRule', { RuleName: NAME })],
  ['a provisioning template', declare('AWS::IoT::ProvisioningTemplate', { TemplateName: NAME })],
  ['a certificate', declare('AWS::IoT::Certificate', { Status: 'ACTIVE' })],
  ['a bucket', declare('AWS::S3::Bucket', { BucketName: NAME })],
  ['a table', declare('AWS::DynamoDB::Table', { TableName: NAME })],
])('the name of %s holds no wildcard', (_, other) => {
  expect(verdictBeside(other, allow('iot:GetThingShadow', sub('thing/${Other}')))).toBe(COMPLIANT);
  expect(verdictBeside(other, allow('iot:Connect', sub('client/${Other}-*')))).toBe(COMPLIANT);
  expect(verdictBeside(other, allow('iot:Publish', sub('topic/$aws/things/${Other}/shadow/*')))).toBe(COMPLIANT);
  expect(verdictBeside(other, allow('iot:GetThingShadow', [sub('thing/${Other}'), arn('thing/*')]))).toBe(NON_COMPLIANT);
});

test.each<[string, Body]>([
  ['an attribute of a custom resource', declare('Custom::Maker')],
  ['what a custom resource returns', declare('AWS::CloudFormation::CustomResource')],
])('%s may be any text', (_, other) => {
  expect(verdictBeside(other, allow('iot:GetThingShadow', sub('thing/${Other}')))).toBe(UNDECIDED);
  expect(verdictBeside(other, allow('iot:GetThingShadow', sub('thing/${Other.Name}')))).toBe(UNDECIDED);
});

test('the value that the Parameter Store holds may be any text', () => {
  expect(verdictBeside(declare('AWS::SSM::Parameter', { Type: 'String', Value: NAME }),
    allow('iot:GetThingShadow', sub('thing/${Other.Value}')))).toBe(UNDECIDED);
});

test.each<[string, Verdict, unknown]>([
  ['its ARN', COMPLIANT, { 'Fn::GetAtt': ['Other', 'Arn'] }],
  ['a join', COMPLIANT, { 'Fn::Join': ['/', [arn('thing'), { Ref: 'Other' }]] }],
  ['either of two', COMPLIANT, { 'Fn::Sub': [arn('thing/${T}'), { T: { 'Fn::If': ['C', { Ref: 'Other' }, 'pump'] } }] }],
  ['the parameter itself, which may be anything', UNDECIDED, sub('thing/${Name}')],
  ['a wildcard behind it', COMPLIANT, sub('thing/${Other}-*')],
  ['a wildcard before it', UNDECIDED, sub('thing/*-${Other}')],
])('a thing in a policy by %s: %s', (_, verdict, resource) => {
  expect(verdictOn(findingsIn(check, {
    Parameters,
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
    Resources: { Other: thing(NAME), ...policy(allow('iot:GetThingShadow', resource)) },
  }))).toBe(verdict);
});

test('a thing of another stack', () => {
  const things = {
    Parameters, Resources: { Pump: thing(NAME) }, Outputs: { Pump: { Value: { Ref: 'Pump' }, Export: { Name: 'pump' } } },
  };
  const resource = { 'Fn::Join': ['', [arn('thing/'), { 'Fn::ImportValue': 'pump' }]] };
  expect(verdictOn(findingsInStacks(check,
    { Things: things, Policies: { Resources: policy(allow('iot:GetThingShadow', resource)) } }))).toBe(COMPLIANT);
});

test('a thing in an Allow and a Deny is the same', () => {
  const template = (resource: unknown) => ({
    Parameters,
    Resources: { Pump: thing(NAME), ...policy(allow('iot:Connect', '*'), deny('iot:Connect', resource)) },
  });
  expect(verdictOn(findingsIn(check, template(sub('client/${Pump}'))))).toBe(NON_COMPLIANT);
  expect(verdictOn(findingsIn(check, template([sub('client/${Pump}'), '*'])))).toBe(COMPLIANT);
});

test('roles for a thing of the template', () => {
  const resource = sub('thing/${Pump}');
  const more = { Pump: thing(NAME) };
  const alias = roleAliasTemplate({
    Policies: [{ PolicyName: 'P', PolicyDocument: document(allow('iot:GetThingShadow', resource)) }],
  }, more);
  expect(verdictOn(findingsIn(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, { ...alias, Parameters }))).toBe(COMPLIANT);
  const pool = identityPoolTemplate('authenticated', allow('iot:UpdateThing', resource));
  expect(verdictOn(findingsIn(AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    { ...pool, Parameters, Resources: { ...pool.Resources as Body, ...more } }))).toBe(NON_COMPLIANT);
});
