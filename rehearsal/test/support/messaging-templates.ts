import { inlineFunction } from './running-account';
import type { TemplateResource } from '../../cloudformation/template';

/** Resources that carry messages, as the tests of several of them need them. */

export const ACCOUNT = '123456789012';
const ARN_OF = (logicalId: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [logicalId, attribute] });

export function topic(properties: object = {}): TemplateResource {
  return { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'audits', ...properties } };
}

export function queue(name: string, properties: object = {}): TemplateResource {
  return { Type: 'AWS::SQS::Queue', Properties: { QueueName: name, ...properties } };
}

/** Lets a service fill the queue `Queue` for one of its resources, over TLS. */
export function queuePolicy(service: string, sourceArn: unknown, statement: object = {}): TemplateResource {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: ARN_OF('Queue'),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Effect: 'Allow', Principal: { Service: service }, Action: 'sqs:SendMessage', Resource: ARN_OF('Queue'),
            Condition: { ArnEquals: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
            ...statement,
          },
        ],
      },
    },
  };
}

/** A subscription of the queue `Queue` to the topic `Topic`. */
export function subscription(properties: object = {}, rest: Partial<TemplateResource> = {}): TemplateResource {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: ARN_OF('Queue'), ...properties },
    ...rest,
  };
}

export function rule(pattern: object, targets: object[], properties: object = {}): TemplateResource {
  return {
    Type: 'AWS::Events::Rule', Properties: { Name: 'rule', EventPattern: pattern, Targets: targets, ...properties },
  };
}

const POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** A function with a role that may read the queue `Queue`, and the mapping that lets it. */
export function readingFunction(
  code: string, mapping: object = {}, actions: readonly string[] = POLLING,
): Record<string, TemplateResource> {
  return {
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Role' } },
    Reading: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'Reading', Roles: [{ Ref: 'Role' }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: ARN_OF('Queue') }] },
      },
    },
    Function: inlineFunction(code, { FunctionName: 'reader', Role: ARN_OF('Role') }),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping', DependsOn: 'Reading',
      Properties: { EventSourceArn: ARN_OF('Queue'), FunctionName: { Ref: 'Function' }, ...mapping },
    },
  };
}
