import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { Installation } from './installation';
import { MeasuredNode } from './measured-node';
import { atMost, exactRatio, medianOf, ratioOf, Row } from './row';

const GOAL = 1.08;

/** A function of the library, and the clients of the AWS SDK that it cannot do without. */
interface MeasuredFunction {
  readonly what: string;
  readonly code: readonly string[];
  readonly clients: readonly string[];
  readonly limit?: number;
}

const FUNCTIONS: readonly MeasuredFunction[] = [
  {
    what: 'the function',
    code: ['function', 'runtime', 'entry'],
    clients: ['cloudformation:CloudFormationClient', 'cloudwatch-logs:CloudWatchLogsClient', 'iot:IoTClient'],
    limit: GOAL,
  },
  {
    what: "the dashboard's function", code: ['dashboard', 'handler', 'entry'], clients: ['iot:IoTClient'],
  },
];

export interface FunctionPlan {
  readonly processes: number;
  readonly countsInstructions: boolean;
}

/** What deploying and starting the functions takes, beside a handler that is empty but for its clients. */
export function measureFunctions(installation: Installation, node: MeasuredNode, plan: FunctionPlan): Row[] {
  return FUNCTIONS.flatMap((fn) => measureFunction(installation, node, plan, fn));
}

function measureFunction(
  installation: Installation, node: MeasuredNode, { processes, countsInstructions }: FunctionPlan, fn: MeasuredFunction,
): Row[] {
  const script = installation.script('function-process.ts', node);
  const ours = join(installation.packageDirectory, 'assets', ...fn.code, 'index.js');
  const empty = emptyHandler(installation, fn);
  const times: { ours: number[]; empty: number[] } = { ours: [], empty: [] };
  for (let round = 0; round < processes; round++) {
    times.ours.push(script.run<number>([ours]));
    times.empty.push(script.run<number>([empty]));
  }
  const ratio = ratioOf(times.ours, times.empty);
  const beside = 'empty handler with the same clients of the SDK';
  const nothing = countsInstructions ? script.instructions([]) : 0;
  const counted = (handler: string) => script.instructions([handler]) - nothing;
  return [
    {
      group: 'Function', what: `start of ${fn.what}`, unit: 'ms', ours: medianOf(times.ours), beside, theirs: medianOf(times.empty), ratio,
      ...countsInstructions && { instructions: counted(ours) / counted(empty) },
      goal: fn.limit === undefined ? undefined : atMost(fn.limit, ratio.median),
    },
    ...([['code', size], ['code as it is uploaded', zippedSize]] as const).map(([what, measure]): Row => ({
      group: 'Function', what: `${what} of ${fn.what}`, unit: 'bytes', ours: measure(ours), beside, theirs: measure(empty),
      ratio: exactRatio(measure(ours), measure(empty)),
    })),
  ];
}

/** A handler that makes the clients of the SDK that the function makes when it starts, and does nothing with them. */
function emptyHandler(installation: Installation, { clients, code }: MeasuredFunction): string {
  const directory = installation.path(join('empty', ...code));
  mkdirSync(directory, { recursive: true });
  const names = clients.map((client) => client.split(':'));
  writeFileSync(join(directory, 'index.js'), [
    ...names.map(([service, name]) => `const { ${name} } = require('@aws-sdk/client-${service}');`),
    'exports.handler = async () => {};',
    `exports.clients = [${names.map(([, name]) => `new ${name}({ maxAttempts: 1 })`).join(', ')}];`,
  ].join('\n'));
  return join(directory, 'index.js');
}

function size(file: string): number {
  return readFileSync(file).length;
}

/** A zip file is a little more than its compressed content. */
function zippedSize(file: string): number {
  return deflateRawSync(readFileSync(file)).length;
}
