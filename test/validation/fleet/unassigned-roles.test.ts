import { AuditCheck } from '../../../src';
import { allow, arn, Body, deny, document, findingsIn, findingsInStacks, verdictOn } from '../support/findings';

const ALIAS = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
const GUESTS = AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;
const USERS = AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;

const CREDENTIALS_PROVIDER = { Service: 'credentials.iot.amazonaws.com' };
const IDENTITY_POOLS = { Federated: 'cognito-identity.amazonaws.com' };
const METHODS = 'cognito-identity.amazonaws.com:amr';

const trusting = (Principal: unknown, more: Body = {}) => ({
  Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...more,
});
const trustingPools = (Condition?: unknown) => ({
  Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: IDENTITY_POOLS,
  ...Condition === undefined ? {} : { Condition },
});

function roleTemplate(trust: unknown[], statements: unknown[], more: Body = {}): Body {
  return {
    ...more,
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: document(...trust),
          Policies: [{ PolicyName: 'Devices', PolicyDocument: document(...statements) }],
        },
      },
    },
  };
}

const PUBLISH_EVERYWHERE = allow('iot:Publish', '*');
const OWN_TOPIC = allow('iot:Publish', arn('topic/${credentials-iot:ThingName}/state'));

describe('a role that trusts the credentials provider, and whose alias no template declares', () => {
  test('is judged by its own policies', () => {
    const template = roleTemplate([trusting(CREDENTIALS_PROVIDER)], [PUBLISH_EVERYWHERE]);
    const [finding, ...others] = findingsIn(ALIAS, template);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      verdict: 'non-compliant',
      resource: { logicalId: 'Role' },
      reasonCode: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
      locations: [['Properties', 'Policies', '0', 'PolicyDocument', 'Statement', '0']],
      why: 'The role, which trusts the credentials provider of AWS IoT, and whose alias no template declares, '
        + 'allows iot:Publish on *',
    });
    expect(finding.fix).toContain('${credentials-iot:ThingName}');
  });

  test.each<[string, unknown[], unknown[], string]>([
    ['narrow policies', [trusting(CREDENTIALS_PROVIDER)], [OWN_TOPIC], 'compliant'],
    ['the service of a partition', [trusting({ Service: 'credentials.iot.amazonaws.com.cn' })], [PUBLISH_EVERYWHERE],
      'non-compliant'],
    ['the service among others', [trusting({ Service: ['lambda.amazonaws.com', 'credentials.iot.amazonaws.com'] })],
      [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['the service by Fn::Sub', [trusting({ Service: { 'Fn::Sub': 'credentials.iot.${AWS::URLSuffix}' } })],
      [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['the service by Fn::Join', [trusting({ Service: { 'Fn::Join': ['', ['credentials.iot.', { Ref: 'AWS::URLSuffix' }]] } })],
      [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['all actions of STS', [trusting(CREDENTIALS_PROVIDER, { Action: 'sts:*' })], [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['a list of actions', [trusting(CREDENTIALS_PROVIDER, { Action: ['sts:AssumeRole', 'sts:TagSession'] })],
      [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['a condition on the alias', [trusting(CREDENTIALS_PROVIDER, {
      Condition: { ArnEquals: { 'aws:SourceArn': arn('rolealias/cameras') } },
    })], [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['another service', [trusting({ Service: 'iot.amazonaws.com' })], [PUBLISH_EVERYWHERE], 'compliant'],
    ['another action', [trusting(CREDENTIALS_PROVIDER, { Action: 'sts:TagSession' })], [PUBLISH_EVERYWHERE], 'compliant'],
    ['a Deny of the service beside', [trusting(CREDENTIALS_PROVIDER), { ...trusting(CREDENTIALS_PROVIDER), Effect: 'Deny' }],
      [PUBLISH_EVERYWHERE], 'compliant'],
    ['a Deny of another principal beside', [trusting(CREDENTIALS_PROVIDER), { ...trusting({ AWS: '123456789012' }), Effect: 'Deny' }],
      [PUBLISH_EVERYWHERE], 'non-compliant'],
    ['all that is allowed denied', [trusting(CREDENTIALS_PROVIDER)], [PUBLISH_EVERYWHERE, deny('iot:*', '*')], 'compliant'],
  ])('%s', (_, trust, statements, expected) => {
    expect(verdictOn(findingsIn(ALIAS, roleTemplate(trust, statements)))).toBe(expected);
  });

  test('is judged with the policies that are attached to it', () => {
    const template = roleTemplate([trusting(CREDENTIALS_PROVIDER)], [OWN_TOPIC]);
    Object.assign(template.Resources as Body, {
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyDocument: document(PUBLISH_EVERYWHERE), PolicyName: 'More', Roles: [{ Ref: 'Role' }] },
      },
    });
    expect(findingsIn(ALIAS, template)).toMatchObject([{
      verdict: 'non-compliant',
      why: expect.stringContaining('(Attached Properties.PolicyDocument.Statement.0)'),
      locations: [['Properties', 'AssumeRolePolicyDocument']],
    }]);
  });

  test('is undecided where the trust is a parameter that may name the service', () => {
    const template = roleTemplate([trusting({ Service: { Ref: 'Trusted' } })], [PUBLISH_EVERYWHERE], {
      Parameters: { Trusted: { Type: 'String', Description: 'such as credentials.iot.amazonaws.com' } },
    });
    expect(findingsIn(ALIAS, template)).toMatchObject([{
      verdict: 'cannot be decided', why: expect.stringContaining('whom the role trusts (the parameter Trusted)'),
    }]);
  });

  test('is left out where a parameter has nothing to do with the service', () => {
    const template = roleTemplate([trusting({ Service: { Ref: 'Trusted' } })], [PUBLISH_EVERYWHERE], {
      Parameters: { Trusted: { Type: 'String' } },
    });
    expect(findingsIn(ALIAS, template)).toEqual([]);
  });
});

describe('a role with an alias in the templates', () => {
  const role = (roleArn: unknown, roleProperties: Body = {}): Body => {
    const template = roleTemplate([trusting(CREDENTIALS_PROVIDER)], [PUBLISH_EVERYWHERE]);
    const resources = template.Resources as Record<string, Body>;
    Object.assign(resources.Role.Properties as Body, roleProperties);
    resources.Alias = { Type: 'AWS::IoT::RoleAlias', Properties: { RoleAlias: 'cameras', RoleArn: roleArn } };
    return template;
  };

  test.each<[string, Body]>([
    ['by its ARN', role({ 'Fn::GetAtt': ['Role', 'Arn'] })],
    ['by its name', role('arn:aws:iam::123456789012:role/Cameras', { RoleName: 'Cameras' })],
    ['under a condition', {
      ...role({ 'Fn::If': ['Perhaps', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::123456789012:role/Other'] }),
      Parameters: { Stage: { Type: 'String' } },
      Conditions: { Perhaps: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    }],
  ])('is judged with its alias only: %s', (_, template) => {
    expect(findingsIn(ALIAS, template).map(({ resource }) => resource?.logicalId)).toEqual(['Alias']);
  });

  test('in another template', () => {
    const stacks = {
      Roles: {
        ...roleTemplate([trusting(CREDENTIALS_PROVIDER)], [PUBLISH_EVERYWHERE]),
        Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] }, Export: { Name: 'RoleArn' } } },
      },
      Aliases: {
        Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::ImportValue': 'RoleArn' } } } },
      },
    };
    expect(findingsInStacks(ALIAS, stacks)).toMatchObject([{ resource: { logicalId: 'Alias' }, verdict: 'non-compliant' }]);
  });
});

describe('a role that trusts identity pools, and that no template gives to one', () => {
  const ADMIN = allow('iot:UpdateThing', '*');
  const amr = (...methods: unknown[]) => ({ 'ForAnyValue:StringLike': { [METHODS]: methods } });

  test.each<[string, unknown, string, string]>([
    ['guests', amr('unauthenticated'), 'non-compliant', 'compliant'],
    ['authenticated identities', amr('authenticated'), 'compliant', 'non-compliant'],
    ['the identities of a provider', amr('graph.facebook.com'), 'compliant', 'non-compliant'],
    ['both', amr('authenticated', 'unauthenticated'), 'non-compliant', 'non-compliant'],
    ['a wildcard for both', amr('*authenticated'), 'non-compliant', 'non-compliant'],
    ['no condition', undefined, 'cannot be decided', 'cannot be decided'],
    ['a condition on the pool only', { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'pool' } },
      'cannot be decided', 'cannot be decided'],
    ['a comparison that excludes', { 'ForAllValues:StringNotEquals': { [METHODS]: 'unauthenticated' } },
      'cannot be decided', 'cannot be decided'],
    ['a method that is a parameter', amr({ Ref: 'Method' }), 'cannot be decided', 'cannot be decided'],
  ])('%s', (_, condition, guests, users) => {
    const template = roleTemplate([trustingPools(condition)], [ADMIN], { Parameters: { Method: { Type: 'String' } } });
    expect([verdictOn(findingsIn(GUESTS, template)), verdictOn(findingsIn(USERS, template))]).toEqual([guests, users]);
  });

  test('says where the trust is, and why', () => {
    expect(findingsIn(GUESTS, roleTemplate([trustingPools()], [ADMIN]))).toMatchObject([{
      locations: [['Properties', 'AssumeRolePolicyDocument']],
      why: 'The role of guests, which no template gives to an identity pool, cannot be judged for certain: '
        + 'if the role is for unauthenticated identities, which its trust does not say',
    }]);
  });

  test('is compliant where it may do nothing that the check objects to', () => {
    const template = roleTemplate([trustingPools()], [allow('s3:GetObject', 'arn:aws:s3:::maps/*')]);
    expect([GUESTS, USERS].map((check) => verdictOn(findingsIn(check, template)))).toEqual(['compliant', 'compliant']);
  });

  test('is left out where it is given to a pool', () => {
    const template = roleTemplate([trustingPools(amr('unauthenticated'))], [ADMIN]);
    Object.assign(template.Resources as Body, {
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: 'pool', Roles: { unauthenticated: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      },
    });
    expect(findingsIn(GUESTS, template).map(({ resource }) => resource?.logicalId)).toEqual(['Attachment']);
    expect(findingsIn(USERS, template)).toEqual([]);
  });
});
