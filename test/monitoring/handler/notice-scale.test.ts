import { CONFLICTING, MINUTE, NoticeEnvironment, SHARED, certificate } from './notice-environment';
import { captureLog } from '../../support/function-log';

/** The largest audits have 200,000: FINDINGS=200000 PRINT_FIGURES=1 tells what these take, and takes half a minute. */
const MANY = Number(process.env.FINDINGS ?? 10_000);
const PAGES = MANY / 250;

/** Bytes of a notice, far below the 256 kB of SNS. */
const LARGEST_NOTICE = 30_000;

const log = captureLog();

const grouped = (count: number) => count.toLocaleString('en-US');

describe(`${grouped(MANY)} findings`, () => {
  let env: NoticeEnvironment;

  beforeEach(async () => {
    env = await NoticeEnvironment.start();
    for (let number = 0; number < MANY; number++) env.plant(SHARED, certificate(number));
  });

  afterEach(() => env.stop());

  /** The largest number of requests of an operation within any one second. */
  function mostPerSecond(operation: 'ListAuditFindings', since: number): number {
    const requests = env.env.iot.requests.slice(since).filter((request) => request.operation === operation);
    const times = requests.map(({ time }) => time);
    let most = 0;
    for (let first = 0, last = 0; last < times.length; last++) {
      while (times[last] - times[first] >= 1_000) first++;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  test('are compared in time, at the pace that AWS allows, and worded in a short notice', async () => {
    env.scheduled();
    env.plant(SHARED, certificate(MANY));
    const taskId = env.scheduled();
    const [began, since] = [env.env.time.now(), env.env.iot.requests.length];
    const { subject, text } = (await env.notice(taskId))!;

    const minutes = (env.env.time.now() - began) / MINUTE;
    const calls = env.calls(since);
    expect(subject).toBe(`Fleet: 1 new of ${grouped(MANY + 2)} non-compliant resources, CRITICAL at worst`);
    expect(text).toContain(`  new CRITICAL "${certificate(MANY)}"`);
    expect(Buffer.byteLength(text)).toBeLessThan(LARGEST_NOTICE);
    // Those of both audits, and of what is not logged.
    expect(calls).toMatchObject({ ListAuditFindings: 2 * PAGES + 1 + 2, ListAuditTasks: 1 });
    expect(mostPerSecond('ListAuditFindings', since)).toBeLessThanOrEqual(10);
    expect(minutes).toBeLessThan(4);
    if (process.env.PRINT_FIGURES) {
      process.stderr.write(`${JSON.stringify({ minutes, calls, bytes: text.length })}\n`);
    }
  });

  test('of which there is nothing to compare with are not read', async () => {
    const taskId = env.scheduled();
    const since = env.env.iot.requests.length;

    expect((await env.notice(taskId))!.subject).toBe(`Fleet: ${grouped(MANY + 1)} non-compliant resources, CRITICAL at worst`);
    expect(env.calls(since).ListAuditFindings).toBe(2);
  });

  test('that cannot be compared in the time of the function are counted, and some are named', async () => {
    env.plant(CONFLICTING, 'pump');
    env.scheduled();
    const taskId = env.scheduled();
    env.env.functionTime = 2 * MINUTE + 5_000;
    const began = env.env.time.now();
    const { subject, text } = (await env.notice(taskId))!;

    expect(env.env.time.now() - began).toBeLessThan(MINUTE);
    expect(subject).toBe(`Fleet: ${grouped(MANY + 2)} non-compliant resources, CRITICAL at worst`);
    expect(text).toContain(`CRITICAL ${SHARED}: ${grouped(MANY)} of ${grouped(MANY)} resources, not compared: too many findings\n`);
    expect(text).toContain(`HIGH ${CONFLICTING}: 1 of 1 resource`);
    expect(text).toContain('\nThe worst findings:\n  CRITICAL "0000');
    expect(text).not.toContain('earlier audit');
    expect(log.messages).toContain('not all findings are read');
  });
});

test('a subject, a text and a notice for a chat are short, whatever the names and numbers', async () => {
  const env = await NoticeEnvironment.start();
  const checks = [SHARED, CONFLICTING];
  env.plant(CONFLICTING, ...Array.from({ length: 20 }, (_, number) => `${number}${'\u{1F4A9}'.repeat(32)}`));
  const taskId = env.scheduled('n'.repeat(128), ...checks);
  const { subject, text } = (await env.notice(taskId))!;
  const chat = await env.chat(taskId);
  await env.stop();

  expect(subject.length).toBeLessThanOrEqual(99);
  expect(Buffer.byteLength(text)).toBeLessThan(3_000);
  expect(Buffer.byteLength(JSON.stringify(chat))).toBeLessThan(5_000);
});
