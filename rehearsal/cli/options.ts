import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ANSWERS, GivenAnswer } from './chronicle';
import { isAssembly } from '../cloudformation/assembly';
import type { FaultKind } from '../device-defender/faults';
import { Fleet, FleetDescription } from '../device-defender/fleet';
import type { OperationName } from '../device-defender/operations';
import { REQUEST_SHAPES } from '../device-defender/request-shapes';
import { SURROUNDING_OPERATIONS, SurroundingOperation } from '../services/surrounding-wire-format';
import { MACHINE_OPERATIONS, MachineOperation } from '../step-functions/called-services';

/** The default fleet. The bundled command is as deep in the package as this file. */
export const SAMPLE_FLEET = join(__dirname, '..', '..', 'assets', 'commands', 'sample-fleet.json');

/** A mistake in the command line: the message is all that its author needs. */
export class UsageError extends Error {}

export type RequestedFault =
  | {
    readonly service: 'iot';
    readonly operation: OperationName;
    readonly kind: FaultKind;
    readonly times: number;
    readonly milliseconds?: number;
  }
  | {
    readonly service: 'other';
    readonly operation: SurroundingOperation | MachineOperation;
    readonly kind: FaultKind;
    readonly times: number;
    readonly milliseconds?: number;
  };

export interface CliOptions {
  readonly help: boolean;
  readonly app: string | undefined;
  readonly previous: string | undefined;
  readonly fleet: FleetDescription;
  readonly faults: readonly RequestedFault[];
  readonly answer: GivenAnswer;
  readonly delete: boolean;
  readonly verbose: boolean;
  readonly format: 'text' | 'json';
}

/** The kinds of faults, each with its effect on a request. */
export const KINDS = {
  throttle: 'is refused, because there are too many requests',
  internalError: 'is refused: the service has a problem',
  serviceUnavailable: 'is refused: the service is not available',
  accessDenied: 'is refused: it is not allowed',
  limitExceeded: 'is refused: a limit is reached',
  invalidRequest: 'is refused: it is not valid',
  notFound: 'is refused: what it names does not exist',
  hang: 'gets no answer',
  dropConnection: 'loses its connection before it has an effect',
  dropAfterEffect: 'loses its connection after it has had its effect',
  delay: 'is answered late: delay=<milliseconds>',
  entryFailure: 'succeeds, except for its first entry: PutEvents only',
} satisfies Partial<Record<FaultKind, string>>;

export const IOT_OPERATIONS: readonly string[] = Object.keys(REQUEST_SHAPES).sort();
export const OTHER_OPERATIONS: readonly string[] = [
  ...new Set([...SURROUNDING_OPERATIONS, ...MACHINE_OPERATIONS]),
].sort();

const FORMATS = ['text', 'json'] as const;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): CliOptions {
  const values = parse(args);
  return {
    help: values.help ?? false,
    app: values.app,
    previous: values.previous === undefined ? undefined : requireAssembly(values.previous),
    fleet: readFleet(values.fleet ?? SAMPLE_FLEET),
    faults: (values.fault ?? []).map(parseFault),
    answer: parseChoice('answer', ANSWERS, values.answer),
    delete: values.delete ?? false,
    verbose: values.verbose ?? false,
    format: parseChoice('format', FORMATS, values.format),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        app: { type: 'string' },
        previous: { type: 'string' },
        fleet: { type: 'string' },
        fault: { type: 'string', multiple: true },
        answer: { type: 'string' },
        delete: { type: 'boolean' },
        verbose: { type: 'boolean' },
        format: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** One of some words; the first if none is given. */
function parseChoice<Word extends string>(option: string, words: readonly Word[], text: string = words[0]): Word {
  const word = words.find((one) => one === text);
  if (word === undefined) {
    throw new UsageError(`--${option}: there is no ${option} ${text}; there are ${words.join(', ')}`);
  }
  return word;
}

function requireAssembly(path: string): string {
  if (!isAssembly(path)) throw new UsageError(`--previous: ${path} is no directory with a cloud assembly`);
  return path;
}

function readFleet(path: string): FleetDescription {
  if (!existsSync(path) || !statSync(path).isFile()) throw new UsageError(`--fleet: there is no file ${path}`);
  try {
    const fleet = JSON.parse(readFileSync(path, 'utf8')) as FleetDescription;
    // Mistakes come out here, and not in the middle of a rehearsal.
    new Fleet(fleet, Date.now());
    return fleet;
  } catch (error) {
    throw new UsageError(`--fleet: ${path} describes no fleet: ${(error as Error).message}`);
  }
}

function parseFault(text: string): RequestedFault {
  const [operation, kindAndDelay = '', timesText = '1', ...surplus] = text.split(':');
  const [kind, delay] = kindAndDelay.split('=');
  const times = timesText === 'always' ? Infinity : Number(timesText);
  const refuse = (problem: string) => new UsageError(`--fault ${text}: ${problem}`);
  if (surplus.length > 0) throw refuse('the form is operation:kind[:times]');
  const service = IOT_OPERATIONS.includes(operation)
    ? 'iot'
    : OTHER_OPERATIONS.includes(operation)
      ? 'other'
      : undefined;
  if (service === undefined) {
    throw refuse(
      `there is no operation ${operation}; there are ${[...IOT_OPERATIONS, ...OTHER_OPERATIONS].sort().join(', ')}`,
    );
  }
  if (!Object.hasOwn(KINDS, kind)) {
    throw refuse(`there is no kind ${kind || '""'}; there are ${Object.keys(KINDS).join(', ')}`);
  }
  if (kind === 'entryFailure' && operation !== 'PutEvents') throw refuse('only PutEvents has entries');
  if (!(times >= 1) || (times !== Infinity && !Number.isInteger(times))) {
    throw refuse(`${timesText} is no number of times`);
  }
  const milliseconds = delay === undefined ? undefined : Number(delay);
  if ((kind === 'delay') !== (milliseconds !== undefined && milliseconds >= 0)) {
    throw refuse('a delay, and nothing else, needs milliseconds: delay=500');
  }
  return { service, operation, kind: kind as FaultKind, times, milliseconds } as RequestedFault;
}
