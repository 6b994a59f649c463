import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { AwsCalls, SYSTEM_CLOCK } from './aws-calls';
import { CustomResourceDispatcher } from './custom-resource-dispatcher';
import { EventOrigin } from './custom-resource-event';
import { FunctionContext } from './request';

// AwsCalls repeats the calls. Above all, starting an audit must not be repeated blindly.
const config = { maxAttempts: 1 };

const { STACK_ID, AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_CLOUDFORMATION = AWS_ENDPOINT_URL } = process.env;

const dispatcher = new CustomResourceDispatcher({
  origin: new EventOrigin({ stackId: STACK_ID, region: AWS_REGION!, endpoint: AWS_ENDPOINT_URL_CLOUDFORMATION }),
  calls: new AwsCalls({ clock: SYSTEM_CLOCK, callTimeout: 10_000 }),
  clients: {
    iot: new IoTClient(config),
    logs: new CloudWatchLogsClient(config),
    cloudFormation: new CloudFormationClient(config),
  },
  lambda: new LambdaClient(config),
});

/** The function behind the library's custom resources. */
export async function handler(event: unknown, context: FunctionContext): Promise<void> {
  await dispatcher.dispatch(event, context);
}
