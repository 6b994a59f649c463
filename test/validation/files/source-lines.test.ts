import { join } from 'path';
import { JsonLines } from '../../../src/validation/files/json-lines';
import { parseText } from '../../../src/validation/files/template-text';
import { placesOf } from '../../../src/validation/report/finding-places';
import { findingsInFiles, folderWith } from '../support/template-files';

const YAML = `# The fleet.
Resources:
  Policy:
    Type: AWS::IoT::Policy
    Properties: &properties
      PolicyName: fleet

      PolicyDocument:
        Version: 2012-10-17
        Statement:
          # Not this one.
          - Effect: Allow
            Action: iot:Connect
            Resource: !Sub arn:aws:iot:eu-west-1:1:client/pump-7
          -
            Effect: Allow
            Action:
              - iot:Publish
              - iot:Connect
            Resource:
              !Join
                - ''
                - [ 'arn:', '*' ]
  Other:
    Type: AWS::IoT::Policy
    Properties: *properties
  Twice: {Type: AWS::IoT::Policy}
  Twice:
    Type: AWS::IoT::Policy
`;

const within = (...path: string[]) => ['Resources', ...path];
const statement = (index: string, ...path: string[]) =>
  within('Policy', 'Properties', 'PolicyDocument', 'Statement', index, ...path);

test.each([
  [[], 1],
  [within(), 2],
  [within('Policy'), 3],
  [within('Policy', 'Properties', 'PolicyDocument'), 8],
  [statement('0'), 12],
  [statement('0', 'Resource'), 14],
  [statement('1'), 16],
  [statement('1', 'Action', '1'), 19],
  [statement('1', 'Resource', 'Fn::Join', '1', '1'), 20],
  [statement('2'), 10],
  [statement('length'), 10],
  [within('Other', 'Properties', 'PolicyDocument', 'Statement', '1', 'Action'), 17],
  [within('Other', 'Properties', 'Nothing'), 26],
  [within('Twice', 'Type'), 29],
  [within('Nothing', 'Properties'), 2],
  [['Parameters', 'A'], 1],
])('in YAML, %j is on line %d', (path, line) => {
  expect(parseText(YAML).lines().lineOf(path)).toBe(line);
  const inCrLf = parseText(`\uFEFF${YAML.replaceAll('\n', '\r\n')}`);
  expect(inCrLf.lines().lineOf(path)).toBe(line);
});

test('the lines of JSON are the same for all that is written on lines of its own', () => {
  const json = parseText(YAML).json;
  const text = JSON.stringify(json, undefined, 2);
  const lines = new JsonLines(text);
  const paths: string[][] = [];
  const collect = (value: unknown, path: string[]) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      paths.push([...path, key]);
      collect(child, [...path, key]);
    }
  };
  collect(json, []);
  // Every line holds one value, or closes one.
  const ofValues = text.split('\n').flatMap((line, index) => /^\s*[\]}],?$/.test(line) ? [] : [index + 1]).slice(1);
  expect(paths.map((path) => lines.lineOf(path))).toEqual(ofValues);
});

const DOCUMENT_AS_TEXT = `Resources:
  Literal:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument: |
        {
          "Version": "2012-10-17",
          "Statement": [
            { "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" }
          ]
        }
  Quoted:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        '{"Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}'
  Made:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument: !Sub |
        {"Statement": [{"Effect": "Allow", "Action": "iot:Connect",
          "Resource": "arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:client/*"}]}
  Provisioning:
    Type: AWS::IoT::ProvisioningTemplate
    Properties:
      ProvisioningRoleArn: arn:aws:iam::123456789012:role/Provisioning
      TemplateBody: >
        {"Resources": {"policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument":
          {"Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}}}}}
`;

test('a document that is a text is at the line of the text', () => {
  const folder = folderWith({ 'fleet.yaml': DOCUMENT_AS_TEXT });
  expect(findingsInFiles(folder, ['fleet.yaml']).map((finding) => [finding.verdict, finding.resource?.logicalId, placesOf(finding)]))
    .toEqual([['Literal', 5], ['Quoted', 15], ['Made', 20], ['Provisioning', 27]].map(([id, line]) =>
      ['non-compliant', id, [{ path: join(folder, 'fleet.yaml'), line }]]));
});

test('a finding about several statements names the line of each', () => {
  const folder = folderWith({
    'fleet.yaml': `Resources:
  Policy:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: 'iot:Connect', Resource: '*'}
          - {Effect: Allow, Action: 'iot:Connect', Resource: 'arn:aws:iot:eu-west-1:123456789012:client/pump-7'}
          - Effect: Allow
            Action: iot:Publish
            Resource: '*'
`,
  });
  expect(findingsInFiles(folder, ['fleet.yaml']).flatMap(placesOf).map(({ line }) => line)).toEqual([7, 9]);
});

test('what makes resources without showing them is at its line', () => {
  const folder = folderWith({
    'fleet.yaml': `Transform: [AWS::LanguageExtensions, Mine]
Resources:
  Fn::ForEach::Policies:
    - Name
    - [a, b]
    - Policy\${Name}:
        Type: AWS::IoT::Policy
  Fn::Transform:
    Name: AWS::Include
  Module: {Type: Mine::Fleet::Site::MODULE}
  Stack: {Type: 'AWS::CloudFormation::Stack'}
  Nothing:
  Embedded: !Rain::Embed x.yaml
  Added:
    Type: AWS::IoT::Policy
    Properties:
      Fn::Transform: {Name: AWS::Include}
`,
  });
  const unread = findingsInFiles(folder, ['fleet.yaml']).filter(({ check }) => check === undefined);
  expect(unread.map((finding) => [placesOf(finding)[0].line, finding.why.replace(/^.*?: /, '')])).toEqual([
    [1, 'the macro Mine may change any of its resources'],
    [3, 'Fn::ForEach::Policies makes resources that it does not show'],
    [8, 'Fn::Transform makes resources that it does not show'],
    [10, 'the resources of the module Module (Mine::Fleet::Site::MODULE) are not in it'],
    [12, 'the resource Nothing is not written as CloudFormation expects'],
    [13, 'the resource Embedded is not written as CloudFormation expects'],
    [14, 'Fn::Transform adds to the resource Added what it does not show'],
    [11, 'the template of the nested stack Stack is not in it'],
  ]);
});

test.each([
  ['all of a template', 'Fn::Transform: {Name: Mine}\nResources:\n', 'the macro Mine may change any of its resources'],
  ['all of a template, with others', 'Transform: AWS::Serverless-2016-10-31\nFn::Transform: {Name: Mine}\nResources:\n',
    'the macro Mine may change any of its resources'],
  ['all resources', 'Resources: !Transform\n  Name: AWS::Include\n', 'Fn::Transform makes resources that it does not show'],
])('a macro around %s is told, and the rest is judged', (_, start, reason) => {
  const policy = '  Policy: {Type: AWS::IoT::Policy, Properties: {PolicyDocument: {Statement: {Effect: Allow, '
    + 'Action: iot:Connect, Resource: "*"}}}}\n';
  const folder = folderWith({ 'fleet.yaml': start + policy });
  const [{ why }, ...others] = findingsInFiles(folder, ['fleet.yaml']);
  expect(why).toBe(`Not all that the template deploys can be seen: ${reason}`);
  expect(others.map(({ verdict }) => verdict)).toEqual(start.includes('!Transform') ? [] : ['non-compliant']);
});
