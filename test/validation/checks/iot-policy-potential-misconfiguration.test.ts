import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate } from '../support/findings';

const WILDCARDS = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';
const BYPASS = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

const SUBSCRIBE = allow('iot:Subscribe', arn('topicfilter/building/*'));
const RECEIVE = allow('iot:Receive', arn('topic/building/*'));
const DENY = deny('iot:Subscribe', arn('topicfilter/building/control_room/*'));

function codes(...statements: unknown[]) {
  return findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION, policyTemplate(document(...statements)))
    .flatMap(({ verdict, reasonCode }) => verdict === Verdict.COMPLIANT ? [] : reasonCode ?? verdict);
}

test.each<[string, string[], unknown[]]>([
  ['no Deny', [], [SUBSCRIBE, RECEIVE]],
  ['+ in a Deny', [WILDCARDS], [deny('iot:Subscribe', arn('topicfilter/building/+/control_room'))]],
  ['# in a Deny of publishing', [WILDCARDS], [deny('iot:Publish', arn('topic/building/#'))]],
  ['# in the exception of a Deny', [WILDCARDS], [{
    Effect: 'Deny', Action: 'iot:Subscribe', NotResource: arn('topicfilter/building/#'),
  }]],
  ['# in an Allow', [], [allow('iot:Subscribe', arn('topicfilter/building/#')), RECEIVE]],
  ['a Deny of Subscribe without Receive', [BYPASS], [SUBSCRIBE, DENY, RECEIVE]],
  ['an Allow that spells out #', [BYPASS], [allow('iot:Subscribe', arn('topicfilter/building/#')), DENY, RECEIVE]],
  ['an Allow of everything', [BYPASS], [allow('iot:*', '*'), DENY]],
  ['an Allow by exception', [BYPASS],
    [{ Effect: 'Allow', NotAction: 'iot:Publish', NotResource: arn('client/*') }, DENY]],
  ['Receive is not allowed', [], [SUBSCRIBE, DENY]],
  ['Receive of other topics is allowed', [], [SUBSCRIBE, DENY, allow('iot:Receive', arn('topic/floor/*'))]],
  ['Receive of one of the denied topics is allowed', [BYPASS],
    [SUBSCRIBE, DENY, allow('iot:Receive', arn('topic/building/control_room/door'))]],
  ['Receive is denied', [], [SUBSCRIBE, DENY, RECEIVE, deny('iot:Receive', arn('topic/building/control_room/*'))]],
  ['Receive of more is denied', [], [SUBSCRIBE, DENY, RECEIVE, deny('iot:Receive', '*')]],
  ['Receive of a part is denied', [BYPASS],
    [SUBSCRIBE, DENY, RECEIVE, deny('iot:Receive', arn('topic/building/control_room/door'))]],
  ['Receive of all but other topics is denied', [], [SUBSCRIBE, DENY, RECEIVE, {
    Effect: 'Deny', Action: 'iot:Receive', NotResource: arn('topic/building/lobby'),
  }]],
  ['all is denied', [], [SUBSCRIBE, deny('iot:Subscribe', '*'), RECEIVE]],
  ['the same is denied', [], [SUBSCRIBE, deny('iot:Subscribe', arn('topicfilter/building/*')), RECEIVE]],
  ['something else is denied', [], [SUBSCRIBE, deny('iot:Subscribe', arn('topicfilter/floor/*')), RECEIVE]],
  ['a single topic is allowed', [], [allow('iot:Subscribe', arn('topicfilter/building/lobby')), DENY, RECEIVE]],
  ['a Deny across levels', [BYPASS],
    [allow('iot:Subscribe', arn('topicfilter/building/camera/*')), deny('iot:Subscribe',
      arn('topicfilter/building/*/control_room')), allow('iot:Receive', arn('topic/building/camera/*'))]],
  ['a Deny across levels of Subscribe and Receive', [],
    [allow('iot:Subscribe',
      arn('topicfilter/building/camera/*')), deny('iot:Subscribe', arn('topicfilter/building/*/control_room')),
    allow('iot:Receive', arn('topic/building/camera/*')), deny('iot:Receive', arn('topic/building/*/control_room'))]],
  ['reserved topics, which a filter that begins with a wildcard leaves out', [],
    [allow('iot:Subscribe', arn('topicfilter/#')), deny('iot:Subscribe', arn('topicfilter/$aws/events/*')),
      allow('iot:Receive', '*')]],
  ['Deny under a condition', [BYPASS], [SUBSCRIBE, deny('iot:Subscribe', arn('topicfilter/building/control_room/*'),
    { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), RECEIVE]],
  ['a Deny that hides region and account', [BYPASS],
    [allow(['iot:Subscribe', 'iot:Receive'], '*'), deny('iot:Subscribe', 'arn:aws:iot:*:topicfilter/secret/*')]],
  ['a Deny that hides the type', [BYPASS],
    [allow(['iot:Subscribe', 'iot:Receive'], '*'), deny('iot:Subscribe', '*secret*')]],
  ['a Deny that hides all and of Receive', [],
    [allow(['iot:Subscribe', 'iot:Receive'], '*'), deny(['iot:Subscribe', 'iot:Receive'], '*secret*')]],
  ['a Deny of Subscribe and Receive under circumstances', [],
    [SUBSCRIBE, RECEIVE, deny(['iot:Subscribe', 'iot:Receive'], [arn('topicfilter/building/control_room/*'),
      arn('topic/building/control_room/*')], { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]],
  ['a Deny of Receive under circumstances', [Verdict.UNDECIDED],
    [SUBSCRIBE, RECEIVE, DENY, deny('iot:Receive', arn('topic/building/control_room/*'), {
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })]],
  ['+ in the name of a policy variable', [],
    [deny('iot:Publish', arn('topic/${iot:Connection.Thing.Attributes[a+b]}'))]],
  ['what is not known in the region of a Deny', [], [deny('iot:Publish', { 'Fn::Sub': 'arn:aws:iot:${P}:1:topic/a' })]],
])('%s: %j', (_, expected, statements) => {
  expect(codes(...statements)).toEqual(expected);
});

test('says which filter brings the denied messages', () => {
  const [finding] = findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
    policyTemplate(document(SUBSCRIBE, DENY, RECEIVE)));
  expect(finding.why).toBe(`The policy denies iot:Subscribe on ${arn('topicfilter/building/control_room/*')}, `
    + 'but allows a subscription to \'building/#\', which brings the same messages, and iot:Receive');
  expect(finding.locations).toEqual([['Properties', 'PolicyDocument', 'Statement', '1']]);
});

test.each<[string, unknown[]]>([
  ['a resource of a Deny', [allow('iot:Publish', '*'), deny('iot:Subscribe', { Ref: 'P' })]],
  ['a part of a resource of a Deny', [allow('iot:Publish', '*'), deny('iot:Publish', {
    'Fn::Sub': 'arn:aws:iot:eu-west-1:1:topic/${P}/secret',
  })]],
  ['the effect beside a wildcard', [{
    Effect: { Ref: 'P' }, Action: 'iot:Subscribe', Resource: arn('topicfilter/a/#'),
  }]],
  ['the effect of what may be a Deny without Receive', [SUBSCRIBE, RECEIVE, { ...DENY, Effect: { Ref: 'P' } }]],
])('%s may be a fault', (_, statements) => {
  const findings = findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
    policyTemplate(document(...statements), { Parameters: { P: {} } }));
  expect(findings).toMatchObject([{
    verdict: Verdict.UNDECIDED, why: 'The policy cannot be judged for certain: the parameter P',
  }]);
});

test('the effect of a statement without wildcards makes no difference', () => {
  const template = policyTemplate(document({ Effect: { Ref: 'P' }, Action: 'iot:Publish', Resource: arn('topic/a') }), {
    Parameters: { P: {} },
  });
  expect(findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION, template)).toMatchObject([{
    verdict: Verdict.COMPLIANT,
  }]);
});

test('what is wrong in one outcome only says so', () => {
  const template = policyTemplate(document({
    'Fn::If': ['C', deny('iot:Publish', arn('topic/a/#')),
      DENY],
  }, SUBSCRIBE, RECEIVE), {
    Parameters: { P: {} }, Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
  });
  const findings = findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION, template);
  expect(findings.map(({ verdict, reasonCode, why }) => [verdict, reasonCode, why])).toEqual([
    [Verdict.NON_COMPLIANT, WILDCARDS, `The policy denies ${arn(
      'topic/a/#',
    )}, in which + and # are ordinary characters and select no other topics, `
      + 'depending on conditions that are decided at deployment'],
    [Verdict.NON_COMPLIANT, BYPASS, `The policy denies iot:Subscribe on ${arn('topicfilter/building/control_room/*')}, `
      + 'but allows a subscription to \'building/#\', which brings the same messages, and iot:Receive, depending on '
        + 'conditions that are decided at deployment'],
  ]);
});
