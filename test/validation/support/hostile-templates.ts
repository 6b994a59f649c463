import { allow, arn, Body, deny, document, policyTemplate, roleAliasTemplate } from './findings';

/**
 * Templates that want to make the checks throw, run for ever or fill the memory, by what they do. Each has an AWS IoT
 * policy with the logical id `Policy`.
 *
 * They are made when they are asked for, since some have hundreds of kilobytes.
 */
export const HOSTILE_TEMPLATES: Readonly<Record<string, () => Body>> = {
  'a hundred selections from a long text that is split': () =>
    connecting(times(100, (index) => ({ 'Fn::Select': [index, { 'Fn::Split': [',', 'a,'.repeat(2_000)] }] }))),
  'a hundred selections from one text of 400 KB that is split': () => ({
    ...connecting(times(100, (index) => ({ 'Fn::Select': [index, { 'Fn::Split': [',', { 'Fn::FindInMap': ['M', 'a', 'b'] }] }] }))),
    Mappings: { M: { a: { b: 'a,'.repeat(200_000) } } },
  }),
  'selections from a split parameter with a long default': () => ({
    ...connecting(times(500, (index) => ({ 'Fn::Select': [index, { 'Fn::Split': ['a', { Ref: 'P' }] }] }))),
    Parameters: { P: { Type: 'String', Default: 'a'.repeat(300_000) } },
  }),
  'splits of splits': () => connecting(chain(50, 'a-'.repeat(5_000), (value) =>
    ({ 'Fn::Join': ['-', { 'Fn::Split': ['-', value] }] }))),
  'a text of a million separators, joined again and again': () => connecting(chain(40, '--'.repeat(50_000), (value) =>
    ({ 'Fn::Join': ['--', { 'Fn::Split': ['-', value] }] }))),
  'texts that grow eightfold fifty times': () => connecting(chain(50, 'xxxxxxxxxx', (value) =>
    ({ 'Fn::Sub': ['${a}${a}${a}${a}${a}${a}${a}${a}', { a: value }] }))),
  'texts that grow by references to outputs': () => ({
    ...connecting({ 'Fn::ImportValue': 'E0' }),
    Outputs: Object.fromEntries(times(60, (index) => [`O${index}`, {
      Value: { 'Fn::Join': ['', Array(10).fill({ 'Fn::ImportValue': `E${index + 1}` })] }, Export: { Name: `E${index}` },
    }])),
  }),
  'a text with twenty thousand variables': () => connecting({ 'Fn::Sub': '${AWS::Region}'.repeat(20_000) }),
  'a text with many variables that do not end': () => connecting({ 'Fn::Sub': '${'.repeat(100_000) }),
  'many dynamic references that do not end': () => connecting('{{resolve:'.repeat(30_000)),
  'texts of texts of JSON': () => {
    let text = JSON.stringify(document(allow('iot:*', '*')));
    for (let level = 0; level < 12; level++) text = JSON.stringify({ Statement: text });
    return policyTemplate(text);
  },
  'lists within lists': () => policyTemplate(document(allow('iot:Connect', deep(1_500, (value) => [value])))),
  'objects within objects': () => policyTemplate(deep(1_500, (value) => ({ Statement: value }))),
  'functions a thousand levels deep': () => connecting(chain(1_000, 'x', (value) => ({ 'Fn::Join': ['', [value]] }))),
  'a choice within a choice, three hundred levels deep': () => ({
    ...connecting(chain(300, '*', (value, index) => ({ 'Fn::If': [`C${index % 50}`, value, arn(`client/${index}`)] }))),
    ...conditions(50, (index) => ({ 'Fn::Equals': [{ Ref: 'P' }, `${index}`] })),
  }),
  'references that lead back to themselves': () => ({
    ...connecting({ 'Fn::ImportValue': 'A' }),
    Parameters: { P: { Type: 'String', Default: { Ref: 'P' } } },
    Outputs: Object.fromEntries(['A', 'B', 'C'].map((name, index, names) =>
      [name, { Value: { 'Fn::ImportValue': names[(index + 1) % 3] }, Export: { Name: name } }])),
  }),
  'exports whose names are imported from each other': () => ({
    ...connecting({ 'Fn::ImportValue': 'A' }),
    Outputs: Object.fromEntries(times(300, (index) =>
      [`O${index}`, { Value: 'x', Export: { Name: { 'Fn::ImportValue': `O${index + 1}` } } }])),
  }),
  'names of things that lead back to themselves': () => {
    const template = connecting({ Ref: 'A' });
    const thing = (name: string) => ({ Type: 'AWS::IoT::Thing', Properties: { ThingName: { 'Fn::Sub': `\${${name}}x` } } });
    return { Resources: { ...template.Resources as Body, A: thing('B'), B: thing('C'), C: thing('A') } };
  },
  'conditions that lead back to themselves': () => ({
    ...connecting({ 'Fn::If': ['C0', '*', 'x'] }),
    ...conditions(200, (index) => ({ Condition: `C${(index + 1) % 200}` })),
  }),
  'a chain of conditions': () => ({
    ...connecting({ 'Fn::If': ['C0', '*', 'x'] }),
    ...conditions(3_000, (index) => ({ 'Fn::Not': [{ Condition: `C${index + 1}` }] })),
  }),
  'conditions that each have both of the next': () => ({
    ...connecting({ 'Fn::If': ['C0', '*', 'x'] }),
    ...conditions(100, (index) =>
      ({ 'Fn::Or': [{ Condition: `C${index + 1}` }, { 'Fn::And': [{ Condition: `C${index + 2}` }, { Condition: `C${index + 1}` }] }] })),
  }),
  'a condition with ten thousand terms': () => ({
    ...connecting({ 'Fn::If': ['C0', '*', 'x'] }),
    ...conditions(1, () => ({ 'Fn::Or': times(10_000, (index) => ({ 'Fn::Equals': [{ Ref: 'P' }, `${index}`] })) })),
  }),
  'four thousand conditions': () => ({
    ...policyTemplate(document(...times(4_000, (index) =>
      ({ 'Fn::If': [`C${index}`, allow('iot:Connect', arn(`client/${index}`)), { Ref: 'AWS::NoValue' }] })))),
    ...conditions(4_000, (index) => ({ 'Fn::Equals': [{ Ref: 'P' }, `${index}`] })),
  }),
  'statements under conditions, full of wildcards': () => ({
    ...policyTemplate(document(...times(90, (index) => ({
      'Fn::If': [`C${index}`, (index % 2 ? deny : allow)('iot:*', arn(`topicfilter/${'*a?'.repeat(1_200)}${index}`)),
        { Ref: 'AWS::NoValue' }],
    })))),
    ...conditions(90, (index) => ({ 'Fn::Equals': [{ Ref: 'P' }, `${index}`] })),
  }),
  'parameters with thirty thousand allowed values': () => ({
    ...connecting({ 'Fn::Sub': arn('client/${P}${Q}${R}') }),
    Parameters: Object.fromEntries(['P', 'Q', 'R'].map((name) =>
      [name, { Type: 'String', AllowedValues: times(30_000, (index) => `${name}${index}`) }])),
  }),
  'forty parameters with allowed values': () => ({
    ...connecting(times(40, (index) => ({ 'Fn::Sub': `\${P${index}}` }))),
    Parameters: Object.fromEntries(times(40, (index) =>
      [`P${index}`, { Type: 'String', AllowedValues: times(32, (value) => `${value}`) }])),
  }),
  'allowed values that are long texts': () => ({
    ...connecting({ 'Fn::Join': ['', times(20, () => ({ Ref: 'P' }))] }),
    Parameters: { P: { Type: 'String', AllowedValues: times(32, (index) => `${index}`.repeat(5_000)) } },
  }),
  'lists of allowed values': () => ({
    ...connecting({ 'Fn::Join': [',', { Ref: 'P' }] }),
    Parameters: { P: { Type: 'CommaDelimitedList', AllowedValues: times(1_000, (index) => `${index}`) } },
  }),
  'patterns that take other tools for ever': () => ({
    ...connecting(times(6, (index) => ({ 'Fn::Sub': `\${P${index}}` }))),
    Parameters: Object.fromEntries(['(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a|aa)+$'.repeat(100), `(${'a*'.repeat(400)})*b`,
      `${'('.repeat(2_000)}a${')'.repeat(2_000)}`, `[${'a-z'.repeat(50_000)}]`].map((AllowedPattern, index) =>
      [`P${index}`, { Type: 'String', AllowedPattern, Default: 'a'.repeat(50_000) }])),
  }),
  'a mapping of thirty thousand rows': () => ({
    ...connecting({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'a'] }),
    Mappings: { M: Object.fromEntries(times(30_000, (index) => [`r${index}`, { a: `x${index}` }])) },
  }),
  'a mapping with open rows and columns': () => ({
    ...connecting({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }] }),
    Mappings: {
      M: Object.fromEntries(times(300, (row) =>
        [`r${row}`, Object.fromEntries(times(100, (column) => [`c${column}`, `x${row}.${column}`]))])),
    },
  }),
  'mappings within mappings': () => ({
    ...connecting(chain(55, { Ref: 'AWS::Region' }, (value) => ({ 'Fn::FindInMap': ['M', value, 'a'] }))),
    Mappings: { M: { a: { a: 'a' }, b: { a: 'b' }, c: { a: { a: { a: '*' } } } } },
  }),
  'many mappings by the same key': () => ({
    ...connecting(times(200, (index) => ({ 'Fn::FindInMap': [`M${index}`, { Ref: 'AWS::Region' }, 'a'] }))),
    Mappings: Object.fromEntries(times(200, (index) =>
      [`M${index}`, Object.fromEntries(times(30, (row) => [`r${row}`, { a: `${index}.${row}` }]))])),
  }),
  'keys of prototypes': () => JSON.parse(`{
    "Parameters": { "__proto__": { "Type": "String", "AllowedValues": ["*"] }, "constructor": { "Type": "String" } },
    "Mappings": { "__proto__": { "__proto__": { "toString": "*" } } },
    "Conditions": { "__proto__": { "Fn::Equals": [{ "Ref": "__proto__" }, { "Ref": "hasOwnProperty" }] } },
    "Resources": {
      "__proto__": { "Type": "AWS::IoT::Policy", "Properties": { "__proto__": { "PolicyDocument": { "Ref": "toString" } } } },
      "constructor": { "Type": "__proto__", "Condition": "__proto__" },
      "Policy": { "Type": "AWS::IoT::Policy", "Properties": { "PolicyDocument": { "__proto__": { "Statement": [] }, "Statement": [
        { "Effect": "Allow", "Action": "iot:Connect", "__proto__": { "Resource": "*" },
          "Resource": [{ "Fn::FindInMap": ["__proto__", "__proto__", "toString"] }, { "Ref": "__proto__" },
            { "Fn::GetAtt": ["__proto__", "__proto__"] }, { "Fn::Sub": ["\${__proto__}", { "__proto__": "*" }] }] } ] } } }
    }
  }`),
  'everything of the wrong type': () => ({
    Parameters: 5, Mappings: [], Conditions: 'x', Outputs: [{}], Transform: { a: 1 },
    Resources: {
      ...policyTemplate({ 'Fn::If': { a: 1 } }).Resources as Body, A: null, B: [], C: { Type: ['x'] }, D: { Type: 'x', Properties: 5 },
    },
  }),
  'twenty thousand statements': () => policyTemplate(document(...times(20_000, () => allow('iot:Connect', '*')))),
  'twenty thousand actions': () => policyTemplate(document(allow(times(20_000, (index) => `iot:A${index}*`), '*'))),
  'a pattern of wildcards': () => policyTemplate(document(allow('iot:*', '*'),
    deny('iot:*', arn(`topicfilter/${'*a'.repeat(1_900)}`)), allow('iot:*', arn(`topic/${'?*'.repeat(900)}`)))),
  'many denied topics': () => policyTemplate(document(allow('iot:*', '*'),
    deny('iot:Subscribe', times(100, (index) => arn(`topicfilter/*/a${index}/*/b`))), deny('iot:Receive', arn('topic/*/*/*/x')))),
  'long variables of policies': () => connecting(`${arn('client/')}\${${'a'.repeat(3_000)}}\${${'$'.repeat(900)}`),
  'surrogates and characters that are none': () => connecting(`${arn('client/')}\ud800\udfff\ud83d*\uffff\ufdd00\ufdd1\u0000`),
  'a role with a thousand policies': () => withPolicy(roleAliasTemplate({
    Policies: times(1_000, (index) => ({ PolicyName: `P${index}`, PolicyDocument: document(allow('iot:Get*', `${index}*`)) })),
    ManagedPolicyArns: times(1_000, () => 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess'),
  })),
  'three hundred role aliases of one role': () => {
    const { Alias, ...others } = roleAliasTemplate({
      Policies: [{ PolicyName: 'P', PolicyDocument: document(allow('iot:*', { Ref: 'P' })) }],
    }).Resources as Body;
    return withPolicy({ Resources: { ...others, ...Object.fromEntries(times(300, (index) => [`Alias${index}`, Alias])) } });
  },
  'a thousand policies that are attached by open names': () => withPolicy(roleAliasTemplate({ RoleName: 'r' },
    Object.fromEntries(times(1_000, (index) => [`Attached${index}`, {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: [{ 'Fn::Sub': `\${P}${index}` }], PolicyDocument: document(allow('iot:Connect', `${index}`)) },
    }])))),
  'a thousand attachments of open certificates': () => withPolicy({
    Resources: Object.fromEntries(times(1_000, (index) => [`A${index}`, {
      Type: 'AWS::IoT::ThingPrincipalAttachment',
      Properties: { Principal: { 'Fn::If': [`C${index % 40}`, arn(`cert/${index}`), arn(`cert/${index + 1}`)] }, ThingName: `${index}` },
    }])),
    ...conditions(40, (index) => ({ 'Fn::Equals': [{ Ref: 'P' }, `${index}`] })),
  }),
  'a provisioning template within a provisioning template': () => {
    let body: unknown = { Resources: { P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(allow('iot:*', '*')) } } } };
    for (let level = 0; level < 8; level++) {
      body = { Resources: { T: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateBody: JSON.stringify(body) } } } };
    }
    return withPolicy(body as Body);
  },
};

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Puts a value into others, one after the other. */
function chain(levels: number, value: unknown, around: (value: unknown, level: number) => unknown): unknown {
  let outer = value;
  for (let level = 0; level < levels; level++) outer = around(outer, level);
  return outer;
}

const deep = (levels: number, around: (value: unknown) => unknown) => chain(levels, 'x', around);

const connecting = (resource: unknown) => policyTemplate(document(allow('iot:Connect', resource)));

function withPolicy(template: Body): Body {
  const { Resources } = connecting('*');
  return { ...template, Resources: { ...template.Resources as Body, ...Resources as Body } };
}

function conditions(count: number, condition: (index: number) => unknown): Body {
  return {
    Parameters: { P: { Type: 'String' } },
    Conditions: Object.fromEntries(times(count, (index) => [`C${index}`, condition(index)])),
  };
}
