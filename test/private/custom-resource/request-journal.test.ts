import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { JournalEntry, RequestJournal } from '../../../src/private/custom-resource/request-journal.lambda-shared';
import { CLIENT_CONFIG } from '../../support/client-config';
import { captureLog } from '../../support/function-log';
import { SurroundingServices } from '../../support/surrounding-services';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';
import { VirtualTime } from '../../support/virtual-time';

const MINUTE = 60_000;
const STREAM = 'Logs:requests/request-1';

const log = captureLog();

describe('the journal of a request', () => {
  let services: SurroundingServices;
  let logs: CloudWatchLogsClient;
  let time: VirtualTime;
  let began: number;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    logs = new CloudWatchLogsClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });
    time = new VirtualTime();
    began = time.now();
  });

  afterEach(() => services.stop());

  const elapsed = () => time.now() - began;
  const entries = () => services.logStreams.get(STREAM)!.map((message) => JSON.parse(message) as JournalEntry);

  function journal(patience = 14 * MINUTE, requestId = 'request-1'): RequestJournal {
    const calls = new VirtualCalls(time, new OpenCalls(), 10_000);
    return new RequestJournal(requestId, { calls, logs, logGroupName: 'Logs', until: time.now() + patience });
  }

  function open(patience?: number): Promise<readonly JournalEntry[] | 'taken'> {
    const opened = journal(patience);
    return time.during(() => opened.open());
  }

  test('is opened by the first', async () => {
    expect(await open()).toEqual([]);
    expect(entries()).toEqual([{ time: began, opened: true }]);
  });

  test('is one per request', async () => {
    await open();

    expect(await time.during(() => journal(MINUTE, 'request-2').open())).toEqual([]);
    expect([...services.logStreams.keys()]).toEqual([STREAM, 'Logs:requests/request-2']);
  });

  test('holds what is noted, with the time', async () => {
    await open();
    time.pass(5_000);
    await journal().note({ taskId: 'task' });

    expect(entries().at(-1)).toEqual({ time: began + 5_000, taskId: 'task' });
  });

  test('is left alone once its request is answered', async () => {
    await open();
    await journal().note({ answered: true });
    time.pass(5 * MINUTE);

    expect(await open()).toBe('taken');
    expect(log.messages).toContain('another invocation has answered this request');
    expect(entries()).toHaveLength(2);
  });

  test('is left alone as soon as its request is answered', async () => {
    await open();
    const first = time.during(async () => {
      await time.sleep(MINUTE);
      await journal().note({ answered: true });
    });

    expect(await open()).toBe('taken');
    await first;
    expect(elapsed()).toBeLessThan(MINUTE + 10_000);
  });

  test('is left alone while somebody writes in it', async () => {
    await open();
    const first = time.during(async () => {
      for (let count = 0; count < 10; count++) {
        await time.sleep(MINUTE);
        await journal().note({ waiting: true });
      }
    });

    expect(await open(5 * MINUTE)).toBe('taken');
    expect(log.messages).toContain('another invocation works on this request');
    expect(elapsed()).toBeGreaterThan(4 * MINUTE);
    await first;
    expect(entries().some(({ takenOver }) => takenOver)).toBe(false);
  });

  test('is taken over from somebody who has been silent for one and a half minutes', async () => {
    await open();
    await journal().note({ taskId: 'task' });

    expect(await open()).toEqual([{ time: began, opened: true }, { time: began, taskId: 'task' }]);
    expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
    expect(elapsed()).toBeLessThan(1.75 * MINUTE);
    expect(entries().at(-1)).toEqual({ time: time.now(), takenOver: true });
  });

  test('is taken over by one only', async () => {
    await open();
    const first = open(5 * MINUTE);
    time.pass(MINUTE);
    const taken = await first;

    expect(taken).toHaveLength(1);
    expect(await open(MINUTE)).toBe('taken');
  });

  test('is taken over from somebody who wrote nothing at all', async () => {
    services.logStreams.set(STREAM, []);

    expect(await open()).toEqual([]);
    expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
  });

  test('that cannot be read gives whoever opened it all the time there is, before it fails', async () => {
    await open();
    services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

    await expect(open(10 * MINUTE)).rejects.toThrow('User is not authorized to perform: GetLogEvents');
    expect(elapsed()).toBe(10 * MINUTE);
  });

  test('that cannot be opened fails', async () => {
    services.faults.add({ operation: 'CreateLogStream', kind: 'notFound', times: Infinity });

    await expect(open()).rejects.toThrow('The resource does not exist.');
  });

  test('that was opened without the answer arriving is taken over by the same', async () => {
    services.faults.add({ operation: 'CreateLogStream', kind: 'dropAfterEffect' });

    expect(await open()).toEqual([]);
    expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
  });

  describe('when something is good to note', () => {
    test('does not fail', async () => {
      await open();
      services.faults.add({ operation: 'PutLogEvents', kind: 'internalError', times: Infinity });

      await expect(journal().tryToNote({ waiting: true })).resolves.toBeUndefined();
      expect(log.messages).toEqual(['journal not written']);
      expect(services.requests.filter(({ operation }) => operation === 'PutLogEvents')).toHaveLength(2);
    });

    test('does not mind that there is none', async () => {
      await journal().tryToNote({ answered: true });

      expect(log.lines).toEqual([]);
      expect(services.logStreams.size).toBe(0);
    });
  });
});
