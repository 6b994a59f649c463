import { randomUUID } from 'node:crypto';
import { CalledServices } from './called-services';
import { DeployedStateMachine, Execution } from './execution';
import { IntegrationSurroundings, Integrations, Reachable } from './integrations';
import { LARGEST_PAYLOAD } from './task-error';
import { TaskTokens } from './task-tokens';
import type { AccountPermissions } from '../iam/account-permissions';
import { Refusal } from '../services/stand-in';

const DAY = 24 * 60 * 60 * 1000;
/** The time for which the name of an execution that has ended stays taken. */
const NAME_KEPT = 90 * DAY;
/** The time within which an execution that has ended can be redriven. */
const REDRIVABLE = 14 * DAY;
const LONGEST_NAME = 80;
// eslint-disable-next-line no-control-regex
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** The input of the operation StartExecution. */
export interface StartExecutionInput {
  readonly stateMachineArn?: unknown;
  readonly name?: unknown;
  readonly input?: unknown;
}

/**
 * The state machines of an account, of the Standard type, and their executions.
 *
 * A model built from documents: errors, names and limits are those of the API reference, the language is that of the
 * interpreter that runs it.
 */
export class StateMachines {
  /** Every execution so far, in the order of their starts. */
  readonly executions: Execution[] = [];
  readonly tokens = new TaskTokens(() => this.changed());
  /** What machines reach besides AWS IoT and parameters: to be set by whoever has it. */
  readonly reachable: Reachable = {};
  private readonly machines = new Map<string, DeployedStateMachine>();
  /** By ARN, which a later execution of the same name takes over. */
  private readonly latest = new Map<string, Execution>();
  private readonly services: CalledServices;
  private readonly integrations: Integrations;
  private onChange: (() => void)[] = [];

  constructor(
    private readonly surroundings: Pick<IntegrationSurroundings, 'place' | 'time' | 'iot' | 'parameters'> & {
      readonly permissions: AccountPermissions;
    },
  ) {
    this.services = new CalledServices(surroundings.permissions);
    this.integrations = new Integrations({
      ...surroundings, services: this.services, tokens: this.tokens, reachable: this.reachable,
      startExecution: (input) => this.startExecution(input),
    });
  }

  /** Disturb calls of machines to services other than AWS IoT. */
  get faults(): CalledServices['faults'] {
    return this.services.faults;
  }

  /** Creates or updates a machine: executions that run keep what they were started with. */
  put(machine: DeployedStateMachine): void {
    this.machines.set(machine.arn, machine);
  }

  /** Deletes a machine. AWS ends its executions at their next transition; here they end at once. */
  delete(arn: string): void {
    this.machines.delete(arn);
    for (const execution of this.executions) if (execution.machine.arn === arn) execution.stop();
  }

  /** Every machine that is there. */
  get all(): readonly DeployedStateMachine[] {
    return [...this.machines.values()];
  }

  find(arn: string): DeployedStateMachine | undefined {
    return this.machines.get(arn);
  }

  /** The last execution that has an ARN, which is also how AWS IoT's stand-in knows who calls. */
  executionOf(arn: string | undefined): Execution | undefined {
    return this.latest.get(arn ?? '');
  }

  /** The operation StartExecution. @throws Refusal */
  startExecution({ stateMachineArn, name = randomUUID(), input = '{}' }: StartExecutionInput): {
    readonly executionArn: string; readonly startDate: Date;
  } {
    const machine = this.machines.get(String(stateMachineArn));
    if (!/^arn:[^:]+:states:[^:]+:\d+:stateMachine:.+$/.test(String(stateMachineArn))) {
      throw new Refusal(400, 'InvalidArn', `Invalid Arn: '${String(stateMachineArn)}'`);
    }
    requireName(name);
    requireInput(input);
    if (machine === undefined) {
      throw new Refusal(400, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(stateMachineArn)}'`);
    }
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = this.executionOf(arn);
    if (existing?.status === 'RUNNING' && existing.input === input) return answerFor(existing);
    if (existing !== undefined && this.now() - (existing.stopDate ?? Infinity) < NAME_KEPT) {
      throw new Refusal(400, 'ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { time } = this.surroundings;
    const execution = new Execution(machine, name, arn, input, {
      time, tokens: this.tokens,
      perform: async (caller, resource, task, asking) => this.integrations.perform({
        arn, name, roleArn: caller.machine.roleArn, machineArn: caller.machine.arn,
      }, resource, task, asking),
      onEnd: () => this.changed(),
    });
    this.executions.push(execution);
    this.latest.set(arn, execution);
    return answerFor(execution);
  }

  /** The operation RedriveExecution. @throws Refusal */
  redriveExecution(arn: string): void {
    const execution = this.executionOf(arn);
    if (execution === undefined) throw new Refusal(400, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    const { status, stopDate } = execution;
    if (status === 'RUNNING' || status === 'SUCCEEDED' || this.now() - stopDate! > REDRIVABLE) {
      throw new Refusal(400, 'ExecutionNotRedrivable', `Execution is ${status} and cannot be redriven: '${arn}'`);
    }
    execution.redrive();
  }

  /** Until each execution has ended, or waits for somebody's answer. */
  async whenSettled(): Promise<void> {
    const asks = ({ arn }: Execution) => this.tokens.open.some(({ executionArn }) => executionArn === arn);
    while (this.executions.some((execution) => execution.status === 'RUNNING' && !asks(execution))) {
      await new Promise<void>((resolve) => this.onChange.push(resolve));
    }
  }

  /** Ends everything at once. */
  stop(): void {
    for (const execution of this.executions) execution.stop();
  }

  private changed(): void {
    this.onChange.splice(0).forEach((resolve) => resolve());
  }

  private now(): number {
    return this.surroundings.time.now();
  }
}

function answerFor({ arn, startDate }: Execution) {
  return { executionArn: arn, startDate: new Date(startDate) };
}

function requireName(name: unknown): asserts name is string {
  const isName = typeof name === 'string' && name.length >= 1 && name.length <= LONGEST_NAME
    && !FORBIDDEN_IN_NAMES.test(name);
  if (!isName) throw new Refusal(400, 'InvalidName', `Invalid Name: '${String(name)}'`);
}

function requireInput(input: unknown): asserts input is string {
  const refuse = (problem: string) =>
    new Refusal(400, 'InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`);
  if (typeof input !== 'string') throw refuse('The input is no text');
  if (Buffer.byteLength(input) > LARGEST_PAYLOAD) throw refuse(`The input has more than ${LARGEST_PAYLOAD} characters`);
  try {
    JSON.parse(input);
  } catch {
    throw refuse('The input is not JSON');
  }
}
