import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AUDIT_COMPLETED, AuditCompletedDetail, EVENT_SOURCE } from './protocol';

export interface AuditRuleProps {
  readonly description: string;

  /** The queue that the function reads. */
  readonly queue: IQueue;

  /** What the event must say; anything if absent. */
  readonly detail?: { readonly [Field in keyof AuditCompletedDetail]?: string[] };

  /** The message, which may hold fields of the event. */
  readonly message: object;
}

/** Defines a rule by which the event of an audit becomes a message to the stack's one function. */
export function defineAuditRule(scope: Construct, { description, detail, message, queue }: AuditRuleProps): Rule {
  const rule = new Rule(scope, 'Rule', {
    description,
    eventPattern: { source: [EVENT_SOURCE], detailType: [AUDIT_COMPLETED], detail },
    // Imported targets would take longer to load than the rest of the library.
    targets: [{
      bind: () => ({ arn: queue.queueArn, input: RuleTargetInput.fromObject(message), targetResource: queue }),
    }],
  });
  queue.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
  }));
  return rule;
}
