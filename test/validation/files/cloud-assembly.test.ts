import { mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, join } from 'path';
import {
  App, CfnParameter, IPolicyValidationPlugin, NestedStack, PolicyValidationPluginReport, Stack, Stage, Validations,
} from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { allow, arn, document } from '../support/findings';
import { findingsInFiles, folderWith, policyInYaml, summariesOf } from '../support/template-files';

/** An app with a stack, stacks nested in it, and a stack in a stage; the folder that it is written to. */
function writtenApp(context: Record<string, unknown> = {}, plugin?: IPolicyValidationPlugin): string {
  const outdir = join(mkdtempSync(join(tmpdir(), 'app-')), 'cdk.out');
  const app = new App({ outdir, context, analyticsReporting: false });
  const policy = (scope: Stack, client: string) => new CfnPolicy(scope, 'Policy', {
    policyDocument: document(allow('iot:Connect', arn(`client/${client}`))),
  });
  const stack = new Stack(app, 'Fleet', { stackName: 'pumps', env: { account: '123456789012', region: 'eu-west-1' } });
  policy(stack, 'pump-7');
  const nested = new NestedStack(stack, 'Nested', { parameters: { Client: '*' } });
  policy(nested, new CfnParameter(nested, 'Client').valueAsString);
  policy(new NestedStack(nested, 'Innermost'), '*');
  policy(new Stack(new Stage(app, 'Production'), 'Fleet'), '*');
  new Stack(app, 'Empty');
  if (plugin) Validations.of(app).addPlugins(plugin);
  app.synth();
  return outdir;
}

const FINDINGS = [
  ['compliant', 'Fleet', 'pumps', 'eu-west-1'],
  ['non-compliant', 'Fleet/Nested', undefined, 'eu-west-1'],
  ['non-compliant', 'Fleet/Nested/Innermost', undefined, 'eu-west-1'],
  ['non-compliant', 'Production/Fleet', 'Production-Fleet', undefined],
];

const rows = (folder: string, given: readonly string[]) => findingsInFiles(folder, given).map(({ verdict, template }) =>
  [verdict, template?.stackConstructPath, template?.stackName, template?.region]).sort();

test.each([
  ['with the metadata of assets', { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true }],
  ['without metadata', { 'aws:cdk:disable-asset-metadata': true }],
])('a cloud assembly is read with its stages and nested stacks, %s', (_, context) => {
  const folder = writtenApp(context);
  const paths = 'aws:cdk:enable-path-metadata' in context ? FINDINGS : expect.arrayContaining([FINDINGS[0], FINDINGS[3]]);
  expect(rows(folder, [''])).toEqual(paths);
  expect(rows(folder, ['manifest.json'])).toEqual(paths);
  expect(findingsInFiles(folder, ['']).map(({ verdict }) => verdict).sort()).toEqual(FINDINGS.map(([verdict]) => verdict));
});

test('a cloud assembly has the findings that the plugin has about its app', () => {
  const reports: PolicyValidationPluginReport[] = [];
  const checks = new DeviceDefenderChecks();
  const folder = writtenApp({}, {
    name: 'Listening',
    validate: (context) => {
      reports.push(checks.validate(context));
      return { success: true, violations: [] };
    },
  });
  const rowsOf = ({ violations }: PolicyValidationPluginReport) =>
    violations.map(({ description, violatingResources, severity }) => [severity, description,
      ...violatingResources.map(({ resourceLogicalId, templatePath }) =>
        [resourceLogicalId, basename(templatePath ?? '')])]).sort();
  // Older versions of the CDK ask a plugin once for each stage, and what no stack is to blame for is said each time.
  const expected = [...new Map(reports.flatMap(rowsOf).map((row) => [JSON.stringify(row), row])).values()].sort();
  expect(expected.length).toBeGreaterThan(6);
  expect(rowsOf(checks.checkTemplates(folder))).toEqual(expected);
});

test('the folder around a cloud assembly is read as the assembly', () => {
  const folder = writtenApp({ 'aws:cdk:enable-path-metadata': true });
  expect(rows(join(folder, '..'), [''])).toEqual(FINDINGS);
});

test('a template that is given with its assembly is read once', () => {
  const folder = writtenApp({ 'aws:cdk:enable-path-metadata': true });
  expect(rows(folder, ['Fleet.template.json', '', 'Fleet.template.json'])).toEqual(FINDINGS);
});

test('all files of an assembly, given by name, say which are no templates', () => {
  const folder = writtenApp();
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'manifest.json');
  const summaries = summariesOf(folder, names);
  expect(summaries.filter((summary) => summary.startsWith('unread'))).toEqual(
    names.filter((name) => !name.endsWith('.template.json')).map((name) => `unread ${name}:1`));
  expect(summaries.filter((summary) => summary.startsWith('non-compliant'))).toHaveLength(2);
});

test('files that a pattern finds in an assembly are skipped if they are no templates', () => {
  const folder = writtenApp();
  const found = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'manifest.json');
  expect(summariesOf(folder, [], { found }).filter((summary) => !summary.includes('compliant'))).toEqual([]);
});

test('values of parameters may be those of one stack', () => {
  const outdir = join(mkdtempSync(join(tmpdir(), 'app-')), 'cdk.out');
  const app = new App({ outdir });
  for (const id of ['Blue', 'Green']) {
    const stack = new Stack(app, id);
    const client = new CfnParameter(stack, 'Client').valueAsString;
    new CfnPolicy(stack, 'Policy', { policyDocument: document(allow('iot:Connect', arn(`client/${client}`))) });
  }
  app.synth();
  const findings = findingsInFiles(outdir, [''], { values: { 'Blue/Client': '*', 'Green/Client': 'pump-7' } });
  expect(findings.map(({ verdict, template }) => [template?.stackConstructPath, verdict]))
    .toEqual([['Blue', 'non-compliant'], ['Green', 'compliant']]);
});

test('the same app in two assemblies has findings of its own in each', () => {
  const folders = [writtenApp(), writtenApp()];
  const sarifFile = join(folders[0], '..', 'findings.sarif');
  new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], sarifFile }).checkTemplates(...folders);
  expect(JSON.parse(readFileSync(sarifFile, 'utf8')).runs[0].results).toHaveLength(6);
});

describe('assemblies that are not whole', () => {
  test('a missing template is an error, and the others are judged', () => {
    const folder = writtenApp({ 'aws:cdk:enable-path-metadata': true });
    renameSync(join(folder, 'Fleet.template.json'), join(folder, 'Fleet.old'));
    const findings = findingsInFiles(folder, ['']);
    expect(findings.map(({ isGivenFile, verdict, why, stackConstructPath, template }) =>
      [isGivenFile, verdict, why && why.slice(0, 53), stackConstructPath ?? template?.stackConstructPath])).toEqual([
      [true, 'cannot be decided', 'The template cannot be read: there is no such file', 'Fleet'],
      [undefined, 'non-compliant', expect.any(String), 'Production/Fleet'],
    ]);
  });

  test.each([
    ['no stacks', '{"version": "36.0.0", "artifacts": {}}', 'the cloud assembly has no stacks'],
    ['a stage that is not there',
      '{"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "gone"}}}}', 'there is no such file'],
    ['a stage that is itself',
      '{"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}',
      'it has more than 20 stages inside each other'],
    ['artifacts that are none', '{"artifacts": {"A": 1, "B": {"type": "aws:cloudformation:stack"}}}',
      'the cloud assembly has no stacks'],
  ])('an assembly with %s is an error', (_, manifest, reason) => {
    const folder = folderWith({ 'cdk.out/manifest.json': manifest });
    expect(findingsInFiles(folder, ['cdk.out']).map(({ why, isGivenFile, templatePath }) => [why, isGivenFile, templatePath]))
      .toEqual([[`The template cannot be read: ${reason}`, true, join(folder, 'cdk.out')]]);
  });

  test('a broken manifest leaves the templates beside it', () => {
    const folder = writtenApp();
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect(summariesOf(folder, ['']).filter((summary) => summary.startsWith('non-compliant'))).toHaveLength(3);
  });
});

describe('folders', () => {
  test('all templates in them are read, whatever they are called, and nothing else', () => {
    const folder = folderWith({
      'a.yaml': policyInYaml(), 'b.yml': policyInYaml(), '1_c.template': policyInYaml(), 'd/e/f.json': policyInYaml(), 'd/g.cfn': policyInYaml(),
      'package.json': '{"name": "x", "version": "1"}', 'README.md': policyInYaml(), 'chart/deployment.yaml': 'a: {{ .Values.b }}: {',
      'node_modules/x/template.yaml': policyInYaml(), '.git/template.yaml': policyInYaml(), 'manifest.json': '{"name": "web"}',
    });
    expect(summariesOf(folder, ['']).sort()).toEqual(['1_c.template', 'a.yaml', 'b.yml', 'd/e/f.json', 'd/g.cfn']
      .map((name) => `non-compliant ${name}:8 Policy`));
  });

  test.each<[string, Record<string, string>]>([
    ['empty', {}], ['without templates', { 'folder/package.json': '{}', 'folder/a/b.yaml': 'a: b' }],
  ])('one that is %s is an error', (_, files) => {
    const folder = folderWith({ 'folder/README.md': '', ...files });
    expect(findingsInFiles(folder, ['folder']).map(({ why, isGivenFile }) => [why, isGivenFile]))
      .toEqual([['The template cannot be read: the folder holds no template', true]]);
  });

  test('links to files are followed, and links to folders are not', () => {
    const folder = folderWith({ 'a/fleet.yaml': policyInYaml(), 'b/none.txt': '' });
    symlinkSync(join(folder, 'a', 'fleet.yaml'), join(folder, 'b', 'link.yaml'));
    symlinkSync(folder, join(folder, 'b', 'circle'));
    expect(summariesOf(folder, ['b'])).toEqual(['non-compliant b/link.yaml:8 Policy']);
  });

  test('a broken template in them is listed, and the others are judged', () => {
    const folder = folderWith({ 'a.yaml': policyInYaml(), 'b.yaml': 'Resources:\n\tA: 1' });
    expect(summariesOf(folder, [''])).toEqual(['undecided b.yaml:2', 'non-compliant a.yaml:8 Policy']);
  });
});
