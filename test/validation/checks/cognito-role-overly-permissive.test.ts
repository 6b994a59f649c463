import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, document, findingsIn, identityPoolTemplate, verdictOn } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const AUTHENTICATED = AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;
const UNAUTHENTICATED = AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;

test('each check looks at its own role', () => {
  const template = identityPoolTemplate('unauthenticated', allow('iot:*', '*'));
  expect(findingsIn(AUTHENTICATED, template)).toEqual([]);
  expect(findingsIn(UNAUTHENTICATED, template).map(({ reasonCode, locations }) => [reasonCode, locations[0].join('.')]))
    .toEqual([
      ['ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', 'Properties.Roles.unauthenticated'],
      ['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', 'Properties.Roles.unauthenticated'],
    ]);
});

test.each<[Verdict, AuditCheck, unknown]>([
  [COMPLIANT, AUTHENTICATED, allow('s3:*', '*')],
  [COMPLIANT, AUTHENTICATED, allow('iot:Connect', arn('client/${cognito-identity.amazonaws.com:sub}'))],
  [COMPLIANT, UNAUTHENTICATED, allow('iot:Connect', arn('client/${cognito-identity.amazonaws.com:sub}'))],
  [NON_COMPLIANT, AUTHENTICATED, allow('iot:AttachPolicy', '*')],
  [NON_COMPLIANT, UNAUTHENTICATED, allow('iot:DescribeThing', arn('thing/a'))],
  [COMPLIANT, AUTHENTICATED, allow('iot:DescribeThing', arn('thing/a'))],
])('%s by %p: %j', (verdict, check, statement) => {
  const kind = check === AUTHENTICATED ? 'authenticated' : 'unauthenticated';
  expect(verdictOn(findingsIn(check, identityPoolTemplate(kind, statement)))).toBe(verdict);
});

function attachment(properties: object) {
  return {
    Parameters: { Arn: { Type: 'String' } },
    Resources: {
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: 'eu-west-1:pool', ...properties },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: document(allow('iot:AttachPolicy', '*')) }] },
      },
    },
  };
}

const RULES = { RulesConfiguration: { Rules: [{ RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] } }] } };

test.each([
  ['a rule', { RoleMappings: { provider: RULES } }, NON_COMPLIANT],
  ['unknown rules', { RoleMappings: { provider: { RulesConfiguration: { Rules: { Ref: 'Arn' } } } } }, UNDECIDED],
  ['unknown mappings', { RoleMappings: { 'Fn::Transform': {} } }, UNDECIDED],
  ['unknown roles', { Roles: { Ref: 'Arn' } }, UNDECIDED],
  ['an unknown role', { Roles: { authenticated: { Ref: 'Arn' } } }, UNDECIDED],
  ['none', { RoleMappings: { provider: { Type: 'Rules' } } }, COMPLIANT],
])('looks at the roles of authenticated identities: %s', (_, properties, verdict) => {
  expect(verdictOn(findingsIn(AUTHENTICATED, attachment(properties)))).toBe(verdict);
});

describe('the roles of the groups of a user pool', () => {
  const PROVIDER = { 'Fn::Sub': 'cognito-idp.${AWS::Region}.amazonaws.com/${Pool}:client' };
  const token = (IdentityProvider: unknown, Type: unknown = 'Token') => ({
    RoleMappings: { provider: { Type, IdentityProvider } },
  });
  const group = (UserPoolId: unknown, more: object = {}) => ({
    Type: 'AWS::Cognito::UserPoolGroup',
    Properties: { UserPoolId, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    ...more,
  });

  function findings(properties: object, groups: object = {}) {
    const template = attachment(properties);
    return findingsIn(AUTHENTICATED, {
      ...template,
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        ...template.Resources,
        Pool: { Type: 'AWS::Cognito::UserPool' },
        Other: { Type: 'AWS::Cognito::UserPool' },
        ...groups,
      },
    });
  }

  test.each<[string, Verdict, object]>([
    ['of the pool', NON_COMPLIANT, { Group: group({ Ref: 'Pool' }) }],
    ['of another pool', COMPLIANT, { Group: group({ Ref: 'Other' }) }],
    ['that never exists', COMPLIANT, { Group: group({ Ref: 'Pool' }, { Condition: 'Never' }) }],
    ['without a role', COMPLIANT, {
      Group: { Type: 'AWS::Cognito::UserPoolGroup', Properties: { UserPoolId: { Ref: 'Pool' } } },
    }],
    ['of an unknown pool', UNDECIDED, { Group: group({ Ref: 'Arn' }) }],
    ['none', COMPLIANT, {}],
  ])('are those of a group %s: %s', (_, verdict, groups) => {
    expect(verdictOn(findings(token(PROVIDER), groups))).toBe(verdict);
  });

  test('are found where the mapping stands', () => {
    const [finding] = findings(token(PROVIDER), { Group: group({ Ref: 'Pool' }) });
    expect(finding.locations).toEqual([['Properties', 'RoleMappings', 'provider']]);
    expect(verdictOn(findings({ RoleMappings: { provider: { Type: 'Rules', IdentityProvider: PROVIDER } } },
      { Group: group({ Ref: 'Pool' }) }))).toBe(COMPLIANT);
    expect(verdictOn(findings(token(PROVIDER, { Ref: 'Arn' }), { Group: group({ Ref: 'Pool' }) }))).toBe(NON_COMPLIANT);
  });

  test.each([
    ['another app', 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a:client',
      'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a:client'],
    ['a parameter', { Ref: 'Arn' }, '<unknown>'],
    ['the key of the mapping', undefined, 'provider'],
  ])('are not known for a pool of %s', (_, provider, shown) => {
    expect(findings(token(provider))).toMatchObject([{
      verdict: UNDECIDED,
      why: `The role of authenticated identities cannot be judged for certain: the roles of the groups of ${shown}, a `
        + 'user pool that no template declares',
    }]);
  });
});
