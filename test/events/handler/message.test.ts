import { MessageServices, queueEvent } from './message-services';
import { parseMessage } from '../../../src/events/handler/message';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const TASK = '0123456789abcdef0123456789abcdef';
const FINDING = {
  findingId: '11111111-2222-3333-4444-555555555555',
  findingTime: 1_572_007_301_019,
  severity: 'CRITICAL',
  taskId: TASK,
  taskStartTime: 1_572_007_300_584,
  nonCompliantResource: {
    resourceType: 'IOT_POLICY',
    resourceIdentifier: { policyVersionIdentifier: { policyName: 'MyDevicePolicy', policyVersionId: '1' } },
  },
  checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
};
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Mitigation';

const NO_ID = 'the message has no id of an audit';
const NO_JSON = 'the message is not JSON';
const NO_OBJECT = 'the message is not a JSON object';
const NO_EXECUTION = 'the message to start an execution has no state machine or no id of an audit';

describe('a message in the queue', () => {
  const log = captureLog();
  let env: FunctionEnvironment;
  let services: MessageServices;

  beforeAll(async () => {
    env = await FunctionEnvironment.start();
  });

  beforeEach(() => {
    services = new MessageServices();
  });

  afterAll(() => env.stop());

  async function handle(body: string): Promise<void> {
    await env.dispatch(queueEvent(body), services);
  }

  test.each<[message: string, body: string, error: string]>([
    ['nothing', '', NO_JSON],
    ['a sentence', 'An audit has ended.', NO_JSON],
    ['half an object', `{"taskId":"${TASK}"`, NO_JSON],
    ['256 kB of a letter', 'x'.repeat(262_144), NO_JSON],
    ['null', 'null', NO_OBJECT],
    ['a number', '42', NO_OBJECT],
    ['a string of JSON', JSON.stringify(JSON.stringify({ taskId: TASK })), NO_OBJECT],
    ['a list of messages', JSON.stringify([{ taskId: TASK }]), NO_OBJECT],
    ['an empty object', '{}', NO_ID],
    ['an id that is empty', '{"taskId":""}', NO_ID],
    ['an id of 41 characters', JSON.stringify({ taskId: 'a'.repeat(41) }), NO_ID],
    ['an id with a line break at its end', JSON.stringify({ taskId: `${TASK}\n` }), NO_ID],
    ['an id that leaves the path', JSON.stringify({ taskId: '../findings' }), NO_ID],
    ['an id that is a number', '{"taskId":42}', NO_ID],
    ['an id in a list', JSON.stringify({ taskId: [TASK] }), NO_ID],
    ['an envelope of text', JSON.stringify({ Type: 'Notification', Message: 'An audit has ended.' }), NO_JSON],
    ['an envelope of an envelope', JSON.stringify({
      Type: 'Notification', Message: JSON.stringify({ Type: 'Notification', Message: JSON.stringify({ taskId: TASK }) }),
    }), NO_ID],
    ['an execution of nothing', '{"startExecution":null}', NO_EXECUTION],
    ['an execution without a machine', JSON.stringify({ startExecution: { taskId: TASK } }), NO_EXECUTION],
    ['an execution without an audit', JSON.stringify({ startExecution: { stateMachineArn: MACHINE } }), NO_EXECUTION],
    ['an execution for many audits', JSON.stringify({
      startExecution: { stateMachineArn: MACHINE, taskId: [TASK, TASK] },
    }), NO_EXECUTION],
    ['an execution in an envelope', JSON.stringify({
      Type: 'Notification', Message: JSON.stringify({ startExecution: { stateMachineArn: MACHINE, taskId: TASK } }),
    }), NO_ID],
  ])('that holds %s is refused, so that it ends in the dead-letter queue', async (_message, body, error) => {
    await expect(handle(body)).rejects.toThrow(new Error(error));
    expect([services.attempts, env.iot.requests]).toEqual([0, []]);
    expect(log.lines).toEqual(['{"message":"message","messageId":"message-1"}\n']);
  });

  test.each([
    ['as a finding', JSON.stringify(FINDING)],
    ['in an envelope', JSON.stringify({ Type: 'Notification', Message: JSON.stringify(FINDING) })],
  ])('that holds a finding is ignored %s', async (_form, body) => {
    await handle(body);

    expect([services.attempts, env.iot.requests]).toEqual([0, []]);
    expect(log.lines.map((line) => JSON.parse(line))).toEqual([
      { message: 'message', messageId: 'message-1' },
      { message: 'a finding is no ended audit', findingId: FINDING.findingId },
    ]);
  });

  test('shows itself in the log by no more than a printable, short id', async () => {
    await handle(JSON.stringify({ ...FINDING, findingId: `\u202e${'x'.repeat(1000)}` }));
    await handle(JSON.stringify({ ...FINDING, findingId: { toString: 'odd' } }));

    expect(log.lines[1]).toBe(
      `{"message":"a finding is no ended audit","findingId":"\\\\u{202E}${'x'.repeat(129)}..."}\n`);
    expect(log.lines[3]).toBe('{"message":"a finding is no ended audit","findingId":"object"}\n');
  });

  test('is understood with every id that AWS documents', () => {
    for (const taskId of ['a', 'Z-9', TASK, 'a'.repeat(40)]) {
      expect(parseMessage(JSON.stringify({ taskId }))).toEqual({ kind: 'audit', taskId, notification: { taskId } });
    }
  });
});
