/** Notices for people: after every audit, and for chat applications. */
import { IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { auditNow, auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import { AuditEvents, AuditNotice, AuditNoticeOptions, NoticeFormat, NoticeTrigger } from '../../src';

export const app = new App();

function noticesInAQueue(options: Omit<AuditNoticeOptions, 'topic'>): (stack: Stack) => Queue {
  return (stack) => {
    const { notificationTopic } = auditThatGoes(stack);
    const received = new Queue(stack, 'Received');
    const topic = new Topic(stack, 'Notices');
    topic.addSubscription(new SqsSubscription(received));
    const auditEvents = new AuditEvents(stack, 'AuditEvents', { notificationTopic });
    new AuditNotice(stack, 'Notice', { auditEvents, topic, ...options });
    return received;
  };
}

function receivesANotice(assertions: IDeployAssert, { queueUrl: QueueUrl }: Queue): void {
  auditNow(assertions).next(waitUntil(
    assertions.awsApiCall('sqs', 'receiveMessage', { QueueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 0 }),
    { Messages: [{}] },
  ));
}

const standard = caseOf('audit-notice-default', noticesInAQueue({ trigger: NoticeTrigger.EVERY_AUDIT }), receivesANotice);

// Logging is off in an account that has none, so there is a finding.
const full = caseOf('audit-notice-full', noticesInAQueue({
  format: NoticeFormat.CHAT, trigger: NoticeTrigger.FINDINGS,
}), receivesANotice);

integrationTest(app, standard, full);
