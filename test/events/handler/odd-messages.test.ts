import { MessageServices, queueEvent } from './message-services';
import { AuditCompletedDetail } from '../../../src/events/protocol';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';
import { SeededRandom } from '../../support/random';

const MINUTE = 60_000;
const LOGGING = 'LOGGING_DISABLED_CHECK';
const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';

const SIGNS = ['{', ']', '"', ':', ''];
const KEYS = [
  'taskId', 'accountId', 'findingId', 'auditDetails', 'taskStatus', 'startExecution', 'stateMachineArn', 'Type',
  'Message', 'version', '__proto__', 'toString', 'then', 'length', '\u202e', '',
];
const VALUES = [
  null, true, 0, -1, 1e308, '', 'COMPLETED', '123456789012', '210987654321', '\ud800', '\u0000', '${jndi}',
];

/** Makes messages that resemble real ones. */
class OddMessages {
  constructor(private readonly random: SeededRandom, private readonly taskIds: readonly string[]) {}

  next(): string {
    const text = JSON.stringify(this.enveloped(this.object(0)));
    switch (this.random.below(8)) {
      case 0: return text.slice(0, this.random.below(text.length));
      case 1: return text.replace(/[{}[\]":,]/g, (sign) => this.random.chance(0.1) ? this.random.pick(SIGNS) : sign);
      case 2: return JSON.stringify(this.value(0));
      default: return text;
    }
  }

  private enveloped(message: unknown): unknown {
    const Type = this.random.pick(['Notification', 'Notification', 'UnsubscribeConfirmation', 1]);
    return this.random.chance(0.7) ? message : { Type, Message: JSON.stringify(message) };
  }

  private object(depth: number): Record<string, unknown> {
    const entries = this.random.list(5, () => [this.random.pick(KEYS), this.value(depth + 1)]);
    const named = this.random.chance(0.8) ? [['taskId', this.random.pick(this.taskIds)]] : [];
    return Object.fromEntries([...entries, ...named]);
  }

  private value(depth: number): unknown {
    switch (depth > 3 ? 0 : this.random.below(4)) {
      case 1: return this.object(depth);
      case 2: return this.random.list(3, () => this.value(depth + 1));
      default: return this.random.pick([...VALUES, ...this.taskIds]);
    }
  }
}

describe('odd messages', () => {
  captureLog();
  let env: FunctionEnvironment;
  let ended: string[];
  let running: string;

  beforeAll(async () => {
    env = await FunctionEnvironment.startDirect({
      fleet: { plantedFindings: [{ checkName: SHARED, resourceIdentifier: { deviceCertificateId: 'a'.repeat(64) } }] },
    });
    await env.enableChecks(LOGGING, SHARED);
    ended = [await env.startAudit(LOGGING), await env.startAudit(SHARED)];
    env.time.pass(MINUTE);
    env.iot.timing.auditDuration = Infinity;
    running = await env.startAudit(LOGGING);
  });

  afterAll(() => env.stop());

  async function handle(body: string, services: MessageServices): Promise<'done' | 'refused'> {
    try {
      await env.dispatch(queueEvent(body), services);
      return 'done';
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      return 'refused';
    }
  }

  /** The event of an audit, without what the message says. */
  async function trueDetailOf(taskId: string): Promise<Partial<AuditCompletedDetail>> {
    const services = new MessageServices();
    await handle(JSON.stringify({ taskId }), services);
    const { notification: _said, ...detail } = services.details[0];
    return detail;
  }

  test.each([1, 2, 3])('are published as AWS IoT knows the audit, ignored or refused (seed %i)', async (seed) => {
    const details = new Map(await Promise.all(ended.map(async (id) => [id, await trueDetailOf(id)] as const)));
    const messages = new OddMessages(new SeededRandom(seed), [...ended, running, 'f'.repeat(32), 'a'.repeat(41)]);
    const ends = { published: 0, done: 0, refused: 0 };

    for (let count = 0; count < 400; count++) {
      const services = new MessageServices();
      const end = await handle(messages.next(), services);
      for (const { notification: _said, ...detail } of services.details) {
        expect(detail).toEqual(details.get(detail.taskId));
      }
      expect(services.entries.length + services.executions.length).toBeLessThanOrEqual(end === 'done' ? 1 : 0);
      const [outcome] = [...services.entries.map(() => 'published' as const), end];
      ends[outcome] += 1;
    }

    // Otherwise the messages would not be odd in enough ways.
    expect(Math.min(...Object.values(ends))).toBeGreaterThan(20);
  });
});
