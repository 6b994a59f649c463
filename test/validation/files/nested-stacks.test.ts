import { readFileSync } from 'fs';
import { join } from 'path';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { findingsInFiles, folderWith, policyInYaml, summariesOf } from '../support/template-files';

const CHILD = `Parameters:
  Client: {Type: String}
${policyInYaml('${Client}')}`;

/** The lines of the policy, of its document, and of the statement in it. */
const [POLICY, DOCUMENT, STATEMENT] = [4, 7, 10];

const nested = (url: string, parameters = '{Client: \'*\'}', id = 'Nested') => `  ${id}:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ${url}
      Parameters: ${parameters}
`;
const parent = (...resources: string[]) => `Resources:\n${resources.join('')}`;

test.each([
  ['a path', './child.yaml'],
  ['a path without a dot', 'child.yaml'],
  ['a URL', 'https://templates.s3.eu-west-1.amazonaws.com/v1/child.yaml'],
  ['a URL of functions', '!Sub \'https://${Bucket}.s3.${AWS::URLSuffix}/child.yaml\''],
  ['a URL of parameters', '!Sub [\'${Base}/child.yaml\', {Base: !Ref Base}]'],
  ['a URL of parts', '!Join [/, [!Ref Base, templates, child.yaml]]'],
  ['a URL of one part', '{"Fn::Join": ["", ["https://", {"Ref": "Bucket"}, "/child.yaml"]]}'],
])('a nested stack with %s is judged with the values that it gets', (_, url) => {
  const folder = folderWith({ 'parent.yaml': parent(nested(url)), 'child.yaml': CHILD });
  for (const given of [['parent.yaml', 'child.yaml'], ['child.yaml', 'parent.yaml'], ['']]) {
    expect(summariesOf(folder, given)).toEqual([`non-compliant child.yaml:${STATEMENT} Policy`]);
  }
});

test('a child at a local path need not be given', () => {
  const folder = folderWith({ 'stacks/parent.yaml': parent(nested('../child.yaml', '{Client: pump-7}')), 'child.yaml': CHILD });
  expect(summariesOf(folder, ['stacks/parent.yaml'])).toEqual([`compliant child.yaml:${POLICY} Policy`]);
});

test.each([
  ['a URL whose file is not given', ['parent.yaml'], 'https://x.s3.amazonaws.com/child.yaml', undefined],
  ['a URL whose name two files have', ['parent.yaml', 'child.yaml', 'other/child.yaml'],
    'https://x.s3.amazonaws.com/child.yaml', undefined],
  ['a version of a URL', ['parent.yaml', 'child.yaml'], 'https://x.s3.amazonaws.com/child.yaml?versionId=1', undefined],
  ['a name that begins with what is open', ['parent.yaml', 'child.yaml'], '!Sub "${Base}/${Prefix}child.yaml"', undefined],
  ['a name after what is open', ['parent.yaml', 'child.yaml'], '!Sub "${Prefix}child.yaml"', undefined],
  ['a parameter', ['parent.yaml', 'child.yaml'], '!Ref Url', undefined],
])('%s is not followed', (_, given, url, parameters) => {
  const folder = folderWith({ 'parent.yaml': parent(nested(url, parameters)), 'child.yaml': CHILD, 'other/child.yaml': CHILD });
  const [unread, ...others] = findingsInFiles(folder, given);
  expect(unread).toMatchObject({
    why: 'Not all that the template deploys can be seen: the template of the nested stack Nested is not in it',
    resource: { logicalId: 'Nested' },
  });
  expect(others.map(({ verdict }) => verdict)).toEqual(given.slice(1).map(() => 'cannot be decided'));
});

test.each([
  ['passes another parameter', '{Client: x, Site: y}'],
  ['does not pass all', '{}'],
  ['passes what is not written out', '!Ref All'],
])('a file with the name in a URL is not followed if the stack %s', (_, parameters) => {
  const folder = folderWith({ 'p.yaml': parent(nested('https://x.s3.amazonaws.com/child.yaml', parameters)), 'child.yaml': CHILD });
  const [{ why }] = findingsInFiles(folder, ['p.yaml', 'child.yaml']);
  expect(why).toBe(`Not all that the template deploys can be seen: ${join(folder, 'child.yaml')} does not have the parameters `
    + 'that the nested stack Nested passes');
});

test.each([
  ['a path at which nothing is', './gone.yaml', (folder: string) =>
    `the template of the nested stack Nested is not at ${join(folder, 'gone.yaml')}`],
  ['a folder', './folder', (folder: string) => `the template of the nested stack Nested is not at ${join(folder, 'folder')}`],
  ['a file that is none', './none.yaml', (folder: string) =>
    `the nested stack Nested has ${join(folder, 'none.yaml')}, and this is no CloudFormation template: it has no Resources`],
  ['a broken file', './broken.yaml', (folder: string) =>
    `the template of the nested stack Nested, ${join(folder, 'broken.yaml')}, cannot be read: it is neither JSON nor YAML: `
    + 'Tabs are not allowed as indentation'],
  ['a file of two documents', './two.yaml', (folder: string) =>
    `another document follows the template of the nested stack Nested, ${join(folder, 'two.yaml')}`],
  ['itself', './parent.yaml', (folder: string) => `the nested stack Nested leads back to ${join(folder, 'parent.yaml')}`],
])('a nested stack with %s is unread, and says why', (_, url, reason) => {
  const folder = folderWith({
    'parent.yaml': parent(nested(url)), 'folder/x.yaml': CHILD, 'none.yaml': 'a: b', 'broken.yaml': 'a: b\n\tc: d',
    'two.yaml': `${CHILD}---\n${CHILD}`,
  });
  expect(findingsInFiles(folder, ['parent.yaml']).map(({ why, resource, isGivenFile }) => [why, resource?.logicalId, isGivenFile]))
    .toEqual([[`Not all that the template deploys can be seen: ${reason(folder)}`, 'Nested', undefined]]);
});

test('a child of several nested stacks is judged for each, and each finding says for which', () => {
  const folder = folderWith({
    'parent.yaml': parent(nested('child.yaml', '{Client: pump-7}', 'One'), nested('child.yaml', '{Client: \'*\'}', 'Each'),
      nested('child.yaml', '{Client: !Ref Name}', 'Open')),
    'child.yaml': CHILD,
  });
  expect(findingsInFiles(folder, ['']).map(({ verdict, why }) => [verdict, why])).toEqual([
    ['compliant', ''],
    ['non-compliant', 'The policy allows iot:Connect on arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:client/* '
      + `(nested stack Each of ${join(folder, 'parent.yaml')})`],
    ['cannot be decided', 'The policy cannot be judged for certain: \'Name\', which the template does not define '
      + `(nested stack Open of ${join(folder, 'parent.yaml')})`],
  ]);

  const sarifFile = join(folder, 'findings.sarif');
  new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], sarifFile })
    .checkTemplates(join(folder, 'parent.yaml'));
  expect(JSON.parse(readFileSync(sarifFile, 'utf8')).runs[0].results).toHaveLength(2);
});

test('a default of a nested stack counts, unless the stack around it passes a value', () => {
  const child = CHILD.replace('{Type: String}', '{Type: String, Default: pump-7}');
  const folder = folderWith({ 'parent.yaml': parent(nested('child.yaml', '{}')), 'child.yaml': child });
  expect(summariesOf(folder, ['parent.yaml'])).toEqual([`compliant child.yaml:${POLICY} Policy`]);
  expect(summariesOf(folder, ['child.yaml'])).toEqual([`undecided child.yaml:${DOCUMENT} Policy`]);
});

const ROLE = `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: All
          PolicyDocument:
            Statement: {Effect: Allow, Action: 'iot:*', Resource: '*'}
Outputs:
  RoleArn: {Value: !GetAtt Role.Arn}
`;
const ALIAS = (arn: string) => `  Alias:
    Type: AWS::IoT::RoleAlias
    Properties:
      RoleArn: ${arn}
`;

test.each([
  ['output by !GetAtt', parent(nested('role.yaml', '{}'), ALIAS('!GetAtt Nested.Outputs.RoleArn')), {}],
  ['output by Fn::GetAtt', parent(nested('role.yaml', '{}'), ALIAS('{"Fn::GetAtt": ["Nested", "Outputs.RoleArn"]}')), {}],
  ['output by !Sub', parent(nested('role.yaml', '{}'), ALIAS('!Sub "${Nested.Outputs.RoleArn}"')), {}],
  ['output that another nested stack gets', parent(nested('role.yaml', '{}', 'Roles'),
    nested('aliases.yaml', '{Arn: !GetAtt Roles.Outputs.RoleArn}')), {
    'aliases.yaml': `Parameters: {Arn: {Type: String}}\n${parent(ALIAS('!Ref Arn'))}`,
  }],
  ['output of an output', parent(nested('middle.yaml', '{}'), ALIAS('!GetAtt Nested.Outputs.Arn')), {
    'middle.yaml': `${parent(nested('role.yaml', '{}', 'Inner'))}Outputs: {Arn: {Value: !GetAtt Inner.Outputs.RoleArn}}`,
  }],
])('an %s is read', (_, text, others) => {
  const folder = folderWith({ 'role.yaml': ROLE, 'parent.yaml': text, ...others });
  const findings = findingsInFiles(folder, ['parent.yaml']);
  expect(findings).not.toHaveLength(0);
  expect(findings.every(({ verdict, resource }) => verdict === 'non-compliant' && resource?.logicalId === 'Alias')).toBe(true);
});

describe('stacks in a circle', () => {
  const folder = folderWith({
    'a.yaml': parent(nested('b.yaml')) + policyInYaml().replace('Resources:\n', ''), 'b.yaml': parent(nested('a.yaml')),
    'apart.yaml': policyInYaml(),
  });

  test.each([
    ['all given', ['a.yaml', 'b.yaml', 'apart.yaml']],
    ['in another order', ['apart.yaml', 'b.yaml', 'a.yaml']],
    ['in a folder', ['']],
    ['only one given', ['b.yaml', 'apart.yaml']],
  ])('are judged, and said: %s', (_, given) => {
    const findings = findingsInFiles(folder, given);
    expect(findings.filter(({ why }) => /the nested stack Nested leads back to \S+\.yaml/.test(why))).not.toHaveLength(0);
    expect(new Set(findings.filter(({ verdict }) => verdict === 'non-compliant')
      .map(({ template }) => template!.templatePath))).toEqual(new Set(['a.yaml', 'apart.yaml'].map((name) => join(folder, name))));
  });
});

test('stacks that double with every level end in seconds', () => {
  const levels = Array.from({ length: 20 }, (_, level) => [`${level}.yaml`,
    parent(nested(`${level + 1}.yaml`, '{}', 'One'), nested(`${level + 1}.yaml`, '{}', 'Other'))]);
  const folder = folderWith({ ...Object.fromEntries(levels), '20.yaml': policyInYaml() });
  const findings = findingsInFiles(folder, ['0.yaml']);
  expect(findings.filter(({ why }) => why.includes('is one of more than 1000'))).not.toHaveLength(0);
  expect(findings.filter(({ verdict }) => verdict === 'non-compliant').length).toBeGreaterThan(100);
});

describe('applications of the Serverless Application Model', () => {
  const application = (location: string) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Application:
    Type: AWS::Serverless::Application
    Properties:
      Location: ${location}
      Parameters: {Client: '*'}
`;

  test.each(['./child.yaml', 'child.yaml', 'https://x.s3.amazonaws.com/child.yaml'])('are followed to %s', (location) => {
    const folder = folderWith({ 'template.yaml': application(location), 'child.yaml': CHILD });
    expect(summariesOf(folder, ['template.yaml', 'child.yaml'])).toEqual([`non-compliant child.yaml:${STATEMENT} Policy`]);
  });

  test('tell their outputs', () => {
    const folder = folderWith({
      'template.yaml': application('role.yaml').replace(/ +Parameters.*\n/, '') + ALIAS('!GetAtt Application.Outputs.RoleArn'),
      'role.yaml': ROLE,
    });
    expect(new Set(summariesOf(folder, ['template.yaml']))).toEqual(new Set(['non-compliant template.yaml:10 Alias']));
  });

  test('of the repository are elsewhere', () => {
    const folder = folderWith({ 'template.yaml': application('{ApplicationId: \'arn:x\', SemanticVersion: 1.0.0}') });
    expect(findingsInFiles(folder, ['template.yaml']).map(({ why }) => why)).toEqual([
      'Not all that the template deploys can be seen: the template of the nested application Application is not in it',
    ]);
  });
});

describe('a nested stack under a condition', () => {
  const conditional = (condition: string) => `Parameters:
  Stage: {Type: String}
Conditions:
  Perhaps: ${condition}
${parent(nested('./child.yaml').replace('    Type:', '    Condition: Perhaps\n    Type:'))}`;

  test.each([
    ['that never holds', '!Equals [a, b]', []],
    ['that always holds', '!Equals [a, a]', [`non-compliant child.yaml:${STATEMENT} Policy`]],
    ['that only the deployment knows', '!Equals [!Ref Stage, prod]', [`non-compliant child.yaml:${STATEMENT} Policy`]],
  ])('%s', (_, condition, expected) => {
    const folder = folderWith({ 'parent.yaml': conditional(condition), 'child.yaml': CHILD });
    expect(summariesOf(folder, ['parent.yaml'])).toEqual(expected);
  });
});
