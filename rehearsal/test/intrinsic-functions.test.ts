import { IntrinsicFunctions, valuesFor } from '../cloudformation/intrinsic-functions';
import { RehearsedStack } from '../cloudformation/rehearsed-stack';
import type { Template } from '../cloudformation/template';

const ARN = 'arn:aws:iam::111111111111:role/Role';
const STACK_ID = 'arn:aws:cloudformation:cn-north-1:111111111111:stack/Stack/1';

const template: Template = {
  Parameters: {
    Text: { Type: 'String', Default: 'text' },
    List: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Number: { Type: 'Number', Default: 5 },
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
  },
  Mappings: { Map: { first: { second: 'mapped' } } },
  Conditions: {
    InChina: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
    Elsewhere: { 'Fn::Not': [{ Condition: 'InChina' }] },
    Both: { 'Fn::And': [{ Condition: 'InChina' }, { 'Fn::Equals': ['x', 'x'] }] },
    Either: { 'Fn::Or': [{ Condition: 'Elsewhere' }, { 'Fn::Equals': ['x', 'y'] }] },
  },
  Resources: {},
};

function functions(given: Record<string, string> = {}): IntrinsicFunctions {
  const stack = new RehearsedStack('Stack', STACK_ID, () => undefined, () => undefined);
  return new IntrinsicFunctions(template, {
    values: valuesFor(stack, template, { accountId: '111111111111', region: 'cn-north-1', partition: 'aws-cn' }, given),
    resource: (logicalId) => ({
      Role: { physicalId: 'the-role', attributes: { 'Arn': ARN, 'Nested.Value': 7 } },
      Invented: { physicalId: 'invented', attributes: {}, inventAttribute: (name: string) => `made-up-${name}` },
    })[logicalId],
    exported: (name) => `export ${name}`,
  });
}

test.each<[unknown, unknown]>([
  ['plain', 'plain'],
  [{ Ref: 'Role' }, 'the-role'],
  [{ Ref: 'Text' }, 'text'],
  [{ Ref: 'Number' }, '5'],
  [{ Ref: 'List' }, ['a', 'b']],
  [{ Ref: 'BootstrapVersion' }, '99'],
  [{ Ref: 'AWS::AccountId' }, '111111111111'],
  [{ Ref: 'AWS::Region' }, 'cn-north-1'],
  [{ Ref: 'AWS::Partition' }, 'aws-cn'],
  [{ Ref: 'AWS::StackName' }, 'Stack'],
  [{ Ref: 'AWS::StackId' }, STACK_ID],
  [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com.cn'],
  [{ Ref: 'AWS::NotificationARNs' }, []],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, ARN],
  [{ 'Fn::GetAtt': 'Role.Arn' }, ARN],
  [{ 'Fn::GetAtt': 'Role.Nested.Value' }, 7],
  [{ 'Fn::GetAtt': ['Invented', 'Url'] }, 'made-up-Url'],
  [
    { 'Fn::Sub': '${Role} ${Role.Arn} ${AWS::Region} ${!Literal} ${Text}' },
    `the-role ${ARN} cn-north-1 \${Literal} text`,
  ],
  [{ 'Fn::Sub': ['${Own}-${Role}', { Own: { Ref: 'Text' } }] }, 'text-the-role'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Role' }, 3]] }, 'a-the-role-3'],
  [{ 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
  [{ 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
  [{ 'Fn::Select': ['5', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Role', 'Arn'] }] }] }, 'role/Role'],
  [{ 'Fn::Select': [1, { Ref: 'List' }] }, 'b'],
  [{ 'Fn::If': ['InChina', 'there', 'elsewhere'] }, 'there'],
  [{ 'Fn::If': ['Elsewhere', 'there', { Ref: 'Text' }] }, 'text'],
  [{ 'Fn::If': ['Both', 1, 2] }, 1],
  [{ 'Fn::If': ['Either', 1, 2] }, 2],
  [{ 'Fn::ImportValue': { 'Fn::Sub': '${Text}-x' } }, 'export text-x'],
  [{ 'Fn::Base64': 'hello' }, 'aGVsbG8='],
  [{ 'Fn::FindInMap': ['Map', 'first', 'second'] }, 'mapped'],
  [{ a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  [['a', { Ref: 'AWS::NoValue' }, { 'Fn::If': ['InChina', { Ref: 'AWS::NoValue' }, 'x'] }], ['a']],
  [{ Ref: 'AWS::NoValue' }, undefined],
  [{ Condition: { Bool: { x: { Ref: 'Text' } } } }, { Condition: { Bool: { x: 'text' } } }],
  [
    { Ref: 'x', other: 1 }, { Ref: 'x', other: 1 },
  ],
  [true, true],
  [null, null],
])('%j becomes %j', (value, expected) => {
  expect(functions().resolve(value)).toEqual(expected);
});

test('values given for parameters win over their defaults', () => {
  expect(
    functions({ Text: 'mine', BootstrapVersion: '6' }).resolve([{ Ref: 'Text' }, { Ref: 'BootstrapVersion' }]),
  ).toEqual(['mine', '6']);
});

test.each<[unknown, string]>([
  [{ 'Fn::Cidr': [] }, 'The rehearsal does not know the function Fn::Cidr'],
  [{ Ref: 'Missing' }, 'Unresolved resource dependencies [Missing]'],
  [{ 'Fn::GetAtt': ['Role', 'Missing'] }, "Vendor response doesn't contain Missing attribute in object Role"],
  [{ 'Fn::If': ['Missing', 1, 2] }, 'Unresolved condition dependency Missing'],
  [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select cannot select index 2 of 2 values'],
  [{ 'Fn::FindInMap': ['Map', 'first', 'third'] }, 'Unable to get mapping for Map::first::third'],
  [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'A function needs text, got: {"a":1}'],
  [{ 'Fn::Join': ['', 'text'] }, 'A function needs a list as its argument, got: "text"'],
])('%j is refused', (value, message) => {
  expect(() => functions().resolve(value)).toThrow(message);
});
