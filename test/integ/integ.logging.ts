/** The account's logging: CloudFormation's own, and with every option. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { caseOf, integrationTest } from './account';
import { Logging, LogLevel } from '../../src';

export const app = new App();
const removalPolicy = RemovalPolicy.DESTROY;

const standard = caseOf('logging-default', (stack) => new Logging(stack, 'Logging', { removalPolicy }), (assertions, { role }) => {
  assertions.awsApiCall('iot', 'getV2LoggingOptions').expect(ExpectedResult.objectLike({
    roleArn: role.roleArn, disableAllLogs: false,
  }));
});

const full = caseOf('logging-full', (stack) => new Logging(stack, 'Logging', {
  logLevel: LogLevel.ERROR,
  events: [{ eventType: 'Connect', logLevel: LogLevel.INFO }],
  removalPolicy,
}), (assertions, { role }) => {
  assertions.awsApiCall('iot', 'getV2LoggingOptions').expect(ExpectedResult.objectLike({
    roleArn: role.roleArn, defaultLogLevel: 'ERROR', disableAllLogs: false,
  }));
});

integrationTest(app, standard, full);
