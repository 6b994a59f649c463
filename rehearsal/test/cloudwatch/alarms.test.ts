import { App, Stack } from 'aws-cdk-lib';
import { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmProps, IAlarmAction, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { StackDefinition } from '../../cloudformation/assembly';
import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { Template } from '../../cloudformation/template';
import type { DataPoint } from '../../cloudwatch/data-points';
import { startAccount, stopAccounts } from '../support/running-account';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const METRIC = new Metric({ namespace: 'Own', metricName: 'Faults', statistic: 'Maximum' });

afterEach(stopAccounts);

/** @param services those that the policy of the topic lets publish; without any, it has no policy */
function stackWith(props: Partial<AlarmProps> = {}, services: readonly string[] = []): StackDefinition {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
  const topic = new Topic(stack, 'Topic', { topicName: 'calls' });
  for (const service of services) {
    topic.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal(service)], actions: ['sns:Publish'], resources: [topic.topicArn],
    }));
  }
  const alarm = new Alarm(stack, 'Alarm', {
    alarmName: 'faults', alarmDescription: 'Look at it.', metric: METRIC, threshold: 1, evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING, ...props,
  });
  const action = (arn: string): IAlarmAction => ({ bind: () => ({ alarmActionArn: arn }) });
  alarm.addAlarmAction(action(topic.topicArn), action('arn:aws:lambda:eu-west-1:123456789012:function:mend'));
  alarm.addOkAction(action(topic.topicArn));
  return { stackName: 'Stack', template: CdkTemplate.fromStack(stack).toJSON() as Template };
}

async function deployed(definition: StackDefinition): Promise<RehearsedAccount> {
  const account = await startAccount();
  expect((await account.deploy(definition)).outcome).toBe('CREATE_COMPLETE');
  return account;
}

function faults(value: number): DataPoint[] {
  return [{ namespace: 'Own', metricName: 'Faults', dimensions: {}, value, time: NOW }];
}

test('an alarm that goes off publishes a message, once', async () => {
  const { alarms, messaging: { topics } } = await deployed(stackWith());

  expect(alarms.evaluate(faults(3), NOW)).toEqual([{
    name: 'faults', description: 'Look at it.', before: 'INSUFFICIENT_DATA', state: 'ALARM', isEvaluated: true,
    reason: '3; alarm if >= 1',
    actions: [
      { arn: 'arn:aws:sns:eu-west-1:123456789012:calls', outcome: 'published' },
      { arn: 'arn:aws:lambda:eu-west-1:123456789012:function:mend', outcome: 'not rehearsed' },
    ],
  }]);
  expect(alarms.evaluate(faults(3), NOW)).toMatchObject([{ before: 'ALARM', state: 'ALARM', actions: [] }]);
  expect(topics.published.map(({ message, subject, topicArn }) => [topicArn, subject, JSON.parse(message)])).toEqual([[
    'arn:aws:sns:eu-west-1:123456789012:calls', 'ALARM: "faults" in eu-west-1', {
      AlarmName: 'faults', AlarmDescription: 'Look at it.', AWSAccountId: '123456789012', NewStateValue: 'ALARM',
      NewStateReason: '3; alarm if >= 1', StateChangeTime: '2026-03-01T12:00:00.000Z', Region: 'eu-west-1',
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:faults', OldStateValue: 'INSUFFICIENT_DATA',
    },
  ]]);
});

test('each state has its own actions', async () => {
  const { alarms } = await deployed(stackWith());
  alarms.evaluate(faults(3), NOW);

  expect(alarms.evaluate([], NOW)).toMatchObject([{ before: 'ALARM', state: 'OK', actions: [{ outcome: 'published' }] }]);
});

test.each([
  ['lets CloudWatch publish', ['cloudwatch.amazonaws.com'], 'published'],
  ['lets only others publish', ['events.amazonaws.com'], 'denied'],
])('a topic that %s', async (_what, services, outcome) => {
  const { alarms, messaging: { topics } } = await deployed(stackWith({}, services));

  expect(alarms.evaluate(faults(1), NOW)[0].actions[0].outcome).toBe(outcome);
  expect(topics.published).toHaveLength(outcome === 'published' ? 1 : 0);
});

test('a topic that is gone gets nothing', async () => {
  const { alarms, messaging: { topics } } = await deployed(stackWith());
  topics.remove('arn:aws:sns:eu-west-1:123456789012:calls');

  expect(alarms.evaluate(faults(1), NOW)[0].actions[0].outcome).toBe('denied');
});

test('actions that are switched off are not carried out', async () => {
  const { alarms } = await deployed(stackWith({ actionsEnabled: false }));

  expect(alarms.evaluate(faults(1), NOW)).toMatchObject([{ state: 'ALARM', actions: [] }]);
});

test('an update keeps the state, a deletion ends the alarm', async () => {
  const account = await deployed(stackWith());
  account.alarms.evaluate(faults(1), NOW);
  await account.deploy(stackWith({ threshold: 2 }));
  expect(account.alarms.all.map(({ state }) => state)).toEqual(['ALARM']);

  await account.delete('Stack');
  expect(account.alarms.all).toEqual([]);
});

test('an alarm that is not understood keeps its state, with the reason', async () => {
  const metric = new Metric({ namespace: 'AWS/Lambda', metricName: 'Errors' });
  const { alarms } = await deployed(stackWith({ metric }));

  expect(alarms.evaluate(faults(1), NOW)).toEqual([{
    name: 'faults', description: 'Look at it.', before: 'INSUFFICIENT_DATA', state: 'INSUFFICIENT_DATA',
    isEvaluated: false, reason: 'nothing measures Errors of AWS/Lambda in the rehearsal', actions: [],
  }]);
});

test('the name of an alarm cannot make its message invalid', async () => {
  const alarmName = `Ausfälle ${'x'.repeat(200)}`;
  const { alarms, messaging: { topics } } = await deployed(stackWith({ alarmName }));

  expect(alarms.evaluate(faults(1), NOW)[0].actions[0].outcome).toBe('published');
  expect(topics.published[0].subject).toMatch(/^ALARM: "Ausf\?lle x{83}$/);
});
