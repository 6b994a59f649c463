import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FleetAudit } from '../src';

/** The Node.js that a process runs on. */
export interface DeployedNode {
  readonly executable: string;
  readonly version: string;
}

/**
 * The Node.js of the runtime that the library deploys, since another one has other figures: this process's, or else the
 * latest of that version, which is installed from npm into the directory.
 */
export function deployedNode(directory: string): DeployedNode {
  const major = deployedMajor();
  if (process.versions.node.split('.')[0] === major) {
    return { executable: process.execPath, version: process.version };
  }
  writeFileSync(join(directory, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error', `node@${major}`], { cwd: directory, stdio: 'inherit' });
  const executable = join(directory, 'node_modules', 'node', 'bin', 'node');
  return { executable, version: execFileSync(executable, ['--version'], { encoding: 'utf8' }).trim() };
}

function deployedMajor(): string {
  const stack = new Stack(new App(), 'Fleet');
  new FleetAudit(stack, 'FleetAudit');
  const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return /^nodejs(\d+)\.x$/.exec(fn.Properties.Runtime as string)![1];
}
