import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CLIENT_CONFIG } from '../../../rehearsal/services/client-config';
import { SurroundingServices } from '../../../rehearsal/services/surrounding-services';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { LogMemory, MemoryEntry } from '../../../src/function/runtime/log-memory';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

interface Entry extends MemoryEntry {
  readonly number: number;
}

describe('a memory in the log', () => {
  let services: SurroundingServices;
  let memory: LogMemory<Entry>;
  let time: VirtualTime;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    time = new VirtualTime();
    const logs = new CloudWatchLogsClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });
    const calls = new VirtualCalls(time, new OpenCalls(), 10_000);
    memory = new LogMemory(
      { calls, logs, logGroupName: 'Logs', requestId: 'one', until: time.now() + 60_000 }, 'Stream',
    );
  });

  afterEach(() => services.stop());

  const note = async (number: number) => time.during(async () => memory.note({ number }));
  const recall = async () => (await time.during(async () => memory.recall())).map(({ number }) => number);

  test('has no entries before it exists', async () => {
    expect(await recall()).toEqual([]);
  });

  test('has all entries, however many pages they take', async () => {
    const numbers = Array.from({ length: 250 }, (_, number) => number);
    for (const number of numbers) await note(number);

    expect(await recall()).toEqual(numbers);
  });

  test('has entries behind pages that are empty', async () => {
    await note(1);
    services.logs.emptyPages = 3;

    expect(await recall()).toEqual([1]);
  });

  test('is read on from where reading stopped', async () => {
    await note(1);
    expect(await recall()).toEqual([1]);
    await note(2);
    await note(3);
    const earlier = services.requests.length;

    expect(await recall()).toEqual([1, 2, 3]);
    expect(
      services.requests.slice(earlier).map(({ operation }) => operation),
    ).toEqual(['GetLogEvents', 'GetLogEvents']);
    expect(await recall()).toEqual([1, 2, 3]);
  });

  test('is created once', async () => {
    expect(await time.during(async () => memory.create(time.now() + 60_000))).toBe(true);
    expect(await time.during(async () => memory.create(time.now() + 60_000))).toBe(false);
  });
});
