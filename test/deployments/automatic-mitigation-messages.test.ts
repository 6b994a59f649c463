import { ALL_APPLIED, DAY, HOUR, MitigationLab } from './mitigation-lab';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { captureLog } from '../support/function-log';

captureLog();
afterEach(stopAccounts);

/** A lab in which every question is answered with yes. */
async function approvingLab(): Promise<MitigationLab> {
  const lab = await MitigationLab.deploy();
  lab.answer = lab.approve;
  return lab;
}

describe('a message about an audit', () => {
  test('that comes three times at once is dealt with once', async () => {
    const lab = await approvingLab();
    const taskId = await lab.audit();
    await lab.repeat(taskId);
    await lab.repeat(taskId);
    await lab.settle();

    const end = await lab.end(taskId);
    expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    expect(end.published).toHaveLength(2);
    expect(lab.questions).toHaveLength(1);
    expect(lab.deadLetters).toBe(0);
  });

  test.each([
    { when: 'an hour', later: HOUR, deadLetters: 0 },
    // AWS keeps audits for 90 days.
    { when: '91 days', later: 91 * DAY, deadLetters: 1 },
  ])('that comes again $when after the end leads to nothing new', async ({ later, deadLetters }) => {
    const lab = await approvingLab();
    const taskId = await lab.audit();
    await lab.settle();
    expect((await lab.end(taskId)).applied).toEqual(ALL_APPLIED);
    lab.breakAgain();
    const broken = lab.state;
    lab.time.pass(later);
    await lab.repeat(taskId);
    await lab.settle();

    const { executions, published } = await lab.end(taskId);
    expect(executions).toEqual(['SUCCEEDED']);
    expect(published).toHaveLength(2);
    expect(lab.state).toEqual(broken);
    expect(lab.deadLetters).toBe(deadLetters);
  });

  test('is understood in an envelope of SNS', async () => {
    const lab = await approvingLab();
    const { topics } = lab.account.messaging;
    for (const subscription of topics.subscriptionsOf(await lab.auditTopic())) {
      topics.subscribe({ ...subscription, isRaw: false });
    }

    expect(await lab.mitigated()).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    expect(lab.deadLetters).toBe(0);
  });
});

test('what nobody understands is kept in the dead-letter queue, and leads to nothing', async () => {
  const lab = await approvingLab();
  await lab.publish('garbage');
  await lab.publish('{"taskId":"../../etc"}');
  await lab.settle();

  expect(lab.account.messaging.deadLetters.map(({ body }) => body)).toEqual(['garbage', '{"taskId":"../../etc"}']);
  expect(lab.account.messaging.bus.events).toEqual([]);
  expect(lab.account.stateMachines.executions).toEqual([]);
});

test('an execution that somebody starts before the audit has ended waits for its end, and skips nothing', async () => {
  const lab = await approvingLab();
  const taskId = await lab.audit(0);
  await lab.publish(JSON.stringify({
    startExecution: { stateMachineArn: lab.account.stateMachines.all[0].arn, taskId },
  }));
  await lab.settle();

  const end = await lab.end(taskId);
  expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
  expect(end.published).toHaveLength(2);
  expect(lab.deadLetters).toBe(0);
});

test('reports on the topic of the audit do not come back', async () => {
  const lab = await approvingLab();
  const { published } = await lab.mitigated();
  const { topics } = lab.account.messaging;

  expect(published).toHaveLength(2);
  expect(topics.published.filter(({ message }) => published.includes(message)).flatMap(({ deliveries }) =>
    deliveries.map(({ outcome }) => outcome))).toEqual(['filtered out', 'filtered out']);
});
