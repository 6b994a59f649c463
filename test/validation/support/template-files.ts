import { mkdirSync, mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative } from 'path';
import { Body } from './findings';
import { readTemplateFiles, ReadTemplateFilesOptions } from '../../../src/validation/files/template-files';
import { Finding, Verdict } from '../../../src/validation/finding';
import { placesOf } from '../../../src/validation/report/finding-places';
import { auditTemplates } from '../../../src/validation/template-audit';
import { KnownParameters } from '../../../src/validation/templates/fleet-templates';

/** Files by their path in a new folder, whose path it returns. Objects are written in JSON. */
export function folderWith(files: Record<string, string | Buffer | Body>): string {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return folder;
}

/** An AWS IoT policy in YAML that allows what AWS calls broad, or what the client's part of an ARN says. */
export function policyInYaml(client = '*'): string {
  return `Resources:
  Policy:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: iot:Connect
            Resource: !Sub 'arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:client/${client}'
`;
}

const CHECKS = ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK'];

interface Given extends Partial<KnownParameters>, ReadTemplateFilesOptions {
  readonly checkNames?: readonly string[];
}

/** The findings about files in a folder, those of its subfolders included. */
export function findingsInFiles(
  folder: string, given: readonly string[],
  { checkNames = CHECKS, found = [], values = {}, defaults = false }: Given = {},
): Finding[] {
  const fleet = readTemplateFiles(given.map((name) => join(folder, name)), { values, defaults },
    { found: found.map((name) => join(folder, name)) });
  return auditTemplates(fleet, {
    checkNames,
    everywhere: true,
    thresholds: new Map(),
    facts: { loggingEnabledElsewhere: true, provisioningParametersValidated: false },
  });
}

/** What stands for a finding in tests: verdict, place, resource. */
export function summaryOf(folder: string, finding: Finding): string {
  const [{ path, line }] = placesOf(finding);
  const { resource, verdict, isGivenFile } = finding;
  const shown = isGivenFile ? 'unread' : verdict === Verdict.UNDECIDED ? 'undecided' : verdict;
  return [shown, `${relative(folder, path)}:${line}`, resource?.logicalId].filter(Boolean).join(' ');
}

/** The summaries of all findings about files. */
export function summariesOf(folder: string, given: readonly string[], options?: Given): string[] {
  return findingsInFiles(folder, given, options).map((finding) => summaryOf(folder, finding));
}
