import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { differs } from './deployment-place';
import { invalidInput } from './invalid-input';

/**
 * Checks a topic for Device Defender to publish to.
 *
 * @throws if the topic is a FIFO topic or in another region
 */
export function checkTopic(scope: Construct, property: string, topic: ITopic): void {
  requireRegionalTopic(scope, property, topic);
  if (isOfAnotherAccount(scope, topic)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:topicOfAnotherAccount',
      `'${property}' is ${describeTopic(topic)} in account ${topic.env.account}; `
      + 'AWS does not document that Device Defender publishes to topics of other accounts');
  }
  if (topic instanceof Topic && !topic.masterKey) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:topicNotEncrypted',
      `'${property}' is ${describeTopic(topic)}, which is not encrypted with a key of yours; give the topic a masterKey`);
  }
}

/**
 * Checks a topic that an AWS service publishes to, or may publish to.
 *
 * @throws if the topic is a FIFO topic or in another region
 */
export function requireRegionalTopic(
  scope: Construct, property: string, topic: ITopic, publisher = 'AWS IoT Device Defender',
): void {
  const { region } = Stack.of(scope);
  if (topic.fifo || (!Token.isUnresolved(topic.topicArn) && topic.topicArn.endsWith('.fifo'))) {
    throw invalidInput(scope, {
      property,
      rule: 'must be a standard topic',
      given: `the FIFO topic ${describeTopic(topic)}`,
      fix: `use a topic without fifo: ${publisher} cannot give its messages a group id`,
    });
  }
  if (differs(topic.env.region, region)) {
    throw invalidInput(scope, {
      property,
      rule: `must be a topic of the stack's region ${region}`,
      given: `${describeTopic(topic)} in ${topic.env.region}`,
      fix: `use a topic in ${region} and subscribe to it from elsewhere`,
    });
  }
}

/**
 * Grants publishing to exactly this topic, and the use of its key if it is encrypted.
 *
 * `topic.grantPublish()` would grant `kms:GenerateDataKey*`, although SNS uses only `kms:GenerateDataKey`.
 */
export function grantPublishing(topic: ITopic, grantee: IGrantable): void {
  Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [topic.topicArn] });
  topic.masterKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}

/** True if the topic is known to be of another account than the construct. */
export function isOfAnotherAccount(scope: Construct, topic: ITopic): boolean {
  return differs(topic.env.account, Stack.of(scope).account);
}

/** The topic's ARN, or its path if the ARN is only known at deployment. */
export function describeTopic(topic: ITopic): string {
  return Token.isUnresolved(topic.topicArn) ? topic.node.path : topic.topicArn;
}
