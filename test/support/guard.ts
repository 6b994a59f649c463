import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** The directories of the engine for each platform, in the package that CDK's own validator ships it in. */
const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos', linux: 'ubuntu' };
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { arm64: 'aarch64', x64: 'x86_64' };

const ENGINE = join(
  dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json')), 'bin',
  PLATFORMS[process.platform]!, ARCHITECTURES[process.arch]!, 'cfn-guard',
);

export interface Verdict {
  readonly status: 'PASS' | 'FAIL' | 'SKIP';

  /** The messages of the clauses that failed. */
  readonly messages: string[];
}

/** The verdicts of AWS CloudFormation Guard on items, in their order. */
export function evaluate(policy: string, items: readonly object[]): Verdict[] {
  const { stdout, stderr } = spawnSync(ENGINE, ['validate', '--payload', '--structured', '-o', 'json', '-S', 'none'], {
    encoding: 'utf8',
    input: JSON.stringify({ rules: [policy], data: items.map((item) => JSON.stringify(item)) }),
  });
  if (stderr || !stdout) {
    throw new Error(`Guard does not understand the policy: ${stderr || 'no answer'}`);
  }
  const reports: { status: Verdict['status'] }[] = JSON.parse(stdout);
  return reports.map((report) => ({ status: report.status, messages: messagesIn(report) }));
}

function messagesIn(report: unknown): string[] {
  if (typeof report !== 'object' || report === null) return [];
  return Object.entries(report).flatMap(([name, value]) =>
    name === 'custom_message' ? (value ? [value as string] : []) : messagesIn(value));
}
