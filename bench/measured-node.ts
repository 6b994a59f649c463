import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FleetAudit } from '../src';

/** The Node.js that a process runs on. */
export interface MeasuredNode {
  readonly executable: string;
  readonly version: string;
}

export const OWN_NODE: MeasuredNode = { executable: process.execPath, version: process.version };

/** This process's Node.js if it is of that version, or else the latest of it, installed from npm into the directory. */
export function measuredNode(major: string, directory: string): MeasuredNode {
  if (process.versions.node.split('.')[0] === major) return OWN_NODE;
  const cwd = join(directory, `node${major}`);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error', `node@${major}`], { cwd, stdio: 'inherit' });
  const executable = join(cwd, 'node_modules', 'node', 'bin', 'node');
  return { executable, version: execFileSync(executable, ['--version'], { encoding: 'utf8' }).trim() };
}

/** The Node.js of the runtime that the library deploys, since another one has other figures. */
export function deployedNode(directory: string): MeasuredNode {
  const stack = new Stack(new App(), 'Fleet');
  new FleetAudit(stack, 'FleetAudit');
  const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return measuredNode(/^nodejs(\d+)\.x$/.exec(fn.Properties.Runtime as string)![1], directory);
}
