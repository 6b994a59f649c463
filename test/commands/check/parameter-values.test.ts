import { check, checkJson, inDirectoryWith, writeFiles } from './support/running';
import { CLOSED, DEPENDENT, LOGS } from './support/templates';
import { parseOptions } from '../../../commands/check/options';
import { parameterValuesOf } from '../../../commands/check/parameter-values';

beforeAll(() => inDirectoryWith({
  'dependent.yaml': DEPENDENT,
  'closed.yaml': CLOSED,
  'list.json': [{ ParameterKey: 'Env', ParameterValue: 'prod' }, { ParameterKey: 'Old', UsePreviousValue: true }],
  'pairs.json': ['Env=prod', 'Text=a=b'],
  'pipeline.json': { Parameters: { Env: 'prod', Count: 3, IsLive: true }, Tags: { a: 'b' }, StackPolicy: {} },
  'object.json': { 'Env': 'prod', 'Stack/Env': 'test' },
  'marked.json': '\uFEFF{ "Env": "prod" }',
}));

test.each<[given: string[], values: Record<string, string>]>([
  [['Env=prod', 'Text=a=b', 'Empty='], { Env: 'prod', Text: 'a=b', Empty: '' }],
  [['Env=a', 'Env=b'], { Env: 'b' }],
  [['Lines=a\nb'], { Lines: 'a\nb' }],
  [['Fleet/Pumps/Env=prod'], { 'Fleet/Pumps/Env': 'prod' }],
  [['ParameterKey=Env,ParameterValue=a,b'], { Env: 'a,b' }],
  [['list.json'], { Env: 'prod' }],
  [['file://list.json'], { Env: 'prod' }],
  [['pairs.json'], { Env: 'prod', Text: 'a=b' }],
  [['pipeline.json'], { Env: 'prod', Count: '3', IsLive: 'true' }],
  [['object.json'], { 'Env': 'prod', 'Stack/Env': 'test' }],
  [['marked.json'], { Env: 'prod' }],
  [['list.json', 'Env=test'], { Env: 'test' }],
  [['Env=test', 'list.json'], { Env: 'prod' }],
])('%j', (given, values) => {
  expect(parameterValuesOf(given)).toEqual(values);
});

test.each<[args: string[], values: Record<string, string>, templates: string[]]>([
  [['--parameters', 'A=1', 'B=2', 'C=3'], { A: '1', B: '2', C: '3' }, []],
  [['--parameters', 'A=1', 'a.yaml', 'B=2'], { A: '1' }, ['a.yaml', 'B=2']],
  [['--parameters=A=1', 'B=2', '--assume-defaults', 'C=3'], { A: '1', B: '2' }, ['C=3']],
  [['--parameters', 'A=1', '--parameters', 'B=2', 'A=3', '--', 'C=4'], { A: '3', B: '2' }, ['C=4']],
  [['--parameters', 'list.json', 'Env=test', 'a.yaml'], { Env: 'test' }, ['a.yaml']],
  [['A=1'], {}, ['A=1']],
])('several after one option: %j', (args, values, templates) => {
  expect(parseOptions(args)).toMatchObject({ parameters: { values }, templates });
});

test.each<[content: string, message: string]>([
  ['Env: prod', 'the file is not JSON'],
  ['"Env"', '"Env" is no parameter with a value'],
  ['[1]', '1 is no parameter with a value'],
  ['["Env"]', '"Env" is no parameter with a value'],
  ['[{ "ParameterKey": "Env" }]', '"Env" is no parameter with a value'],
  ['[{ "ParameterValue": "prod" }]', 'an entry is no parameter with a value'],
  ['{ "Env": ["a"] }', '"Env" is no parameter with a value'],
  ['{ "Env": null }', '"Env" is no parameter with a value'],
  ['{ "E_n_v": "a" }', '"E_n_v" is no parameter with a value'],
])('a file with %s is refused', async (content, message) => {
  writeFiles({ 'wrong.json': content });
  const { code, error } = await check(['closed.yaml', '--parameters', 'wrong.json']);
  expect(code).toBe(2);
  expect(error).toMatch(new RegExp(`^--parameters wrong\\.json: ${message}(; the file holds \\[.*)?\nTry --help\\.$`));
});

test.each(['missing.json', 'Env', 'E_n_v=a', '=a'])('%s is neither a value nor a file', async (given) => {
  expect(await check(['closed.yaml', '--parameters', given])).toEqual({
    code: 2, out: '', error: `--parameters ${given}: there is no such file; a value is written Name=Value\nTry --help.`,
  });
});

test.each<[value: string, verdicts: string[]]>([
  ['Env=*', ['NON_COMPLIANT']], ['Env=pump-1', []], ['list.json', []],
])('%s decides', async (value, verdicts) => {
  const { findings } = await checkJson('dependent.yaml', LOGS, '--parameters', value);
  expect(findings.map(({ verdict }) => verdict)).toEqual(verdicts);
});

test('a parameter that no template has is worth a word', async () => {
  const { code, error } = await check([
    'dependent.yaml', 'closed.yaml', LOGS, '--parameters', 'Env=a', 'Evn=b', 'Fleet/Env=c',
  ]);
  expect([code, error]).toEqual([0, '--parameters: no template has a parameter Evn, Fleet/Env']);
});
