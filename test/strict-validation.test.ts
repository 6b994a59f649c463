import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { everythingMonitored } from './support/everything-monitored';
import { exampleNames, loadExample } from './support/example-apps';

const { CDK_VALIDATION } = process.env;

beforeAll(() => {
  delete process.env.CDK_VALIDATION;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    '@aws-cdk/core:validateAgainstDefaultRules': true,
    '@aws-cdk/core:strictCfnValidateErrors': true,
  });
});

afterAll(() => {
  process.env.CDK_VALIDATION = CDK_VALIDATION;
  delete process.env.CDK_CONTEXT_JSON;
});

test.each(exampleNames)('%s passes the validation of aws-cdk-lib at its strictest', (name) => {
  expect(loadExample(name).synth().stacks).not.toHaveLength(0);
});

test('all of monitoring in one template passes it, too', () => {
  expect(everythingMonitored().app.synth().stacks).toHaveLength(1);
});

test('the validation is on: it stops a template that is wrong', () => {
  const app = new App();
  new CfnResource(new Stack(app, 'Stack'), 'Audit', {
    type: 'AWS::IoT::ScheduledAudit',
    properties: { Frequency: 'HOURLY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] },
  });

  expect(() => app.synth()).toThrow(/Frequency: 'HOURLY' is not one of \['DAILY', 'WEEKLY', 'BIWEEKLY', 'MONTHLY'\]/);
});
