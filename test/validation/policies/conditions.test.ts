import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const OWN_CLIENT_ID = arn('client/${iot:ClientId}');
const IS_ATTACHED = 'iot:Connection.Thing.IsAttached';

const judged = (...statements: unknown[]) => verdictOn(findingsIn(check, policyTemplate(document(...statements))));
const connect = (Condition: unknown) => judged(allow('iot:Connect', OWN_CLIENT_ID, { Condition }));

describe('IsAttached', () => {
  test.each([
    [{ Bool: { [IS_ATTACHED]: 'true' } }],
    [{ Bool: { [IS_ATTACHED]: true } }],
    [{ Bool: { [IS_ATTACHED]: ['true'] } }],
    [{ Bool: { [IS_ATTACHED]: [true] } }],
    [{ Bool: { [IS_ATTACHED]: 'True' } }],
    [{ bool: { [IS_ATTACHED.toLowerCase()]: 'true' } }],
    [{ 'ForAnyValue:Bool': { [IS_ATTACHED]: 'true' } }],
    [{ StringEquals: { [IS_ATTACHED]: 'true' } }],
    [{ StringEqualsIgnoreCase: { [IS_ATTACHED]: 'TRUE' } }],
    [{ StringLike: { [IS_ATTACHED]: 't*' } }],
    // For a client that connects, the key is never missing: AWS documents the values true and false.
    [{ BoolIfExists: { [IS_ATTACHED]: 'true' } }],
    [{ 'ForAllValues:Bool': { [IS_ATTACHED]: 'true' } }],
    [{ StringNotEquals: { [IS_ATTACHED]: 'false' } }],
    [{ StringNotLike: { [IS_ATTACHED]: ['f*'] } }],
    [{ StringNotEqualsIgnoreCase: { [IS_ATTACHED]: 'FALSE' } }],
    [{ Bool: { [IS_ATTACHED]: 'true', 'aws:SecureTransport': 'true' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
  ])('is required by %j', (condition) => expect(connect(condition)).toBe(COMPLIANT));

  test.each([
    [{ Bool: { [IS_ATTACHED]: 'false' } }],
    [{ Bool: { [IS_ATTACHED]: ['true', 'false'] } }],
    [{ StringEquals: { [IS_ATTACHED]: 'false' } }],
    [{ StringNotEquals: { [IS_ATTACHED]: 'true' } }],
    [{ StringLike: { [IS_ATTACHED]: '*' } }],
    [{ Null: { [IS_ATTACHED]: 'false' } }],
    [{}],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
  ])('is not required by %j', (condition) => expect(connect(condition)).toBe(NON_COMPLIANT));

  test.each([
    [{ Bool: { [IS_ATTACHED]: '${iot:Something}' } }],
    [{ NumericEquals: { [IS_ATTACHED]: '1' } }],
    [{ StringLike: { 'iot:ClientId': 'pump-*' } }],
    [{ StringEquals: { 'iot:Connection.Thing.ThingTypeName': 'pump' } }],
    [{ Null: { [IS_ATTACHED]: 'true' } }],
    ['not a condition'],
    [{ Bool: 'not a block' }],
  ])('cannot be decided by %j', (condition) => expect(connect(condition)).toBe(UNDECIDED));

  test.each<[Verdict, unknown, unknown]>([
    [COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: 'false' } }],
    [COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: false } }],
    [COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: ['FALSE'] } }],
    [COMPLIANT, OWN_CLIENT_ID, { BoolIfExists: { [IS_ATTACHED]: 'false' } }],
    [COMPLIANT, OWN_CLIENT_ID, { StringEquals: { [IS_ATTACHED]: 'false' } }],
    [COMPLIANT, OWN_CLIENT_ID, { StringNotEquals: { [IS_ATTACHED]: 'true' } }],
    [COMPLIANT, OWN_CLIENT_ID, { StringNotLike: { [IS_ATTACHED]: 't*' } }],
    [COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: ['true', 'false'] } }],
    [UNDECIDED, '*', { Bool: { [IS_ATTACHED]: 'false' } }],
    [UNDECIDED, OWN_CLIENT_ID, { Null: { [IS_ATTACHED]: 'true' } }],
    [NON_COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: 'true' } }],
    [NON_COMPLIANT, OWN_CLIENT_ID, { StringNotEquals: { [IS_ATTACHED]: 'false' } }],
    [NON_COMPLIANT, OWN_CLIENT_ID, { Bool: { [IS_ATTACHED]: 'false', 'aws:SecureTransport': 'false' } }],
  ])('%s: clients may connect as %s, but not where %j', (verdict, resource, Condition) => {
    expect(judged(allow('iot:Connect', resource), deny('iot:Connect', '*', { Condition }))).toBe(verdict);
    expect(judged(allow('iot:Connect', resource), deny('iot:*', '*', { Condition }))).toBe(verdict);
  });

  test('a Deny for attached clients leaves others, who need not connect to publish over HTTP', () => {
    expect(judged(allow('iot:Publish', arn('topic/$aws/things/*')),
      deny('iot:Publish', '*', { Condition: { Bool: { [IS_ATTACHED]: 'true' } } }))).toBe(NON_COMPLIANT);
  });

  test('leaves it open whether any client is too many', () => {
    const findings = findingsIn(check, policyTemplate(document(allow('iot:Connect', arn('client/*'), {
      Condition: { Bool: { [IS_ATTACHED]: 'true' } },
    }))));
    expect(findings.map(({ verdict, why }) => [verdict, why])).toEqual([[UNDECIDED,
      'The policy cannot be judged for certain: AWS calls a wildcard for the client non-compliant and does not say '
        + 'whether iot:Connection.Thing.IsAttached makes up for it']]);
  });

  test('does not make up for other devices\' topics', () => {
    expect(judged(allow('iot:Publish', arn('topic/$aws/things/*'), { Condition: { Bool: { [IS_ATTACHED]: 'true' } } })))
      .toBe(NON_COMPLIANT);
  });
});

describe('other conditions', () => {
  const allowedIf = (Condition: unknown) => judged(allow('iot:Connect', '*', { Condition }));
  const deniedIf = (Condition: unknown) => judged(allow('iot:*', '*'), deny('*', '*', { Condition }));

  test.each([
    [{ StringLike: { 'aws:UserAgent': '*' } }],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }],
    [{ StringEquals: { 'cognito-identity.amazonaws.com:aud': 'pool' } }],
    [{ StringLike: { 'iot:ClientId': '*' } }],
    [{ 'ForAnyValue:StringLike': { 'iot:ClientId': ['x', '?*'] } }],
  ])('an Allow that asks for %j is as broad as without', (condition) =>
    expect(allowedIf(condition)).toBe(NON_COMPLIANT));

  test.each([
    [{ StringEquals: { 'iot:Certificate.Subject.CommonName': 'pump' } }],
    [{ StringEquals: { 'cognito-identity.amazonaws.com:sub': 'us-east-1:1' } }],
    [{ StringEquals: { 'aws:PrincipalTag/site': 'north' } }],
    [{ 'ForAllValues:StringEquals': { 'iot:ClientId': 'pump' } }],
    [{ StringNotLike: { 'iot:ClientId': '*' } }],
  ])('an Allow that asks for %j cannot be decided', (condition) => expect(allowedIf(condition)).toBe(UNDECIDED));

  // Circumstances do not tell devices apart: a stolen certificate works with TLS, and from an allowed address.
  test.each([
    [{ Bool: { 'aws:SecureTransport': 'false' } }],
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
    [{ StringEquals: { 'iot:ClientId': 'pump' }, Bool: { 'aws:SecureTransport': 'false' } }],
  ])('a Deny that asks for %j takes nothing away', (condition) => expect(deniedIf(condition)).toBe(NON_COMPLIANT));

  test('a Deny that asks for a device may take something away', () => {
    expect(deniedIf({ StringLike: { 'iot:ClientId': '*' } })).toBe(UNDECIDED);
  });

  test('circumstances of a Deny are no reason not to decide', () => {
    const [finding] = findingsIn(check, policyTemplate(document(
      allow('iot:Connect', { Ref: 'Name' }),
      deny('*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })), { Parameters: { Name: {} } }));
    expect(finding.why).toBe('The policy cannot be judged for certain: the parameter Name');
  });
});
