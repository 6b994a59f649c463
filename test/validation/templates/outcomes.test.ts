import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import {
  allow, arn, Body, deny, document, findingsIn, identityPoolTemplate, policyTemplate, roleAliasTemplate, verdictOn,
} from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const NARROW = allow('iot:Connect', arn('client/a'));
const ANY = allow('iot:Connect', '*');
const NOTHING = { Ref: 'AWS::NoValue' };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A template with so many conditions (C0, C1, ...), each of which depends on a parameter of its own. */
const withConditions = (count: number, body: Body): Body => ({
  ...body,
  Parameters: Object.fromEntries(numbers(count).map((index) => [`P${index}`, { Type: 'String' }])),
  Conditions: Object.fromEntries(numbers(count).map((index) =>
    [`C${index}`, { 'Fn::Equals': [{ Ref: `P${index}` }, 'yes'] }])),
});
const optional = (index: number, value: unknown) => ({ 'Fn::If': [`C${index}`, value, NOTHING] });
const policyWith = (count: number, ...statements: unknown[]) =>
  withConditions(count, policyTemplate(document(...statements)));
const optionally = (count: number, statement: (index: number) => unknown) =>
  numbers(count).map((index) => optional(index, statement(index)));

const LIMITS = [1, 4, 5, 6, 7, 20, 40];

describe.each(LIMITS)('%d conditions', (count) => {
  test.each<[string, Verdict, unknown[]]>([
    ['a certain violation beside them', NON_COMPLIANT, [ANY, ...optionally(count, () => NARROW)]],
    ['a certain violation beside broad ones', NON_COMPLIANT, [ANY, ...optionally(count, () => ANY)]],
    ['only narrow statements', COMPLIANT, [NARROW, ...optionally(count, (index) => allow('iot:Connect', arn(`client/${index}`)))]],
    ['statements that deny', COMPLIANT, [NARROW, ...optionally(count, () => deny('iot:Connect', '*'))]],
    ['a violation that one may deny', UNDECIDED, [ANY, ...optionally(count, () => deny('iot:Connect', '*'))]],
    ['a violation that is denied for certain', COMPLIANT, [ANY, deny('iot:*', '*'), ...optionally(count, () => ANY)]],
    ['a violation under one of them', UNDECIDED, [...optionally(count - 1, () => NARROW), optional(count - 1, ANY)]],
    ['narrow resources', COMPLIANT, [allow('iot:Connect', numbers(count).map((index) =>
      ({ 'Fn::If': [`C${index}`, arn('client/a'), arn('client/b')] })))]],
    ['a broad resource among them', UNDECIDED, [allow('iot:Connect', numbers(count).map((index) =>
      ({ 'Fn::If': [`C${index}`, arn('client/a'), index === 0 ? '*' : arn('client/b')] })))]],
    ['narrow actions', COMPLIANT, [allow(numbers(count).map((index) =>
      ({ 'Fn::If': [`C${index}`, 'iot:Connect', 'iot:Publish'] })), arn('client/a'))]],
    ['texts with either of two names', COMPLIANT, [allow('iot:Connect', numbers(count).map((index) =>
      ({ 'Fn::Sub': [arn('client/${Name}-*'), { Name: { 'Fn::If': [`C${index}`, 'a', 'b'] } }] })))]],
    ['one of two broad statements', NON_COMPLIANT, [...optionally(count, () => NARROW),
      { 'Fn::If': [`C${count - 1}`, ANY, allow('iot:Connect', arn('client/*'))] }]],
    ['one of two broad resources', NON_COMPLIANT, [...optionally(count, () => NARROW),
      allow('iot:Connect', { 'Fn::If': [`C${count - 1}`, '*', arn('client/*')] })]],
    ['a violation that is denied where it is allowed', COMPLIANT, [...optionally(count, () => NARROW),
      optional(count - 1, ANY), optional(count - 1, deny('iot:Connect', '*'))]],
    ['nothing but statements under conditions', COMPLIANT, optionally(count, () => NARROW)],
  ])('%s: %s', (_, verdict, statements) => {
    const findings = findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, policyWith(count, ...statements));
    expect(verdictOn(findings)).toBe(verdict);
  });

  const policies = (...statements: unknown[]) => statements.map((statement, index) =>
    ({ PolicyName: `P${index}`, PolicyDocument: document(statement) }));
  const optionalPolicies = (statement: unknown) => optionally(count, (index) =>
    ({ PolicyName: `Q${index}`, PolicyDocument: document(statement) }));
  const OBJECTS = allow('s3:GetObject', 'arn:aws:s3:::a/*');

  test.each<[string, Verdict, Body, Body]>([
    ['all of AWS IoT, and policies under conditions', NON_COMPLIANT,
      { Policies: [...policies(allow('iot:*', '*')), ...optionalPolicies(OBJECTS)] }, {}],
    ['narrow policies, some under conditions', COMPLIANT, { Policies: [...policies(OBJECTS), ...optionalPolicies(OBJECTS)] }, {}],
    ['a violation under conditions', UNDECIDED, { Policies: [...policies(OBJECTS), ...optionalPolicies(allow('s3:*', '*'))] }, {}],
    ['attached policies under conditions', NON_COMPLIANT, { Policies: policies(allow('iot:*', '*')) },
      Object.fromEntries(numbers(count).map((index) => [`Attached${index}`, {
        Type: 'AWS::IAM::Policy',
        Condition: `C${index}`,
        Properties: { PolicyName: 'P', Roles: [{ Ref: 'Role' }], PolicyDocument: document(OBJECTS) },
      }]))],
    ['managed policies under conditions', NON_COMPLIANT, {
      Policies: policies(allow('iot:*', '*')),
      ManagedPolicyArns: optionally(count, () => 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'),
    }, {}],
    ['narrow managed policies under conditions', COMPLIANT,
      { ManagedPolicyArns: optionally(count, () => 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess') }, {}],
    ['unknown managed policies under conditions', UNDECIDED,
      { ManagedPolicyArns: optionally(count, () => 'arn:aws:iam::1:policy/Unknown') }, {}],
  ])('a role with %s: %s', (_, verdict, role, more) => {
    expect(verdictOn(findingsIn(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
      withConditions(count, roleAliasTemplate(role, more))))).toBe(verdict);
  });

  test('the role of an identity pool', () => {
    const template = (statement: unknown) => withConditions(count,
      identityPoolTemplate('unauthenticated', statement, ...optionally(count, () => NARROW)));
    const check = AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;
    expect(verdictOn(findingsIn(check, template(allow('iot:*', '*'))))).toBe(NON_COMPLIANT);
    expect(verdictOn(findingsIn(check, template(NARROW)))).toBe(COMPLIANT);
  });

  test('a Deny that selects nothing, or that subscriptions get around', () => {
    const template = (...statements: unknown[]) =>
      policyWith(count, ...statements, ...optionally(count, () => NARROW));
    const check = AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION;
    expect(verdictOn(findingsIn(check, template(deny('iot:Publish', arn('topic/a/#')))))).toBe(NON_COMPLIANT);
    expect(verdictOn(findingsIn(check, template(deny('iot:Publish', arn('topic/a/*')))))).toBe(COMPLIANT);
    expect(verdictOn(findingsIn(check, template(optional(0, deny('iot:Publish', arn('topic/a/#'))))))).toBe(UNDECIDED);
    const bypass = [allow('iot:Subscribe', arn('topicfilter/a/*')), allow('iot:Receive', '*'),
      deny('iot:Subscribe', arn('topicfilter/a/b/*'))];
    expect(verdictOn(findingsIn(check, template(...bypass)))).toBe(NON_COMPLIANT);
    expect(verdictOn(findingsIn(check, template(bypass[0], bypass[1], optional(0, bypass[2]))))).toBe(UNDECIDED);
  });

  test('a certificate of two things', () => {
    const attachment = (ThingName: unknown, more: Body = {}) => ({
      Type: 'AWS::IoT::ThingPrincipalAttachment', Properties: { Principal: arn('cert/c0ffee'), ThingName }, ...more,
    });
    const findings = findingsIn(AuditCheck.DEVICE_CERTIFICATE_SHARED, withConditions(count, {
      Resources: {
        One: attachment('a'),
        Other: attachment('b'),
        ...Object.fromEntries(numbers(count).map((index) => [`More${index}`, attachment('a', { Condition: `C${index}` })])),
      },
    }));
    expect(findings.slice(0, 2).map(({ verdict }) => verdict)).toEqual([NON_COMPLIANT, NON_COMPLIANT]);
  });

  test('logging that is disabled for certain', () => {
    const logging = (DefaultLogLevel: string, more: Body = {}) =>
      ({ Type: 'AWS::IoT::Logging', Properties: { DefaultLogLevel }, ...more });
    const template = (certain: string, level: string) => withConditions(count, {
      Resources: {
        Logging: logging(certain),
        ...Object.fromEntries(numbers(count).map((index) => [`More${index}`, logging(level, { Condition: `C${index}` })])),
      },
    });
    const verdicts = (certain: string, level: string) =>
      verdictOn(findingsIn(AuditCheck.LOGGING_DISABLED, template(certain, level)));
    expect(verdicts('DISABLED', 'ERROR')).toBe(NON_COMPLIANT);
    expect(verdicts('ERROR', 'WARN')).toBe(COMPLIANT);
    expect(verdicts('ERROR', 'DISABLED')).toBe(UNDECIDED);
  });
});
