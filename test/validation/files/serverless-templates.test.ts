import { findingsInFiles, folderWith, policyInYaml } from '../support/template-files';

const POLICY = policyInYaml().replace('Resources:\n', '');

const sam = (resources: string, outputs = '') => `AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: nodejs22.x}
Resources:
${resources}${POLICY}${outputs}`;

const FUNCTION = `  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./src
      Handler: index.handler
      Policies:
        - AWSIoTFullAccess
        - S3ReadPolicy: {BucketName: !Ref Bucket}
        - Statement: [{Effect: Allow, Action: '*', Resource: '*'}]
      Events:
        Api: {Type: Api, Properties: {Path: /, Method: get}}
        Rule: {Type: IoTRule, Properties: {Sql: SELECT * FROM 'a'}}
`;

test.each([
  ['a function', FUNCTION, ''],
  ['its implicit API in an output', FUNCTION,
    'Outputs: {Url: {Value: !Sub "https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/"}}\n'],
  ['its implicit role in an output', FUNCTION, 'Outputs: {Role: {Value: !GetAtt FunctionRole.Arn}}\n'],
  ['its implicit stage and version', FUNCTION, 'Outputs: {A: {Value: !Ref ServerlessRestApiProdStage}, B: {Value: !Ref Function.Version}}\n'],
  ['code in a folder', '  Function: {Type: \'AWS::Lambda::Function\', Properties: {Code: ./dir}}\n', ''],
  ['required properties that are missing', '  Function: {Type: \'AWS::Lambda::Function\'}\n  Rule: {Type: \'AWS::IoT::TopicRule\', Properties: {}}\n', ''],
  ['a resource that is declared twice', '  Table: {Type: \'AWS::DynamoDB::Table\'}\n  Table: {Type: \'AWS::DynamoDB::Table\'}\n', ''],
  ['a property that is there twice', '  Table:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: a\n      TableName: b\n', ''],
  ['types and properties that nobody knows', '  Thing: {Type: \'AWS::IoT::Gizmo\', Properties: {A: !Ref Nothing}, Extra: 1}\n', ''],
  ['a reference to what is not there', '  Table: {Type: \'AWS::DynamoDB::Table\', DependsOn: Nothing, Condition: Never}\n', ''],
])('the policy beside %s is judged', (_, resources, outputs) => {
  const folder = folderWith({ 'template.yaml': sam(resources, outputs) });
  expect(findingsInFiles(folder, ['template.yaml']).map(({ verdict, resource }) => [verdict, resource?.logicalId]))
    .toEqual([['non-compliant', 'Policy']]);
});

const ALIAS = (role: string) => `  Alias:
    Type: AWS::IoT::RoleAlias
    Properties: {RoleArn: ${role}}
`;

test.each([
  ['the implicit role of a function', '!GetAtt FunctionRole.Arn', '\'FunctionRole\', which the template does not define'],
  ['the implicit role by its name', '!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${FunctionRole}"',
    'the role arn:<AWS::Partition>:iam::<AWS::AccountId>:role/<unknown>, which no template declares'],
])('a role alias to %s is undecided', (_, role, reason) => {
  const folder = folderWith({ 'template.yaml': sam(FUNCTION + ALIAS(role)) });
  expect(findingsInFiles(folder, ['template.yaml']).map(({ verdict, resource, why }) => [verdict, resource?.logicalId, why]))
    .toEqual([
      ['non-compliant', 'Policy', expect.any(String)],
      ['cannot be decided', 'Alias', `The role behind the alias cannot be judged for certain: ${reason}`],
    ]);
});

test('a role beside functions is judged', () => {
  const role = `  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{PolicyName: All, PolicyDocument: {Statement: {Effect: Allow, Action: 'iot:*', Resource: '*'}}}]
`;
  const folder = folderWith({ 'template.yaml': sam(FUNCTION + role + ALIAS('!GetAtt Role.Arn')) });
  const verdicts = findingsInFiles(folder, ['template.yaml']).filter(({ resource }) => resource?.logicalId === 'Alias')
    .map(({ verdict }) => verdict);
  expect(new Set(verdicts)).toEqual(new Set(['non-compliant']));
});
