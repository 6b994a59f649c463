import { readFileSync, symlinkSync } from 'fs';
import { join } from 'path';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { allow, document, policyTemplate } from '../support/findings';
import { findingsInFiles, folderWith, policyInYaml, summariesOf } from '../support/template-files';

const check = (...paths: string[]) =>
  new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE] }).checkTemplates(...paths);

const PROVISIONING = {
  Parameters: { 'SerialNumber': { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } },
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: JSON.stringify(document(allow('iot:*', '*'))) } },
  },
};

const looksLike = (kind: string) => `no CloudFormation template: it looks like ${kind}`;

const OTHER_FILES: readonly (readonly [name: string, text: string, reason: string, fix?: string])[] = [
  ['nothing', '', 'it is empty'],
  ['white space', ' \n\n', 'it is empty'],
  ['a comment', '# nothing yet\n', 'it is empty'],
  ['the start of a document', '---\n', 'it is empty'],
  ['null', 'null', 'it is empty'],
  ['no key', '{}', 'no CloudFormation template: it has no Resources'],
  ['a version only', 'AWSTemplateFormatVersion: 2010-09-09', 'no CloudFormation template: it has no Resources'],
  ['no resource', 'Resources:', 'no CloudFormation template: it has no Resources'],
  ['a list of resources', 'Resources:\n  - a', 'no CloudFormation template: its Resources are no mapping'],
  ['a reference in the place of resources', 'Resources: a', 'no CloudFormation template: its Resources are no mapping'],
  ['a list', '[{"ParameterKey": "A", "ParameterValue": "b"}]', 'no CloudFormation template: it holds a list'],
  ['prose', 'Dear devices, hello.', 'no CloudFormation template: it holds one value'],
  ['a policy document', JSON.stringify(document(allow('iot:*', '*'))), looksLike('a policy document'),
    'give the template whose AWS::IoT::Policy or role has this document'],
  ['a policy document in YAML', 'Version: 2012-10-17\nStatement:\n  Effect: Allow', looksLike('a policy document'),
    'give the template whose AWS::IoT::Policy or role has this document'],
  ['the body of a provisioning template', JSON.stringify(PROVISIONING), looksLike('the body of a provisioning template'),
    'give the template whose AWS::IoT::ProvisioningTemplate or AWS::IoT::CACertificate has this body'],
  ['serverless.yml', 'service: fleet\nprovider:\n  name: aws\nresources:\n  Resources:\n    A: ${file(a.yml)}',
    looksLike('a configuration of the Serverless Framework'),
    'package it first: `serverless package` writes .serverless/cloudformation-template-update-stack.json'],
  ['a Docker Compose file', 'version: "3"\nservices:\n  broker:\n    image: mosquitto', looksLike('a Docker Compose file')],
  ['a Kubernetes object', 'apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod', looksLike('a Kubernetes object')],
  ['a GitHub workflow', 'on: push\njobs:\n  build:\n    steps: []', looksLike('a GitHub workflow')],
  ['a package.json', '{"name": "fleet", "version": "1.0.0", "dependencies": {}}', looksLike('a package.json')],
  ['a Terraform configuration', '{"resource": {"aws_iot_policy": {}}}', looksLike('a Terraform configuration')],
  ['a cdk.json', '{"app": "npx tsx app.ts"}', looksLike('a configuration of the CDK'),
    'synthesize the app first, and give its cdk.out'],
  ['an answer of the CLI', '{"TemplateBody": {"Resources": {}}, "StagesAvailable": []}', looksLike('an answer of the AWS CLI'),
    'write only its TemplateBody to the file: --query TemplateBody'],
];

test.each(OTHER_FILES.map(([name, text, reason, fix]) => ({ name, text, reason, fix })))(
  'a file with $name is no template', ({ text, reason, fix }) => {
    const folder = folderWith({ 'file.yaml': text, 'fleet.yaml': policyInYaml() });
    const [unread, ...others] = findingsInFiles(folder, ['file.yaml', 'fleet.yaml']);
    expect([unread.why, unread.fix, unread.isGivenFile]).toEqual([`The template cannot be read: ${reason}`, fix, true]);
    expect(others.map(({ verdict }) => verdict)).toEqual(['non-compliant']);

    const path = join(folder, 'file.yaml');
    expect(check(path)).toMatchObject({
      success: false, metadata: { compliant: '0', nonCompliant: '0', undecided: '1' },
      violations: [{ severity: 'error', violatingResources: [{ templatePath: path }] }],
    });
  });

test.each<[string, object]>([
  ['things and certificates for a CSR', {
    Thing: { Type: 'AWS::IoT::Thing', Properties: {} },
    Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status: 'ACTIVE', CertificateSigningRequest: 'x' } },
  }],
  ['a policy only', { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document() } } }],
])('a template with %s is no provisioning template', (_, Resources) => {
  const folder = folderWith({ 'fleet.json': { Resources } });
  expect(findingsInFiles(folder, ['fleet.json']).filter(({ isGivenFile }) => isGivenFile)).toEqual([]);
});

test.each([
  ['there is none', () => '/nowhere/template.json', 'there is no such file'],
  ['a folder on its path is a file', () => join(folderWith({ a: '' }), 'a', 'b.json'), 'there is no such file'],
  ['it links to nothing', () => {
    const path = join(folderWith({}), 'link.yaml');
    symlinkSync('/nowhere/template.json', path);
    return path;
  }, 'there is no such file'],
  ['its name is empty', () => '', 'there is no such file'],
])('a file that cannot be opened is no success: %s', (_, path, reason) => {
  const { success, violations } = check(path());
  expect(success).toBe(false);
  expect(violations.map(({ description, severity }) => [description, severity]))
    .toEqual([[`UNREAD_TEMPLATE cannot be decided: The template cannot be read: ${reason}`, 'error']]);
});

const NAMES = [
  'fleet', 'fleet.template', 'fleet.yml', '1_fleet.txt', 'my_fleet.json', '.fleet', 'fleet.yaml.j2', 'Fleet stack (2).YAML',
];

test.each(NAMES)(
  'the content of %s tells that it is a template', (name) => {
    const folder = folderWith({ [name]: policyInYaml(), [`json ${name}`]: policyTemplate(document(allow('iot:Connect', '*'))) });
    expect(summariesOf(folder, [name, `json ${name}`])).toEqual([
      `non-compliant ${name}:8 Policy`, `non-compliant json ${name}:1 Policy`,
    ]);
  });

describe('files beside a broken one are judged', () => {
  test.each([
    ['text', 'Resources:\n  A: [', 'it is neither JSON nor YAML'],
    ['bytes', Buffer.from([0, 1, 2, 255]), 'it is no text in UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFResources: {}', 'utf16le'), 'it is no text in UTF-8'],
    ['half a file in JSON', '{"Resources": {"A": {"Type": "AWS::IoT', 'it is neither JSON nor YAML'],
    ['an alias of nothing', 'Resources: *resources', 'the alias *resources stands for nothing before it'],
  ])('%s', (_, text, reason) => {
    const folder = folderWith({ 'a.yaml': policyInYaml(), 'broken.yaml': text, 'z.yaml': policyInYaml('pump-7') });
    const findings = findingsInFiles(folder, ['a.yaml', 'broken.yaml', 'z.yaml']);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['cannot be decided', 'non-compliant', 'compliant']);
    expect(findings[0].why).toContain(reason);
    expect(check(...['a.yaml', 'broken.yaml', 'z.yaml'].map((name) => join(folder, name)))).toMatchObject({
      success: false, metadata: { compliant: '1', nonCompliant: '1', undecided: '1' },
    });
  });
});

test('a file is named as it was given, in SARIF too', () => {
  const folder = folderWith({
    'fleet template.yaml': policyInYaml(), 'none.yaml': 'a: b', 'broken.yaml': 'Resources:\n\tA: 1',
  });
  const sarifFile = join(folder, 'findings.sarif');
  const names = ['fleet template.yaml', 'none.yaml', 'broken.yaml'].map((name) => join(folder, name));
  const { violations } = new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], sarifFile })
    .checkTemplates(...names);
  expect(violations.map(({ violatingResources: [{ templatePath }] }) => templatePath))
    .toEqual([names[1], names[2], names[0]]);
  const { results } = JSON.parse(readFileSync(sarifFile, 'utf8')).runs[0];
  expect(results.map(({ locations: [{ physicalLocation: { artifactLocation, region } }] }: Result) =>
    [artifactLocation.uri.split('/').pop(), region.startLine])).toEqual([
    ['none.yaml', 1], ['broken.yaml', 2], ['fleet%20template.yaml', 8],
  ]);
});

interface Result {
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
}

test('a template that another document follows is judged, and the rest is unread', () => {
  const folder = folderWith({
    'two.yaml': `${policyInYaml()}---\n${policyInYaml()}`, 'one.yaml': `---\n${policyInYaml()}...\n`,
    'ended.yaml': `${policyInYaml()}---\n# nothing\n`,
  });
  expect(summariesOf(folder, ['two.yaml'])).toEqual(['unread two.yaml:1', 'non-compliant two.yaml:8 Policy']);
  expect(summariesOf(folder, ['one.yaml', 'ended.yaml'])).toEqual([
    'non-compliant one.yaml:9 Policy', 'non-compliant ended.yaml:8 Policy',
  ]);
});
