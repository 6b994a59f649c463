import type { NameOf } from './resource-names';
import type { Execution, ExecutionStatus } from '../step-functions/execution';
import type { StateMachines } from '../step-functions/state-machines';

/** An execution of a state machine. */
export interface ExecutionReport {
  /** The construct, or the machine's name. */
  readonly stateMachine: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** The last state that was entered. */
  readonly state?: string;
  /** True for one that runs, and waits for somebody's answer. */
  readonly isAsking: boolean;
  /** Of one that has failed. */
  readonly error?: string;
  readonly cause?: string;
  /** Attempts that failed and were followed by another one. */
  readonly retries: readonly { readonly state: string; readonly error: string; readonly times: number }[];
}

export function executionReportOf(
  { arn, machine, name, status, path, error, cause, history }: Execution, { tokens }: StateMachines, nameOf: NameOf,
): ExecutionReport {
  const retried = history.filter(({ type }) => type === 'StateRetried')
    .map((event) => ({ state: event.state, error: event.error ?? '' }));
  const isSame = (one: typeof retried[number], other: typeof retried[number]) =>
    one.state === other.state && one.error === other.error;
  const distinct = retried.filter((event, index) => retried.findIndex((other) => isSame(event, other)) === index);
  return {
    stateMachine: nameOf(machine.name), name, status, state: path.at(-1),
    isAsking: status === 'RUNNING' && tokens.open.some(({ executionArn }) => executionArn === arn),
    ...error === undefined ? {} : { error }, ...cause === undefined ? {} : { cause },
    retries: distinct.map((event) => ({
      ...event, times: retried.filter((other) => isSame(event, other)).length,
    })),
  };
}
