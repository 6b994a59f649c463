import { stopAccounts } from './support/running-account';
import {
  RunningMachine, TOPIC_ARN, begin, failureOf, machineResources, run, startMachine,
} from './support/running-machines';

afterEach(stopAccounts);

const ASKING = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task', Resource: 'arn:aws:states:::sns:publish.waitForTaskToken', TimeoutSeconds: 86_400,
      Parameters: {
        'TopicArn': TOPIC_ARN, 'Subject': 'May I?',
        'Message.$': "States.Format('yes: {}, no: {}', $$.Task.Token, $$.Task.Token)",
        'MessageAttributes': { kind: { DataType: 'String', StringValue: 'question' } },
      },
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Unanswered' }, { ErrorEquals: ['Declined'], Next: 'Declined' }],
      Next: 'Approved',
    },
    Approved: { Type: 'Pass', End: true },
    Declined: { Type: 'Pass', End: true },
    Unanswered: { Type: 'Pass', End: true },
  },
};

function tokensOf({ account }: RunningMachine) {
  return account.stateMachines.tokens;
}

async function codeOf(call: () => void): Promise<string> {
  try {
    call();
    return 'ok';
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
}

const TOO_LATE = "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'";

test('a question is published with its token, and the machine waits for the answer', async () => {
  const machine = await startMachine(machineResources(ASKING));
  const tokens = tokensOf(machine);
  await machine.time.during(async () => {
    const execution = begin(machine);
    await machine.account.stateMachines.whenSettled();

    const [{ token, ...question }] = tokens.open;
    const message = `yes: ${token}, no: ${token}`;
    expect(question).toEqual({
      executionArn: execution.arn, stateName: 'Ask', message: { topicArn: TOPIC_ARN, subject: 'May I?', message },
    });
    expect(machine.published).toEqual([{
      topicArn: TOPIC_ARN,
      message: { message, subject: 'May I?', attributes: { kind: { DataType: 'String', StringValue: 'question' } } },
    }]);
    expect(token.length).toBeGreaterThan(500);
    expect(token.length).toBeLessThanOrEqual(2048);

    tokens.sendTaskSuccess(token, '{"by":"me"}');
    await execution.ended;

    expect(execution.path).toEqual(['Ask', 'Approved']);
    expect(execution.output).toEqual({ by: 'me' });
    expect(tokens.open).toEqual([]);
    expect(await codeOf(() => tokens.sendTaskSuccess(token, '{}'))).toBe(TOO_LATE);
    expect(await codeOf(() => tokens.sendTaskFailure(token, 'Declined'))).toBe(TOO_LATE);
  });
});

test('an answer may be given while the question is being published', async () => {
  const machine = await startMachine(machineResources(ASKING));
  tokensOf(machine).onAsked = ({ token }) => tokensOf(machine).sendTaskFailure(token, 'Declined', 'Not today.');

  const execution = await run(machine);

  expect(execution.path).toEqual(['Ask', 'Declined']);
  expect(execution.output).toEqual({ Error: 'Declined', Cause: 'Not today.' });
});

test('an error that nobody catches ends the execution; a redrive asks again', async () => {
  const machine = await startMachine(machineResources(ASKING));
  const tokens = tokensOf(machine);
  const asked: string[] = [];
  tokens.onAsked = ({ token }) => {
    asked.push(token);
    if (asked.length === 1) tokens.sendTaskFailure(token, 'Confused');
    else tokens.sendTaskSuccess(token, '{}');
  };

  const execution = await run(machine);
  expect(failureOf(execution)).toEqual({ status: 'FAILED', error: 'Confused', cause: '' });
  machine.account.stateMachines.redriveExecution(execution.arn);
  await execution.ended;

  expect(execution.path).toEqual(['Ask', 'Ask', 'Approved']);
  expect(new Set(asked).size).toBe(2);
});

test('a question that nobody answers times out, and answers come too late', async () => {
  const machine = await startMachine(machineResources(ASKING));
  const tokens = tokensOf(machine);
  let token = '';
  tokens.onAsked = (question) => token = question.token;
  const begun = machine.time.now();

  const execution = await run(machine);

  expect(execution.path).toEqual(['Ask', 'Unanswered']);
  expect(execution.stopDate! - begun).toBe(86_400_000);
  expect(await codeOf(() => tokens.sendTaskSuccess(token, '{}'))).toBe(TOO_LATE);
});

test('a question ends with its execution', async () => {
  const machine = await startMachine(machineResources(ASKING));
  const tokens = tokensOf(machine);
  await machine.time.during(async () => {
    const execution = begin(machine);
    await machine.account.stateMachines.whenSettled();
    const [{ token }] = tokens.open;
    execution.stop();
    await new Promise(setImmediate);

    expect(tokens.open).toEqual([]);
    expect(await codeOf(() => tokens.sendTaskSuccess(token, '{}'))).toBe(TOO_LATE);
  });
});

test('an answer must be known, JSON and small', async () => {
  const machine = await startMachine(machineResources(ASKING));
  const tokens = tokensOf(machine);
  const answers: string[] = [];
  tokens.onAsked = ({ token }) => void (async () => {
    for (const output of ['{', JSON.stringify('x'.repeat(262_143)), '{}']) {
      answers.push(await codeOf(() => tokens.sendTaskSuccess(token, output)));
    }
    answers.push(await codeOf(() => tokens.sendTaskSuccess('made up', '{}')));
  })();

  await run(machine);
  await new Promise(setImmediate);

  expect(answers).toEqual([
    "InvalidOutput: Invalid Output: 'The output is not JSON'",
    'ValidationException: The output has more than 262144 characters.', 'ok', "InvalidToken: Invalid token: 'Invalid token'",
  ].map((text) => text.replace('Invalid token:', 'Invalid Token:')));
});

test('a repeated question has a new token, and the first one is void', async () => {
  const machine = await startMachine(machineResources({
    ...ASKING, States: { ...ASKING.States, Ask: { ...ASKING.States.Ask, Retry: [{ ErrorEquals: ['States.ALL'] }] } },
  }));
  const tokens = tokensOf(machine);
  machine.account.stateMachines.faults.add({ operation: 'Publish', kind: 'dropAfterEffect' });
  tokens.onAsked = ({ token }) => tokens.sendTaskSuccess(token, '{}');

  const execution = await run(machine);

  const [first, second] = machine.published.map(({ message }) => /yes: (\S+),/.exec(message.message)![1]);
  expect(execution.path).toEqual(['Ask', 'Approved']);
  expect(second).not.toBe(first);
  expect(await codeOf(() => tokens.sendTaskSuccess(first, '{}'))).toBe(TOO_LATE);
});
