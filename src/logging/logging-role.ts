import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { DEFAULT_LOG_GROUP } from './protocol';
import { IotServiceRole } from '../private/own-roles';

export interface LoggingRoleProps {
  readonly removalPolicy: RemovalPolicy;

  /**
   * Further log groups to write to, by name.
   *
   * @default - none
   */
  readonly logGroupNames?: string[];
}

/** The role by which AWS IoT writes its logs, to its log groups only. */
export class LoggingRole extends IotServiceRole {
  constructor(scope: Construct, id: string, props: LoggingRoleProps) {
    super(scope, id, { description: 'Lets AWS IoT write its logs to Amazon CloudWatch Logs' });
    this.applyRemovalPolicy(props.removalPolicy);
    grantLogging(scope, this, props.logGroupNames);
  }
}

/**
 * Grants the permissions that AWS documents for logging, on the log groups that AWS IoT writes to.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/configure-logging.html
 */
export function grantLogging(scope: Construct, grantee: IGrantable, logGroupNames: string[] = []): void {
  Grant.addToPrincipal({
    grantee,
    actions: [
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:PutMetricFilter',
      'logs:PutRetentionPolicy',
    ],
    resourceArns: [DEFAULT_LOG_GROUP, ...new Set(logGroupNames)].map((name) => Stack.of(scope).formatArn({
      service: 'logs', resource: 'log-group', resourceName: `${name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })),
  });
}
