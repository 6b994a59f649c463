import { Failure, lostAnswer, MessageServices, queueEvent, serviceError } from './message-services';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const MINUTE = 60_000;
const LOGGING = 'LOGGING_DISABLED_CHECK';

describe('the event of an audit', () => {
  const log = captureLog();
  let env: FunctionEnvironment;
  let services: MessageServices;
  let taskId: string;

  beforeEach(async () => {
    services = new MessageServices();
    env = await FunctionEnvironment.start();
    await env.enableChecks(LOGGING);
    taskId = await env.startAudit(LOGGING);
    env.time.pass(MINUTE);
  });

  afterEach(() => env.stop());

  async function handle(): Promise<void> {
    await env.dispatch(queueEvent(JSON.stringify({ taskId })), services);
  }

  test.each<[failure: string, failures: Failure[]]>([
    ['throttles', [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }]],
    ['fails inside', [{ ErrorCode: 'InternalFailure' }, { ErrorCode: 'InternalException' }]],
    ['counts a failure that it does not explain', [{}]],
    ['does not know a new permission yet', [{ ErrorCode: 'AccessDeniedException' }]],
    ['refuses the call for a moment', [serviceError('ThrottlingException', 400), serviceError('InternalException', 500)]],
    ['does not answer', [lostAnswer()]],
  ])('is put again if EventBridge %s', async (_failure, failures) => {
    services.failures = failures;

    await handle();

    expect(services.attempts).toBe(failures.length + 1);
    expect(services.details).toMatchObject([{ taskId }]);
    expect(JSON.parse(log.lines.at(-1)!))
      .toEqual({ message: 'event published', taskId, eventId: `event-${failures.length + 1}` });
  });

  test.each(['MalformedDetail', 'InvalidArgument', 'InvalidAccountIdException'])('is left to another attempt of the queue if EventBridge refuses it: %s', async (ErrorCode) => {
    services.failures = [{ ErrorCode, ErrorMessage: 'Detail is malformed.' }];

    await expect(handle()).rejects.toMatchObject({ name: ErrorCode, message: 'Detail is malformed.' });
    expect(services.attempts).toBe(1);
    expect(services.entries).toEqual([]);
  });

  test('is not put for ever', async () => {
    services.failures = Array<Failure>(1000).fill({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' });
    const began = env.time.now();

    await expect(handle()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    expect(env.time.now() - began).toBeGreaterThan(13 * MINUTE);
    expect(env.time.now() - began).toBeLessThan(15 * MINUTE);
  });

  test('comes twice, and equal, if the answer to the first one was lost', async () => {
    services.failures = [lostAnswer()];
    services.losesAnswers = true;

    await handle();

    const [first, second, ...others] = services.entries;
    expect(second).toEqual(first);
    expect(others).toEqual([]);
  });
});
