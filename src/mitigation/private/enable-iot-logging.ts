import { RemovalPolicy } from 'aws-cdk-lib';
import { Grant, IRole } from 'aws-cdk-lib/aws-iam';
import { MitigationDefinition } from './mitigation-definition';
import { LogLevel } from '../../logging/logging-event';
import { LoggingRole } from '../../logging/logging-role';
import { checkBroughtRole } from '../../private/brought-roles';
import { invalidInput } from '../../private/invalid-input';
import { IOT_SERVICE_PRINCIPAL } from '../../private/own-roles';

export function enableIotLogging(logLevel: LogLevel, brought?: IRole): MitigationDefinition {
  return {
    bind: (scope) => {
      if (logLevel === LogLevel.DISABLED) {
        throw invalidInput(scope, {
          property: 'logLevel',
          rule: 'must be ERROR, WARN, INFO or DEBUG',
          given: logLevel,
          fix: 'an action that enables logging cannot disable it',
        });
      }
      if (brought) {
        checkBroughtRole(scope, 'loggingRole', brought);
      }
      // Logging that the action has enabled goes on when the action is gone, and with it the need for the role.
      const loggingRole = brought ?? new LoggingRole(scope, 'LoggingRole', { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
      return {
        actionParams: { enableIoTLoggingParams: { logLevel, roleArnForLogging: loggingRole.roleArn } },
        grantTo: (grantee) => {
          // The API has no resource to narrow this call to.
          Grant.addToPrincipal({ grantee, actions: ['iot:SetV2LoggingOptions'], resourceArns: ['*'] });
          Grant.addToPrincipal({
            grantee,
            actions: ['iam:PassRole'],
            resourceArns: [loggingRole.roleArn],
            conditions: { StringEquals: { 'iam:PassedToService': IOT_SERVICE_PRINCIPAL } },
          });
        },
      };
    },
  };
}
