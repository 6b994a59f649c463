/**
 * Measures the deployment gate with hundreds of thousands of findings: npx tsx bench/gate-findings.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleGateFunction, GateMeasurement, KnownFindings, measureGate, NEW_FINDINGS } from './gate-measurement';
import { deployedNode } from './measured-node';

const FEW = 2_000;
const MANY = 200_000;

/**
 * Mebibytes by which the process may grow with a hundred times the findings: memory that the garbage collector has not
 * freed yet.
 */
const TOLERATED_GROWTH = 64;

/** Seconds that a call to AWS IoT takes from Lambda in the same Region, roughly. */
const ASSUMED_LATENCY = 0.05;

function print(knownFindings: KnownFindings, findings: number, result: GateMeasurement): void {
  const { slept, elapsed, cpu, maxRss, maxLive, calls, logged } = result;
  const all = Object.values(calls).reduce((sum, number) => sum + number, 0);
  console.log([
    `${findings} known findings and ${NEW_FINDINGS} new ones, KnownFindings.${knownFindings}():`,
    `  time      ${slept.toFixed(0)} s of keeping AWS's pace, `
      + `so about ${(slept + cpu + all * ASSUMED_LATENCY).toFixed(0)} s with ${ASSUMED_LATENCY * 1000} ms for each `
      + 'call',
    `  computing ${cpu.toFixed(1)} s of CPU time, in ${elapsed.toFixed(1)} s`,
    `  memory    ${maxRss.toFixed(0)} MiB at most, ${maxLive.toFixed(1)} MiB of it in use`,
    `  calls     ${Object.entries(calls).map(([operation, number]) => `${operation} ${number}`).join(', ')}`,
    `  log       ${logged} findings`,
    `  verdict   ${result.reason}`,
    '',
  ].join('\n'));
}

/** The flaw of a result, if it has one. */
function flawOf(
  knownFindings: KnownFindings, findings: number, few: GateMeasurement, many: GateMeasurement,
): string | undefined {
  const counted = knownFindings === 'ignore' ? `${NEW_FINDINGS} new` : `${findings + NEW_FINDINGS}`;
  if (!many.reason.startsWith(
    `the audit stops the deployment: 1 check found ${counted} non-compliant resources (0 allowed for each check): `,
  )) {
    return 'the verdict is wrong';
  }
  if (many.logged !== findings + NEW_FINDINGS) return 'findings are missing from the log';
  return many.maxRss - few.maxRss > TOLERATED_GROWTH ? 'its memory grows with the number of findings' : undefined;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gate-bench-'));
  try {
    const { executable, version } = deployedNode(directory);
    console.log(`The function on Node.js ${version}, this process on ${process.version}\n`);
    bundleGateFunction(directory);
    for (const knownFindings of ['failDeployment', 'ignore'] as const) {
      const few = await measureGate({ directory, executable }, knownFindings, FEW);
      print(knownFindings, FEW, few);
      const many = await measureGate({ directory, executable }, knownFindings, MANY);
      print(knownFindings, MANY, many);
      const flaw = flawOf(knownFindings, MANY, few, many);
      if (flaw) {
        console.error(`KnownFindings.${knownFindings}(): ${flaw}`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
