import * as cloudFormation from '@aws-sdk/client-cloudformation';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as events from '@aws-sdk/client-eventbridge';
import * as iot from '@aws-sdk/client-iot';
import * as lambda from '@aws-sdk/client-lambda';
import type { TemplateResource } from '../../cloudformation/template';
import { FUNCTION_CLIENT_CONFIG } from '../../services/in-process-invocation';
import { InProcessTransport } from '../../services/in-process-transport';
import type { StandIn } from '../../services/stand-in';
import { VirtualTime } from '../../services/virtual-time';
import {
  ANSWERING, STACK, customResource, inlineFunction, reasons, stackOf, startAccount, stopAccounts,
} from '../support/running-account';

afterEach(stopAccounts);

const PASSED = 'arn:aws:iam::123456789012:role/Passed';

/** Does what its resource's property `Call` says and answers with the outcome. */
const CALLING = `${ANSWERING}
const sdk = { iot: require('@aws-sdk/client-iot'), cloudformation: require('@aws-sdk/client-cloudformation'), logs: require('@aws-sdk/client-cloudwatch-logs'), lambda: require('@aws-sdk/client-lambda'), events: require('@aws-sdk/client-eventbridge') };
const clients = { iot: 'IoTClient', cloudformation: 'CloudFormationClient', logs: 'CloudWatchLogsClient', lambda: 'LambdaClient', events: 'EventBridgeClient' };
exports.handler = async (event) => {
  const [service, operation, input] = JSON.parse(event.ResourceProperties.Call);
  const command = new sdk[service][operation + 'Command'](JSON.parse(JSON.stringify(input).replaceAll('STACK', event.StackId)));
  const outcome = await new sdk[service][clients[service]]({ maxAttempts: 1 }).send(command).then(() => 'allowed', (error) => error.name + ' ' + error.$metadata.httpStatusCode + ' ' + error.message);
  console.log(event.RequestType + ' ' + outcome);
  await answer(event, { Data: { Outcome: outcome } });
};`;

/** The same in this process, which takes less time. */
async function startQuickly() {
  return startAccount({
    time: new VirtualTime(),
    inProcess: ({ deviceDefender, services, functions }) => {
      const config = (standIn: StandIn) => ({
        ...FUNCTION_CLIENT_CONFIG,
        endpoint: services.endpoint, requestHandler: new InProcessTransport(() => standIn),
      });
      const clients: Record<string, { send: (command: never) => Promise<unknown> }> = {
        iot: new iot.IoTClient(config(deviceDefender)),
        cloudformation: new cloudFormation.CloudFormationClient(config(services)),
        logs: new logs.CloudWatchLogsClient(config(services)), lambda: new lambda.LambdaClient(config(services)),
        events: new events.EventBridgeClient(config(services)),
      };
      const sdk: Record<string, object> = { iot, cloudformation: cloudFormation, logs, lambda, events };
      return async (payload, { functionName }) => {
        const { RequestType, StackId, RequestId, LogicalResourceId, ResponseURL, ResourceProperties } =
          payload as Record<string, string> & { ResourceProperties: { Call: string } };
        const [service, operation, input] = JSON.parse(ResourceProperties.Call.replaceAll('STACK', StackId)) as [
          string, string, object,
        ];
        const Command = (sdk[service] as Record<string, new (input: object) => never>)[`${operation}Command`];
        const outcome = await clients[service].send(new Command(input)).then(
          () => 'allowed',
          ({ name, message, $metadata }: Error & { $metadata: { httpStatusCode: number } }) =>
            `${name} ${$metadata.httpStatusCode} ${message}`,
        );
        functions.log.push({ functionName, logicalId: LogicalResourceId, line: `${RequestType} ${outcome}` });
        const answer = {
          Status: 'SUCCESS', PhysicalResourceId: 'the-thing', StackId, RequestId, LogicalResourceId,
          Data: { Outcome: outcome },
        };
        await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
      };
    },
  });
}

function fn(role: TemplateResource['Properties'] = {}): Record<string, TemplateResource> {
  return {
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Role', ...role } },
    Function: inlineFunction(CALLING, { FunctionName: 'function', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
  };
}

function allowing(Action: string, Resource = '*', rest: object = {}) {
  return { Statement: [{ Effect: 'Allow', Action, Resource, ...rest }] };
}

function policy(document: object, rest: Partial<TemplateResource> = {}): TemplateResource {
  return {
    Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'Beside', PolicyDocument: document, Roles: [{ Ref: 'Role' }] },
    ...rest,
  };
}

function call(service: string, operation: string, input: object, rest: Partial<TemplateResource> = {}) {
  return customResource({ Call: JSON.stringify([service, operation, input]) }, rest);
}

const CALLS: readonly [string, ReturnType<typeof call>, string, string][] = [
  ['an operation without a resource', call('iot', 'ListScheduledAudits', {}), 'iot:ListScheduledAudits', '*'],
  [
    'an operation on a resource', call('iot', 'DescribeScheduledAudit', { scheduledAuditName: 'daily' }),
    'iot:DescribeScheduledAudit', 'arn:aws:iot:eu-west-1:123456789012:scheduledaudit/daily',
  ],
  [
    'a stack', call('cloudformation', 'ListStackResources', { StackName: 'STACK' }),
    'cloudformation:ListStackResources', 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Stack/',
  ],
  [
    'a log group', call('logs', 'CreateLogStream', { logGroupName: 'group', logStreamName: 'stream' }),
    'logs:CreateLogStream', 'arn:aws:logs:eu-west-1:123456789012:log-group:group:log-stream:stream',
  ],
  [
    'a function', call('lambda', 'Invoke', { FunctionName: 'other', InvocationType: 'Event', Payload: '{}' }),
    'lambda:InvokeFunction', 'arn:aws:lambda:eu-west-1:123456789012:function:other',
  ],
  [
    'the event bus', call('events', 'PutEvents', { Entries: [{ Source: 'mine', DetailType: 'Done', Detail: '{}' }] }),
    'events:PutEvents', 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
  ],
];

test.each([
  ...CALLS.map((one) => [...one, startQuickly] as const),
  ...[CALLS[3], CALLS[5]].map((one) => [...one, startAccount] as const),
])(
  'a function without the permission may not call %s, and one with it may',
  async (_what, Thing, action, resource, start) => {
    const account = await start();
    const outputs = { Outputs: { Outcome: { Value: { 'Fn::GetAtt': 'Thing.Outcome' } } } };
    const denied = await account.deploy(stackOf({ ...fn(), Thing }, outputs));
    await account.delete(STACK);
    const allowed = await account.deploy(
      stackOf(
        { ...fn({ Policies: [{ PolicyName: 'Own', PolicyDocument: allowing(action, `${resource}*`) }] }), Thing },
        outputs,
      ),
    );

    expect(denied.outputs.Outcome).toMatch(
      /^AccessDenied(Exception)? 40[03] User: arn:aws:sts::123456789012:assumed-role\/Role\/function is not authorized to perform: /,
    );
    expect(denied.outputs.Outcome).toContain(`is not authorized to perform: ${action} on resource: ${resource}`);
    expect(allowed.outputs.Outcome).not.toContain('AccessDenied');
  },
);

test.each([
  ['mine', 'allowed'], ['theirs', expect.stringContaining('no identity-based policy allows the events:PutEvents action')],
])('a permission to put events may be limited to a source: %s', async (Source, expected) => {
  const account = await startQuickly();
  const limited = allowing('events:PutEvents', '*', { Condition: { StringEquals: { 'events:source': 'mine' } } });
  const Thing = call('events', 'PutEvents', { Entries: [{ Source, DetailType: 'Done', Detail: '{}' }] });

  const { outputs } = await account.deploy(stackOf(
    { ...fn({ Policies: [{ PolicyName: 'Own', PolicyDocument: limited }] }), Thing },
    { Outputs: { Outcome: { Value: { 'Fn::GetAtt': 'Thing.Outcome' } } } },
  ));

  expect(outputs.Outcome).toEqual(expected);
});

test.each<[string, Record<string, string>]>([
  ['UpdateAccountAuditConfiguration', { roleArn: PASSED }],
  ['SetV2LoggingOptions', { roleArn: PASSED, defaultLogLevel: 'INFO' }],
])('%s needs the permission to pass its role to AWS IoT', async (operation, input) => {
  const account = await startQuickly();
  const template = (condition: object) =>
    stackOf(
      {
        ...fn(),
        Calling: policy({
          Statement: [
            ...allowing(`iot:${operation}`).Statement,
            ...allowing('iam:PassRole', PASSED, { Condition: { StringEquals: condition } }).Statement,
          ],
        }),
        Thing: call(
          'iot', operation,
          {
            ...input,
            ...(operation.startsWith('Update')
              ? { auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: true } } }
              : {}),
          },
          { DependsOn: 'Calling' },
        ),
      },
      { Outputs: { Outcome: { Value: { 'Fn::GetAtt': 'Thing.Outcome' } } } },
    );

  const toOthers = await account.deploy(template({ 'iam:PassedToService': 'lambda.amazonaws.com' }));
  await account.delete(STACK);
  const toIot = await account.deploy(template({ 'iam:PassedToService': 'iot.amazonaws.com' }));

  expect(toOthers.outputs.Outcome).toContain(
    `iam:PassRole on resource: ${PASSED} because no identity-based policy allows the iam:PassRole action`,
  );
  expect(toIot.outputs.Outcome).toBe('allowed');
});

const LISTING = call('iot', 'ListScheduledAudits', {});

test('a role that shrinks does so in the update, before the clean-up deletes what needed it', async () => {
  const account = await startQuickly();
  await account.deploy(
    stackOf({ ...fn({ Policies: [{ PolicyName: 'Own', PolicyDocument: allowing('iot:*') }] }), Thing: LISTING }),
  );

  const { outcome } = await account.deploy(stackOf(fn()));

  expect(outcome).toBe('UPDATE_COMPLETE');
  expect(account.functions.log.map(({ line }) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'Create allowed', 'Delete AccessDeniedException 403',
  ]);
});

test('a policy that a custom resource depends on is there from before its creation until after its deletion', async () => {
  const account = await startQuickly();
  await account.deploy(
    stackOf({ ...fn(), Beside: policy(allowing('iot:*')), Thing: { ...LISTING, DependsOn: 'Beside' } }),
  );

  await account.deploy(stackOf(fn()));

  expect(account.functions.log.map(({ line }) => line)).toEqual(['Create allowed', 'Delete allowed']);
});

test('two policies of one name are one, which goes when either does', async () => {
  const account = await startQuickly();
  await account.deploy(
    stackOf({ ...fn(), Beside: policy(allowing('iot:*')), Thing: { ...LISTING, DependsOn: 'Beside' } }),
  );

  await account.deploy(
    stackOf({ ...fn(), Renamed: policy(allowing('iot:*')), Thing: { ...LISTING, DependsOn: 'Renamed' } }),
  );
  await account.delete(STACK);

  expect(account.functions.log.map(({ line }) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'Create allowed', 'Delete AccessDeniedException',
  ]);
});

test.each<[string, TemplateResource]>([
  [
    'a policy of one role',
    {
      Type: 'AWS::IAM::RolePolicy',
      Properties: { PolicyName: 'Beside', PolicyDocument: allowing('iot:*'), RoleName: { Ref: 'Role' } },
    },
  ],
  [
    'a managed policy',
    { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allowing('iot:*'), Roles: [{ Ref: 'Role' }] } },
  ],
])('%s allows as well', async (_what, Beside) => {
  const account = await startQuickly();

  await account.deploy(stackOf({ ...fn(), Beside, Thing: { ...LISTING, DependsOn: 'Beside' } }));

  expect(account.functions.log.map(({ line }) => line)).toEqual(['Create allowed']);
});

test('CloudFormation and hands are not limited, nor a function whose role no stack has made', async () => {
  const account = await startQuickly();
  const Function = inlineFunction(CALLING, { Role: 'arn:aws:iam::123456789012:role/Foreign' });

  const result = await account.deploy(stackOf({ Function, Thing: LISTING }));

  expect(reasons(result)).toEqual({});
  expect(account.functions.log.map(({ line }) => line)).toEqual(['Create allowed']);
  expect(account.permissions.denials).toEqual([]);
});

test('the ARN of a role has its path', async () => {
  const account = await startQuickly();

  const { outputs } = await account.deploy(
    stackOf(fn({ Path: '/teams/fleet/' }), { Outputs: { Arn: { Value: { 'Fn::GetAtt': 'Role.Arn' } } } }),
  );

  expect(outputs.Arn).toBe('arn:aws:iam::123456789012:role/teams/fleet/Role');
});
