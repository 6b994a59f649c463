import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { carryOut } from '../../../src/validation/template-audit';
import { FleetTemplates } from '../../../src/validation/templates/fleet-templates';
import { Outcomes } from '../../../src/validation/templates/outcomes';
import { JsonObject, Template } from '../../../src/validation/templates/template';
import {
  allow, arn, Body, deny, document, findingsIn, identityPoolTemplate, policyTemplate, roleAliasTemplate, verdictOn,
} from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const sub = (resource: string) => ({ 'Fn::Sub': arn(resource) });
const among = (...AllowedValues: unknown[]) => ({ Type: 'String', AllowedValues });
const connecting = (resource: unknown, Parameters: Body, more: Body = {}) =>
  findingsIn(check, policyTemplate(document(allow('iot:Connect', resource)), { Parameters, ...more }));
const values = (count: number, last: string) => [...Array.from({ length: count - 1 }, (_, index) => `v${index}`), last];

describe('a parameter with allowed values is judged for each of them', () => {
  test.each<[string, Verdict, unknown, Body]>([
    ['an environment before the name', COMPLIANT, sub('client/${Env}-*'), { Env: among('dev', 'prod') }],
    ['a name', COMPLIANT, sub('client/${Env}'), { Env: among('dev', 'prod') }],
    ['one that is a wildcard', UNDECIDED, sub('client/${Env}'), { Env: among('*', 'prod') }],
    ['one that is nothing', UNDECIDED, sub('client/${Env}*'), { Env: among('', 'prod-') }],
    ['none that limits anything', NON_COMPLIANT, sub('client/${Env}*'), { Env: among('', '*') }],
    ['only a wildcard', NON_COMPLIANT, sub('client/${Env}'), { Env: among('*') }],
    ['whole resources', COMPLIANT, { Ref: 'Client' }, { Client: among(arn('client/a'), arn('client/b-*')) }],
    ['whole resources, one of them broad', UNDECIDED, { Ref: 'Client' }, { Client: among(arn('client/a'), '*') }],
    ['numbers', COMPLIANT, sub('client/line-${Line}-*'), { Line: { Type: 'Number', AllowedValues: [1, 2, 3] } }],
    ['words that YAML reads as truth values', COMPLIANT, sub('client/${Env}-*'), { Env: among(true, false) }],
    ['a policy variable', NON_COMPLIANT, { 'Fn::Join': ['', [arn('client/'), { Ref: 'Name' }]] },
      { Name: among('${iot:ClientId}', '*') }],
    ['values that are no texts', UNDECIDED, sub('client/${Env}-*'), { Env: among(['dev'], 'prod') }],
    ['no values', UNDECIDED, sub('client/${Env}-*'), { Env: among() }],
    ['names of stored values, which may be any text', UNDECIDED, sub('client/${Env}-*'),
      { Env: { Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: ['/dev', '/prod'] } }],
    ['each item of a list', COMPLIANT, { 'Fn::Join': ['', [arn('client/'), { 'Fn::Select': [0, { Ref: 'Envs' }] }, '-*']] },
      { Envs: { Type: 'CommaDelimitedList', AllowedValues: ['dev', 'prod'] } }],
    ['each item of a list, one of them a wildcard', UNDECIDED,
      { 'Fn::Join': ['', [arn('client/'), { 'Fn::Select': [1, { Ref: 'Envs' }] }]] },
      { Envs: { Type: 'CommaDelimitedList', AllowedValues: ['dev', '*'] } }],
    ['a list of resources', COMPLIANT, { Ref: 'Clients' },
      { Clients: { Type: 'CommaDelimitedList', AllowedValues: [arn('client/a'), arn('client/b')] } }],
    ['a list of resources that may hold a broad one', UNDECIDED, { Ref: 'Clients' },
      { Clients: { Type: 'CommaDelimitedList', AllowedValues: [arn('client/a'), arn('client/*')] } }],
  ])('%s: %s', (_, verdict, resource, parameters) => {
    expect(verdictOn(connecting(resource, parameters))).toBe(verdict);
  });

  test('in conditions and texts alike', () => {
    const isProduction = { Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } } };
    const resource = { 'Fn::If': ['IsProduction', sub('client/${Env}-*'), arn('client/*')] };
    expect(verdictOn(connecting(resource, { Env: among('prod') }, isProduction))).toBe(COMPLIANT);
    expect(verdictOn(connecting(resource, { Env: among('dev', 'test') }, isProduction))).toBe(NON_COMPLIANT);
    expect(connecting(resource, { Env: among('dev', 'prod') }, isProduction)).toMatchObject([{
      verdict: UNDECIDED,
      why: 'The policy cannot be judged for certain: a condition or value that is decided at deployment',
    }]);
  });

  test('the same value in an Allow and in a Deny', () => {
    const template = policyTemplate(document(allow('iot:Connect', sub('client/${Who}')),
      deny('iot:Connect', sub('client/${Who}'))), { Parameters: { Who: among('*', 'a*') } });
    expect(verdictOn(findingsIn(check, template))).toBe(COMPLIANT);
  });

  test('the policy of a role alias and of an identity pool', () => {
    const Parameters = { Service: among('s3', 'dynamodb'), Verb: among('Update', 'Delete') };
    const alias = roleAliasTemplate({
      Policies: [{ PolicyName: 'P', PolicyDocument: document(allow({ 'Fn::Sub': '${Service}:*' }, '*')) }],
    });
    const [finding] = findingsIn(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, { ...alias, Parameters });
    expect(finding.verdict).toBe(NON_COMPLIANT);
    expect(finding.why).toContain('allows s3:*, dynamodb:* on *');
    expect(finding.why).toContain(', depending on conditions or values that are decided at deployment');
    const pool = identityPoolTemplate('authenticated', allow({ 'Fn::Sub': 'iot:${Verb}Thing' }, arn('thing/a')));
    expect(verdictOn(findingsIn(AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, { ...pool, Parameters })))
      .toBe(NON_COMPLIANT);
  });

  test('unless the value is given', () => {
    const template = policyTemplate(document(allow('iot:Connect', sub('client/${Env}'))), {
      Parameters: { Env: { ...among('*', 'prod'), Default: '*' } },
    });
    expect(verdictOn(findingsIn(check, template))).toBe(UNDECIDED);
    expect(verdictOn(findingsIn(check, template, { values: { Env: 'prod' } }))).toBe(COMPLIANT);
    expect(verdictOn(findingsIn(check, template, { defaults: true }))).toBe(NON_COMPLIANT);
  });
});

test.each<[string, Verdict, string, number, string]>([
  ['names', COMPLIANT, 'client/${Env}-*', 40, 'prod'],
  ['names for all there is', COMPLIANT, 'client/${Env}', 200, 'prod'],
  ['a wildcard among them', UNDECIDED, 'client/${Env}', 40, '*'],
  ['nothing among them', UNDECIDED, 'client/${Env}*', 40, ''],
])('more allowed values than there are outcomes to look at, %s: %s', (_, verdict, resource, count, last) => {
  expect(verdictOn(connecting(sub(resource), { Env: among(...values(count, last)) }))).toBe(verdict);
});

test('the values of several parameters, each with some', () => {
  const three = among('a', 'b', 'c', 'd');
  const Parameters = { Env: three, Site: three, Line: three };
  expect(verdictOn(connecting(sub('client/${Env}-${Site}-${Line}-*'), Parameters))).toBe(COMPLIANT);
  expect(verdictOn(connecting(sub('client/${Env}${Site}${Line}'), { ...Parameters, Env: among('*', 'a', 'b', 'c') })))
    .toBe(UNDECIDED);
});

test.each<[string, Verdict, unknown]>([
  ['a name', COMPLIANT, { Type: 'AWS::EC2::Instance::Id' }],
  ['names', COMPLIANT, { Type: 'AWS::EC2::VPC::Id' }],
  ['a number', COMPLIANT, { Type: 'Number' }],
  ['a stored value', UNDECIDED, { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' }],
  ['the name of a key, which may hold any character', UNDECIDED, { Type: 'AWS::EC2::KeyPair::KeyName' }],
  ['any text', UNDECIDED, { Type: 'String' }],
  ['a text of some length', UNDECIDED, { Type: 'String', MinLength: 1, MaxLength: 20 }],
])('a parameter whose type is that of %s: %s', (_, verdict, parameter) => {
  expect(verdictOn(connecting(sub('client/${P}'), { P: parameter }))).toBe(verdict);
});

/** The verdict on a policy of a nested stack that gets its parameter from the stack around it. */
function nestedVerdict(inner: unknown, passed: unknown, outer: unknown = { Type: 'String' }): Verdict {
  const parent = new Template({
    templateId: 'Parent',
    body: {
      Parameters: { P: outer },
      Resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Name: passed } } } },
    } as JsonObject,
  });
  const child = new Template({
    templateId: 'Child',
    parent: { template: parent, logicalId: 'Nested' },
    body: policyTemplate(document(allow('iot:Connect', sub('client/${Name}'))), { Parameters: { Name: inner } }) as JsonObject,
  });
  const fleet = new FleetTemplates([parent, child], [], { values: {}, defaults: false });
  const facts = { loggingEnabledElsewhere: false, provisioningParametersValidated: false };
  const context = { fleet, outcomes: new Outcomes(fleet), facts, thresholds: new Map(), now: new Date() };
  return verdictOn([...carryOut([check.checkName], context).findings]);
}

const ANY = { Type: 'String' };
const NAME = { Type: 'String', AllowedPattern: '[a-z]+' };

test.each<[string, Verdict, unknown, unknown, unknown]>([
  ['nothing bounds', UNDECIDED, ANY, { Ref: 'P' }, ANY],
  ['the nested stack bounds', COMPLIANT, NAME, { Ref: 'P' }, ANY],
  ['the stack around it bounds', COMPLIANT, ANY, { Ref: 'P' }, NAME],
  ['one bounds and the other does not', COMPLIANT, { ...ANY, AllowedPattern: '.*' }, { Ref: 'P' }, NAME],
  ['the nested stack has allowed values of', COMPLIANT, among('a', 'b'), { Ref: 'P' }, ANY],
  ['the stack around it has allowed values of', COMPLIANT, ANY, { Ref: 'P' }, among('a', 'b')],
  ['both have allowed values of', UNDECIDED, among('a', '*'), { Ref: 'P' }, among('a', 'b', '*')],
  ['is put together', COMPLIANT, ANY, { 'Fn::Sub': 'pump-${P}' }, NAME],
])('a parameter of a nested stack that %s: %s', (_, verdict, inner, passed, outer) => {
  expect(nestedVerdict(inner, passed, outer)).toBe(verdict);
});

test.each<[string, unknown]>([
  ['an allowed value', { Type: 'String', AllowedValues: ['pump'] }],
  ['a pattern', { Type: 'String', AllowedPattern: '[a-z]+' }],
  ['a type', { Type: 'AWS::EC2::Instance::Id' }],
])('%s bounds no parameter of a provisioning template, whose values devices send', (_, parameter) => {
  const TemplateBody = JSON.stringify({
    Parameters: { Serial: parameter },
    Resources: {
      policy: {
        Type: 'AWS::IoT::Policy', Properties: {
          PolicyDocument: document(allow('iot:Connect', { 'Fn::Join': ['', [arn('client/'), { Ref: 'Serial' }]] })),
        },
      },
    },
  });
  const template = { Resources: { Template: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateBody } } } };
  expect(verdictOn(findingsIn(check, template))).toBe(UNDECIDED);
});

test('a body of a provisioning template may have allowed values of the stack', () => {
  const TemplateBody = {
    'Fn::Sub': JSON.stringify({
      Resources: {
        policy: {
          Type: 'AWS::IoT::Policy', Properties: {
            PolicyDocument: document(allow('iot:Connect', arn('client/${Env}-*'))),
          },
        },
      },
    }),
  };
  const template = (...AllowedValues: string[]) => ({
    Parameters: { Env: among(...AllowedValues) },
    Resources: { Template: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateBody } } },
  });
  expect(verdictOn(findingsIn(check, template('dev', 'prod')))).toBe(COMPLIANT);
  expect(verdictOn(findingsIn(check, template('*', 'prod')))).toBe(UNDECIDED);
});
