import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SYSTEM_CLOCK } from '../src/function/runtime/aws-calls';
import { handler as handle } from '../src/function/runtime/entry';
import { FunctionContext } from '../src/function/runtime/request';

/** The measurement of the function's process, which is the last line that it prints. */
export interface FunctionMeasurement {
  readonly message: 'measured';
  /** Seconds that the function slept to keep AWS's pace. */
  readonly slept: number;
  /** Seconds that really passed. */
  readonly elapsed: number;
  readonly cpu: number;
  /** Mebibytes. */
  readonly maxRss: number;
  /** Mebibytes in use after a garbage collection, heap and buffers, at most. */
  readonly maxLive: number;
  /** The result of the function; absent for a custom resource. */
  readonly result?: unknown;
}

const MEBIBYTE = 2 ** 20;
const BETWEEN_SAMPLES = 500;

let slept = 0;

// Time jumps instead of the function sleeping.
Object.assign(SYSTEM_CLOCK, {
  now: () => Date.now() + slept,
  sleep: async (milliseconds: number) => {
    slept += milliseconds;
  },
});

/** The function itself, with another clock and a measurement of its process. */
export async function handler(event: unknown, context: FunctionContext): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  let maxLive = 0;
  const sample = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    maxLive = Math.max(maxLive, heapUsed + external);
  };
  const sampling = setInterval(sample, BETWEEN_SAMPLES);
  const began = performance.now();
  const result = await handle(event, context);
  clearInterval(sampling);
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  sample();
  const measurement: FunctionMeasurement = {
    message: 'measured',
    slept: slept / 1000,
    elapsed: (performance.now() - began) / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    maxRss: largestProcess(),
    maxLive: maxLive / MEBIBYTE,
    result,
  };
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

/**
 * Mebibytes of this process at most. On Linux, the resource usage that Node.js reports includes the process that
 * started it.
 */
function largestProcess(): number {
  const kibibytes = process.platform === 'linux'
    ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1])
    : process.resourceUsage().maxRSS;
  return kibibytes / 1024;
}
