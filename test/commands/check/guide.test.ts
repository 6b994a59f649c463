import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './support/running';

const ROOT = join(__dirname, '..', '..', '..');

test('the guide shows what the command prints', async () => {
  const guide = readFileSync(join(ROOT, 'docs', 'check-command.md'), 'utf8');
  const [, args, shown] = /^npx cdk-iot-fleet-audit (check examples\/valve\.yaml .*)\n```\n\n```text\n([^]+?)\n```$/m.exec(guide)!;
  process.chdir(ROOT);
  const { code, out } = await check(args.split(' ').slice(1), { columns: 100, env: { NO_COLOR: '1' } });
  expect(out).toBe(shown);
  expect(code).toBe(1);
});
