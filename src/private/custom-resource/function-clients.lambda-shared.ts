import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IoTClient } from '@aws-sdk/client-iot';

/** The clients of AWS that the handlers of custom resources share. */
export interface FunctionClients {
  readonly iot: IoTClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudFormation: CloudFormationClient;
}
