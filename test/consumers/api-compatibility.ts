import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const NAME = 'cdk-iot-fleet-audit';

/**
 * `npx projen compat`: compares the compiled API with the last release on npm, and fails if something of it is gone.
 *
 * Needs `.jsii`, so compile before.
 */
function main(): number {
  const npm = spawnSync('npm', ['view', NAME, 'version', '--json'], { encoding: 'utf8' });
  if (npm.status !== 0 && /E404/.test(npm.stdout + npm.stderr)) {
    console.log(`No release of ${NAME} is on npm yet, so there is no API to compare with.`);
    return 0;
  }
  if (npm.status !== 0) {
    console.error(`npm does not say which release of ${NAME} is the last one:\n${npm.stderr}`);
    return 1;
  }
  console.log(`Comparing the API with ${NAME} ${JSON.parse(npm.stdout)}.`);
  const diff = spawnSync(
    join(ROOT, 'node_modules/.bin/jsii-diff'), [`npm:${NAME}`, ROOT, '--keys', '--ignore-file', '.compatignore'],
    { cwd: ROOT, stdio: 'inherit' },
  );
  return diff.status ?? 1;
}

process.exitCode = main();
