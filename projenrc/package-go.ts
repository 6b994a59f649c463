/**
 * Makes the Go module in dist/go, with the lowest aws-cdk-lib beside the library: npx tsx projenrc/package-go.ts
 *
 * jsii writes the versions that it finds into go.mod. With the newest, every app that uses the module would have to use
 * the newest, too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerDependencies } from '../package.json';
import { StagedPackage } from '../test/languages/staged-package';

async function packageGo(scratch: string): Promise<void> {
  const tarball = await StagedPackage.pack(scratch);
  const floor = peerDependencies['aws-cdk-lib'].replace('^', '');
  const library = await StagedPackage.install(tarball, floor, join(scratch, 'installed'));
  await library.packFor('go', join(__dirname, '..', 'dist'));
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'go-'));
  try {
    await packageGo(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main();
