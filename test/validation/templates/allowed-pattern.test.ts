import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { textsMatching } from '../../../src/validation/templates/allowed-pattern';
import { SPECIAL_CHARACTERS } from '../../../src/validation/templates/value';
import { SeededRandom } from '../../support/random';
import { allow, arn, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

/** The verdict on a policy for a thing, or the devices, whose name is a parameter with a pattern. */
function verdictFor(AllowedPattern: unknown, resource = 'thing/${Name}', more: object = {}): Verdict {
  return verdictOn(findingsIn(check, policyTemplate(document(allow('iot:GetThingShadow', { 'Fn::Sub': arn(resource) })), {
    Parameters: { Name: { Type: 'String', AllowedPattern, ...more } },
  })));
}

test.each([
  '[a-z0-9-]+', '^[a-zA-Z][\\w-]{0,20}$', '[^*?$"\\\\]+', '\\d{4}', 'pump-\\d+|valve-\\d+', '(?:dev|test|prod)',
  '(?i)[a-z]+', '[A-Za-z0-9_:.-]{1,128}', '[\\p{Alnum}_]+', '(?=[a-z])[a-z0-9]{1,9}', '[a-f0-9]{8}(-[a-f0-9]{4}){3}',
  '[\\x61-\\x7a]+', '(?<site>[a-z]+)-[0-9]+', '[^\\W]+', 'a.b'.replace('.', '\\.'), '[,-/]+a', '[a-z]++', '(a+)+b',
  '[a-z#+]+',
])('no wildcard of policies can come where the pattern is %s', (pattern) => {
  expect(verdictFor(pattern)).toBe(COMPLIANT);
});

test.each([
  ['anything', '.+'], ['all but a few', '[^/]+'], ['all but white space', '\\S+'], ['all but letters', '\\W+'],
  ['a wildcard in a class', '[a-z*]+'], ['a wildcard that is escaped', 'a\\*'], ['a wildcard by its number', '\\x2a'],
  ['a range that holds one', '[!-~]+'], ['a range from a number', '[\\x20-\\x7e]+'], ['one of two', 'prod|\\*'],
  ['a group', '(a|[*])'], ['a policy variable', '\\$\\{[a-zA-Z:.]+\\}'], ['a class of classes', '[a-z[*]]+'],
  ['what two classes share', '[a-z&&[^b]]+'], ['a class that Java does not share', '[[:alnum:]]+'],
  ['a quotation', '\\Q*\\E'], ['a group before', '([a-z*])\\1'], ['punctuation', '\\p{Punct}+'], ['any but a few', '[^*]+'],
  ['no regular expression', '[a-z'], ['a quantifier of nothing', '*'], ['comments', '(?x)[a-z] # *'],
  ['a pattern that is too long', `[a-z]+${'|[a-z]'.repeat(300)}`], ['groups within groups', `${'('.repeat(99)}a${')'.repeat(99)}`],
  ['nothing', ''],
])('a wildcard may come where the pattern allows %s', (_, pattern) => {
  expect(verdictFor(pattern, 'thing/${Name}*')).not.toBe(COMPLIANT);
});

test.each<[string, Verdict, string, object]>([
  ['[a-z-]*', UNDECIDED, 'thing/${Name}*', {}],
  ['[a-z-]*', COMPLIANT, 'thing/${Name}*', { MinLength: 1 }],
  ['[a-z-]*', COMPLIANT, 'thing/${Name}*', { MinLength: '3' }],
  ['[a-z-]*', UNDECIDED, 'thing/${Name}*', { MinLength: 0 }],
  ['([a-z]+-)?', UNDECIDED, 'thing/${Name}*', {}],
  ['[a-z]{0,3}', UNDECIDED, 'thing/${Name}*', {}],
  ['|a', UNDECIDED, 'thing/${Name}*', {}],
  ['[a-z-]*', COMPLIANT, 'thing/pump-${Name}*', {}],
  ['$^', NON_COMPLIANT, 'thing/${Name}*', { AllowedValues: [''] }],
])('what may be nothing limits nothing: %s, %s for %s', (pattern, verdict, resource, more) => {
  expect(verdictFor(pattern, resource, more)).toBe(verdict);
});

test.each<[string, Verdict, string, unknown]>([
  ['each item of a list', COMPLIANT, 'CommaDelimitedList', { 'Fn::Select': [0, { Ref: 'P' }] }],
  ['the stored value, which nothing bounds', UNDECIDED, 'AWS::SSM::Parameter::Value<String>', { Ref: 'P' }],
])('a pattern bounds %s: %s', (_, verdict, Type, value) => {
  const resource = { 'Fn::Join': ['', [arn('thing/'), value]] };
  expect(verdictOn(findingsIn(check, policyTemplate(document(allow('iot:GetThingShadow', resource)), {
    Parameters: { P: { Type, AllowedPattern: '[a-z]+' } },
  })))).toBe(verdict);
});

test('a pattern that takes other tools for ever is read in no time', () => {
  const start = process.cpuUsage();
  for (const pattern of ['(a+)+$', '([a-zA-Z]+)*$', '(a|aa)+$', '(.*a){20}', '(?:(?:a*)*)*!', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    for (const nested of [pattern, `(${pattern})+`, `${pattern}|`.repeat(50)]) textsMatching(nested);
  }
  expect(process.cpuUsage(start).user / 1_000).toBeLessThan(1_000);
});

/** The patterns here are our own, and short: a pattern of a template is never run. */
test('random patterns match no text with a character that they were said not to allow', () => {
  const random = new SeededRandom(7);
  const atom = (): string => random.pick([
    () => random.pick(['a', 'b', '\\*', '\\$', '.', '\\w', '\\W', '\\d', '\\D', '\\s', '\\S', '-', '\\x2b', '\\\\', '"', '#']),
    () => `[${random.chance(0.3) ? '^' : ''}${random.pick(['a', '*', '\\w', '!'])}${random.pick(['', '-z', '-', '\\-b', '+', '#-?'])}]`,
    () => `(${random.pick(['', '?:', '?=', '?!'])}${sequence()})`,
  ])();
  let depth = 0;
  const sequence = (): string => {
    if (depth > 2) return 'a';
    depth++;
    const text = random.list(3, () => `${atom()}${random.pick(['', '', '*', '?', '+', '{0,2}', '{2}'])}`).join('');
    depth--;
    return random.chance(0.2) ? `${text}|${random.pick(['b', '\\?', ''])}` : text;
  };
  const letters = [...'ab-! 1', ...SPECIAL_CHARACTERS];
  const texts = ['', ...letters, ...letters.flatMap((one) => letters.map((other) => one + other)),
    ...Array.from({ length: 200 }, () => random.list(4, () => random.pick(letters)).join(''))];
  let understood = 0;
  for (let round = 0; round < 1_500; round++) {
    const pattern = sequence();
    let expression: RegExp;
    try {
      expression = new RegExp(`^(?:${pattern})$`);
    } catch {
      continue;
    }
    const told = textsMatching(pattern);
    if (!told) continue;
    understood++;
    const wrong = texts.filter((text) => expression.test(text) && ((text === '' && !told.mayBeEmpty)
      || [...text].some((character) => SPECIAL_CHARACTERS.includes(character) && !told.specials.includes(character))));
    expect([pattern, wrong]).toEqual([pattern, []]);
  }
  expect(understood).toBeGreaterThan(700);
});
