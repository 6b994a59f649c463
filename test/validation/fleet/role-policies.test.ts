import { AuditCheck } from '../../../src';
import { Finding, Verdict } from '../../../src/validation/finding';
import {
  allow, Body, document, findingsIn, findingsInFleet, findingsInStacks, roleAliasTemplate, verdictOn,
} from '../support/findings';

const check = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const SERVICES = 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';

const inline = (...statements: unknown[]) => ({
  Policies: [{ PolicyName: 'Devices', PolicyDocument: document(...statements) }],
});
const codes = (findings: Finding[]) => findings.flatMap(({ reasonCode }) => reasonCode ?? []);

const BROAD = document(allow('dynamodb:*', '*'));
const attached = (Roles: unknown, more: Body = {}) => ({
  Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: BROAD, Roles }, ...more,
});
const undecided = (reason: string) => `The role behind the alias cannot be judged for certain: ${reason}`;

describe('policies of roles whose names are open', () => {
  const parameters = { Parameters: { Name: { Type: 'String' }, Names: { Type: 'CommaDelimitedList' } } };

  test.each<[string, unknown]>([
    ['with the region', { 'Fn::Sub': 'device-${AWS::Region}' }],
    ['with the name of the stack', { 'Fn::Join': ['-', [{ Ref: 'AWS::StackName' }, 'device']] }],
    ['a parameter', { Ref: 'Name' }],
    ['one of a list', { 'Fn::Select': [0, { Ref: 'Names' }] }],
  ])('%s: are those that refer to the role', (_, RoleName) => {
    for (const policy of [attached([{ Ref: 'Role' }]),
      { ...attached([{ Ref: 'Role' }]), Type: 'AWS::IAM::ManagedPolicy' }]) {
      expect(codes(findingsIn(check, { ...parameters, ...roleAliasTemplate({ RoleName }, { Policy: policy }) })))
        .toEqual([SERVICES]);
    }
  });

  test.each<[string, unknown, unknown]>([
    ['the same region', { 'Fn::Sub': 'device-${AWS::Region}' }, {
      'Fn::Join': ['-', ['device', { Ref: 'AWS::Region' }]],
    }],
    ['the same parameter', { Ref: 'Name' }, { 'Fn::Sub': '${Name}' }],
  ])('are those that name the role: %s', (_, RoleName, name) => {
    expect(codes(findingsIn(check,
      { ...parameters, ...roleAliasTemplate({ RoleName }, { Policy: attached([name]) }) }))).toEqual([SERVICES]);
  });

  test.each<[string, Verdict, unknown, unknown]>([
    ['names in a parameter', UNDECIDED, undefined, { Ref: 'Names' }],
    ['a name in a parameter', UNDECIDED, undefined, [{ Ref: 'Name' }]],
    ['a name in a parameter for a role with a name', UNDECIDED, 'device', [{ Ref: 'Name' }]],
    ['a name for a role with a name in a parameter', UNDECIDED, { Ref: 'Name' }, ['device']],
    ['an attribute', UNDECIDED, undefined, [{ 'Fn::GetAtt': ['Other', 'RoleName'] }]],
    ['a name with another start', COMPLIANT, { 'Fn::Sub': 'device-${AWS::Region}' }, ['admin']],
    ['a name with another end', COMPLIANT, 'device', [{ 'Fn::Sub': '${Name}-admin' }]],
    ['a name where CloudFormation makes one up', COMPLIANT, undefined, ['admin']],
    ['another name', COMPLIANT, 'device', ['admin']],
    ['nothing that is a name', UNDECIDED, undefined, [{ Nonsense: 1 }]],
  ])('may be those whose roles are not known: %s', (_, verdict, RoleName, names) => {
    const other = { Type: 'AWS::SSO::PermissionSet', Properties: {} };
    const [finding] = findingsIn(check, {
      ...parameters, ...roleAliasTemplate({ RoleName }, { Policy: attached(names), Other: other }),
    });
    expect(finding.verdict).toBe(verdict);
    if (verdict === UNDECIDED) expect(finding.why).toBe(undecided('the policy Policy, whose roles are not known'));
  });

  test('are not those that are never attached', () => {
    const template = roleAliasTemplate({}, { Policy: attached({ Ref: 'Names' }, { Condition: 'Never' }) });
    expect(verdictOn(findingsIn(check,
      { ...parameters, ...template, Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } }))).toBe(COMPLIANT);
  });
});

test.each<[string, Body, unknown]>([
  ['the ARN', {}, { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::ImportValue': 'Arn' }] }] }],
  ['the ARN of a role with a path', { Path: '/devices/', RoleName: 'device' }, {
    'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::ImportValue': 'Arn' }] }],
  }],
  ['the part of the ARN behind the account', {}, {
    'Fn::Select': [1, {
      'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::ImportValue': 'Arn' }] }] }],
    }],
  }],
])('finds policies of other stacks that take the name of the role out of %s', (_, role, name) => {
  const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] }, Export: { Name: 'Arn' } } };
  const findings = findingsInStacks(check, {
    Roles: { ...roleAliasTemplate(role), Outputs }, Other: { Resources: { Policy: attached([name]) } },
  });
  expect(codes(findings)).toEqual([SERVICES]);
});

test('a name taken out of an ARN with an unknown path is not known', () => {
  const name = { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Role', 'Arn'] }] }] };
  const [finding] = findingsIn(check, {
    Parameters: { Path: {} }, ...roleAliasTemplate({ Path: { Ref: 'Path' } }, { Policy: attached([name]) }),
  });
  expect(finding).toMatchObject({ verdict: UNDECIDED, why: undecided('the policy Policy, whose roles are not known') });
});

test('the roles of a policy under a condition are open for every alias', () => {
  const alias = (role: string) => ({
    Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::GetAtt': [role, 'Arn'] } },
  });
  const role = { Type: 'AWS::IAM::Role', Properties: {} };
  const findings = findingsIn(check, {
    Parameters: { P: {} },
    Conditions: { Open: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
    Resources: {
      AliasOne: alias('One'), AliasTwo: alias('Two'), AliasThree: alias('Three'), One: role, Two: role, Three: role,
      Policy: attached({ 'Fn::If': ['Open', [{ Ref: 'Three' }], [{ Ref: 'Two' }]] }),
    },
  });
  expect(findings.map(({ resource, verdict }) => [resource!.logicalId, verdict]))
    .toEqual([['AliasOne', COMPLIANT], ['AliasTwo', UNDECIDED], ['AliasThree', UNDECIDED]]);
});

describe('roles of the same name', () => {
  const stack = (account: string | undefined, Policies: unknown[]) => ({
    account,
    body: {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'device', Policies } },
        Alias: {
          Type: 'AWS::IoT::RoleAlias',
          Properties: { RoleArn: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/device' } },
        },
      },
    },
  });
  const broad = [{ PolicyDocument: BROAD }];
  const alias = (RoleArn: string) => ({
    Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn } } },
  });
  const verdicts = (stacks: Record<string, { account?: string; body: Body }>) => Object.fromEntries(
    findingsInFleet(check, stacks).map(({ template, verdict }) => [template!.templateId, verdict]));

  test('are told apart by their accounts', () => {
    expect(verdicts({ Dev: stack('111111111111', broad), Prod: stack('222222222222', []) })).toEqual({
      Dev: NON_COMPLIANT, Prod: COMPLIANT,
    });
    expect(verdicts({
      Dev: stack('111111111111', broad), Prod: stack('222222222222', []), Other: {
        account: '222222222222', body: alias('arn:aws:iam::111111111111:role/device'),
      },
    }).Other).toBe(NON_COMPLIANT);
  });

  test('are told apart by their templates where no account is known', () => {
    expect(verdicts({ Dev: stack(undefined, broad), Prod: stack(undefined, []) })).toEqual({
      Dev: NON_COMPLIANT, Prod: COMPLIANT,
    });
  });

  test('are undecided where either may be meant', () => {
    const RoleArn = 'arn:aws:iam::111111111111:role/device';
    const findings = findingsInFleet(check, {
      Dev: stack(undefined, broad), Prod: stack(undefined, []), Other: { body: alias(RoleArn) },
    });
    expect(findings.find(({ template }) => template!.templateId === 'Other')).toMatchObject({
      verdict: UNDECIDED, why: undecided(`the role ${RoleArn}, which several stacks declare`),
    });
  });

  test('leave a policy undecided that either may have', () => {
    const policy = { body: { Resources: { Policy: attached(['device']) } } };
    const dev = findingsInFleet(check, { Dev: stack(undefined, []), Prod: stack(undefined, []), Other: policy })
      .find(({ template }) => template!.templateId === 'Dev');
    expect(dev).toMatchObject({ verdict: UNDECIDED, why: undecided('the policy Policy, whose roles are not known') });
    expect(verdicts({
      Dev: stack('111111111111', []), Prod: stack('222222222222', []), Other: { account: '222222222222', ...policy },
    }))
      .toEqual({ Dev: COMPLIANT, Prod: NON_COMPLIANT });
  });

  test('have the policies of their own account, also where no template declares them', () => {
    const Other = { account: '222222222222', body: { Resources: { Policy: attached(['device']) } } };
    const of = (account: string) => verdicts({ Fleet: { body: alias(`arn:aws:iam::${account}:role/device`) }, Other });
    expect(of('222222222222')).toEqual({ Fleet: NON_COMPLIANT });
    expect(of('111111111111')).toEqual({ Fleet: UNDECIDED });
  });

  test('are told apart by conditions', () => {
    const role = (Condition: string, Policies: unknown[]) => ({
      Type: 'AWS::IAM::Role', Condition, Properties: { RoleName: 'device', Policies },
    });
    expect(findingsIn(check, {
      Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        ...alias('arn:aws:iam::111111111111:role/device').Resources, One: role('No', broad), Other: role('Yes', []),
      },
    })).toMatchObject([{ verdict: COMPLIANT }]);
  });
});

test('finds the role in an ARN that the template puts together', () => {
  const RoleArn = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/devices/${Role}' };
  const Role = { Type: 'AWS::IAM::Role', Properties: inline(allow('dynamodb:*', '*')) };
  expect(codes(findingsIn(check,
    { Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn } }, Role } }))).toEqual([SERVICES]);
});

test.each<[string, string[], unknown]>([
  ['a managed policy of the app by its ARN', [SERVICES], 'arn:aws:iam::123456789012:policy/devices/Mine'],
  ['all but managing users', [SERVICES, 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES'],
    'arn:aws:iam::aws:policy/PowerUserAccess'],
  ['a database and what its console needs', [SERVICES, 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES'],
    'arn:aws-cn:iam::aws:policy/AmazonDynamoDBFullAccess'],
  ['a name that is unique, whatever its path', [SERVICES, 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES'],
    'arn:aws:iam::aws:policy/service-role/AdministratorAccess'],
])('knows the content of %s', (_, expected, ManagedPolicyArn) => {
  const findings = findingsIn(check, roleAliasTemplate({ ManagedPolicyArns: [ManagedPolicyArn] }, {
    Mine: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'Mine', PolicyDocument: BROAD } },
  }));
  expect(codes(findings).slice(0, 2)).toEqual(expected);
  expect(verdictOn(findings)).toBe(NON_COMPLIANT);
});

describe('exports of one name', () => {
  const roles = (conditions: [unknown, unknown]) => ({
    Parameters: { P: {} },
    Conditions: { One: { 'Fn::Equals': conditions }, Other: { 'Fn::Not': [{ Condition: 'One' }] } },
    Resources: {
      Broad: { Type: 'AWS::IAM::Role', Condition: 'One', Properties: inline(allow('dynamodb:*', '*')) },
      Narrow: {
        Type: 'AWS::IAM::Role',
        Condition: 'Other',
        Properties: inline(allow('s3:PutObject', 'arn:aws:s3:::telemetry/*')),
      },
    },
    Outputs: {
      Broad: { Condition: 'One', Value: { 'Fn::GetAtt': ['Broad', 'Arn'] }, Export: { Name: 'Arn' } },
      Narrow: { Condition: 'Other', Value: { 'Fn::GetAtt': ['Narrow', 'Arn'] }, Export: { Name: 'Arn' } },
    },
  });
  const consumer = {
    Resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::ImportValue': 'Arn' } } } },
  };

  test.each<[Verdict, [unknown, unknown]]>([
    [NON_COMPLIANT, ['a', 'a']],
    [COMPLIANT, ['a', 'b']],
    [UNDECIDED, [{ Ref: 'P' }, 'a']],
  ])('are those whose condition holds: %s', (verdict, conditions) => {
    expect(verdictOn(findingsInStacks(check, { Roles: roles(conditions), Consumer: consumer }))).toBe(verdict);
  });

  test('are undecided where several stacks have them', () => {
    const findings = findingsInStacks(check, { Dev: roles(['a', 'a']), Prod: roles(['a', 'b']), Consumer: consumer });
    expect(findings).toMatchObject([{
      verdict: UNDECIDED, why: undecided('an import (Arn) that several stacks of the app export'),
    }]);
  });
});

test.each([
  ['AWS\'s managed policy', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    'Role Properties.ManagedPolicyArns: AdministratorAccess'],
  ['an inline policy', { Policies: [{ Ref: 'AWS::NoValue' }, { PolicyDocument: document(allow('*', '*')) }] },
    'Role Properties.Policies.1.PolicyDocument.Statement.0'],
])('says that it is %s that allows too much', (_, properties, source) => {
  const whys = findingsIn(check, roleAliasTemplate(properties)).map(({ why }) => why);
  expect(whys.length).toBeGreaterThan(0);
  expect(whys.filter((why) => !why.endsWith(`(${source})`))).toEqual([]);
});
