import { EventField, IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AUDIT_COMPLETED, EVENT_SOURCE, StartExecutionMessage } from '../events/protocol';

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
  const message: StartExecutionMessage = {
    startExecution: { stateMachineArn, taskId: EventField.fromPath('$.detail.taskId') },
  };
  // Imported targets would take longer to load than the rest of the library.
  const target: IRuleTarget = {
    bind: () => ({ arn: queue.queueArn, input: RuleTargetInput.fromObject(message), targetResource: queue }),
  };
  const rule = new Rule(scope, 'Rule', {
    description: 'Has mitigated what an audit of AWS IoT Device Defender found',
    eventPattern: {
      source: [EVENT_SOURCE],
      detailType: [AUDIT_COMPLETED],
      detail: { taskStatus: ['COMPLETED'], nonCompliantChecks: checkNames },
    },
    targets: [target],
  });
  queue.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
  }));
  return rule;
}
