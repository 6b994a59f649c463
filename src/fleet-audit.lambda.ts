import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ON_DEMAND_AUDIT_TYPE } from './audits/on-demand-audit-protocol';
import { OnDemandAuditHandler } from './audits/on-demand-audit.lambda-shared';
import { ADOPTED_CONFIGURATION_TYPE } from './configuration/adopted-configuration-protocol';
import { AdoptedConfigurationHandler } from './configuration/adopted-configuration.lambda-shared';
import { CHECK_RELEASE_TYPE } from './configuration/check-release-protocol';
import { CheckReleaseHandler } from './configuration/check-release.lambda-shared';
import { ADOPTED_LOGGING_TYPE } from './logging/adopted-logging-protocol';
import { AdoptedLoggingHandler } from './logging/adopted-logging.lambda-shared';
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
  handlers: {
    [ADOPTED_CONFIGURATION_TYPE]: new AdoptedConfigurationHandler(clients),
    [ADOPTED_LOGGING_TYPE]: new AdoptedLoggingHandler(clients),
    [CHECK_RELEASE_TYPE]: new CheckReleaseHandler(clients),
    [ON_DEMAND_AUDIT_TYPE]: new OnDemandAuditHandler(clients),
  },
});

/**
 * The function behind the library's custom resources.
 */
export async function handler(event: unknown, context: FunctionContext): Promise<void> {
  await dispatcher.dispatch(event, context);
}
