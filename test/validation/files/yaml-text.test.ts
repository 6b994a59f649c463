import { parseText } from '../../../src/validation/files/template-text';

const read = (text: string) => parseText(text).json;

test.each([
  ['!Ref A', { Ref: 'A' }],
  ['!Ref "AWS::Region"', { Ref: 'AWS::Region' }],
  ['!GetAtt A.B', { 'Fn::GetAtt': ['A', 'B'] }],
  ['!GetAtt A.Outputs.C', { 'Fn::GetAtt': ['A', 'Outputs.C'] }],
  ['!GetAtt [A, B.C]', { 'Fn::GetAtt': ['A', 'B.C'] }],
  ['!GetAtt A', { 'Fn::GetAtt': 'A' }],
  ['Fn::GetAtt: A.B', { 'Fn::GetAtt': 'A.B' }],
  ['!Sub "${A}-b"', { 'Fn::Sub': '${A}-b' }],
  ['!Sub\n  - ${A}\n  - A: !Ref B', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
  ['!Sub |\n  ${A}\n  b\n', { 'Fn::Sub': '${A}\nb\n' }],
  ['!Sub >-\n  ${A}\n  b\n', { 'Fn::Sub': '${A} b' }],
  ['!Join [",", [a, !Ref B]]', { 'Fn::Join': [',', ['a', { Ref: 'B' }]] }],
  ['!Base64 {"Fn::Sub": x}', { 'Fn::Base64': { 'Fn::Sub': 'x' } }],
  ['Fn::Base64: !Sub x', { 'Fn::Base64': { 'Fn::Sub': 'x' } }],
  ['!If [A, !Ref AWS::NoValue, {B: c}]', { 'Fn::If': ['A', { Ref: 'AWS::NoValue' }, { B: 'c' }] }],
  ['!Condition A', { Condition: 'A' }],
  ['!And [!Condition A, !Not [!Equals [a, b]]]',
    { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }] }],
  ['!Or []', { 'Fn::Or': [] }],
  ['!Transform {Name: AWS::Include}', { 'Fn::Transform': { Name: 'AWS::Include' } }],
  ['!ToJsonString\n  a: b', { 'Fn::ToJsonString': { a: 'b' } }],
  ['!Length [a]', { 'Fn::Length': ['a'] }],
  ['!Select [0, !Split [",", a]]', { 'Fn::Select': [0, { 'Fn::Split': [',', 'a'] }] }],
  ['!FindInMap [M, !Ref AWS::Region, a]', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'a'] }],
  ['!ImportValue a', { 'Fn::ImportValue': 'a' }],
  ['!GetAZs ""', { 'Fn::GetAZs': '' }],
  ['!Cidr [a, 1, 8]', { 'Fn::Cidr': ['a', 1, 8] }],
  ['!Fn::Sub a', { 'Fn::Sub': 'a' }],
  ['!Rain::Embed a', { 'Fn::Rain::Embed': 'a' }],
  ['!Unknown a', { 'Fn::Unknown': 'a' }],
  ['! a', 'a'],
  ['!!str 5', '5'],
  ['!!map {a: b}', { a: 'b' }],
  ['!<!Ref> A', { Ref: 'A' }],
])('the tag in %j is short for a function', (text, json) => {
  expect(read(text)).toEqual(json);
});

test.each([
  ['2012-10-17', '2012-10-17'], ['2010-09-09T00:00:00Z', '2010-09-09T00:00:00Z'],
  ['012345678901', '012345678901'], ['012345670123', '012345670123'], ['123456789012', 123456789012],
  ['0o17', '0o17'], ['0x1F', '0x1F'], ['1_000', '1_000'], ['1:30', '1:30'],
  ['5', 5], ['-5', -5], ['+5', '+5'], ['1.5', 1.5], ['1.0', '1.0'], ['1e3', '1e3'], ['.5', '.5'],
  ['99999999999999999999', '99999999999999999999'], ['.inf', '.inf'], ['.nan', '.nan'], ['NaN', 'NaN'], ['Infinity', 'Infinity'],
  ['"5"', '5'], ['\'true\'', 'true'], ['"2012-10-17"', '2012-10-17'],
  ['true', true], ['True', true], ['yes', true], ['On', true], ['false', false], ['NO', false], ['off', false],
  ['y', 'y'], ['N', 'N'], ['tRUE', 'tRUE'], ['"yes"', 'yes'], ['!!str yes', 'yes'],
  ['', null], ['~', null], ['null', null], ['""', ''],
  ['*', undefined], ['"*"', '*'], ['iot:*', 'iot:*'], ['arn:aws:iot:*', 'arn:aws:iot:*'], ['"\\u002a"', '*'],
  ['|\n  a\n  b', 'a\nb\n'], ['a\n  b', 'a b'], ['"a\\\n  b"', 'ab'],
])('the value %j is a text as it is written, unless it is a number, a boolean or nothing', (value, json) => {
  const text = `Key: ${value}\n`;
  if (json === undefined) expect(() => read(text)).toThrow();
  else expect(read(text)).toEqual({ Key: json });
});

test.each([
  ['keys that are no texts', '5: a\n012: b\ntrue: c\n~: d\n2012-10-17: e', { '5': 'a', '012': 'b', 'true': 'c', '~': 'd', '2012-10-17': 'e' }],
  ['quoted keys', '"Fn::Sub": a', { 'Fn::Sub': 'a' }],
  ['a question mark', '? a\n: b', { a: 'b' }],
  ['an alias as key', 'a: &b c\n*b : d', { a: 'c', c: 'd' }],
  ['a key without a value', 'a:\nb: c', { a: null, b: 'c' }],
  ['a key twice: the last counts', 'a: b\na: c', { a: 'c' }],
  ['a key twice in JSON: the last counts', '{"a": "b", "a": "c"}', { a: 'c' }],
  ['a key of prototypes', '__proto__:\n  a: b\nconstructor: c', JSON.parse('{"__proto__": {"a": "b"}, "constructor": "c"}')],
  ['an alias', 'a: &x [b]\nc: *x', { a: ['b'], c: ['b'] }],
  ['an anchor of a function', 'a: &x !Sub b\nc: *x', { a: { 'Fn::Sub': 'b' }, c: { 'Fn::Sub': 'b' } }],
  ['an anchor that is given twice', 'a: &x b\nc: *x\nd: &x e\nf: *x', { a: 'b', c: 'b', d: 'e', f: 'e' }],
  ['a merge key', 'a: &x {b: c, d: e}\nf:\n  <<: *x\n  d: g', { a: { b: 'c', d: 'e' }, f: { b: 'c', d: 'g' } }],
  ['a merge key after others', 'a: &x {b: c}\nf:\n  b: g\n  <<: *x', { a: { b: 'c' }, f: { b: 'g' } }],
  ['a merge key of several', 'f:\n  <<: [{a: b}, {a: c, d: e}]', { f: { a: 'b', d: 'e' } }],
  ['a merge key of a text', 'f:\n  <<: a', { f: { '<<': 'a' } }],
  ['a quoted merge key', 'f:\n  "<<": {a: b}', { f: { '<<': { a: 'b' } } }],
  ['a byte order mark', '\uFEFFa: b', { a: 'b' }],
  ['a byte order mark in JSON', '\uFEFF{"a": "b"}', { a: 'b' }],
  ['CRLF', 'a:\r\n  - b\r\n  - |\r\n    c\r\n    d\r\n', { a: ['b', 'c\nd\n'] }],
  ['tabs in JSON', '{\n\t"a":\t"b"\n}', { a: 'b' }],
  ['tabs after values', 'a: b\t\n', { a: 'b' }],
  ['JSON in YAML', 'a: {"b": ["c", {"d": null}]}', { a: { b: ['c', { d: null }] } }],
  ['JSON with a trailing comma', '{"a": ["b",],}', { a: ['b'] }],
  ['comments', '# a\na: b # c\n#d', { a: 'b' }],
  ['a directive', '%YAML 1.1\n---\na: yes', { a: true }],
  ['letters of other scripts', 'Straße: "\u{1F680}"', { Straße: '\u{1F680}' }],
])('%s', (_, text, json) => {
  expect(read(text)).toEqual(json);
  expect(Object.getPrototypeOf(read(text))).toBe(Object.prototype);
});

test.each([
  ['a tab', 'a:\n\tb: c', 'it is neither JSON nor YAML: Tabs are not allowed as indentation', 2],
  ['an open list', 'a: b\nc: [d\n', 'it is neither JSON nor YAML: Flow sequence in block collection must be sufficiently indented '
    + 'and end with a ]', 3],
  ['an open quote', 'a: "b\n', 'it is neither JSON nor YAML: Missing closing "quote', 2],
  ['an alias of nothing', 'a: b\nc: *d\n', 'the alias *d stands for nothing before it', 2],
  ['an alias of itself', 'a: &b\n  - *b\n', 'the alias *b stands for nothing before it', 2],
  ['a place for another tool', 'a: b\nc: {{ d }}\n', 'it has a key that is no text', 2],
  ['a zero character', 'a: "\0"', 'it is no text in UTF-8', undefined],
])('%s is unreadable, at its line', (_, text, reason, line) => {
  let error: unknown;
  try {
    read(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ reason, line });
});
