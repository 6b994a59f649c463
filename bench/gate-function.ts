import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SYSTEM_CLOCK } from '../src/function/runtime/clock';
import { handler as handle } from '../src/function/runtime/entry';
import { FunctionContext } from '../src/function/runtime/request';

/** What the function's process took, as it says with its last line. */
export interface FunctionMeasurement {
  readonly message: 'measured';
  /** Seconds that the function slept to keep AWS's pace. */
  readonly slept: number;
  /** Seconds that passed all the same. */
  readonly elapsed: number;
  readonly cpu: number;
  /** Mebibytes. */
  readonly maxRss: number;
  /** Mebibytes in use after a garbage collection, heap and buffers, at most. */
  readonly maxLive: number;
}

const MEBIBYTE = 2 ** 20;
const BETWEEN_SAMPLES = 500;

let slept = 0;

// Where the function would sleep, time jumps.
Object.assign(SYSTEM_CLOCK, {
  now: () => Date.now() + slept,
  sleep: async (milliseconds: number) => {
    slept += milliseconds;
  },
});

/** The function as it is, but for time, with a look at its process. */
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
  await handle(event, context);
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
  };
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

/**
 * Mebibytes of this process at most. On Linux, what the process that started it takes counts in its resource usage,
 * too.
 */
function largestProcess(): number {
  const kibibytes = process.platform === 'linux'
    ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1])
    : process.resourceUsage().maxRSS;
  return kibibytes / 1024;
}
