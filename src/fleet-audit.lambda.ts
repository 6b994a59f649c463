import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { customResourceHandlers } from './custom-resource-handlers.lambda-shared';
import { AwsCalls } from './private/custom-resource/aws-calls.lambda-shared';
import { SYSTEM_CLOCK } from './private/custom-resource/clock.lambda-shared';
import { CustomResourceDispatcher } from './private/custom-resource/custom-resource-dispatcher.lambda-shared';
import { FunctionContext } from './private/custom-resource/custom-resource-handler.lambda-shared';

// The calls are repeated by AwsCalls. Above all, starting an audit must not be repeated blindly.
const config = { maxAttempts: 1 };

const clients = {
  iot: new IoTClient(config),
  logs: new CloudWatchLogsClient(config),
  cloudFormation: new CloudFormationClient(config),
};

const dispatcher = new CustomResourceDispatcher({
  calls: new AwsCalls({ clock: SYSTEM_CLOCK, callTimeout: 10_000 }),
  lambda: new LambdaClient(config),
  handlers: customResourceHandlers(clients),
});

/**
 * The function behind the library's custom resources.
 */
export async function handler(event: unknown, context: FunctionContext): Promise<void> {
  await dispatcher.dispatch(event, context);
}
