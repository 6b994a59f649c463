import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { captureLog } from '../../support/function-log';

const ROOT = join(__dirname, '..', '..', '..');
const BUNDLE = join(ROOT, 'assets', 'dashboard', 'handler', 'entry', 'index.js');

describe('the code of the dashboard\'s function as it ships', () => {
  const code = readFileSync(BUNDLE, 'utf8');
  captureLog();

  test('is what the sources say: run "npx projen bundle" if it is not', () => {
    const { outputFiles } = buildSync({
      absWorkingDir: ROOT,
      bundle: true,
      entryPoints: ['src/dashboard/handler/entry.ts'],
      external: ['@aws-sdk/*'],
      outfile: BUNDLE,
      platform: 'node',
      target: 'node24',
      write: false,
    });

    expect(code === outputFiles[0].text).toBe(true);
  });

  test('has no other client than that of AWS IoT, and no operation that changes anything', () => {
    expect([...new Set(code.match(/@aws-sdk\/[\w-]+/g))]).toEqual(['@aws-sdk/client-iot']);
    expect([...new Set(code.match(/\w+Command\(/g))].sort())
      .toEqual(['DescribeAuditTaskCommand(', 'ListAuditFindingsCommand(', 'ListAuditTasksCommand(']);
  });

  test('has the handler that the function names', async () => {
    jest.replaceProperty(process, 'env', { ...process.env, AWS_REGION: 'eu-west-1' });
    const { handler } = jest.requireActual(BUNDLE);

    await expect(handler({ describe: true }, {})).resolves.toMatch(/^## Findings/);
  });
});
