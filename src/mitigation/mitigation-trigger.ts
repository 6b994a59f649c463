import { EventField, Rule } from 'aws-cdk-lib/aws-events';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defineAuditRule } from '../events/audit-rule';
import { StartExecutionMessage } from '../events/protocol';

export interface MitigationTriggerProps {
  /** The queue that the function reads. */
  readonly queue: IQueue;
  readonly stateMachineArn: string;

  /** Names of the checks that rules are about. */
  readonly checkNames: string[];
}

/**
 * Has an execution started for each audit that found something to mitigate.
 *
 * EventBridge cannot name executions, and without a name an event that comes twice would ask people twice. So the rule
 * sends a message to the queue, and the function starts the execution under the audit's name.
 */
export function defineTrigger(scope: Construct, props: MitigationTriggerProps): Rule {
  const { checkNames, queue, stateMachineArn } = props;
  return defineAuditRule(scope, {
    description: 'Has mitigated what an audit of AWS IoT Device Defender found',
    queue,
    detail: { taskStatus: ['COMPLETED'], nonCompliantChecks: checkNames },
    message: {
      startExecution: { stateMachineArn, taskId: EventField.fromPath('$.detail.taskId') },
    } satisfies StartExecutionMessage,
  });
}
