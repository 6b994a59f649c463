import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { inDirectoryWith } from './support/running';
import { CLOSED, LOGS, OPEN } from './support/templates';

const ROOT = join(__dirname, '..', '..', '..');
const COMMAND = join(ROOT, 'commands', 'cdk-iot-fleet-audit.ts');
const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs');

/** A megabyte of findings, more than a pipe holds. */
const MANY = {
  Resources: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`Open${index}`, {
    Type: 'AWS::IoT::Policy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] } },
  }])),
};

beforeAll(() => inDirectoryWith({ 'many.json': MANY, 'closed.yaml': CLOSED }));

function start(args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, COMMAND, 'check', ...args], {
    stdio: ['pipe', stdout, 'pipe'],
    env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'test', 'tsconfig.json'), NODE_OPTIONS: '' },
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

test('a large report comes out whole, however slowly it is read', async () => {
  const child = start(['many.json', '--format', 'json', LOGS]);
  child.stdout?.pause();
  setTimeout(() => child.stdout?.resume(), 2_000);
  const [out, error, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  expect([code, error]).toEqual([1, '']);
  expect(out.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(out)).toMatchObject({ summary: { nonCompliant: 3_000, exitCode: 1 } });
});

test('a reader that has seen enough ends it quietly', async () => {
  const child = start(['many.json', LOGS]);
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [error, [code]] = await Promise.all([textOf(child.stderr), once(child, 'close')]);
  expect([code, error]).toEqual([1, '']);
});

test.each([[OPEN, 1], [CLOSED, 0], ['', 2]])('it reads what is piped in', async (template, expected) => {
  const child = start([LOGS]);
  child.stdin?.end(template);
  const [, [code]] = await Promise.all([textOf(child.stdout), once(child, 'close')]);
  expect(code).toBe(expected);
});

(process.platform === 'linux' ? test : test.skip)('results that are lost are an error', async () => {
  const child = start(['closed.yaml', LOGS], openSync('/dev/full', 'w'));
  const [error, [code]] = await Promise.all([textOf(child.stderr), once(child, 'close')]);
  expect([code, error]).toEqual([2, expect.stringMatching(/^The results cannot be written: ENOSPC/)]);
});
