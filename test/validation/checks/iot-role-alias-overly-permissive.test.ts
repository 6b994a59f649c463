import { AuditCheck } from '../../../src';
import { Finding, Verdict } from '../../../src/validation/finding';
import {
  allow, arn, Body, Circumstances, deny, document, findingsIn, findingsInStacks, roleAliasTemplate, verdictOn,
} from '../support/findings';

const check = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const SERVICES = 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';
const NARROW = allow('s3:PutObject', 'arn:aws:s3:::telemetry/${credentials-iot:ThingName}/*');

const inline = (...statements: unknown[]) => ({
  Policies: [{ PolicyName: 'Devices', PolicyDocument: document(...statements) }],
});
const judged = (role: Body, more?: Body, circumstances?: Circumstances) =>
  findingsIn(check, roleAliasTemplate(role, more), circumstances);
const codes = (findings: Finding[]) => findings.flatMap(({ reasonCode }) => reasonCode ?? []);

const managed = (properties: Body) => ({
  Managed: {
    Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document(allow('dynamodb:*', '*')), ...properties },
  },
});

test.each<[string, Body, Body]>([
  ['inline', inline(allow('dynamodb:*', '*')), {}],
  ['attached by a policy', {}, {
    More: {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document(allow('dynamodb:*', '*')) },
    },
  }],
  ['attached by a policy that names the role', { RoleName: 'Devices' },
    {
      More: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: { RoleName: 'Devices', PolicyDocument: document(allow('dynamodb:*', '*')) },
      },
    }],
  ['attached by a managed policy', {}, managed({ Roles: [{ Ref: 'Role' }] })],
  ['a managed policy of the app', { ManagedPolicyArns: [{ Ref: 'Managed' }] }, managed({})],
  ['a managed policy of AWS', {
    ManagedPolicyArns: [{
      'Fn::Join': ['',
        ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonS3FullAccess']],
    }],
  }, {}],
])('finds what a role may do: %s', (_, role, more) => {
  const findings = judged(role, more);
  expect(codes(findings)[0]).toBe(SERVICES);
  expect(findings[0].locations).toEqual([['Properties', 'RoleArn']]);
});

test('names the resource in which the statement stands', () => {
  const [finding] = judged({}, managed({ Roles: [{ Ref: 'Role' }] }));
  expect(finding.why)
    .toBe('The role behind the alias allows dynamodb:* on * (Managed Properties.PolicyDocument.Statement.0)');
});

test.each<[string, Verdict, Body]>([
  ['narrow', COMPLIANT, inline(NARROW)],
  ['everything', NON_COMPLIANT, inline(allow('*', '*'))],
  ['everything but IAM', NON_COMPLIANT, inline({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' })],
  ['all of a service for some resources', UNDECIDED, inline(allow('s3:*', 'arn:aws:s3:::telemetry/*'))],
  ['all of a service in any region', NON_COMPLIANT, inline(allow('dynamodb:*', 'arn:aws:dynamodb:*:*:*'))],
  ['all of a service that is denied', COMPLIANT, inline(allow('dynamodb:*', '*'), deny('dynamodb:*', '*'))],
  ['many actions of a service', COMPLIANT, inline(allow('dynamodb:Get*', '*'))],
  ['one action of IAM', NON_COMPLIANT, inline(NARROW, allow('iam:PassRole', 'arn:aws:iam::1:role/x'))],
  ['some actions of CloudTrail', NON_COMPLIANT, inline(NARROW, allow('cloudtrail:Describe*', '*'))],
  ['an action that manages AWS IoT', NON_COMPLIANT, inline(allow('iot:CreateKeysAndCertificate', '*'))],
  ['an action that manages things, denied on the only resource', COMPLIANT,
    inline(allow('iot:UpdateThing', arn('thing/a')), deny('iot:*', arn('thing/*')))],
  ['an action that the page does not speak of', UNDECIDED, inline(allow('iot:RetainPublish', arn('topic/a')))],
  ['reading about a prefix of things', COMPLIANT, inline(allow('iot:DescribeThing', arn('thing/pump-*')))],
  ['a managed policy of AWS whose content is unknown', UNDECIDED, {
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonTimestreamFullAccess'],
  }],
  ['a broad and an unknown policy', NON_COMPLIANT, {
    ...inline(allow('dynamodb:*', '*')), ManagedPolicyArns: ['arn:aws:iam::1:policy/Unknown'],
  }],
  ['a customer\'s managed policy', UNDECIDED, { ManagedPolicyArns: ['arn:aws:iam::1:policy/AdministratorAccess'] }],
  ['no policies', COMPLIANT, {}],
  ['everything, with a colon', NON_COMPLIANT, inline(allow('*:*', '*'))],
  ['all of a service that is not spelled out', UNDECIDED, inline(allow('dynamo*', '*'))],
  ['all of services that are not spelled out', UNDECIDED, inline(allow('dyn*:*', '*'))],
  ['some actions of any service, those of IAM among them', NON_COMPLIANT, inline(allow('*:ListRoles', '*'))],
  ['what may be actions of IAM', UNDECIDED, inline(allow('ia*s', '*'))],
  ['some actions of a service that is not spelled out', COMPLIANT, inline(allow('dynamo*:Get*', '*'))],
  ['what a Deny leaves out', NON_COMPLIANT, inline(allow('iot:UpdateThing', '*'), {
    Effect: 'Deny', Action: '*', NotResource: arn('thing/a'),
  })],
])('%s: %s', (_, verdict, role) => {
  expect(verdictOn(judged(role))).toBe(verdict);
});

test('objects only to broad access to services that devices use, where those are known', () => {
  const role = inline(allow('dynamodb:*', '*'));
  expect(verdictOn(judged(role, {}, { usedServices: ['s3'] }))).toBe(COMPLIANT);
  expect(verdictOn(judged(role, {}, { usedServices: ['dynamodb'] }))).toBe(NON_COMPLIANT);
  expect(verdictOn(judged(role, {}, { usedServices: ['DynamoDB:*'] }))).toBe(NON_COMPLIANT);
  expect(verdictOn(judged(inline(allow('dynamo*', '*')), {}, { usedServices: ['dynamodb'] }))).toBe(NON_COMPLIANT);
  expect(verdictOn(judged(inline(allow('dynamo*', '*')), {}, { usedServices: ['s3'] }))).toBe(COMPLIANT);
  expect(codes(judged(inline(allow('*:*', '*')), {}, { usedServices: [] }))).not.toContain(SERVICES);
});

test('everything includes the services that devices use, with a colon or without', () => {
  expect(codes(judged(inline(allow('*:*', '*'))))).toContain(SERVICES);
  expect(judged(inline(allow('dyn*:*', '*')))[0].why)
    .toBe('The role behind the alias cannot be judged for certain: which services dyn*:* stands for is not known');
});

test.each([
  ['an import', { 'Fn::ImportValue': 'Elsewhere' }, 'an import (Elsewhere) that no stack of the app exports'],
  ['an ARN', 'arn:aws:iam::123456789012:role/Devices',
    'the role arn:aws:iam::123456789012:role/Devices, which no template declares'],
  ['a parameter', { Ref: 'Arn' }, 'the parameter Arn'],
])('cannot decide on %s', (_, RoleArn, reason) => {
  const [finding] = findingsIn(check, {
    Parameters: { Arn: { Type: 'String' } }, Resources: {
      Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn } },
    },
  });
  expect(finding).toMatchObject({
    verdict: UNDECIDED, why: `The role behind the alias cannot be judged for certain: ${reason}`,
  });
});

test('finds roles by their name, with what this app attaches to them', () => {
  const policy = {
    Type: 'AWS::IAM::Policy', Properties: { Roles: ['Devices'], PolicyDocument: document(allow('dynamodb:*', '*')) },
  };
  const RoleArn = 'arn:aws:iam::123456789012:role/path/Devices';
  expect(codes(findingsIn(check, {
    Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn } }, Policy: policy },
  }))).toEqual([SERVICES]);
});

test('finds a role in another stack', () => {
  const consumer = {
    Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::ImportValue': 'Roles:Arn' } } } },
  };
  const producer = {
    Resources: { Role: { Type: 'AWS::IAM::Role', Properties: inline(allow('dynamodb:*', '*')) } },
    Outputs: {
      Arn: { Value: { 'Fn::GetAtt': 'Role.Arn' }, Export: { Name: { 'Fn::Join': [':', ['Roles', 'Arn']] } } },
    },
  };
  expect(codes(findingsInStacks(check, { Consumer: consumer, Producer: producer }))).toEqual([SERVICES]);
});

test('leaves out policies that are never attached', () => {
  const never = {
    Condition: 'Never',
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document(allow('dynamodb:*', '*')) },
  };
  const template = { ...roleAliasTemplate({}, { More: never }), Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } };
  expect(verdictOn(findingsIn(check, template))).toBe(COMPLIANT);
});

test.each([
  ['patterns', () =>
    inline(allow('iot:*', Array.from({ length: 2_000 }, (_, index) => `*${index.toString(36)}*`)), deny('iot:*', '*'))],
  ['policies', () => ({
    Policies: Array.from({ length: 100 }, (_, policy) => ({
      PolicyDocument: document(allow('iot:*', Array.from({ length: 100 }, (__, index) =>
        arn(`thing/t${policy}x${index}`))), deny('iot:*', '*')),
    })),
  })],
])('no role takes forever: many %s', (_, role) => {
  const template = roleAliasTemplate(role());
  expect(verdictOn(findingsIn(check, template))).toBe(COMPLIANT);
});

test('many roles with open conditions do not take forever', () => {
  const names = ['A', 'B', 'C', 'D', 'E'];
  const resources = Array.from({ length: 100 }, (_, index): [string, unknown][] => [
    [`Role${index}`, {
      Type: 'AWS::IAM::Role',
      Properties: inline(allow('s3:GetObject', names.map((name) => ({ 'Fn::If': [name, 'arn:a', 'arn:b'] })))),
    }],
    [`Policy${index}`, {
      Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: document(NARROW), Roles: [{ Ref: `Role${index}` }] },
    }],
    [`Alias${index}`, {
      Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::GetAtt': [`Role${index}`, 'Arn'] } },
    }],
  ]).flat();
  const Conditions = Object.fromEntries(names.map((name) => [name, { 'Fn::Equals': [{ Ref: 'P' }, name] }]));
  const findings = findingsIn(check, { Parameters: { P: {} }, Conditions, Resources: Object.fromEntries(resources) });
  expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set([COMPLIANT]));
});
