import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import {
  allow, arn, Body, deny, document, findingsIn, identityPoolTemplate, roleAliasTemplate, verdictOn,
} from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const PARAMETERS = { Parameters: { Given: { Type: 'String' } } };

const of = (check: AuditCheck, template: Body) => findingsIn(check, { ...PARAMETERS, ...template });
const ofGuests = (...statements: unknown[]) =>
  of(AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, identityPoolTemplate('unauthenticated', ...statements));
const ofUsers = (...statements: unknown[]) =>
  of(AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, identityPoolTemplate('authenticated', ...statements));
const ofAlias = (...statements: unknown[]) => of(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  roleAliasTemplate({ Policies: [{ PolicyName: 'P', PolicyDocument: document(...statements) }] }));
const sub = (text: string) => ({ 'Fn::Sub': text });

describe('every action of AWS IoT that the pages do not discuss manages it', () => {
  test.each([
    'OpenTunnel', 'CloseTunnel', 'DescribeTunnel', 'ListTunnels', 'RotateTunnelAccessToken', 'StartCommandExecution',
    'CreateRoleAlias', 'DescribeRoleAlias', 'CreateKeysAndCertificate', 'DescribeEndpoint', 'DoSomethingNew', 'Open*',
    '*Tunnel', '?penTunnel', 'Put*', 'DoSomethingNew*',
  ])('iot:%s', (name) => {
    for (const resource of ['*', arn('tunnel/one')]) {
      const statement = allow(`iot:${name}`, resource);
      expect(ofGuests(statement).map(({ reasonCode }) => reasonCode)).toEqual(['ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS']);
      for (const findings of [ofUsers(statement), ofAlias(statement)]) {
        expect(findings.map(({ reasonCode }) => reasonCode)).toEqual(['ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS']);
      }
    }
  });

  test.each<[Verdict, string, unknown[]]>([
    [NON_COMPLIANT, 'the service in other letters', [allow('IOT:opentunnel', '*')]],
    [NON_COMPLIANT, 'any service', [allow('*:OpenTunnel', '*')]],
    [NON_COMPLIANT, 'no service', [allow('*Tunnel', '*')]],
    [NON_COMPLIANT, 'NotAction of one', [{ Effect: 'Allow', NotAction: 'iot:Connect', Resource: arn('tunnel/one') }]],
    [NON_COMPLIANT, 'NotResource', [{ Effect: 'Allow', Action: 'iot:OpenTunnel', NotResource: arn('thing/a') }]],
    [NON_COMPLIANT, 'patterns for discussed actions, too', [allow('iot:Get*', arn('thing/pump'))]],
    [NON_COMPLIANT, 'all on one topic', [allow('iot:*', arn('topic/a'))]],
    [NON_COMPLIANT, 'one of two denied', [allow(['iot:OpenTunnel', 'iot:CloseTunnel'], '*'), deny('iot:OpenTunnel', '*')]],
    [NON_COMPLIANT, 'one of a pattern denied', [allow('iot:*Tunnel', '*'), deny('iot:OpenTunnel', '*')]],
    [NON_COMPLIANT, 'denied on one resource', [allow('iot:OpenTunnel', '*'), deny('iot:*', arn('tunnel/one'))]],
    [NON_COMPLIANT, 'denied under circumstances', [allow('iot:OpenTunnel', '*'),
      deny('iot:*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } })]],
    [NON_COMPLIANT, 'left by NotAction', [allow('iot:*', '*'), {
      Effect: 'Deny', NotAction: ['iot:Receive', 'iot:OpenTunnel'], Resource: '*',
    }]],
    [NON_COMPLIANT, 'left by NotAction, and not known', [allow('iot:*', '*'), {
      Effect: 'Deny', NotAction: ['iot:Receive', 'iot:DoSomethingNew'], Resource: '*',
    }]],
    [UNDECIDED, 'all known ones of a pattern denied',
      [allow('iot:*Tunnel', '*'), deny(['iot:OpenTunnel', 'iot:CloseTunnel', 'iot:DescribeTunnel'], '*')]],
    [UNDECIDED, 'denied on what is not known', [allow('iot:OpenTunnel', '*'), deny('iot:*', { Ref: 'Given' })]],
    [UNDECIDED, 'an unknown action', [allow(sub('iot:${Given}'), arn('tunnel/one'))]],
    [UNDECIDED, 'an action of devices that is younger than the pages', [allow('iot:AssumeRoleWithCertificate', '*')]],
    [UNDECIDED, 'a further prefix of jobs', [allow('iotjobsdata:StartCommandExecution', '*')]],
    [COMPLIANT, 'denied', [allow('iot:Open*', '*'), deny('iot:*', '*')]],
    [COMPLIANT, 'left out by NotAction', [allow('iot:*', '*'), {
      Effect: 'Deny', NotAction: 'iot:Receive', Resource: '*',
    }]],
    [COMPLIANT, 'all but AWS IoT', [{ Effect: 'Allow', NotAction: 'iot*', Resource: 's3:*' }]],
    [COMPLIANT, 'patterns for discussed actions alone',
      [allow(['iot:Pub*', 'iot:Conn*', 'iot:*ThingShadow'], [arn('topic/a'), arn('client/a'), arn('thing/a')])]],
    [COMPLIANT, 'other services whose names begin alike', [allow(['iotanalytics:*', 'iotevents:*'], '*')]],
  ])('%s: %s', (verdict, _, statements) => {
    expect(verdictOn(ofGuests(...statements))).toBe(verdict);
    expect(verdictOn(ofUsers(...statements))).toBe(verdict);
  });

  test.each([
    ['iot:Open*', 'iot:Open*'],
    ['all but iot:Connect', undefined],
  ])('names %s as the policy does', (name, Action) => {
    const findings = ofUsers(Action ? allow(Action, arn('tunnel/one'))
      : { Effect: 'Allow', NotAction: 'iot:Connect', Resource: arn('tunnel/one') });
    expect(findings.find(({ reasonCode }) => reasonCode === 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS')?.why).toBe(`The role of authenticated identities allows ${name} on ${arn('tunnel/one')} `
      + '(Role Properties.Policies.0.PolicyDocument.Statement.0)');
  });

  test('says what is left if all known actions are denied', () => {
    const [finding] = ofUsers(allow('iot:*', '*'), deny(['iot:*a*', 'iot:*e*', 'iot:*i*', 'iot:*o*', 'iot:*u*'], '*'));
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: 'The role of authenticated identities cannot be judged for certain: all known actions that iot:* stands for '
        + 'are denied, but not those that AWS adds',
    });
  });
});

describe('on even a single resource, which need not be known', () => {
  const GIVEN = { Ref: 'Given' };
  const THING = sub(arn('thing/${Given}'));

  test.each<[Verdict, string, unknown[]]>([
    [NON_COMPLIANT, 'a parameter', [allow('iot:UpdateThing', GIVEN)]],
    [NON_COMPLIANT, 'a parameter for another action', [allow('iot:OpenTunnel', GIVEN)]],
    [NON_COMPLIANT, 'a parameter for all actions', [allow('iot:*', GIVEN)]],
    [NON_COMPLIANT, 'the beginning of an ARN', [allow('iot:UpdateThing', sub('${Given}/pump'))]],
    [NON_COMPLIANT, 'the name of a thing', [allow('iot:UpdateThing', THING)]],
    [NON_COMPLIANT, 'part of a name', [allow('iot:CreateThing', sub(arn('thing/pump-${Given}-north')))]],
    [NON_COMPLIANT, 'an import', [allow('iot:DeleteThing', { 'Fn::ImportValue': 'Thing' })]],
    [NON_COMPLIANT, 'an attribute of a resource', [allow('iot:UpdateThing', { 'Fn::GetAtt': ['Role', 'Elsewhere'] })]],
    [NON_COMPLIANT, 'denied on resources of another kind', [allow('iot:UpdateThing', THING), deny('iot:*', arn('topic/*'))]],
    [UNDECIDED, 'denied on what may be the same', [allow('iot:UpdateThing', GIVEN), deny('iot:*', arn('thing/a'))]],
    [UNDECIDED, 'a name, denied on what may be the same',
      [allow('iot:UpdateThing', THING), deny('iot:*', arn('thing/a'))]],
    [UNDECIDED, 'denied on all but what may be the same', [allow('iot:UpdateThing', THING), {
      Effect: 'Deny', Action: 'iot:*', NotResource: arn('thing/a'),
    }]],
    // The resource may be an object in Amazon S3, on which nothing of AWS IoT is allowed.
    [UNDECIDED, 'a parameter for two services', [allow(['iot:UpdateThing', 's3:GetObject'], GIVEN)]],
    [UNDECIDED, 'all but a parameter', [{ Effect: 'Allow', Action: 'iot:UpdateThing', NotResource: GIVEN }]],
    [COMPLIANT, 'denied', [allow('iot:UpdateThing', GIVEN), deny('iot:UpdateThing', '*')]],
    [COMPLIANT, 'a name, denied on all things', [allow('iot:UpdateThing', THING), deny('iot:*', arn('thing/*'))]],
    [COMPLIANT, 'another service', [allow('s3:GetObject', GIVEN)]],
  ])('%s: %s', (verdict, _, statements) => expect(verdictOn(ofUsers(...statements))).toBe(verdict));

  test('reading about a thing is only for authenticated identities', () => {
    expect(verdictOn(ofGuests(allow('iot:DescribeThing', GIVEN)))).toBe(NON_COMPLIANT);
    expect(verdictOn(ofGuests(allow('iot:DescribeThing', THING)))).toBe(NON_COMPLIANT);
    expect(verdictOn(ofUsers(allow('iot:DescribeThing', GIVEN)))).toBe(UNDECIDED);
  });

  test.each<[Verdict, unknown[]]>([
    [NON_COMPLIANT, [allow('iam:PassRole', GIVEN)]],
    [NON_COMPLIANT, [allow('iam:PassRole', sub('arn:aws:iam::123456789012:role/${Given}'))]],
    [UNDECIDED, [allow('iam:PassRole', GIVEN), deny('iam:*', 'arn:aws:iam::123456789012:role/a')]],
    [COMPLIANT, [allow('iam:PassRole', GIVEN), deny('iam:*', '*')]],
  ])('%s behind a role alias: %j', (verdict, statements) => expect(verdictOn(ofAlias(...statements))).toBe(verdict));
});
