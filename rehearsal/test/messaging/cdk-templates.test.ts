import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FilterOrPolicy, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Template } from '../../cloudformation/template';
import { VirtualTime } from '../../services/virtual-time';
import { reasons, startAccount, stopAccounts } from '../support/running-account';

afterEach(stopAccounts);

/** The chain as the constructs of the CDK make it: policies, conditions and placeholders are its own. */
function definition() {
  const stack = new Stack(new App(), 'Chain', { env: { account: '123456789012', region: 'eu-west-1' } });
  const secure = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
  const letters = new Queue(stack, 'Letters', secure);
  const queue = new Queue(stack, 'Queue', {
    ...secure, queueName: 'queue', visibilityTimeout: Duration.minutes(15),
    deadLetterQueue: { queue: letters, maxReceiveCount: 3 },
  });
  const topic = new Topic(stack, 'Topic', { topicName: 'audits', enforceSSL: true });
  topic.addSubscription(new SqsSubscription(queue, {
    rawMessageDelivery: true, filterPolicy: { own: SubscriptionFilter.notExistsFilter() },
  }));
  topic.addSubscription(new SqsSubscription(letters, {
    filterPolicyWithMessageBody: {
      taskStatus: FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: ['FAILED'] })),
    },
  }));
  new Rule(stack, 'Rule', {
    eventPattern: { source: ['mine'], detail: { nonCompliantChecks: ['A', 'B'] } },
    targets: [new SqsQueue(queue, {
      message: RuleTargetInput.fromObject({ startExecution: { taskId: EventField.fromPath('$.detail.taskId') } }),
    })],
  });
  const fn = new Function(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = async () => 1;'),
  });
  fn.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: 2 }));
  return { stackName: 'Chain', template: CdkTemplate.fromStack(stack).toJSON() as Template };
}

test('templates of the CDK carry messages all the way', async () => {
  const received: string[] = [];
  const account = await startAccount({
    time: new VirtualTime(),
    inProcess: () => async (payload) => {
      received.push(...(payload as { Records: { body: string }[] }).Records.map(({ body }) => body));
    },
  });
  expect(reasons(await account.deploy(definition()))).toEqual({});
  const { bus, queues, targets, topics } = account.messaging;
  const arn = 'arn:aws:sns:eu-west-1:123456789012:audits';

  topics.publish(arn, { message: '{"taskStatus":"COMPLETED"}' });
  topics.publish(arn, { message: 'x', attributes: { own: { DataType: 'String', StringValue: 'report' } } });
  bus.putEvents({
    Entries: [
      { Source: 'mine', DetailType: 'Done', Detail: '{"taskId":"a-1","nonCompliantChecks":["B","C"]}' },
      { Source: 'mine', DetailType: 'Done', Detail: '{"taskId":"a-2","nonCompliantChecks":["C"]}' },
    ],
  });
  await account.functions.whenIdle();

  expect(received).toEqual(['{"taskStatus":"COMPLETED"}', '{"startExecution":{"taskId":"a-1"}}']);
  expect(topics.published.map(({ deliveries }) => deliveries.map(({ outcome }) => outcome).sort())).toEqual([
    ['delivered', 'filtered out'], ['filtered out', 'filtered out'],
  ]);
  expect(targets.deliveries.map(({ outcome }) => outcome)).toEqual(['delivered']);
  expect(queues.inspect('queue')).toEqual([]);
  expect(account.permissions.denials).toEqual([]);
});
