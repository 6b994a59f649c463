/** The audit's event: every one, and those that a pattern lets through. */
import { IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { auditNow, auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import { AuditCompletedOptions, AuditEvents } from '../../src';

export const app = new App();

function eventsInAQueue(options: AuditCompletedOptions): (stack: Stack) => Queue {
  return (stack) => {
    const { notificationTopic } = auditThatGoes(stack);
    const received = new Queue(stack, 'Received');
    new AuditEvents(stack, 'AuditEvents', { notificationTopic })
      .onAuditCompleted('Completed', { ...options, target: new SqsQueue(received) });
    return received;
  };
}

function receivesAnEvent(assertions: IDeployAssert, { queueUrl: QueueUrl }: Queue): void {
  auditNow(assertions).next(waitUntil(
    assertions.awsApiCall('sqs', 'receiveMessage', { QueueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 0 }),
    { Messages: [{}] },
  ));
}

const standard = caseOf('audit-events-default', eventsInAQueue({}), receivesAnEvent);

const full = caseOf('audit-events-full', eventsInAQueue({
  description: 'Completed audits', eventPattern: { detail: { taskStatus: ['COMPLETED'] } },
}), receivesAnEvent);

integrationTest(app, standard, full);
