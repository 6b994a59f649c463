import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CLIENT_CONFIG } from '../../../rehearsal/services/client-config';
import { SurroundingServices } from '../../../rehearsal/services/surrounding-services';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { LogStream } from '../../../src/function/runtime/log-stream';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

describe('a stream of the log', () => {
  let services: SurroundingServices;
  let stream: LogStream;
  let time: VirtualTime;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    time = new VirtualTime();
    const logs = new CloudWatchLogsClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });
    stream = new LogStream({ calls: new VirtualCalls(time, new OpenCalls(), 10_000), logs, logGroupName: 'Logs' }, 'Stream');
  });

  afterEach(() => services.stop());

  const append = async (number: number) => time.during(async () => stream.append({ number }, time.now() + 60_000));
  const read = async () => (await time.during(async () => stream.read(time.now() + 60_000))).map(({ number }) => number);

  test('has no entries before it exists', async () => {
    expect(await read()).toEqual([]);
  });

  test('has all entries, however many pages they take', async () => {
    const numbers = Array.from({ length: 250 }, (_, number) => number);
    for (const number of numbers) await append(number);

    expect(await read()).toEqual(numbers);
  });

  test('has entries behind pages that are empty', async () => {
    await append(1);
    services.logs.emptyPages = 3;

    expect(await read()).toEqual([1]);
  });

  test('is read on from where reading stopped', async () => {
    await append(1);
    expect(await read()).toEqual([1]);
    await append(2);
    await append(3);
    const earlier = services.requests.length;

    expect(await read()).toEqual([1, 2, 3]);
    expect(services.requests.slice(earlier).map(({ operation }) => operation)).toEqual(['GetLogEvents', 'GetLogEvents']);
    expect(await read()).toEqual([1, 2, 3]);
  });

  test('is created once', async () => {
    expect(await time.during(async () => stream.create(time.now() + 60_000))).toBe(true);
    expect(await time.during(async () => stream.create(time.now() + 60_000))).toBe(false);
  });
});
