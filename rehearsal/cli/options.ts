import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FaultKind } from '../device-defender/faults';
import { Fleet, FleetDescription } from '../device-defender/fleet';
import type { OperationName } from '../device-defender/operations';
import { REQUEST_SHAPES } from '../device-defender/request-shapes';
import { SURROUNDING_OPERATIONS, SurroundingOperation } from '../services/surrounding-services';

const ROOT = join(__dirname, '..', '..');
export const SAMPLE_FLEET = join(ROOT, 'examples', 'sample-fleet.json');

export const HELP = `Rehearses the deployment of a CDK app against a stand-in for AWS IoT Device Defender audit, without an AWS account.

  npm run rehearse -- [options]

  --app <command or directory>   the app: a command that synthesizes it, or a cloud assembly (default: the app of cdk.json)
  --previous <directory>         a cloud assembly that is deployed first, quietly: the rehearsal is then an update
  --fleet <file>                 the fleet to audit, as JSON (default: examples/sample-fleet.json)
  --fault <operation:kind[:times]>
                                 a fault of a service, repeatable; times is a number or "always" (default: 1), and kind one of
                                 throttle, internalError, serviceUnavailable, accessDenied, limitExceeded, invalidRequest, notFound,
                                 hang, dropConnection, dropAfterEffect, delay=<milliseconds>
  --delete                       delete the stacks afterwards and show what stays
  --verbose                      print what the functions log, and every step of a resource
  --help                         print this

Exits with 1 when the deployment would fail, and with 2 when the command makes no sense.`;

/** A mistake in the command line: the message is all that its author needs. */
export class UsageError extends Error {}

export type RequestedFault =
  | { readonly service: 'iot'; readonly operation: OperationName; readonly kind: FaultKind; readonly times: number; readonly milliseconds?: number }
  | { readonly service: 'other'; readonly operation: SurroundingOperation; readonly kind: FaultKind; readonly times: number; readonly milliseconds?: number };

export interface CliOptions {
  readonly help: boolean;
  readonly app: string | undefined;
  readonly previous: string | undefined;
  readonly fleet: FleetDescription;
  readonly faults: readonly RequestedFault[];
  readonly delete: boolean;
  readonly verbose: boolean;
}

const KINDS: readonly string[] = [
  'throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'limitExceeded', 'invalidRequest', 'notFound', 'hang', 'dropConnection',
  'dropAfterEffect', 'delay',
] satisfies FaultKind[];

const SURROUNDING: readonly string[] = SURROUNDING_OPERATIONS;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): CliOptions {
  const values = parse(args);
  return {
    help: values.help ?? false,
    app: values.app,
    previous: values.previous === undefined ? undefined : requireAssembly(values.previous),
    fleet: readFleet(values.fleet ?? SAMPLE_FLEET),
    faults: (values.fault ?? []).map(parseFault),
    delete: values.delete ?? false,
    verbose: values.verbose ?? false,
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
        delete: { type: 'boolean' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Whether a path is a directory with a cloud assembly in it. */
export function isAssembly(path: string): boolean {
  return existsSync(join(path, 'manifest.json'));
}

function requireAssembly(path: string): string {
  if (!isAssembly(path)) throw new UsageError(`--previous: ${path} is no directory with a cloud assembly`);
  return path;
}

function readFleet(path: string): FleetDescription {
  if (!existsSync(path) || !statSync(path).isFile()) throw new UsageError(`--fleet: there is no file ${path}`);
  try {
    const fleet = JSON.parse(readFileSync(path, 'utf8')) as FleetDescription;
    // What is wrong with it comes out here rather than in the middle of a rehearsal.
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
  const service = Object.hasOwn(REQUEST_SHAPES, operation) ? 'iot' : SURROUNDING.includes(operation) ? 'other' : undefined;
  if (service === undefined) {
    throw refuse(`there is no operation ${operation}; there are ${[...Object.keys(REQUEST_SHAPES), ...SURROUNDING].sort().join(', ')}`);
  }
  if (!KINDS.includes(kind)) throw refuse(`there is no kind ${kind || '""'}; there are ${KINDS.join(', ')}`);
  if (!(times >= 1) || (times !== Infinity && !Number.isInteger(times))) throw refuse(`${timesText} is no number of times`);
  const milliseconds = delay === undefined ? undefined : Number(delay);
  if ((kind === 'delay') !== (milliseconds !== undefined && milliseconds >= 0)) throw refuse('a delay, and nothing else, needs milliseconds: delay=500');
  return { service, operation, kind: kind as FaultKind, times, milliseconds } as RequestedFault;
}
