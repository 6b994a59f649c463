import { Token } from 'aws-cdk-lib';
import { CfnLogGroup, LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { invalidInputMessage } from '../private/invalid-input';

/**
 * Checks at synth, when all aspects have run, that the function will be able to read its own log: it is its journal.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
 */
export function requireReadableLog(scope: Construct, logGroup: LogGroup): void {
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
