import { spawnSync } from 'node:child_process';
import {
  ANSWERING, STACK, customResource, inlineFunction, reasons, stackOf, startAccount, stopAccounts,
} from './support/running-account';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

afterEach(stopAccounts);

function lines({ functions }: RehearsedAccount): string[] {
  return functions.log.map(({ line }) => line);
}

test('a function sees the environment of its template and of Lambda, and no other', async () => {
  process.env.SECRET_OF_THE_PARENT = 'secret';
  const account = await startAccount({ region: 'us-west-2' });
  const fn = inlineFunction(
    `${ANSWERING} exports.handler = async (event, context) => {
    const { PATH, ...env } = process.env;
    console.log(JSON.stringify({ env, context, remaining: context.getRemainingTimeInMillis() }));
    await answer(event, {});
  };`,
    {
      Timeout: 20, FunctionName: 'mine', Environment: { Variables: { OWN: 'variable' } },
      LoggingConfig: { LogGroup: 'my-logs' },
    },
  );

  await account.deploy(stackOf({ Function: fn, Thing: customResource() }));

  const { env, context, remaining } = JSON.parse(lines(account)[0]) as Record<string, Record<string, string>> & {
    remaining: number;
  };
  expect(env).toMatchObject({
    OWN: 'variable',
    AWS_REGION: 'us-west-2',
    AWS_LAMBDA_FUNCTION_NAME: 'mine',
    AWS_LAMBDA_LOG_GROUP_NAME: 'my-logs',
    AWS_ENDPOINT_URL_IOT: account.deviceDefender.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: account.services.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: account.services.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: account.services.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: account.services.endpoint,
    AWS_ENDPOINT_URL_SFN: account.services.endpoint,
  });
  expect(Object.keys(env).filter((name) => !/^(AWS_|OWN$|NODE_PATH$)/.test(name))).toEqual([]);
  expect(context).toMatchObject({
    functionName: 'mine', invokedFunctionArn: 'arn:aws:lambda:us-west-2:123456789012:function:mine',
    logGroupName: 'my-logs', awsRequestId: expect.any(String),
  });
  expect(remaining).toBeGreaterThan(15_000);
  expect(remaining).toBeLessThanOrEqual(20_000);
});

test('a function uses the SDK against the stand-in and the surrounding services, and sees the status of its stack', async () => {
  const account = await startAccount();
  const fn = inlineFunction(`${ANSWERING}
    const { IoTClient, DescribeAccountAuditConfigurationCommand } = require('@aws-sdk/client-iot');
    const { CloudFormationClient, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
    exports.handler = async (event) => {
      const { auditCheckConfigurations } = await new IoTClient().send(new DescribeAccountAuditConfigurationCommand({}));
      const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName: event.StackId }));
      await answer(event, { Data: { Checks: Object.keys(auditCheckConfigurations).length, Status: Stacks[0].StackStatus } });
    };`);

  const { outputs } = await account.deploy(
    stackOf(
      { Function: fn, Thing: customResource() },
      {
        Outputs: {
          Checks: { Value: { 'Fn::GetAtt': 'Thing.Checks' } }, Status: { Value: { 'Fn::GetAtt': 'Thing.Status' } },
        },
      },
    ),
  );

  expect(outputs).toEqual({ Checks: 17, Status: 'CREATE_IN_PROGRESS' });
});

test('a function can invoke itself and answer later', async () => {
  const account = await startAccount();
  const fn = inlineFunction(`${ANSWERING}
    const { InvokeCommand, LambdaClient } = require('@aws-sdk/client-lambda');
    exports.handler = async (event, context) => {
      console.log('round ' + (event.round ?? 0));
      if (event.round === 2) return answer(event, {});
      await new LambdaClient().send(new InvokeCommand({
        FunctionName: context.invokedFunctionArn, InvocationType: 'Event', Payload: JSON.stringify({ ...event, round: (event.round ?? 0) + 1 }),
      }));
    };`);

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource() }));

  expect(result.outcome).toBe('CREATE_COMPLETE');
  expect(account.functions.log).toMatchObject(
    ['round 0', 'round 1', 'round 2'].map((line) => ({ line, logicalId: 'Thing' })),
  );
});

test.each([
  ['as Lambda does', 3, undefined], ['never, as the template has it', 1, 0],
])('an invocation that fails is repeated %s', async (_how, runs, attempts) => {
  const account = await startAccount();
  const fn = inlineFunction(
    "exports.handler = async (event) => { console.log('running ' + event.RequestType); throw new Error('broken'); };",
  );
  const config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: attempts },
  };

  const result = await account.deploy(
    stackOf({ Function: fn, Config: config, Thing: customResource({}, { DependsOn: 'Config' }) }),
  );

  expect(reasons(result).Thing).toContain('CloudFormation did not receive a response');
  expect(lines(account).filter((line) => line === 'running Create')).toHaveLength(runs);
  expect(lines(account).find((line) => line.includes('errorMessage'))).toContain('broken');
});

test('a function is ended when its time is over', async () => {
  const account = await startAccount({ functionTimeoutScale: 0.1 });
  const fn = inlineFunction(`${ANSWERING} exports.handler = async (event) => {
    if (event.RequestType === 'Create') await new Promise((resolve) => setTimeout(resolve, 60_000));
    await answer(event, {});
  };`, { Timeout: 5 });
  const config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
  };

  const result = await account.deploy(
    stackOf({ Function: fn, Config: config, Thing: customResource({}, { DependsOn: 'Config' }) }),
  );

  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
  expect(lines(account)).toEqual(['Task timed out after 5 seconds']);
});

test('a handler with a callback is refused, as by the current runtimes', async () => {
  const account = await startAccount();

  await account.deploy(
    stackOf({
      Function: inlineFunction('exports.handler = (event, context, callback) => callback();'), Thing: customResource(),
    }),
  );

  expect(lines(account)[0]).toContain('Handlers with a callback are not supported');
});

test('an unknown asset fails the function', async () => {
  const account = await startAccount();

  const result = await account.deploy(
    stackOf({ Function: inlineFunction('', { Code: { S3Bucket: 'bucket', S3Key: 'missing.zip' } }) }),
  );

  expect(reasons(result).Function).toContain('NoSuchKey');
});

test('an update of a function runs its new code, and a rollback the old one again', async () => {
  const account = await startAccount();
  const stack = (version: string) =>
    stackOf({
      Function: inlineFunction(
        `${ANSWERING} exports.handler = async (event) => { console.log('${version} ' + event.RequestType); await answer(event, {}); };`,
      ),
      Thing: customResource({ Value: version }),
    });
  await account.deploy(stack('one'));
  await account.deploy(stack('two'), { failAt: { logicalId: 'Thing', phase: 'after' } });
  await account.delete(STACK);

  // In reverse order, so that the resource is updated back by the code that it was updated with.
  expect(lines(account)).toEqual(['one Create', 'two Update', 'two Update', 'one Delete']);
});

test('no process outlives its account', async () => {
  const account = await startAccount({ serviceTimeoutScale: 0.005 });
  const fn = inlineFunction(
    'exports.handler = async () => { console.log(process.pid); await new Promise((resolve) => setTimeout(resolve, 60_000)); };',
  );
  await account.deploy(stackOf({ Function: fn, Thing: customResource({ ServiceTimeout: 60 }) }));
  const pids = lines(account);

  await account.stop();

  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) expect(spawnSync('kill', ['-0', pid]).status).not.toBe(0);
});
