import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { pathToFileURL } from 'url';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { JsonLines } from '../../../src/validation/files/json-lines';
import { allow, arn, document, policyTemplate } from '../support/findings';

const TEMPLATE = `{
  "Parameters": { "Name": { "Type": "String" } },
  "Resources": {
    "Open": {
      "Type": "AWS::IoT::Policy",
      "Properties": {
        "PolicyDocument": {
          "Statement": [
            { "Effect": "Allow", "Action": "iot:Receive", "Resource": "*" },
            { "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" }
          ]
        }
      }
    },
    "Unknown": { "Type": "AWS::IoT::Policy", "Properties": { "PolicyDocument": { "Ref": "Name" } } }
  }
}
`;

const directory = mkdtempSync(join(tmpdir(), 'sarif-'));
const templateFile = join(directory, 'fleet template.json');
writeFileSync(templateFile, TEMPLATE);
const checks = [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE];

test('writes findings with the lines of the template', () => {
  const sarifFile = join(directory, 'new', 'findings.sarif');
  const { metadata } = new DeviceDefenderChecks({ checks, sarifFile }).checkTemplates(templateFile,
    join(directory, 'missing.json'));
  expect(metadata).toMatchObject({ sarifFile });

  const log = JSON.parse(readFileSync(sarifFile, 'utf8'));
  expect(log.version).toBe('2.1.0');
  const [{ tool, results }] = log.runs;
  const page = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html';
  expect(tool.driver).toMatchObject({
    name: 'DeviceDefender',
    rules: [{ id: 'UNREAD_TEMPLATE' }, {
      id: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', helpUri: page, properties: { 'security-severity': '9.5' },
    }],
  });
  const uri = pathToFileURL(templateFile).href;
  expect(results).toMatchObject([
    {
      ruleId: 'UNREAD_TEMPLATE',
      ruleIndex: 0,
      kind: 'review',
      level: 'none',
      locations: [{ physicalLocation: { region: { startLine: 1 } } }],
    },
    {
      ruleId: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
      ruleIndex: 1,
      kind: 'fail',
      level: 'error',
      message: {
        text: expect.stringContaining(
          'The policy allows iot:Connect on *. ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS. Fix: put',
        ),
      },
      locations: [{
        physicalLocation: { artifactLocation: { uri }, region: { startLine: 10 } },
        logicalLocations: [{ name: 'Open' }],
      }],
    },
    { kind: 'review', level: 'none', locations: [{ physicalLocation: { region: { startLine: 15 } } }] },
  ]);
  expect(new Set(results.map(({ partialFingerprints }: { partialFingerprints: object }) =>
    JSON.stringify(partialFingerprints))).size).toBe(3);
});

test('marks what is acknowledged as suppressed', () => {
  const sarifFile = join(directory, 'acknowledged.sarif');
  const app = new App();
  const policy = new CfnPolicy(new Stack(app, 'Fleet'), 'Policy', {
    policyDocument: document(allow('iot:Connect', '*')),
  });
  Validations.of(policy).acknowledge({ id: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', reason: 'a test bench' });
  Validations.of(app).addPlugins(new DeviceDefenderChecks({ checks, sarifFile }));
  app.synth();
  expect(JSON.parse(readFileSync(sarifFile, 'utf8')).runs[0].results).toMatchObject([{
    suppressions: [{ kind: 'inSource', justification: 'a test bench' }],
  }]);
});

test('says so if the file cannot be written', () => {
  const sarifFile = join(templateFile, 'x.sarif');
  const { violations } = new DeviceDefenderChecks({ checks, sarifFile }).checkTemplates(templateFile);
  expect(violations.map(({ ruleName, severity }) => [ruleName, severity])).toEqual([
    ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'error'], ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'info'],
    ['SARIF_FILE', 'warning'],
  ]);
  expect(violations[2].description).toMatch(`The findings could not be written to ${sarifFile}: E`);
});

test('holds what the last look at a template found, and what was found in others', () => {
  const [sarifFile, broad, fixed] = ['again.sarif', 'broad.json', 'fixed.json'].map((name) => join(directory, name));
  const write = (file: string, resource: string) =>
    writeFileSync(file, JSON.stringify(policyTemplate(document(allow('iot:Connect', resource)))));
  const uris = () => JSON.parse(readFileSync(sarifFile, 'utf8')).runs[0].results
    .map(({ locations }: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      locations[0].physicalLocation.artifactLocation.uri.replace(/.*\//, ''));
  const plugin = new DeviceDefenderChecks({ checks, sarifFile });
  write(broad, '*');
  write(fixed, '*');
  plugin.checkTemplates(broad);
  plugin.checkTemplates(fixed);
  expect(uris()).toEqual(['broad.json', 'fixed.json']);
  write(fixed, arn('client/pump'));
  plugin.checkTemplates(fixed);
  expect(uris()).toEqual(['broad.json']);
});

test('writes no file unless it is told to', () => {
  new DeviceDefenderChecks({ checks }).checkTemplates(templateFile);
  expect(existsSync(join(directory, 'undefined'))).toBe(false);
});

describe('lines of values', () => {
  test.each([
    [[], 1],
    [['Parameters'], 2],
    [['Parameters', 'Name', 'Type'], 2],
    [['Resources', 'Open', 'Type'], 5],
    [['Resources', 'Open', 'Properties', 'PolicyDocument', 'Statement', '0'], 9],
    [['Resources', 'Open', 'Properties', 'PolicyDocument', 'Statement', '1'], 10],
    [['Resources', 'Open', 'Properties', 'PolicyDocument', 'Statement', '2'], 8],
    [['Resources', 'Open', 'Type', 'deeper'], 5],
    [['Resources', 'Missing'], 3],
  ])('of %j', (path, line) => {
    expect(new JsonLines(TEMPLATE).lineOf(path)).toBe(line);
  });

  test('are not misled by what strings hold', () => {
    const text = JSON.stringify({
      'a"}': ['\\', '"',
        '{[,:'], 'b': { c: 1, d: [null, true, -1.5e3, { e: 'x' }] },
    }, undefined, 1);
    const lines = text.split('\n');
    expect(lines[new JsonLines(text).lineOf(['b', 'd', '3', 'e']) - 1].trim()).toBe('"e": "x"');
    expect(lines[new JsonLines(text).lineOf(['a"}', '2']) - 1].trim()).toBe('"{[,:"');
    expect(new JsonLines('\uFEFF{}').lineOf(['a'])).toBe(1);
  });
});
