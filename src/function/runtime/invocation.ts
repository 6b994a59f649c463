import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { IoTClient } from '@aws-sdk/client-iot';
import type { S3 } from '@aws-sdk/client-s3';
import type { SFN } from '@aws-sdk/client-sfn';
import type { SNS } from '@aws-sdk/client-sns';
import { AwsCalls, CallOptions } from './aws-calls';
import { FunctionContext, LAST_MOMENT } from './request';

/** The clients of what follows an audit. Those that most invocations do not need are loaded when one does. */
export interface InvocationClients {
  readonly iot: IoTClient;
  cloudFormation(): Pick<CloudFormationClient, 'send'>;
  eventBridge(): Pick<EventBridge, 'putEvents'>;
  stepFunctions(): Pick<SFN, 'startExecution'>;
  sns(): Pick<SNS, 'publish'>;
  s3(): Pick<S3, 'listObjectsV2' | 'putObject'>;
}

export interface InvocationProps {
  readonly clients: InvocationClients;
  readonly calls: AwsCalls;
  readonly context: Pick<FunctionContext, 'getRemainingTimeInMillis'>;

  /** The stack of the function, by which it knows its partition, region and account. */
  readonly stackId: string;
}

/** An invocation that answers nothing to CloudFormation: its caller repeats it if it fails. */
export class Invocation {
  public readonly clients: InvocationClients;
  public readonly calls: AwsCalls;
  public readonly stackId: string;

  /** Time limit of all work, in milliseconds since 1970. */
  public readonly until: number;

  constructor({ clients, calls, context, stackId }: InvocationProps) {
    this.clients = clients;
    this.calls = calls;
    this.stackId = stackId;
    this.until = calls.clock.now() + context.getRemainingTimeInMillis() - LAST_MOMENT;
  }

  /** Calls AWS, again and again where that helps. */
  public async ask<Output>(call: (options: CallOptions) => Promise<Output>): Promise<Output> {
    return this.calls.persistently({ until: this.until }, call);
  }

  /** The account of the function. */
  public get accountId(): string {
    return this.stackId.split(':')[4];
  }

  /** The region of the function. */
  public get region(): string {
    return this.stackId.split(':')[3];
  }

  /** The ARN of a resource of AWS IoT in the function's account and region. */
  public iotArn(resource: string): string {
    const [, partition, , region, account] = this.stackId.split(':');
    return `arn:${partition}:iot:${region}:${account}:${resource}`;
  }
}
