import { setFlagsFromString } from 'node:v8';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type * as eventBridge from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import type * as lambda from '@aws-sdk/client-lambda';
import type * as s3 from '@aws-sdk/client-s3';
import type * as stepFunctions from '@aws-sdk/client-sfn';
import type * as sns from '@aws-sdk/client-sns';
import { AwsCalls, SYSTEM_CLOCK } from './aws-calls';
import { CustomResourceDispatcher } from './custom-resource-dispatcher';
import { EventOrigin } from './custom-resource-event';
import { InvocationDispatcher } from './invocation-dispatcher';
import { FunctionContext } from './request';

// Findings are read by the hundred thousand and let go: more room for young objects would only be kept (ADR 37).
setFlagsFromString('--semi-space-growth-factor=1');

// AwsCalls repeats the calls. Above all, starting an audit must not be repeated blindly.
const config = { maxAttempts: 1 };

// The SDK writes to the log that it does not repeat an upload.
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const { STACK_ID, AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_CLOUDFORMATION = AWS_ENDPOINT_URL } = process.env;

const calls = new AwsCalls({ clock: SYSTEM_CLOCK, callTimeout: 10_000 });
const iot = new IoTClient(config);
const cloudFormation = new CloudFormationClient(config);

const customResources = new CustomResourceDispatcher({
  origin: new EventOrigin({ stackId: STACK_ID, region: AWS_REGION!, endpoint: AWS_ENDPOINT_URL_CLOUDFORMATION }),
  calls,
  clients: { iot, logs: new CloudWatchLogsClient(config), cloudFormation },
  /* eslint-disable @typescript-eslint/no-require-imports -- Most invocations need none of those that are loaded late. */
  lambda: () => new (require('@aws-sdk/client-lambda') as typeof lambda).Lambda(config),
});

const dispatcher = new InvocationDispatcher({
  customResources,
  calls,
  stackId: STACK_ID,
  clients: {
    iot,
    cloudFormation: () => cloudFormation,
    eventBridge: () => new (require('@aws-sdk/client-eventbridge') as typeof eventBridge).EventBridge(config),
    stepFunctions: () => new (require('@aws-sdk/client-sfn') as typeof stepFunctions).SFN(config),
    sns: () => new (require('@aws-sdk/client-sns') as typeof sns).SNS(config),
    s3: () => new (require('@aws-sdk/client-s3') as typeof s3).S3({ ...config, logger: SILENT }),
  },
  /* eslint-enable @typescript-eslint/no-require-imports */
});

/** The function behind the library's custom resources, and behind what follows an audit. */
export async function handler(event: unknown, context: FunctionContext): Promise<unknown> {
  return dispatcher.dispatch(event, context);
}
