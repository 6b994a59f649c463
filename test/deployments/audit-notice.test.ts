import { Topic } from 'aws-cdk-lib/aws-sns';
import { NoticeLab } from './notice-lab';
import type { FaultKind } from '../../rehearsal/device-defender/faults';
import { unusedPermissions } from '../../rehearsal/iam/permission-usage';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { NoticeFormat, NoticeTrigger } from '../../src';
import { captureLog } from '../support/function-log';

captureLog();
afterEach(stopAccounts);

describe('a notice after an audit', () => {
  test('goes to the topic of the people, and what is not new leads to none', async () => {
    const lab = await NoticeLab.deploy();
    lab.breakOneMore();
    const first = await lab.audit();
    await lab.settle();
    const second = await lab.audit();
    await lab.settle();
    lab.breakOneMore();
    const third = await lab.audit();
    await lab.settle();

    expect(lab.notices(first).map(({ subject }) => subject)).toEqual(['Fleet: 2 non-compliant resources, HIGH at worst']);
    expect(lab.notices(second)).toEqual([]);
    expect(lab.notices(third)).toMatchObject([{
      topicArn: 'arn:aws:sns:eu-west-1:123456789012:oncall',
      subject: 'Fleet: 1 new of 3 non-compliant resources, HIGH at worst',
      message: expect.stringContaining('  new HIGH "pump-2": '),
    }]);
    expect(lab.deadLetters).toEqual([]);
  });

  test('comes again if the event comes again, and says the same', async () => {
    const lab = await NoticeLab.deploy();
    const taskId = await lab.audit();
    lab.repeat(taskId);
    await lab.settle();

    const [first, second, ...others] = lab.notices(taskId);
    expect([second.subject, second.message]).toEqual([first.subject, first.message]);
    expect(others).toEqual([]);
  });

  test('does not come back from the topic of the audit', async () => {
    const lab = await NoticeLab.deploy();
    await lab.update((audit) => void audit.notifyPeople({ topic: audit.notificationTopic }));
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.notices(taskId).map(({ deliveries }) => deliveries.map(({ outcome }) => outcome)))
      .toEqual([['filtered out']]);
    expect(lab.deadLetters).toEqual([]);
  });

  test('goes to mails and to a chat, each in its form', async () => {
    const lab = await NoticeLab.deploy();
    await lab.update((audit) => {
      audit.notifyPeople({ topic: new Topic(audit, 'Mails') });
      audit.notifyPeople({ topic: new Topic(audit, 'Chat'), format: NoticeFormat.CHAT });
    });
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.notices(taskId).map(({ message }) => message.slice(0, 16)).sort())
      .toEqual(['Fleet: 1 non-com', '{"version":"1.0"']);
  });

  test('that somebody asks for by a message to the topic of the audit reaches no other topic', async () => {
    const lab = await NoticeLab.deploy();
    const taskId = await lab.audit();
    await lab.settle();
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:elsewhere';
    const request = { publishNotice: { taskId, topicArn, format: 'TEXT', trigger: 'EVERY_AUDIT' } };
    lab.account.messaging.topics.publish(lab.account.messaging.topics.published[0].topicArn, {
      message: JSON.stringify(request),
    });
    await lab.settle();

    expect(lab.notices(taskId).map(({ topicArn: arn }) => arn)).not.toContain(topicArn);
    expect(lab.deadLetters).toEqual([JSON.stringify(request)]);
  });

  test('to a topic that was deleted is kept in the dead-letter queue', async () => {
    const lab = await NoticeLab.deploy();
    lab.account.messaging.topics.remove('arn:aws:sns:eu-west-1:123456789012:oncall');
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.deadLetters.map((body) => JSON.parse(body))).toEqual([{
      publishNotice: {
        taskId, topicArn: 'arn:aws:sns:eu-west-1:123456789012:oncall', format: 'TEXT', trigger: 'NEW_FINDINGS',
      },
    }]);
  });

  test('needs each permission of its policy, and no other', async () => {
    const lab = await NoticeLab.deploy({ trigger: NoticeTrigger.FINDINGS });
    await lab.audit();
    await lab.settle();
    lab.breakOneMore();
    await lab.audit();
    await lab.settle();

    const { denials, usage } = lab.account.permissions;
    expect(denials).toEqual([]);
    const own = usage.all.filter(({ policyName }) => policyName.startsWith('PublishNotice'));
    expect(own.map(({ action }) => action).sort())
      .toEqual(['iot:DescribeAuditTask', 'iot:ListAuditFindings', 'iot:ListAuditTasks', 'sns:Publish']);
    expect(unusedPermissions(own, ({ action }) => action)).toEqual([]);
  });
});

interface Trouble {
  readonly kind: FaultKind;
  readonly isKill?: true;
}

const TROUBLES: readonly Trouble[] = [
  ...([
    'throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'dropConnection', 'dropAfterEffect', 'hang',
    'hangAfterEffect',
  ] as const).map((kind) => ({ kind })),
  { kind: 'hang', isKill: true },
  { kind: 'hangAfterEffect', isKill: true },
];

/** Disturbs one call of those that the function makes after an audit, counted from 0, and notes all of them. */
function disturb({ account: { deviceDefender, functions, services } }: NoticeLab, index: number, trouble?: Trouble) {
  const calls: string[] = [];
  const concerns = (operation: string, caller: string | undefined) => {
    if (caller === undefined) return false;
    calls.push(operation);
    return calls.length - 1 === index;
  };
  for (const faults of [deviceDefender.faults, services.faults]) {
    faults.clear();
    faults.add({
      kind: trouble?.kind ?? 'throttle', concerns, onTaken: trouble?.isKill && (() => functions.kill()),
    } as never);
  }
  return calls;
}

test('whatever happens once to a call after an audit, the notice comes, and is the same', async () => {
  const lab = await NoticeLab.deploy();
  lab.breakOneMore();
  await lab.audit();
  await lab.settle();
  const problems: string[] = [];
  const repeated: string[] = [];
  let cases = 0;

  async function carryOut(what: string, index: number, trouble?: Trouble): Promise<readonly string[]> {
    lab.breakOneMore();
    // So that the audits of other cases are no longer looked at.
    lab.time.pass(3 * 86_400_000);
    const calls = disturb(lab, index, trouble);
    const taskId = await lab.audit();
    await lab.settle();
    const notices = lab.notices(taskId);
    cases++;
    if (notices.length > 1) repeated.push(what);
    const [notice] = notices;
    const isRight = notice?.subject?.startsWith('Fleet: 1 new of ') && notices.every(({ message, subject }) =>
      message === notice.message && subject === notice.subject) && lab.deadLetters.length === 0;
    if (!isRight) problems.push(`${what}: ${JSON.stringify(notices.map(({ subject }) => subject))}`);
    return calls;
  }

  const calls = await carryOut('undisturbed', -1);
  for (const [index, operation] of calls.entries()) {
    for (const trouble of TROUBLES) {
      const { kind, isKill } = trouble;
      await carryOut(`${isKill ? 'killed at a ' : ''}${kind} of call ${index}, ${operation}`, index, trouble);
    }
  }

  expect(problems).toEqual([]);
  expect(calls).toEqual([
    'DescribeAuditTask', 'PutEvents', 'DescribeAuditTask', 'ListAuditTasks', 'ListAuditTasks', 'DescribeAuditTask',
    'ListAuditFindings', 'ListAuditFindings', 'ListAuditFindings', 'ListAuditFindings', 'Publish',
  ]);
  expect(cases).toBe(1 + calls.length * TROUBLES.length);
  // Only a lost answer, or the death of the function that has put the event, makes it come twice.
  expect(repeated.filter((what) => !/^killed|AfterEffect of call \d+, (PutEvents|Publish)$/.test(what))).toEqual([]);
  if (process.env.PRINT_CASES) {
    process.stderr.write(`${cases} cases over ${calls.length} calls, ${repeated.length} with a notice that came twice\n`);
  }
}, 120_000);
