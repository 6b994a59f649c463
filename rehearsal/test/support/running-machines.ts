import { startAccount } from './running-account';
import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { Template, TemplateResource } from '../../cloudformation/template';
import { VirtualTime } from '../../services/virtual-time';
import type { Execution } from '../../step-functions/execution';
import type { InvocationResult, MachineEvent, MachineMessage } from '../../step-functions/integrations';

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:function';
export const TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:topic';

/** An account with one machine, in virtual time, and what its machine has sent. */
export interface RunningMachine {
  readonly account: RehearsedAccount;
  readonly time: VirtualTime;
  readonly published: { readonly topicArn: string; readonly message: MachineMessage }[];
  readonly events: MachineEvent[];
  /** Payloads of the function, in order. */
  readonly payloads: unknown[];
}

export type FakeFunction = (payload: never, attempt: number) => InvocationResult | Promise<InvocationResult>;

/** A machine named `machine` with a role that permits everything, unless other statements are given. */
export function machineResources(
  definition: object, statements: readonly object[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  properties: Record<string, unknown> = {},
): Record<string, TemplateResource> {
  return {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'machine-role', Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'machine', RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        DefinitionString: JSON.stringify(definition), ...properties,
      },
    },
  };
}

/** Deploys a machine; what it reaches is kept here, and its function is `fake`. */
export async function startMachine(
  template: Template | Record<string, TemplateResource>, {
    fake = () => ({ ok: true, value: 'done' }), options = {},
  }: { readonly fake?: FakeFunction; readonly options?: Parameters<typeof startAccount>[0] } = {},
): Promise<RunningMachine> {
  const time = new VirtualTime();
  const account = await startAccount({ time, isDirect: true, ...options });
  const running: RunningMachine = { account, time, published: [], events: [], payloads: [] };
  const { reachable } = account.stateMachines;
  const { publish, putEvents } = reachable;
  reachable.invokeFunction = async (nameOrArn, payload) => {
    if (!/(^|:)function$/.test(nameOrArn)) return undefined;
    running.payloads.push(payload);
    return fake(payload as never, running.payloads.length);
  };
  reachable.publish = async (topicArn, message) => {
    const id = await publish!(topicArn, message);
    running.published.push({ topicArn, message });
    return id;
  };
  reachable.putEvents = async (entries) => {
    const result = await putEvents!(entries);
    running.events.push(...entries);
    return result;
  };
  const whole = 'Resources' in template ? template as Template : { Resources: template as Template['Resources'] };
  const { outcome, events } = await account.deploy({ stackName: 'Stack', template: whole });
  if (outcome !== 'CREATE_COMPLETE') throw new Error(events.map(({ reason }) => reason ?? '').join('\n'));
  return running;
}

/** Starts an execution. */
export function begin(
  { account }: Pick<RunningMachine, 'account'>, input: unknown = {}, name = 'run', stateMachineArn = MACHINE_ARN,
): Execution {
  const { stateMachines } = account;
  const { executionArn } = stateMachines.startExecution({ stateMachineArn, name, input: JSON.stringify(input) });
  return stateMachines.executionOf(executionArn)!;
}

/** Runs an execution to its end. */
export async function run(machine: RunningMachine, input: unknown = {}, name = 'run'): Promise<Execution> {
  const execution = begin(machine, input, name);
  await execution.ended;
  return execution;
}

/** The end of an execution that did not succeed. */
export function failureOf({ status, error, cause }: Execution) {
  return { status, error, cause };
}

/** What a call throws: `code: message`. */
export function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  throw new Error('The call was expected to fail.');
}

/** Holds the time while the test looks at a running execution. */
export async function holding(machine: RunningMachine, work: () => Promise<void> | void): Promise<void> {
  await machine.time.during(async () => work());
}

/** A machine of one task, which retries and catches as given. */
export function oneTask(resource: string, rest: object = {}): object {
  return { StartAt: 'Task', States: { Task: { Type: 'Task', Resource: resource, End: true, ...rest } } };
}
