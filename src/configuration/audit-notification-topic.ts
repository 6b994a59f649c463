import { RemovalPolicy } from 'aws-cdk-lib';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, TopicBase, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * Properties of `AuditNotificationTopic`.
 */
export interface AuditNotificationTopicProps {
  /**
   * Retains or destroys the topic and its key when they are removed from the stack.
   *
   * Choose the removal policy of the audit configuration that uses the topic.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A topic for the notifications of audits: encrypted with a rotating key of its own, and accessible over TLS only.
 *
 * Device Defender publishes a message whenever an audit ends, even if everything is compliant. To receive only
 * problems, filter on the message's body: `nonCompliantChecksCount` greater than 0.
 *
 * @example
 *
 * const topic = new AuditNotificationTopic(this, 'AuditNotifications');
 * new AccountAuditConfiguration(this, 'AuditConfiguration', { notificationTopic: topic });
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit.html
 */
export class AuditNotificationTopic extends TopicBase {
  /** The topic's ARN. */
  public readonly topicArn: string;

  /** The topic's name. */
  public readonly topicName: string;

  /**
   * The key that encrypts the notifications; always set.
   */
  public readonly masterKey?: IKey;

  /** False: Device Defender publishes to standard topics. */
  public readonly fifo: boolean = false;

  /** False: only FIFO topics have it. */
  public readonly contentBasedDeduplication: boolean = false;

  protected readonly autoCreatePolicy: boolean = true;

  constructor(scope: Construct, id: string, props: AuditNotificationTopicProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

    this.masterKey = new Key(this, 'Key', {
      description: 'Encrypts the notifications of AWS IoT Device Defender audits',
      enableKeyRotation: true,
      removalPolicy,
    });
    const resource = new CfnTopic(this, 'Resource', { kmsMasterKeyId: this.masterKey.keyArn });
    this.topicArn = this.getResourceArnAttribute(resource.ref, { service: 'sns', resource: this.physicalName });
    this.topicName = this.getResourceNameAttribute(resource.attrTopicName);

    resource.applyRemovalPolicy(removalPolicy);
    this.addSSLPolicy();
    (this.node.findChild('Policy') as TopicPolicy).applyRemovalPolicy(removalPolicy);
  }
}
