import { Annotations, Stack } from 'aws-cdk-lib';
import { CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { isInTree } from '../private/in-tree';
import { invalidInput, invalidInputMessage } from '../private/invalid-input';
import { describeTopic, isOfAnotherAccount, requireRegionalTopic } from '../private/topic-publishing';

/** The constructs that turn a topic's messages into events, by app and the topic's ARN. */
const claims = new WeakMap<IConstruct, Map<string, Construct>>();

/**
 * Claims the messages of a topic: a second construct for the same topic would publish each event twice, and whatever
 * follows would happen twice.
 *
 * @throws if the topic is a FIFO topic, or of another region; if another construct of the app has claimed it
 */
export function claimTopic(construct: Construct, topic: ITopic): void {
  requireRegionalTopic(construct, 'notificationTopic', topic);
  if (isOfAnotherAccount(construct, topic)) {
    Annotations.of(construct).addWarningV2('cdk-iot-fleet-audit:eventsFromAnotherAccount',
      `'notificationTopic' is ${describeTopic(topic)} in account ${topic.env.account}; its policy must allow this `
      + 'account to subscribe, and only audits of this account become events');
  }
  const { root } = construct.node;
  const byTopic = claims.get(root) ?? new Map<string, Construct>();
  claims.set(root, byTopic);
  const rival = byTopic.get(topic.topicArn);
  if (rival && isInTree(rival)) {
    throw invalidInput(construct, {
      property: 'notificationTopic',
      rule: 'must not be the topic of another AuditEvents, since every event would come twice',
      given: `that of ${rival.node.path}`,
      fix: 'use that one: its onAuditCompleted() can be called any number of times, and so can that of a FleetAudit',
    });
  }
  byTopic.set(topic.topicArn, construct);
}

/** Makes the synth fail if the rule has the topic as a target, also one that is added later. */
export function refuseReturn(rule: Rule, topic: ITopic): void {
  rule.node.addValidation({
    validate: () => {
      const stack = Stack.of(rule);
      const targets: CfnRule.TargetProperty[] = stack.resolve((rule.node.defaultChild as CfnRule).targets) ?? [];
      const topicArn = JSON.stringify(stack.resolve(topic.topicArn));
      return targets.every(({ arn }) => JSON.stringify(arn) !== topicArn) ? [] : [invalidInputMessage(undefined, {
        property: 'target',
        rule: 'must not be the topic that Device Defender notifies, since its messages come back to the rule',
        given: describeTopic(topic),
        fix: 'use another topic',
      })];
    },
  });
}
