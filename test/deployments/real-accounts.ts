import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { CreateScheduledAuditCommand, IoTClient, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { App, Stack } from 'aws-cdk-lib';
import { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import type { StackDefinition } from '../../rehearsal/cloudformation/assembly';
import { RehearsalOptions, RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { Template } from '../../rehearsal/cloudformation/template';
import type { InProcessHandler } from '../../rehearsal/functions/lambda-functions';
import { directClient } from '../../rehearsal/services/direct-client';
import { FUNCTION_CLIENT_CONFIG } from '../../rehearsal/services/in-process-invocation';
import { InProcessTransport } from '../../rehearsal/services/in-process-transport';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { startAccount } from '../../rehearsal/test/support/running-account';
import { AuditCheck } from '../../src';
import { AwsCalls, SYSTEM_CLOCK } from '../../src/function/runtime/aws-calls';
import { CustomResourceDispatcher } from '../../src/function/runtime/custom-resource-dispatcher';
import { InvocationDispatcher } from '../../src/function/runtime/invocation-dispatcher';

/** The role that the console's one click makes. */
export const CONSOLE_ROLE = 'arn:aws:iam::123456789012:role/service-role/AWSIoTDeviceDefenderAudit_Role';
export const CONSOLE_SCHEDULE = 'AWSIoTDeviceDefenderDailyAudit';

/**
 * The library's function in the process of the test: the handlers for real, without sockets, in a time that is only
 * thought of.
 */
function libraryFunction(account: RehearsedAccount, isDirect: boolean, calls: AwsCalls): InProcessHandler {
  const { iot, logs, cloudFormation, lambda, eventBridge, stepFunctions, sns, s3 } = isDirect ? directClients(account)
    : sdkClients(account);
  // Each invocation has an execution environment of its own, with nothing in its memory.
  return async (payload, context) => new InvocationDispatcher({
    customResources: new CustomResourceDispatcher({
      origin: { findFault: () => undefined }, calls, clients: { iot, logs, cloudFormation }, lambda: () => lambda,
    }),
    calls,
    clients: {
      iot,
      cloudFormation: () => cloudFormation,
      eventBridge: () => eventBridge,
      stepFunctions: () => stepFunctions,
      sns: () => sns,
      s3: () => s3,
    },
    stackId: [...account.stacks.values()][0]?.id,
  }).dispatch(payload, context);
}

/** The same in real time. */
export function libraryFunctionNow(account: RehearsedAccount): InProcessHandler {
  return libraryFunction(account, true, new AwsCalls({ clock: SYSTEM_CLOCK, callTimeout: 10_000 }));
}

function sdkClients({ deviceDefender, services }: RehearsedAccount) {
  const config = {
    ...FUNCTION_CLIENT_CONFIG, endpoint: services.endpoint, requestHandler: new InProcessTransport(() => services),
  };
  return {
    iot: new IoTClient({ ...config, requestHandler: new InProcessTransport(() => deviceDefender) }),
    logs: new CloudWatchLogsClient(config),
    cloudFormation: new CloudFormationClient(config),
    lambda: new Lambda(config),
    eventBridge: new EventBridge(config),
    stepFunctions: new SFN(config),
    sns: new SNS(config),
    s3: new S3(config),
  };
}

function directClients({ deviceDefender, services }: RehearsedAccount): ReturnType<typeof sdkClients> {
  const options = { isOfFunction: true };
  return {
    iot: directClient(() => deviceDefender, options),
    logs: directClient(() => services, options),
    cloudFormation: directClient(() => services, options),
    lambda: directClient(() => services, options),
    eventBridge: directClient(() => services, options),
    stepFunctions: directClient(() => services, options),
    sns: directClient(() => services, options),
    s3: directClient(() => services, options),
  };
}

/** An account in which nobody has configured anything. */
export async function virginAccount(options: RehearsalOptions = {}): Promise<RehearsedAccount> {
  return accountWith(options);
}

/** One in which calls that get no answer are soon given up. */
export async function impatientAccount(
  options: RehearsalOptions = {}, callTimeout = 120,
): Promise<RehearsedAccount> {
  return accountWith(options, callTimeout);
}

async function accountWith(options: RehearsalOptions, callTimeout = 10_000): Promise<RehearsedAccount> {
  const { time = new VirtualTime(), isDirect = false } = options;
  const calls = new AwsCalls({ clock: time, callTimeout });
  // So long that an audit which nobody wants any more does not end by itself.
  return startAccount({
    auditDuration: 3_600_000, time, inProcess: (account) => libraryFunction(account, isDirect, calls), ...options,
  });
}

/** An account after the console's one click: a role, all checks, a daily audit of all of them. */
export async function consoleAccount(options: RehearsalOptions = {}): Promise<RehearsedAccount> {
  const account = await virginAccount(options);
  await configureByHand(account, AuditCheck.all().map((check) => check.checkName));
  await scheduleByHand(account, CONSOLE_SCHEDULE, AuditCheck.all().map((check) => check.checkName));
  return account;
}

export async function configureByHand(
  { iot }: RehearsedAccount, checks: readonly string[], enabled = true,
): Promise<void> {
  await iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: CONSOLE_ROLE, auditCheckConfigurations: Object.fromEntries(checks.map((check) => [check, { enabled }])),
  }));
}

export async function scheduleByHand(
  { iot }: RehearsedAccount, scheduledAuditName: string, checks: readonly string[],
): Promise<void> {
  await iot.send(new CreateScheduledAuditCommand({
    scheduledAuditName, frequency: 'DAILY', targetCheckNames: [...checks],
  }));
}

/** The stack that the lines of a user make. */
export function stackOf(define: (stack: Stack) => void, stackName = 'Fleet'): StackDefinition {
  const stack = new Stack(new App({ treeMetadata: false }), stackName, { env: { account: '123456789012', region: 'eu-west-1' } });
  define(stack);
  return { stackName, template: CdkTemplate.fromStack(stack).toJSON() as Template };
}

/** Checks that a request switched off while they were on. */
export function disabledChecks({ deviceDefender }: RehearsedAccount): string[] {
  return deviceDefender.requestsOf('UpdateAccountAuditConfiguration').filter(({ outcome }) => outcome === 'ok')
    .flatMap(
      ({ input }) => Object.entries((input.auditCheckConfigurations ?? {}) as Record<string, { enabled?: boolean }>),
    )
    .filter(([, { enabled }]) => enabled === false).map(([name]) => name);
}
