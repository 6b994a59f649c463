import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const WILDCARDS = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';
const BYPASS = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

const CHECK = AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION;
const attached = (value: string) => ({ Condition: { Bool: { 'iot:Connection.Thing.IsAttached': value } } });
const ATTACHED = attached('true');
const UNATTACHED = attached('false');

const SUBSCRIBE = allow('iot:Subscribe', arn('topicfilter/building/*'));
const RECEIVE = allow('iot:Receive', arn('topic/building/*'));
const DENY = deny('iot:Subscribe', arn('topicfilter/building/control_room/*'));

function codes(...statements: unknown[]) {
  return findingsIn(CHECK, policyTemplate(document(...statements)))
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

const subscribe = (...topics: string[]) => allow('iot:Subscribe', topics.map((topic) => arn(`topicfilter/${topic}`)));
const receive = (...topics: string[]) => allow('iot:Receive', topics.map((topic) => arn(`topic/${topic}`)));
const denySubscribe = (...topics: string[]) => deny('iot:Subscribe', topics.map((topic) => arn(`topicfilter/${topic}`)));
const denyReceive = (...topics: string[]) => deny('iot:Receive', topics.map((topic) => arn(`topic/${topic}`)));
const allBut = (Effect: string, Action: string, ...resources: string[]) => ({
  Effect, Action, NotResource: resources.map(arn),
});
const ALL = allow('iot:Receive', '*');

describe('a filter with wildcards is allowed that brings denied topics', () => {
  test.each<[string, string, string, unknown[]]>([
    ['an Allow that begins with *, which spans levels', '+/control_room/status', 'building/control_room/status',
      [subscribe('*/status'), denySubscribe('building/control_room/*'), ALL]],
    ['the same with messages of these topics only', '+/control_room/status', 'building/control_room/status',
      [subscribe('*/status'), denySubscribe('building/control_room/*'), receive('building/*/status')]],
    ['an Allow of one letter, which is +', 'floor/+/door', 'floor/1/door',
      [subscribe('floor/?/door'), denySubscribe('floor/1/door'), ALL]],
    ['an Allow of one letter, which is #', 'floor/#', 'floor/1/door',
      [subscribe('floor/?'), denySubscribe('floor/1/*'), receive('floor/1/door')]],
    ['an Allow in the middle of a level', 'site/+/door', 'site/-secret/door',
      [subscribe('site/*/door'), denySubscribe('site/*-secret/door'), ALL]],
    ['an Allow of filters that are spelled out', 'a/+', 'a/b', [subscribe('a/+', 'c'), denySubscribe('a/b'), ALL]],
    ['a Deny of all topics of a name, at any depth', '#', 'x/secret/x', [subscribe('*'), denySubscribe('*/secret/*'), ALL]],
    ['a Deny of two of three levels', 'a/#', 'a/b/x', [subscribe('a/*'), denySubscribe('a/b/*', 'a/+'), ALL]],
    ['a second Deny that stops # but not +', 'dev/+/x', 'dev/admin/x',
      [subscribe('dev/*'), denySubscribe('dev/admin/*'), denySubscribe('*#'), ALL]],
    ['messages by exception of others', 'a/#', 'a/restricted/x',
      [subscribe('a/*'), denySubscribe('a/restricted/*'), allBut('Allow', 'iot:Receive', 'topic/b/*')]],
    ['messages by exception of a part', 'a/#', 'a/restricted/x',
      [subscribe('a/*'), denySubscribe('a/restricted/*'), allBut('Allow', 'iot:Receive', 'topic/a/restricted/door')]],
    ['messages of the selected topics', 'dev/+/cmd', 'dev/admin/cmd',
      [subscribe('dev/*/cmd'), denySubscribe('dev/admin/*'), receive('dev/*/cmd')]],
    ['messages of one selected topic', 'dev/+/cmd', 'dev/admin/cmd',
      [subscribe('dev/*/cmd'), denySubscribe('dev/admin/*'), receive('dev/*/state', 'dev/admin/cmd')]],
    ['a Deny of all but some topics', 'a/+/c', 'a/x/c', [subscribe('a/*/c'), ALL,
      allBut('Deny', 'iot:Subscribe', 'topicfilter/a/b/*', 'topicfilter/a/+/*')]],
    ['a Deny of NotAction', 'a/#', 'a/secret/x', [subscribe('a/*'), receive('a/*'), {
      Effect: 'Deny', NotAction: ['iot:Connect', 'iot:Receive'], Resource: arn('topicfilter/a/secret/*'),
    }]],
    ['reserved topics', '$aws/things/+/jobs/notify', '$aws/things/a/jobs/notify',
      [subscribe('$aws/things/*/jobs/notify'), denySubscribe('$aws/things/a/*'), ALL]],
    ['an empty level', 'a/+/b', 'a//b', [subscribe('a/*'), denySubscribe('a//b', 'a/#', '*/#'), ALL]],
    ['a variable in Allow and Deny', 'd/${iot:ClientId}/#', 'd/${iot:ClientId}/secret/x',
      [subscribe('d/${iot:ClientId}/*'), denySubscribe('d/${iot:clientid}/secret/*'), ALL]],
    ['a variable in the Deny', 'd/#', 'd/${iot:ClientId}/x', [subscribe('d/*'), denySubscribe('d/${iot:ClientId}/*'), ALL]],
    ['clients that are not attached', 'a/#', 'a/secret/x', [subscribe('a/*'), ALL, { ...denySubscribe('a/secret/*'), ...UNATTACHED }]],
  ])('%s: %s brings %s', (_, filter, topic, statements) => {
    const findings = findingsIn(CHECK, policyTemplate(document(...statements)));
    expect(findings.map(({ reasonCode }) => reasonCode)).toContain(BYPASS);
    expect(findings.find(({ reasonCode }) => reasonCode === BYPASS)?.why)
      .toContain(`allows a subscription to '${filter}', which brings messages of '${topic}'`);
  });
});

describe('no allowed filter brings denied topics that may be received', () => {
  test.each<[string, unknown[]]>([
    ['all messages but those of the denied topics',
      [subscribe('a/*'), denySubscribe('a/restricted/*'), allBut('Allow', 'iot:Receive', 'topic/a/restricted/*')]],
    ['all messages but those of more topics',
      [subscribe('a/*'), denySubscribe('a/restricted/*'), allBut('Allow', 'iot:Receive', 'topic/b', 'topic/a/*')]],
    ['all messages but those of *', [subscribe('a/*'), denySubscribe('a/restricted/*'), {
      Effect: 'Allow', Action: 'iot:Receive', NotResource: '*',
    }]],
    ['messages of all but one, and a Deny of what is left', [subscribe('a/*'), denySubscribe('a/r/*'),
      allBut('Allow', 'iot:Receive', 'topic/a/r/door'), denyReceive('a/r/', 'a/r/?*')]],
    ['messages of other topics', [subscribe('dev/*/cmd'), denySubscribe('dev/admin/*'), receive('dev/*/state')]],
    ['messages of topics that are denied in two parts',
      [subscribe('a/*'), denySubscribe('a/b/*'), receive('a/b/*/x'), denyReceive('a/b//*', 'a/b/?/*', 'a/b/??*/x')]],
    ['a Deny beside what the filters select', [subscribe('dev/*/cmd'), denySubscribe('dev/admin/state'), ALL]],
    ['a Deny of the filters as well', [subscribe('a/*'), denySubscribe('a/r/*', '*+*', '*#'), ALL]],
    ['an Allow of single topics', [subscribe('a/b', 'a/c'), denySubscribe('a/*/d', 'a/d'), ALL]],
    ['an Allow of + in the middle of a level, which is no wildcard', [subscribe('a/x+', 'a/+x'), denySubscribe('a/b'), ALL]],
    ['an Allow of # before the end, which is no filter', [subscribe('a/#/b'), denySubscribe('a/c/b'), ALL]],
    ['the level above #, which AWS IoT does not select', [subscribe('a/*'), denySubscribe('a'), ALL]],
    ['a Deny of all but what is allowed', [subscribe('*'), allBut('Deny', 'iot:Subscribe', 'topicfilter/a/*'), ALL]],
    ['shared subscriptions, which are no topics', [subscribe('*'), denySubscribe('$share/group/*'), ALL]],
    ['a Deny of another action', [subscribe('a/*'), deny('iot:Publish', arn('topicfilter/a/r/*')), ALL]],
    ['a Deny of topics as resources of Subscribe', [subscribe('a/*'), deny('iot:Subscribe', arn('topic/a/r/*')), ALL]],
    ['messages allowed on filters', [subscribe('a/*'), denySubscribe('a/r/*'), allow('iot:Receive', arn('topicfilter/a/*'))]],
    ['more levels than AWS IoT allows', [subscribe('a/*'), denySubscribe('a/*/c/d/e/f/g/h/i'), receive('a/b/c/d/e/f/g/h/i')]],
    ['a variable in both Denies',
      [subscribe('d/*'), denySubscribe('d/${iot:ClientId}/*'), denyReceive('d/${iot:ClientId}/*'), ALL]],
    ['a client by its name, which is denied', [subscribe('${iot:ClientId}/*'), denySubscribe('admin/*'), ALL]],
    ['clients that are not attached, which may do nothing',
      [{ ...subscribe('a/*'), ...ATTACHED }, ALL, { ...denySubscribe('a/secret/*'), ...UNATTACHED }]],
  ])('%s', (_, statements) => {
    expect(codes(...statements).filter((code) => code !== WILDCARDS)).toEqual([]);
  });
});

describe('the value of a policy variable decides', () => {
  test.each<[string, string, unknown[]]>([
    ['a level of a Deny', 'whether ${iot:ClientId} may be \'admin\', with which a subscription to \'admin/#\' brings '
      + 'messages of \'admin/door/x\'', [subscribe('${iot:ClientId}/*'), denySubscribe('admin/door/*'), ALL]],
    ['several levels', 'whether ${iot:ClientId} may be \'a/b\', with which a subscription to \'s/a/b/c/#\' brings messages '
      + 'of \'s/a/b/c/d/x\'', [subscribe('s/${iot:ClientId}/c/*'), denySubscribe('s/a/b/c/d/*'), ALL]],
    ['a part of a level', 'whether ${iot:ClientId} may be \'min\', with which a subscription to \'admin/#\' brings messages '
      + 'of \'admin/door/x\'', [subscribe('ad${iot:ClientId}/*'), denySubscribe('admin/door/*'), ALL]],
    ['a level with a wildcard', 'whether ${iot:ClientId} may be \'dev-x\', with which a subscription to \'dev-x/#\' brings '
      + 'messages of \'dev-x/secret/y\'',
    [subscribe('dev-*'), denySubscribe('${iot:ClientId}/secret/*'), receive('${iot:ClientId}/*')]],
    ['topics that are received', 'whether ${iot:ClientId} may be \'a\', with which a subscription to \'a/#\' brings messages '
      + 'of \'a/r/x\'', [subscribe('a/*'), denySubscribe('a/r/*'), receive('${iot:ClientId}/*')]],
  ])('%s', (_, why, statements) => {
    expect(findingsIn(CHECK, policyTemplate(document(...statements)))).toMatchObject([{
      verdict: Verdict.UNDECIDED, why: `The policy cannot be judged for certain: ${why}`,
    }]);
  });
});

test('says which filter brings which denied messages, and where to deny them', () => {
  const findings = findingsIn(CHECK, policyTemplate(document(SUBSCRIBE, DENY, RECEIVE)));
  expect(findings).toMatchObject([{
    why: `The policy denies iot:Subscribe on ${arn('topicfilter/building/control_room/*')}, but allows a subscription to `
      + '\'building/#\', which brings messages of \'building/control_room/x\', and allows iot:Receive on them',
    fix: `in statement 1, deny iot:Receive as well, on ${arn('topic/building/control_room/*')}`,
    locations: [['Properties', 'PolicyDocument', 'Statement', '1']],
  }]);
});

test('says how to write what a Deny has MQTT wildcards for', () => {
  const statement = deny('iot:Subscribe', [arn('topicfilter/a/+/b'), arn('topicfilter/c/#')]);
  expect(findingsIn(CHECK, policyTemplate(document(SUBSCRIBE, statement)))).toMatchObject([{
    why: `The policy denies ${arn('topicfilter/a/+/b')}, in which + and # are ordinary characters and select no other `
      + `topics, denies ${arn('topicfilter/c/#')}, in which + and # are ordinary characters and select no other topics`,
    fix: `in statement 1, write ${arn('topicfilter/a/*/b')}, ${arn('topicfilter/c/*')}, since * stands for any text, and `
      + 'deny iot:Receive on the same topics',
  }]);
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
  const findings = findingsIn(CHECK,
    policyTemplate(document(...statements), { Parameters: { P: {} } }));
  expect(findings).toMatchObject([{
    verdict: Verdict.UNDECIDED, why: 'The policy cannot be judged for certain: the parameter P',
  }]);
});

describe('a parameter that can only be a name', () => {
  const topic = (kind: string) => ({ 'Fn::Sub': arn(`${kind}/room/${'${Name}'}/*`) });
  const verdictFor = (...statements: unknown[]) => verdictOn(findingsIn(CHECK, policyTemplate(document(...statements), {
    Parameters: { Name: { Type: 'String', AllowedPattern: '^[a-z]+$' } },
  })));

  test.each<[string, Verdict, unknown[]]>([
    ['holds no MQTT wildcard', Verdict.COMPLIANT, [deny('iot:Publish', topic('topic'))]],
    ['is the same in both Denies', Verdict.COMPLIANT,
      [subscribe('room/*'), receive('room/*'), deny(['iot:Subscribe', 'iot:Receive'], [topic('topicfilter'), topic('topic')])]],
    ['may be what is denied to be received', Verdict.UNDECIDED,
      [subscribe('room/*'), receive('room/*'), deny('iot:Subscribe', topic('topicfilter')), denyReceive('room/door/*')]],
    ['may be what is denied', Verdict.UNDECIDED,
      [allow('iot:Subscribe', topic('topicfilter')), denySubscribe('room/door/lock/*'), ALL]],
    ['is not the beginning of what is denied', Verdict.COMPLIANT,
      [allow('iot:Subscribe', topic('topicfilter')), denySubscribe('hall/door/lock/*'), ALL]],
  ])('%s', (_, verdict, statements) => {
    expect(verdictFor(...statements)).toBe(verdict);
  });
});

/** Patterns that are about the same texts in more ways than can be told apart. */
const INTRICATE = [...'abcdefghijklmnopqrstuvwxyz0123456789'].map((letter) => `*${letter}?`).join('').repeat(8);

test.each<[string, unknown[]]>([
  ['one pattern of many wildcards', [subscribe(`${INTRICATE}*`), denySubscribe(`*a${INTRICATE}`), receive(`*b${INTRICATE}*`)]],
  ['many single letters behind a wildcard',
    [subscribe('*'), denySubscribe(`*a${'?'.repeat(60)}`), receive(`*b${'?'.repeat(61)}/c`), denyReceive('*b*')]],
  ['many patterns', [
    subscribe(...[...'abcdefghijkl'].map((letter) => `*${letter}*1*${letter}*/2*`)),
    denySubscribe(...[...'abcdefghijkl'].map((letter) => `*2${letter}*?*?3${letter}*`)),
    receive(...[...'abcdefghijkl'].map((letter) => `*${letter}?*4*${letter}*`)),
  ]],
])('%s cannot be judged, and no time is lost with it', (_, statements) => {
  expect(findingsIn(CHECK, policyTemplate(document(...statements)))).toMatchObject([{
    verdict: Verdict.UNDECIDED,
    why: 'The policy cannot be judged for certain: more wildcards in its topics than can be compared (deny iot:Receive on '
      + 'what iot:Subscribe is denied on, which needs no comparing)',
  }]);
});

test('the effect of a statement without wildcards makes no difference', () => {
  const template = policyTemplate(document({ Effect: { Ref: 'P' }, Action: 'iot:Publish', Resource: arn('topic/a') }), {
    Parameters: { P: {} },
  });
  expect(findingsIn(CHECK, template)).toMatchObject([{
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
  const findings = findingsIn(CHECK, template);
  expect(findings.map(({ verdict, reasonCode, why }) => [verdict, reasonCode, why])).toEqual([
    [Verdict.NON_COMPLIANT, WILDCARDS, `The policy denies ${arn(
      'topic/a/#',
    )}, in which + and # are ordinary characters and select no other topics, `
      + 'depending on conditions or values that are decided at deployment'],
    [Verdict.NON_COMPLIANT, BYPASS, `The policy denies iot:Subscribe on ${arn('topicfilter/building/control_room/*')}, `
      + 'but allows a subscription to \'building/#\', which brings messages of \'building/control_room/x\', and '
        + 'allows iot:Receive on them, depending on conditions or values that are decided at deployment'],
  ]);
});
