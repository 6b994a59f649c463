import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup, LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CUSTOM_RESOURCE_SINGLETON_LOG_GROUP } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { FleetAuditFunctionOptions } from './fleet-audit-function-options';
import { invalidInputMessage } from '../private/invalid-input';

/** Defines the log group of the function, which is its journal: the function reads in it what it has done. */
export function defineFunctionLog(scope: Construct, options: FleetAuditFunctionOptions): LogGroup {
  const logGroup = defineLogGroup(scope, options);
  // CustomResourceConfig looks for it, as on the log groups of the CDK's own custom resources.
  logGroup.node.addMetadata(CUSTOM_RESOURCE_SINGLETON_LOG_GROUP, true);
  requireReadable(scope, logGroup);
  return logGroup;
}

/** Defines a log group that lives as long as its function. */
export function defineLogGroup(
  scope: Construct, { logEncryptionKey, logRetention = RetentionDays.ONE_MONTH }: FleetAuditFunctionOptions,
): LogGroup {
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: logRetention, encryptionKey: logEncryptionKey, removalPolicy: RemovalPolicy.DESTROY,
  });
  if (logEncryptionKey) {
    letLogsUse(scope, logEncryptionKey);
  }
  return logGroup;
}

function letLogsUse(scope: Construct, key: IKey): void {
  const { region, urlSuffix } = Stack.of(scope);
  const logGroups = Stack.of(key).formatArn({
    service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
    actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }), true);
}

/**
 * Checks at synth, when all aspects have run, that the function will be able to read its own log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
 */
function requireReadable(scope: Construct, logGroup: LogGroup): void {
  scope.node.addValidation({
    validate: () => {
      const { logGroupClass = LogGroupClass.STANDARD } = logGroup.node.defaultChild as CfnLogGroup;
      if (logGroupClass === LogGroupClass.STANDARD || Token.isUnresolved(logGroupClass)) {
        return [];
      }
      return [invalidInputMessage(undefined, {
        property: 'logGroupClass',
        rule: `must be ${LogGroupClass.STANDARD}: the function reads in its log what it has done, `
          + 'and AWS has no GetLogEvents for another class',
        given: logGroupClass,
        fix: `exclude ${logGroup.node.path} from the aspect or property injector that sets the class`,
      })];
    },
  });
}
