import { Failure, lostAnswer, MessageServices, queueEvent, serviceError } from './message-services';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const TASK = '0123456789abcdef0123456789abcdef';
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Mitigation';

describe('a message to start an execution', () => {
  const log = captureLog();
  let env: FunctionEnvironment;
  let services: MessageServices;

  beforeEach(async () => {
    services = new MessageServices();
    env = await FunctionEnvironment.start();
  });

  afterEach(() => env.stop());

  async function handle(): Promise<void> {
    const message = { startExecution: { stateMachineArn: MACHINE, taskId: TASK } };
    await env.dispatch(queueEvent(JSON.stringify(message)), services);
  }

  test('starts one that is named after the audit', async () => {
    await handle();

    expect(services.executions).toEqual([{ stateMachineArn: MACHINE, name: TASK, input: `{"taskId":"${TASK}"}` }]);
    expect(services.entries).toEqual([]);
    expect(log.messages).toEqual(['message', 'execution started']);
  });

  test('has been carried out if the audit has had its execution', async () => {
    services.failures = [serviceError('ExecutionAlreadyExists', 400)];

    await handle();

    expect(services.executions).toEqual([]);
    expect(log.messages).toEqual(['message', 'execution started before']);
  });

  test.each<[failure: string, error: Failure]>([
    ['throttles', serviceError('ThrottlingException', 400)],
    ['is not available', serviceError('ServiceUnavailable', 503)],
    ['does not answer', lostAnswer()],
  ])('is repeated if Step Functions %s', async (_failure, error) => {
    services.failures = [error];

    await handle();

    expect(services.executions).toMatchObject([{ name: TASK }]);
  });

  test.each(['StateMachineDoesNotExist', 'ExecutionLimitExceeded', 'StateMachineDeleting'])(
    'is left to another attempt of the queue if Step Functions refuses it: %s', async (name) => {
      services.failures = [serviceError(name, 400)];

      await expect(handle()).rejects.toMatchObject({ name });
      expect(services.executions).toEqual([]);
    });
});
