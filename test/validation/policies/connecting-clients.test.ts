import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const ANY = arn('client/*');
const OWN_ID = arn('client/${iot:ClientId}');
const THING = arn('client/${iot:Connection.Thing.ThingName}');

const judged = (...statements: unknown[]) =>
  verdictOn(findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, policyTemplate(document(...statements))));
const connect = (resource: unknown, more = {}) => allow('iot:Connect', resource, more);
const attached = (value: unknown, operator = 'Bool') => ({
  Condition: { [operator]: { 'iot:Connection.Thing.IsAttached': value } },
});
const allBut = (NotResource: unknown, more = {}) => ({ Effect: 'Deny', Action: 'iot:Connect', NotResource, ...more });

// The resource of iot:Connect is the client's own id, so a Deny of ${iot:ClientId} is one for all.
test.each<[string, Verdict, unknown[]]>([
  ['nobody', COMPLIANT, [connect(ANY), deny('iot:Connect', OWN_ID)]],
  ['nobody, with what follows', COMPLIANT, [connect('*'), deny('iot:*', arn('client/${iot:ClientId}*'))]],
  ['nobody, attached or not', COMPLIANT, [connect(ANY), deny('iot:Connect', OWN_ID, attached(['true', 'false']))]],
  ['attached clients', UNDECIDED, [connect(ANY), deny('iot:Connect', OWN_ID, attached('false'))]],
  ['attached clients, by another operator', UNDECIDED,
    [connect(ANY), deny('iot:Connect', OWN_ID, attached('true', 'StringNotEquals'))]],
  ['attached clients of a prefix', COMPLIANT,
    [connect(arn('client/pump-*')), deny('iot:Connect', OWN_ID, attached('false'))]],
  ['attached clients with their own ids', COMPLIANT, [connect(OWN_ID), deny('iot:Connect', OWN_ID, attached('false'))]],
  ['strangers', NON_COMPLIANT, [connect(ANY), deny('iot:Connect', OWN_ID, attached('true'))]],
  ['clients that are no things', NON_COMPLIANT, [connect(ANY), deny('iot:Connect', THING)]],
  // No id holds itself and more.
  ['all, since the Deny matches no id', NON_COMPLIANT,
    [connect(ANY), deny('iot:Connect', arn('client/x-${iot:ClientId}'))]],
])('a Deny leaves %s: %s', (_, verdict, statements) => expect(judged(...statements)).toBe(verdict));

test.each<[string, Verdict, unknown[]]>([
  ['things', COMPLIANT, [connect('*'), allBut(THING)]],
  ['things and a prefix', COMPLIANT, [connect('*'), allBut([THING, arn('client/pump-*')])]],
  ['attached clients with their own ids', COMPLIANT, [connect(ANY, attached('true')), allBut(OWN_ID)]],
  ['any client with its own id', NON_COMPLIANT, [connect(ANY), allBut(OWN_ID)]],
  ['any client', NON_COMPLIANT, [connect('*'), allBut(ANY)]],
  ['some of the clients', UNDECIDED, [connect(ANY), allBut([arn('client/pump-*'), arn('client/*-north')])]],
])('a Deny of all but %s: %s', (_, verdict, statements) => expect(judged(...statements)).toBe(verdict));

describe('a client id in the place of a thing\'s name reaches as far as iot:Connect', () => {
  const SHADOW = arn('thing/${iot:ClientId}');

  test.each<[Verdict, string, string]>([
    [UNDECIDED, 'iot:Subscribe', 'topicfilter/$aws/things/${iot:ClientId}/shadow/update'],
    [UNDECIDED, 'iot:Subscribe', 'topicfilter/$aws/things/${iot:ClientId}/#'],
    [UNDECIDED, 'iot:Publish', 'topic/$aws/things/${iot:ClientId}/shadow/*'],
    [UNDECIDED, 'iot:Publish', 'topic/$aws/things/${IOT:CLIENTID}/jobs/*'],
    [UNDECIDED, 'iot:Publish', 'topic/$aws/things/${iot:ClientId}-gateway/shadow/update'],
    [UNDECIDED, 'iot:Publish', 'topic/$aws/commands/things/${iot:ClientId}/executions/*/response/json'],
    [UNDECIDED, 'iot:GetThingShadow', 'thing/${iot:ClientId}'],
    [UNDECIDED, 'iot:UpdateJobExecution', 'thing/${iot:ClientId}'],
    [COMPLIANT, 'iot:GetThingShadow', 'thing/pump-${iot:ClientId}'],
    [COMPLIANT, 'iot:GetThingShadow', 'thing/${iot:Connection.Thing.ThingName}'],
    [COMPLIANT, 'iot:GetThingShadow', 'thing/${iot:Certificate.Subject.CommonName}'],
    [COMPLIANT, 'iot:Publish', 'topic/pumps/${iot:ClientId}/status'],
    [COMPLIANT, 'iot:Publish', 'topic/$aws/rules/status/${iot:ClientId}'],
    [COMPLIANT, 'iot:Receive', 'topic/$aws/things/${iot:ClientId}/shadow/*'],
  ])('%s without it: %s on %s', (verdict, action, resource) =>
    expect(judged(allow(action, arn(resource)))).toBe(verdict));

  test.each<[string, Verdict, unknown[]]>([
    ['the thing\'s name', COMPLIANT, [connect(THING, attached('true'))]],
    ['the thing\'s name, without the condition', COMPLIANT, [connect(THING)]],
    ['its own id, if it is attached', COMPLIANT, [connect(OWN_ID, attached('true'))]],
    ['a prefix', COMPLIANT, [connect(arn('client/pump-*'))]],
    ['any id', NON_COMPLIANT, [connect(ANY)]],
    ['its own id', NON_COMPLIANT, [connect(OWN_ID)]],
    ['no id, by a Deny', UNDECIDED, [connect(THING), deny('iot:Connect', '*')]],
  ])('a client may connect as %s: %s', (_, verdict, statements) =>
    expect(judged(allow('iot:GetThingShadow', SHADOW), ...statements)).toBe(verdict));

  test.each<[Verdict, unknown]>([
    [COMPLIANT, 'true'], [UNDECIDED, 'false'], [UNDECIDED, ['true', 'false']],
  ])('%s if IsAttached is %j', (verdict, value) =>
    expect(judged(allow('iot:GetThingShadow', SHADOW, attached(value)))).toBe(verdict));

  test('says so', () => {
    const [finding] = findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
      policyTemplate(document(allow('iot:GetThingShadow', SHADOW))));
    expect(finding.why).toBe(`The policy cannot be judged for certain: iot:GetThingShadow on ${SHADOW} reaches as far as `
      + 'the client ids that may connect, of which the policy says nothing');
  });
});
