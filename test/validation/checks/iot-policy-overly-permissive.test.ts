import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, Circumstances, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const judged = (...statements: unknown[]) => verdictOn(findingsIn(check, policyTemplate(document(...statements))));

describe('effective permissions', () => {
  const BROAD = ['iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:*Shadow', '*:*JobExecution*'];
  const YOUNGER = ['iot:*Retain*', 'iot:DeleteConnection', 'iot:SendDirectMessage', 'iot:ListNamed*', 'iot:Assume*'];

  test.each<[string, Verdict, unknown[]]>([
    ['Deny beats Allow', COMPLIANT, [allow('iot:Connect', '*'), deny('iot:*', '*')]],
    ['Deny of one client leaves the others', NON_COMPLIANT,
      [allow('iot:Connect', '*'), deny('iot:Connect', arn('client/admin'))]],
    ['Deny of a prefix leaves the others', NON_COMPLIANT,
      [allow('iot:Connect', '*'), deny('iot:Connect', arn('client/admin*'))]],
    ['Deny of all but a prefix leaves the prefix', COMPLIANT, [allow('iot:Connect', '*'), {
      Effect: 'Deny', Action: 'iot:Connect', NotResource: arn('client/pump-*'),
    }]],
    ['Deny of all reserved topics', COMPLIANT,
      [allow('iot:Publish', arn('topic/*')), deny('iot:Publish', arn('topic/$aws/*'))]],
    ['Deny of shadows leaves jobs', NON_COMPLIANT,
      [allow('iot:Publish', arn('topic/*')), deny('iot:Publish', arn('topic/$aws/things/*/shadow/*'))]],
    // Only tunnels, streams and metrics are left, which AWS does not mention.
    ['Deny of shadows and jobs', UNDECIDED,
      [allow('iot:Publish', arn('topic/*')),
        deny('iot:Publish', [arn('topic/$aws/things/*/shadow/*'), arn('topic/$aws/things/*/jobs/*')])]],
    ['NotAction', NON_COMPLIANT, [{ Effect: 'Allow', NotAction: 'iot:Publish', Resource: '*' }]],
    ['NotAction that leaves what is never broad', COMPLIANT,
      [{ Effect: 'Allow', NotAction: [...BROAD, ...YOUNGER], Resource: '*' }]],
    // AWS's page does not mention what is left, such as iot:SendDirectMessage.
    ['NotAction that leaves actions younger than the page', UNDECIDED,
      [{ Effect: 'Allow', NotAction: BROAD, Resource: '*' }]],
    ['Deny with NotAction', COMPLIANT, [allow('iot:*', '*'), {
      Effect: 'Deny', NotAction: 'iot:Receive', Resource: '*',
    }]],
    ['NotResource', NON_COMPLIANT, [{ Effect: 'Allow', Action: 'iot:Connect', NotResource: arn('client/admin') }]],
    ['several statements', NON_COMPLIANT, [allow('iot:Connect', arn('client/pump-1')),
      allow(['iot:Receive', 'iot:Con*'], [arn('topic/a'), arn('client/*')])]],
    ['actions in other letters', NON_COMPLIANT, [allow('IOT:connect', '*')]],
    ['an action with ?', NON_COMPLIANT, [allow('iot:Connec?', '*')]],
    ['at least one character', NON_COMPLIANT, [allow('iot:Connect', arn('client/?*'))]],
    ['a prefix', COMPLIANT, [allow('iot:Connect', arn('client/pump-*'))]],
    ['the client id behind a prefix', COMPLIANT, [allow('iot:Connect', arn('client/pump-${iot:ClientId}'))]],
    ['the thing\'s name', COMPLIANT, [allow('iot:Connect', arn('client/${iot:Connection.Thing.ThingName}'))]],
    ['a wildcard for region and account', NON_COMPLIANT, [allow('iot:Connect', 'arn:aws:iot:*:*:client/*')]],
    ['a wildcard for most of the ARN', NON_COMPLIANT, [allow('iot:Connect', 'arn:aws:iot:*')]],
    ['a wildcard over region and account', NON_COMPLIANT, [allow('iot:Connect', 'arn:aws:iot:*:client/*')]],
    ['another service', COMPLIANT, [allow('iot:Connect', 'arn:aws:s3:::*')]],
    ['own topics', COMPLIANT, [allow('iot:Publish', arn('topic/pumps/${iot:ClientId}/*'))]],
    ['a wildcard instead of things', NON_COMPLIANT, [allow('iot:Publish', arn('topic/$aws/th*'))]],
    ['a wildcard instead of things before what may be a name', UNDECIDED,
      [allow('iot:Publish', arn('topic/$aws/*/pump/shadow/update'))]],
    ['a filter with + in the place of a name', NON_COMPLIANT,
      [allow('iot:Subscribe', arn('topicfilter/$aws/things/+/jobs/+/update/accepted'))]],
    ['a filter for all levels of one thing', COMPLIANT,
      [allow('iot:Subscribe', arn('topicfilter/$aws/things/pump-1/#'))]],
    ['a filter that is denied', COMPLIANT, [allow('iot:Subscribe', arn('topicfilter/$aws/things/+/jobs/+/get')),
      deny('iot:Subscribe', arn('topicfilter/$aws/*'))]],
    ['things with a prefix', COMPLIANT, [allow('iot:GetThingShadow', arn('thing/MyThing*'))]],
  ])('%s: %s', (_, verdict, statements) => {
    expect(judged(...statements)).toBe(verdict);
  });

  test('a single statement that is no list', () => {
    expect(verdictOn(findingsIn(check,
      policyTemplate({ Version: '2012-10-17', Statement: allow('iot:Connect', '*') })))).toBe(NON_COMPLIANT);
  });

  test.each<[string, unknown]>([
    ['a statement with the element \'condition\'',
      document(allow('iot:Connect', '*'), deny('*', '*', { condition: { Bool: {} } })).Statement[1]],
    ['a statement with the element \'effect\'', { effect: 'Allow', Action: 'iot:Connect', Resource: '*' }],
    ['a statement with the effect \'allow\'', { Effect: 'allow', Action: 'iot:Connect', Resource: '*' }],
    ['a statement with both Action and NotAction', {
      Effect: 'Allow', Action: 'iot:Receive', NotAction: 'iot:Receive', Resource: '*',
    }],
    ['a statement with both Resource and NotResource', {
      Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/a'), NotResource: arn('client/a'),
    }],
  ])('%s says nothing for certain', (reason, statement) => {
    const [finding] = findingsIn(check, policyTemplate(document(statement)));
    expect(finding).toMatchObject({
      verdict: UNDECIDED, why: `The policy cannot be judged for certain: statement 0: ${reason}`,
    });
  });

  test('a document with an element that policies do not have', () => {
    const [finding] = findingsIn(check, policyTemplate({
      ...document(allow('iot:Receive', '*')), 'Fn::ForEach::S': ['X', ['a'], {}],
    }));
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: 'The policy cannot be judged for certain: the function Fn::ForEach::S, which adds what is not known',
    });
  });

  test('names actions, resource and statement', () => {
    const [finding, ...others] = findingsIn(check,
      policyTemplate(document(allow('iot:Receive', '*'), allow(['iot:Connect', 'iot:Publish'], '*'))));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      verdict: NON_COMPLIANT,
      reasonCode: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
      why: 'The policy allows iot:Connect, iot:Publish on *',
      locations: [['Properties', 'PolicyDocument', 'Statement', '1']],
    });
  });
});

describe('documents as templates write them', () => {
  const PARAMETER = { Parameters: { Name: { Type: 'String', Default: '*' } } };
  const inTemplate = (policyDocument: unknown, more = {}, circumstances?: Circumstances) =>
    findingsIn(check, policyTemplate(policyDocument, more), circumstances);
  const CONNECT_ANY = JSON.stringify(document(allow('iot:Connect', '*')));

  test.each<[string, Verdict, unknown]>([
    ['JSON text', NON_COMPLIANT, CONNECT_ANY],
    ['Fn::Sub of JSON text', NON_COMPLIANT, {
      'Fn::Sub': '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect",'
        + '"Resource":"arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:client/*"}}',
    }],
    ['Fn::Sub with a policy variable', COMPLIANT,
      document(allow('iot:Connect', {
        'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:client/${!iot:Connection.Thing.ThingName}',
      }))],
    ['Fn::Sub with the client id', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::Sub': ['arn:aws:iot:${R}::client/${!iot:ClientId}', { R: { Ref: 'AWS::Region' } }],
    }))],
    ['Fn::Join', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:', { Ref: 'AWS::Region' }, ':1:client/*']],
    }))],
    ['a resource\'s ARN', COMPLIANT, document(allow('iot:GetThingShadow', { 'Fn::GetAtt': ['Thing', 'Arn'] }))],
    ['Fn::ToJsonString', NON_COMPLIANT, {
      'Fn::ToJsonString': document(allow('iot:Connect', { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:1:client/*' })),
    }],
    ['Fn::Select of Fn::Split', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::Select': [1, { 'Fn::Split': ['|', 'a|*|b'] }],
    }))],
    ['a mapping', NON_COMPLIANT, document(allow('iot:Connect', { 'Fn::FindInMap': ['M', 'a', 'b'] }))],
    ['a parameter for the account', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::Sub': 'arn:aws:iot:eu-west-1:${Name}:client/*',
    }))],
    ['a parameter for the name', UNDECIDED, document(allow('iot:Connect', {
      'Fn::Sub': 'arn:aws:iot:eu-west-1:1:client/${Name}',
    }))],
    ['a parameter that cannot make it broad', COMPLIANT, document(allow('iot:Publish', {
      'Fn::Sub': 'arn:aws:iot:eu-west-1:1:topic/pumps/${Name}',
    }))],
    ['a parameter in a Deny', UNDECIDED, document(allow('iot:Connect', '*'), deny('iot:Connect', { Ref: 'Name' }))],
    ['a parameter as effect', UNDECIDED, document({ Effect: { Ref: 'Name' }, Action: 'iot:Connect', Resource: '*' })],
    ['a parameter as document', UNDECIDED, { Ref: 'Name' }],
    ['a parameter as statement', UNDECIDED, document({ Ref: 'Name' })],
    ['a parameter beside what is broad', NON_COMPLIANT,
      document(allow('iot:Publish', { Ref: 'Name' }), allow('iot:Connect', '*'))],
    ['a dynamic reference', UNDECIDED,
      document(allow('iot:Connect', 'arn:aws:iot:eu-west-1:1:client/{{resolve:ssm:name}}'))],
    ['Fn::If with both broad', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::If': ['Open', '*', arn('client/*')],
    }))],
    ['Fn::If with one broad', UNDECIDED, document(allow('iot:Connect', { 'Fn::If': ['Open', '*', arn('client/a')] }))],
    ['Fn::If with none broad', COMPLIANT, document(allow('iot:Connect', {
      'Fn::If': ['Open', arn('client/b'), arn('client/a')],
    }))],
    ['Fn::If on a condition that is known', NON_COMPLIANT, document(allow('iot:Connect', {
      'Fn::If': ['Known', '*', arn('client/a')],
    }))],
    ['Fn::If with NoValue', COMPLIANT, document({
      'Fn::If': ['Never', allow('iot:Connect', '*'), { Ref: 'AWS::NoValue' }],
    })],
    ['conditions that exclude each other', COMPLIANT,
      document(allow({ 'Fn::If': ['Open', 'iot:Connect', 'iot:Receive'] }, {
        'Fn::If': ['Closed', '*', arn('client/a')],
      }))],
  ])('%s: %s', (_, verdict, policyDocument) => {
    const template = {
      ...PARAMETER,
      Conditions: {
        Open: { 'Fn::Equals': [{ Ref: 'Name' }, 'open'] },
        Closed: { 'Fn::Not': [{ Condition: 'Open' }] },
        Known: {
          'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, {
            'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { Condition: 'Same' }],
          }],
        },
        Same: { 'Fn::Equals': [{ Ref: 'Name' }, { Ref: 'Name' }] },
        Never: { 'Fn::Equals': ['a', 'b'] },
      },
      Mappings: { M: { a: { b: '*' } } },
    };
    const body = policyTemplate(policyDocument, template);
    Object.assign(body.Resources as object, { Thing: { Type: 'AWS::IoT::Thing' } });
    expect(verdictOn(findingsIn(check, body))).toBe(verdict);
  });

  test('names what attaches the policy', () => {
    const policy = (PolicyName: unknown) => ({
      Type: 'AWS::IoT::Policy', Properties: { PolicyName, PolicyDocument: document(allow('iot:Connect', '*')) },
    });
    const attachment = (PolicyName: unknown) => ({
      Type: 'AWS::IoT::PolicyPrincipalAttachment', Properties: { PolicyName, Principal: 'arn:cert' },
    });
    const findings = findingsIn(check, {
      Parameters: { Name: { Type: 'String' } },
      Resources: {
        Generated: policy(undefined), Named: policy('pumps'), Alone: policy({ Ref: 'Name' }),
        First: attachment({ Ref: 'Generated' }), Second: attachment('pumps'), Third: attachment({ Ref: 'Named' }),
        Other: attachment({ Ref: 'Name' }),
      },
    });
    expect(findings.map(({ why }) => why)).toEqual([
      'The policy (attached by First) allows iot:Connect on *',
      'The policy (attached by Second, Third) allows iot:Connect on *',
      'The policy allows iot:Connect on *',
    ]);
  });

  test('points at the statement where the template has it, whatever AWS::NoValue leaves out', () => {
    const never = { 'Fn::If': ['Never', allow('iot:Receive', '*'), { Ref: 'AWS::NoValue' }] };
    const body = policyTemplate(document(never, allow('iot:Receive', '*'), never, allow('iot:Connect', '*')), {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    });
    expect(findingsIn(check, body)).toMatchObject([{
      verdict: NON_COMPLIANT, locations: [['Properties', 'PolicyDocument', 'Statement', '3']],
    }]);
  });

  test('what is broad in every outcome in another way says so', () => {
    const body = policyTemplate(document(allow({ 'Fn::If': ['Open', 'iot:Connect', 'iot:GetThingShadow'] }, '*')),
      { ...PARAMETER, Conditions: { Open: { 'Fn::Equals': [{ Ref: 'Name' }, 'open'] } } });
    expect(findingsIn(check, body)).toMatchObject([{
      verdict: NON_COMPLIANT,
      why: 'The policy allows iot:Connect, iot:GetThingShadow on *, depending on conditions or values that are '
        + 'decided at deployment',
    }]);
  });

  test('a parameter that may be a wildcard in a name says so', () => {
    const [finding] = inTemplate(document(allow('iot:Connect',
      { 'Fn::Sub': 'arn:aws:iot:eu-west-1:1:client/${Name}-gateway' })), PARAMETER);
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: 'The policy cannot be judged for certain: the parameter Name, AWS does not say whether iot:Connect on '
        + 'arn:aws:iot:eu-west-1:1:client/<unknown>-gateway is broad',
    });
  });

  test('a parameter is known if its value is given, or its default is relied upon', () => {
    const template = document(allow('iot:Connect', { 'Fn::Sub': 'arn:aws:iot:eu-west-1:1:client/${Name}' }));
    expect(verdictOn(inTemplate(template, PARAMETER, { defaults: true }))).toBe(NON_COMPLIANT);
    expect(verdictOn(inTemplate(template, PARAMETER, { values: { Name: 'pump-1' }, defaults: true }))).toBe(COMPLIANT);
    expect(verdictOn(inTemplate(template, PARAMETER, { values: { 'Fleet/Name': 'pump-1', 'Name': '*' } })))
      .toBe(COMPLIANT);
  });

  test('what is undecided says why', () => {
    const [finding] = inTemplate(document(allow('iot:Connect', { Ref: 'Name' })), PARAMETER);
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: 'The policy cannot be judged for certain: the parameter Name',
      locations: [['Properties', 'PolicyDocument']],
    });
  });

  test('a policy that is never made says nothing', () => {
    const body = policyTemplate(CONNECT_ANY, { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } });
    Object.assign((body.Resources as Record<string, object>).Policy, { Condition: 'Never' });
    expect(findingsIn(check, body)).toEqual([]);
  });

  test('a policy that may be made is judged as if it were', () => {
    const body = policyTemplate(CONNECT_ANY, {
      ...PARAMETER, Conditions: { Maybe: { 'Fn::Equals': [{ Ref: 'Name' }, 'b'] } },
    });
    Object.assign((body.Resources as Record<string, object>).Policy, { Condition: 'Maybe' });
    expect(verdictOn(findingsIn(check, body))).toBe(NON_COMPLIANT);
  });
});
