import { Readable } from 'node:stream';
import { inDirectoryWith } from './support/running';
import { OPEN } from './support/templates';
import { checkCommand } from '../../../commands/check/command';
import { Progress } from '../../../commands/check/progress';

const ERASED = '\r\u001b[2K';

/** Progress on a terminal, or elsewhere, at times that the test sets. */
function progressOn(isTTY: boolean) {
  const clock = { now: 5_000 };
  const written: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => clock.now);
  return { clock, progress, written };
}

test('is silent for a second, then speaks ten times in a second, and leaves nothing behind', () => {
  const { clock, progress, written } = progressOn(true);
  progress.step('early');
  clock.now += 999;
  progress.step('still early');
  expect(written).toEqual([]);
  clock.now += 1;
  progress.step('one');
  clock.now += 99;
  progress.step('too soon');
  clock.now += 1;
  progress.step('two');
  expect(written).toEqual([`${ERASED}one ...`, `${ERASED}two ...`]);
  progress.end();
  progress.end();
  expect(written.slice(2)).toEqual([ERASED]);
});

test('has nothing to take away if it was silent', () => {
  const { progress, written } = progressOn(true);
  progress.step('early');
  progress.end();
  expect(written).toEqual([]);
});

test('is for terminals', () => {
  const { clock, progress, written } = progressOn(false);
  clock.now += 60_000;
  progress.step('late');
  progress.end();
  expect(written).toEqual([]);
});

test('the command names the check that takes long, on the standard error', async () => {
  inDirectoryWith({ 'open.yaml': OPEN });
  const written: string[] = [];
  const out: string[] = [];
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now += 700);
  await checkCommand(['open.yaml'], { out: (line) => out.push(line), error: (line) => out.push(line) }, {
    stdin: Readable.from([]), stdout: {}, stderr: { isTTY: true, write: (text) => written.push(text) }, env: {},
  });
  jest.restoreAllMocks();
  expect(written.length).toBeGreaterThan(1);
  expect(written.at(-1)).toBe(ERASED);
  for (const line of written.slice(0, -1)) expect(line).toMatch(/^\r\u001b\[2K[A-Z_]+_CHECK, 1 template \.\.\.$/); // eslint-disable-line no-control-regex
  expect(out.join()).not.toContain('\u001b');
});
