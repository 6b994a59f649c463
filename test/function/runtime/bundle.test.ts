import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Platform, buildSync } from 'esbuild';
import { FunctionContext } from '../../../src/function/runtime/request';
import { captureLog } from '../../support/function-log';

const ROOT = join(__dirname, '..', '..', '..');
const BUNDLE = join(ROOT, 'assets', 'function', 'runtime', 'entry', 'index.js');

interface Tasks {
  readonly tasks: Record<string, { readonly steps: readonly { readonly execArgs: readonly string[] }[] }>;
}

/** The bundle that esbuild makes of the sources as they are now, with the flags of the project's task. */
function freshBundle(): string {
  const { tasks }: Tasks = JSON.parse(readFileSync(join(ROOT, '.projen', 'tasks.json'), 'utf8'));
  const [{ execArgs: [command, bundle, source, ...flags] }] = tasks['bundle:function/runtime/entry'].steps;
  // Any other flag would have to be passed on below.
  expect([command, bundle, ...flags.map((flag) => flag.split(/[=:]/)[0])])
    .toEqual(['esbuild', '--bundle', '--target', '--platform', '--outfile', '--external']);
  const [target, platform, outfile, external] = flags.map((flag) => flag.replace(/^--\w+[=:]/, ''));
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    bundle: true,
    entryPoints: [source],
    external: [external],
    outfile,
    platform: platform as Platform,
    target,
    write: false,
  });
  expect(outputFiles.map(({ path }) => path)).toEqual([BUNDLE]);
  return outputFiles[0].text;
}

/**
 * Bytes of the space when a process begins, and when it has made many objects that live for a while, with the heap of a
 * function with 256 MB.
 */
function spaceForYoungObjects(...options: readonly string[]): [number, number] {
  const printed = execFileSync(process.execPath, [
    '--max-semi-space-size=12', '--max-old-space-size=231', ...options, '--eval', `
      const { getHeapSpaceStatistics } = require('node:v8');
      const size = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size;
      const begun = size();
      const kept = [];
      for (let made = 0; made < 3e6; made++) kept[made % 20_000] = { made, text: String(made) };
      console.log(JSON.stringify([begun, size()]));`,
  ], {
    encoding: 'utf8',
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules'), AWS_REGION: 'eu-west-1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(printed) as [number, number];
}

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
const RESPONSE_URL = 'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/answer';
const CONTEXT: FunctionContext = {
  functionName: 'Function', logGroupName: 'Logs', getRemainingTimeInMillis: () => 900_000,
};

const log = captureLog();

afterEach(() => jest.restoreAllMocks());

// The function sets it for its own process, which is that of the tests here.
afterAll(() => setFlagsFromString('--semi-space-growth-factor=2'));

describe('the code of the function as it ships', () => {
  const code = readFileSync(BUNDLE, 'utf8');

  test('is what the sources say: run "npx projen bundle" if it is not', () => {
    expect(code === freshBundle()).toBe(true);
  });

  test('needs nothing that is not in Lambda\'s runtime', () => {
    const names = [...code.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name]) => name);
    const needed = [...new Set(names)].sort();

    expect(needed.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([
      '@aws-sdk/client-cloudformation', '@aws-sdk/client-cloudwatch-logs', '@aws-sdk/client-eventbridge',
      '@aws-sdk/client-iot', '@aws-sdk/client-lambda', '@aws-sdk/client-s3', '@aws-sdk/client-sfn',
      '@aws-sdk/client-sns',
    ]);
    expect(needed).toContain('node:crypto');
  });

  test('loads the clients that every request needs when it starts, the others when it uses them', () => {
    const loaded = [...code.matchAll(/^var \w+ = require\("(@aws-sdk\/[^"]+)"\);$/gm)].map(([, name]) => name);

    expect([...new Set(loaded)].sort()).toEqual([
      '@aws-sdk/client-cloudformation', '@aws-sdk/client-cloudwatch-logs', '@aws-sdk/client-iot',
    ]);
  });

  test('is readable for whoever reviews a deployment', () => {
    expect(code).toContain('\n// src/audits/handler/on-demand-audit-handler.ts\n');
    expect(code.length).toBeLessThan(300_000);
  });

  test('does not let the space for young objects grow', () => {
    const [begun, full] = spaceForYoungObjects();
    const [loaded, used] = spaceForYoungObjects('--require', BUNDLE);

    // V8 would let it grow, up to what Lambda allows it.
    expect(begun).toBeLessThan(loaded);
    expect(loaded).toBeLessThan(full);
    expect(used).toBe(loaded);
  });

  /** In a module registry of its own, as in an execution environment that begins. */
  function load(): Record<string, (event: unknown, context: FunctionContext) => Promise<void>> {
    let shipped: ReturnType<typeof load>;
    jest.isolateModules(() => {
      shipped = jest.requireActual(BUNDLE);
    });
    return shipped!;
  }

  test('has the handler that the function names', async () => {
    const shipped = load();

    expect(Object.keys(shipped)).toEqual(['handler']);
    await expect(shipped.handler({}, CONTEXT)).resolves.toBeUndefined();
    expect(log.lines).toEqual(['{"message":"ignored an event","fault":"it is not an event of CloudFormation"}\n']);
  });

  test.each([
    ['of another stack', { StackId: STACK_ID.replace('Fleet', 'Other') }, 'the event is of another stack'],
    [
      'whose answer goes elsewhere', { ResponseURL: 'https://example.com/answer' },
      'the response URL is not one of CloudFormation',
    ],
  ])('does nothing for an event %s', async (_, event, fault) => {
    jest.replaceProperty(process, 'env', { ...process.env, STACK_ID, AWS_REGION: 'eu-west-1' });
    // Anything that it could do would need the network.
    const sockets = jest.spyOn(Socket.prototype, 'connect');
    const { handler } = load();

    await handler({
      RequestType: 'Create',
      ResponseURL: RESPONSE_URL,
      StackId: STACK_ID,
      RequestId: 'request',
      ResourceType: 'Custom::IotAccountAuditConfiguration',
      LogicalResourceId: 'Configuration',
      ResourceProperties: { RoleArn: 'arn:aws:iam::123456789012:role/Somebody' },
      ...event,
    }, CONTEXT);

    expect(log.lines).toEqual([`${JSON.stringify({ message: 'ignored an event', fault })}\n`]);
    expect(sockets).not.toHaveBeenCalled();
  });
});
