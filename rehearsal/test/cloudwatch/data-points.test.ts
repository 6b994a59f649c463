import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import { DataPoint, MeasuredAccount, dataPointsOf } from '../../cloudwatch/data-points';
import { startAccount, stopAccounts } from '../support/running-account';

const NOW = Date.parse('2026-03-01T12:00:00Z');

afterEach(stopAccounts);

/** An account in which nothing has happened but what is given. */
async function accountWith(parts: Partial<Record<keyof MeasuredAccount, object>> = {}): Promise<MeasuredAccount> {
  const { deviceDefender, functions, messaging, stateMachines } = await startAccount();
  return { deviceDefender, functions, messaging, stateMachines, ...parts } as MeasuredAccount;
}

async function audited(account: RehearsedAccount, names: readonly string[]): Promise<string> {
  const { deviceDefender } = account;
  deviceDefender.ask('UpdateAccountAuditConfiguration', {
    roleArn: 'arn:aws:iam::123456789012:role/Audit',
    auditCheckConfigurations: Object.fromEntries(names.map((name) => [name, { enabled: true }])),
  });
  deviceDefender.ask('CreateScheduledAudit', {
    scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: [...names],
  });
  return deviceDefender.runScheduledAudit('daily');
}

test('a check of an audit has two points, with the dimensions of the audit, and none before it has ended', async () => {
  const account = await startAccount({ auditDuration: 20 });
  account.deviceDefender.fleet.plant({
    checkName: 'CONFLICTING_CLIENT_IDS_CHECK', resourceIdentifier: { clientId: 'pump-1' },
  });
  const taskId = await audited(account, ['CONFLICTING_CLIENT_IDS_CHECK']);
  expect(dataPointsOf(account, NOW)).toEqual([]);
  const ended = () => account.deviceDefender.audits[0].status !== 'IN_PROGRESS';
  while (!ended()) await new Promise((resolve) => setTimeout(resolve, 5));

  const { auditDetails, taskStartTime } = account.deviceDefender.ask('DescribeAuditTask', { taskId });
  const point = {
    namespace: 'AWS/IoT', time: taskStartTime!.getTime(),
    dimensions: { CheckName: 'CONFLICTING_CLIENT_IDS_CHECK', ScheduledAuditName: 'daily' },
  };
  const { totalResourcesCount } = auditDetails!.CONFLICTING_CLIENT_IDS_CHECK;
  expect(dataPointsOf(account, NOW)).toEqual([
    { ...point, metricName: 'NonCompliantResources', value: 1 },
    { ...point, metricName: 'ResourcesEvaluated', value: totalResourcesCount },
  ]);
});

test('an audit on demand has a name of its own, and a check that failed has no point', async () => {
  const details = {
    GOOD: { checkRunStatus: 'COMPLETED_COMPLIANT', nonCompliantResourcesCount: 0, totalResourcesCount: 3 },
    BAD: { checkRunStatus: 'FAILED' }, CALLED_OFF: { checkRunStatus: 'CANCELED' },
  };
  const account = await accountWith({
    deviceDefender: {
      audits: [{ taskId: 'a' }], ask: () => ({ auditDetails: details, taskStartTime: new Date(NOW) }),
    },
  });

  const points = dataPointsOf(account, NOW);
  expect(points.map(({ dimensions, metricName, value }) => [metricName, value, dimensions])).toEqual([
    ['NonCompliantResources', 0, { CheckName: 'GOOD', ScheduledAuditName: 'OnDemand' }],
    ['ResourcesEvaluated', 3, { CheckName: 'GOOD', ScheduledAuditName: 'OnDemand' }],
  ]);
});

test('a queue has the number of its messages', async () => {
  const account = await startAccount();
  const arn = 'arn:aws:sqs:eu-west-1:123456789012:letters';
  account.messaging.queues.put(arn, { visibilityTimeout: 30, retention: 345_600, delay: 0 });
  account.messaging.queues.send('letters', 'one');
  account.messaging.queues.send('letters', 'two');

  expect(dataPointsOf(account, NOW)).toEqual([{
    namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: 'letters' }, value: 2,
    time: NOW,
  }]);
});

test('an execution that has ended is counted, one that runs is not', async () => {
  const machine = { arn: 'arn:machine' };
  const account = await accountWith({
    stateMachines: {
      executions: [
        { machine, status: 'RUNNING' }, { machine, status: 'FAILED', stopDate: 1 },
        { machine, status: 'TIMED_OUT', stopDate: 2 }, { machine, status: 'SUCCEEDED', stopDate: 3 },
      ],
    },
  });

  const counts = (name: string) => dataPointsOf(account, NOW).filter(({ metricName }) => metricName === name)
    .map(({ dimensions, time, value }) => [time, value, dimensions.StateMachineArn]);
  expect(counts('ExecutionsFailed')).toEqual([[1, 1, 'arn:machine'], [2, 0, 'arn:machine'], [3, 0, 'arn:machine']]);
  expect(counts('ExecutionsTimedOut')).toEqual([[1, 0, 'arn:machine'], [2, 1, 'arn:machine'], [3, 0, 'arn:machine']]);
});

test('what functions write in the embedded metric format is measured, and nothing else', async () => {
  const line = {
    message: 'age of an audit', ScheduledAuditName: 'weekly', DaysSinceLastAudit: [4, 5],
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [{
        Namespace: 'CdkIotFleetAudit', Dimensions: [['ScheduledAuditName'], []],
        Metrics: [{ Name: 'DaysSinceLastAudit' }, { Name: 'Missing' }],
      }],
    },
  };
  const account = await accountWith({
    functions: {
      log: [
        { line: JSON.stringify(line) }, { line: 'START' }, { line: '{"CloudWatchMetrics":1}' },
        { line: '{"CloudWatchMetrics"' },
      ],
    },
  });
  const point: Omit<DataPoint, 'dimensions'> = {
    namespace: 'CdkIotFleetAudit', metricName: 'DaysSinceLastAudit', value: 4, time: NOW,
  };

  expect(dataPointsOf(account, NOW)).toEqual([
    { ...point, dimensions: { ScheduledAuditName: 'weekly' } },
    { ...point, value: 5, dimensions: { ScheduledAuditName: 'weekly' } },
    { ...point, dimensions: {} }, { ...point, value: 5, dimensions: {} },
  ]);
});
