import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CLIENT_CONFIG } from '../../../rehearsal/services/client-config';
import { SurroundingServices } from '../../../rehearsal/services/surrounding-services';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { RequestHistory } from '../../../src/function/runtime/request-history';
import { STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

const MINUTE = 60_000;
const STREAM = 'Logs:resources/Audit';

const log = captureLog();

describe('the requests for a resource', () => {
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
  const entries = () => (services.logStreams.get(STREAM) ?? []).map(
    (message) => JSON.parse(message) as Record<string, unknown>,
  );

  function history(RequestId = 'one', rest: Partial<CustomResourceEvent> = {}, patience = 14 * MINUTE): RequestHistory {
    const calls = new VirtualCalls(time, new OpenCalls(), 10_000);
    const event: CustomResourceEvent = {
      RequestType: 'Create',
      ResponseURL: 'https://example.com',
      StackId: STACK_ID,
      RequestId,
      ResourceType: 'Custom::IotOnDemandAudit',
      LogicalResourceId: 'Audit',
      ResourceProperties: {},
      ...rest,
    };
    return new RequestHistory(event, {
      calls, logs, logGroupName: 'Logs', requestId: RequestId, until: time.now() + patience,
    });
  }

  async function begun(
    RequestId: string, rest: Partial<CustomResourceEvent> = {}, asked?: number,
  ): Promise<RequestHistory> {
    const opened = history(RequestId, rest);
    await time.during(async () => {
      expect(await opened.claim(asked)).toBe('mine');
      await opened.awaitPredecessors();
    });
    return opened;
  }

  function claim(patience?: number, RequestId?: string): Promise<'mine' | 'taken'> {
    const opened = history(RequestId, {}, patience);
    return time.during(() => opened.claim(undefined));
  }

  describe('for one request', () => {
    test('is claimed by the first invocation', async () => {
      const opened = await begun('one');

      expect(opened.isTakenOver).toBe(false);
      expect(opened.memory.isOpen).toBe(true);
      expect(entries()).toEqual([{ time: began, requestId: 'one', begun: 'Create' }]);
    });

    test('holds what is noted, with the time', async () => {
      const opened = await begun('one');
      time.pass(5_000);
      await opened.memory.note({ taskId: 'task' });

      expect(entries().at(-1)).toEqual({ time: began + 5_000, requestId: 'one', taskId: 'task' });
    });

    test('is left alone once its request is answered', async () => {
      await (await begun('one')).memory.note({ ended: true });
      time.pass(5 * MINUTE);

      expect(await claim()).toBe('taken');
      expect(log.messages).toContain('another invocation has answered this request');
      expect(entries()).toHaveLength(2);
    });

    test('is left alone as soon as its request is answered', async () => {
      const opened = await begun('one');
      const first = time.during(async () => {
        await time.sleep(MINUTE);
        await opened.memory.note({ ended: true });
      });

      expect(await claim()).toBe('taken');
      await first;
      expect(elapsed()).toBeLessThan(MINUTE + 10_000);
    });

    test('is left alone while somebody writes in it', async () => {
      const opened = await begun('one');
      const first = time.during(async () => {
        for (let count = 0; count < 10; count++) {
          await time.sleep(MINUTE);
          await opened.memory.keepAlive();
        }
      });

      expect(await claim(5 * MINUTE)).toBe('taken');
      expect(log.messages).toContain('another invocation works on this request');
      expect(elapsed()).toBeGreaterThan(4 * MINUTE);
      await first;
      expect(entries().filter(({ begun: type }) => type)).toHaveLength(1);
    });

    test('is taken over from somebody who has been silent for one and a half minutes', async () => {
      await (await begun('one')).memory.note({ taskId: 'task' });

      const opened = await begun('one');

      expect(opened.isTakenOver).toBe(true);
      expect(opened.memory.earlier).toEqual([
        { time: began, requestId: 'one', begun: 'Create' }, { time: began, requestId: 'one', taskId: 'task' },
        { time: time.now(), requestId: 'one', begun: 'Create' },
      ]);
      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
      expect(elapsed()).toBeLessThan(1.75 * MINUTE);
    });

    test('is taken over by one only', async () => {
      await begun('one');
      const first = claim(5 * MINUTE);
      time.pass(MINUTE);

      expect(await first).toBe('mine');
      expect(await claim(MINUTE)).toBe('taken');
    });

    test('is taken over from somebody who wrote nothing at all', async () => {
      services.logStreams.set('Logs:requests/one', []);

      expect(await claim()).toBe('mine');
      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
    });

    test('that cannot be read gives whoever opened it all the time there is, before it fails', async () => {
      await begun('one');
      services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

      await expect(claim(10 * MINUTE)).rejects.toThrow('User is not authorized to perform: GetLogEvents');
      expect(elapsed()).toBe(10 * MINUTE);
    });

    test('that cannot be opened fails, and does not count as open', async () => {
      services.faults.add({ operation: 'CreateLogStream', kind: 'notFound', times: Infinity });
      const opened = history();

      await expect(time.during(() => opened.claim(undefined))).rejects.toThrow('The resource does not exist.');
      expect(opened.memory.isOpen).toBe(false);
      await opened.memory.keepAlive();
      expect(entries()).toEqual([]);
    });

    test('that was opened without the answer arriving is taken over by the same', async () => {
      services.faults.add({ operation: 'CreateLogStream', kind: 'dropAfterEffect' });

      expect(await claim()).toBe('mine');
      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
    });

    test('does not fail when something is merely good to note', async () => {
      const opened = await begun('one');
      services.faults.add({ operation: 'PutLogEvents', kind: 'internalError', times: Infinity });

      await expect(opened.memory.keepAlive()).resolves.toBeUndefined();
      expect(log.messages).toEqual(['not noted']);
    });
  });

  describe('for several requests', () => {
    test('lets one wait until the one before it has ended', async () => {
      const first = await begun('one');
      await Promise.all([
        begun('two', { RequestType: 'Update' }),
        time.during(async () => {
          await time.sleep(20_000);
          await first.memory.note({ ended: true });
        }),
      ]);

      expect(elapsed()).toBeGreaterThanOrEqual(20_000);
      expect(elapsed()).toBeLessThan(30_000);
      expect(log.messages).toContain('waiting for an earlier request');
    });

    test('lets one wait for a killed one until that has been silent for one and a half minutes', async () => {
      await begun('one');

      await begun('two', { RequestType: 'Update' });

      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
      expect(elapsed()).toBeLessThan(1.75 * MINUTE);
    });

    test('lets a delete wait, which notes nothing itself', async () => {
      await begun('one');
      const deleting = history('two', { RequestType: 'Delete' });

      await time.during(() => deleting.awaitPredecessors());

      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
      expect(entries()).toHaveLength(1);
    });

    test('lets none wait for one that was begun after it', async () => {
      const first = history('one');
      const second = history('two', { RequestType: 'Update' });
      await time.during(async () => {
        await first.claim(undefined);
        await second.claim(undefined);
        await first.awaitPredecessors();
      });

      expect(elapsed()).toBe(0);
    });

    test('knows which request CloudFormation asked for last', async () => {
      await (await begun('rollback', { RequestType: 'Update' }, began)).memory.note({ ended: true });
      const late = await begun('late', { RequestType: 'Update' }, began - 1000);

      expect(late.isOvertaken(began - 1000)).toBe(true);
      expect(late.isOvertaken(began)).toBe(false);
      // The response URL did not say when.
      expect(late.isOvertaken(undefined)).toBe(false);
    });

    test('knows the id that was answered last, and the request before', async () => {
      const first = await begun('one');
      await first.memory.note({ physicalResourceId: 'a' });
      await first.memory.note({ ended: true });
      const second = await begun('two');

      expect(second.newestId).toBe('a');
      expect(second.precedingRequestId).toBe('one');
      expect(first.newestId).toBeUndefined();
    });

    test('is known only once it has been read', async () => {
      const deleting = history('two', { RequestType: 'Delete' });
      services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

      await expect(time.during(() => deleting.awaitPredecessors())).rejects.toThrow();
      expect(deleting.memory.isKnown).toBe(false);
      services.faults.clear();
      await time.during(() => deleting.awaitPredecessors());
      expect(deleting.memory.isKnown).toBe(true);
    });
  });

  describe('of a creation', () => {
    async function creation(RequestId: string, facts: object = {}): Promise<void> {
      const opened = await begun(RequestId);
      await opened.memory.note({ ...facts, ended: true });
    }

    async function createdFor(PhysicalResourceId: string): Promise<string | undefined> {
      const deleting = history('delete', { RequestType: 'Delete', PhysicalResourceId });
      await time.during(() => deleting.awaitPredecessors());
      return deleting.createdId;
    }

    test('is what the latest one noted, for an id that CloudFormation made up', async () => {
      await creation('one', { created: 'first' });
      await creation('two', { created: 'second' });

      expect(await createdFor('Fleet-Audit-1ABC')).toBe('second');
    });

    // An adoption that is tried again, and fails before it changes anything, must not undo the first.
    test('is nothing if the latest one noted nothing', async () => {
      await creation('one', { created: 'first' });
      await creation('two');

      expect(await createdFor('Fleet-Audit-1ABC')).toBeUndefined();
    });

    test('is what the failed one noted whose answer the id names', async () => {
      await creation('one', { created: 'first' });
      await creation('two', { created: 'second' });

      expect(await createdFor('none-one')).toBe('first');
    });

    test('is nothing if the failed one is not known whose answer the id names', async () => {
      await creation('one', { created: 'first' });

      expect(await createdFor('none-two')).toBeUndefined();
    });

    test('is nothing after two hours', async () => {
      await creation('one', { created: 'first' });
      time.pass(2 * 60 * MINUTE + 1);

      expect(await createdFor('Fleet-Audit-1ABC')).toBeUndefined();
    });
  });
});
