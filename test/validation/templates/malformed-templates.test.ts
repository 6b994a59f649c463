import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { carryOut } from '../../../src/validation/template-audit';
import { FleetTemplates } from '../../../src/validation/templates/fleet-templates';
import { Outcomes } from '../../../src/validation/templates/outcomes';
import { isJsonObject, JsonObject, Template } from '../../../src/validation/templates/template';
import { allow, arn, deny, document, findingsIn, findingsInStacks, policyTemplate } from '../support/findings';
import { GeneratedTemplates } from '../support/generated-templates';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const LONG = 'x'.repeat(400_000);

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = { 'Fn::Join': ['', [value]] };
  return value;
}

test.each<[string, unknown, string]>([
  ['text that is not JSON', 'Statement: []', 'a text that is not JSON'],
  ['a number', 5, 'a policy document that is 5'],
  ['a list', [1], 'a policy document that is a list'],
  ['nothing', null, 'a policy document that is nothing'],
  ['no statements', {}, 'a policy document without Statement'],
  ['a statement without Resource', document({ Effect: 'Allow', Action: 'iot:Connect' }),
    'statement 0: a statement without Resource'],
  ['a statement without Action', document({ Effect: 'Allow', Resource: '*' }),
    'statement 0: a statement without Action'],
  ['a statement without Effect', document({ Action: 'iot:Connect', Resource: '*' }),
    'statement 0: a statement with the effect \'nothing\''],
  ['a statement that is text', document('Allow'), 'statement 0: a statement that is Allow'],
  ['a resource that is an object', document(allow('iot:Connect', { a: 1 })),
    'statement 0: a statement whose actions or resources are no texts'],
  ['a function that does not exist', document(allow('iot:Connect', { 'Fn::Nonsense': 1 })),
    'the function Fn::Nonsense, which this plugin does not know'],
  ['a macro', { 'Fn::Transform': { Name: 'x' }, 'Statement': [] }, 'a macro (Fn::Transform)'],
  ['a reference to nothing', document(allow('iot:Connect', { Ref: 'Nothing' })),
    '\'Nothing\', which the template does not define'],
  ['400 KB', document(allow('iot:Connect', LONG)), 'a policy document of more than 4096 characters, which AWS refuses'],
  ['400 KB of text', JSON.stringify(document(allow('iot:Connect', LONG))),
    'a text that is too long for any policy'],
  ['too many values inside each other', document(allow('iot:Connect', nested(500))),
    'more than 60 values inside each other'],
  ['an object with open keys', { 'Fn::Sub': '{"${Nothing}": 1}' },
    'an object with a key that is only known at deployment'],
  ['noncharacters', '"\uFDD00\uFDD1"', 'a text with characters that are none'],
  ['text that is open where it matters', { 'Fn::Sub': '{"Statement": ${Nothing}}' },
    'a text that is JSON only once its open parts are known, if then'],
])('%s is undecided', (_, policyDocument, reason) => {
  const findings = findingsIn(check, policyTemplate(policyDocument));
  expect(findings.map(({ verdict, why, resource }) => [verdict, why, resource?.logicalId]))
    .toEqual([[Verdict.UNDECIDED, `The policy cannot be judged for certain: ${reason}`, 'Policy']]);
});

test('references that lead back to themselves are undecided', () => {
  const ring = (from: string, to: string) => ({
    ...policyTemplate(document(allow('iot:Connect', { 'Fn::ImportValue': from }))),
    Outputs: { Next: { Value: { 'Fn::ImportValue': to }, Export: { Name: from } } },
  });
  const findings = findingsInStacks(check, { One: ring('one', 'other'), Other: ring('other', 'one') });
  expect(findings.map(({ why }) => why))
    .toEqual(Array(2).fill('The policy cannot be judged for certain: a reference that leads back to itself'));
});

test('a mapping whose entries refer to each other is no mapping', () => {
  const entry = { 'Fn::FindInMap': ['M', 'a', 'b'] };
  const template = policyTemplate(document(allow('iot:Connect', entry)), {
    Mappings: { M: { a: { b: { 'Fn::Join': ['', [entry, entry, entry]] } } } },
  });
  const why = 'The policy cannot be judged for certain: Fn::FindInMap that is not written as CloudFormation expects';
  expect(findingsIn(check, template)).toMatchObject([{ verdict: Verdict.UNDECIDED, why }]);
});

test('conditions that lead back to themselves are open', () => {
  const template = policyTemplate(document(allow('iot:Connect', { 'Fn::If': ['A', '*', arn('client/a')] })), {
    Conditions: { A: { Condition: 'B' }, B: { Condition: 'A' } },
  });
  expect(findingsIn(check, template)).toMatchObject([{
    verdict: Verdict.UNDECIDED,
    why: 'The policy cannot be judged for certain: a condition or value that is decided at deployment',
  }]);
});

test('values that double with every reference stay small', () => {
  const outputs = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`O${index}`, {
    Value: index === 0 ? 'x' : {
      'Fn::Join': ['', [{ 'Fn::ImportValue': `E${index - 1}` }, { 'Fn::ImportValue': `E${index - 1}` }]],
    },
    Export: { Name: `E${index}` },
  }]));
  const [finding] = findingsIn(check, policyTemplate(document(allow('iot:Connect', { 'Fn::ImportValue': 'E40' })), {
    Outputs: outputs,
  }));
  expect(finding.why).toMatch(/a text that is too long for any policy/);
});

test.each([
  ['a pattern of wildcards',
    document(allow('iot:*', '*'), deny('iot:Subscribe', arn(`topicfilter/${'*a'.repeat(1_900)}`)))],
  ['a pattern of ? and *', document(allow('iot:*', arn(`topic/${'?*'.repeat(1_900)}`)))],
  ['many levels', document(allow('iot:Subscribe', '*'),
    deny('iot:Subscribe', arn(`topicfilter/${'a/'.repeat(1_900)}*`)), allow('iot:Receive', '*'))],
  ['many statements', document(...Array.from({ length: 80 }, (_, index) => (index % 2
    ? deny
    : allow)('iot:Subscribe', arn(`topicfilter/${index}/*`))))],
  ['many resources', document(allow('iot:Subscribe', Array.from({ length: 350 }, (_, index) =>
    `*${index}`)), deny('iot:Subscribe', arn('topicfilter/a/*')))],
])('no policy takes forever: %s', (_, policyDocument) => {
  const template = policyTemplate(policyDocument);
  expect([check, AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION].map((each) => findingsIn(each, template).length))
    .toEqual([1, 1]);
});

test('a check that goes wrong all the same leaves its templates undecided', () => {
  const fleet = new FleetTemplates([new Template({ templateId: 'Fleet', body: policyTemplate({}) as JsonObject })], [],
    { values: {}, defaults: false });
  const outcomes = { each: () => { throw new Error('out of luck'); } } as unknown as Outcomes;
  const facts = { loggingEnabledElsewhere: false, provisioningParametersValidated: false };
  expect(carryOut([check.checkName], { fleet, outcomes, facts, thresholds: new Map(), now: new Date() }).findings)
    .toMatchObject([{ verdict: Verdict.UNDECIDED, why: 'The check could not be carried out: out of luck' }]);
});

/** `bench/synth-checks-fuzz.ts` runs a hundred thousand. */
test('generated templates never make a check throw', () => {
  const generated = new GeneratedTemplates(2026);
  const verdicts = new Set<Verdict>();
  let read = 0;
  for (let round = 0; round < 250; round++) {
    const body = parsed(generated.next());
    if (!isJsonObject(body)) continue;
    read++;
    for (const each of AuditCheck.all()) {
      for (const { verdict, why } of findingsIn(each, body)) {
        verdicts.add(verdict);
        expect(why).not.toContain('could not be carried out');
      }
    }
  }
  expect(read).toBeGreaterThan(200);
  expect(verdicts.size).toBe(3);
});

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
