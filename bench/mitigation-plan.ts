/**
 * Measures how automatic mitigation plans with hundreds of thousands of findings: npx tsx bench/mitigation-plan.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionMeasurement } from './gate-function';
import { BundledFunction, bundleGateFunction, HEAP } from './gate-measurement';
import { deployedNode } from './measured-node';
import { CheckName } from '../rehearsal/device-defender/checks/check-catalog';
import { FleetDescription, PlantedFinding } from '../rehearsal/device-defender/fleet';
import { DeviceDefenderServer } from '../rehearsal/device-defender/server';
import { FunctionProcess } from '../rehearsal/functions/function-process';
import { MitigationPlan, PlanStep, RuleSettings } from '../src/mitigation/protocol';

const MANY = 200_000;
const MOST = 2_500;
const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Mitigation/0f1e2d3c';

/** Seconds that a call to AWS IoT takes from Lambda in the same Region, roughly. */
const ASSUMED_LATENCY = 0.05;

/** Seconds that an invocation may take, and bytes that a plan may have. */
const LONGEST = 870;
const LARGEST = 200_000;

const KEY: CheckName = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const POLICY: CheckName = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const RARE = 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166';

interface Case {
  readonly title: string;
  readonly fleet: FleetDescription;
  readonly check: CheckName;
  readonly rule: Partial<RuleSettings>;

  /** The outcome of the check, and the number of resources that it affects. */
  readonly expected: string;
}

function certificateId(number: number): string {
  return number.toString(16).padStart(64, '0');
}

function findings(count: number, finding: (number: number) => PlantedFinding): FleetDescription {
  return { plantedFindings: Array.from({ length: count }, (_, number) => finding(number)) };
}

function weakKey(number: number, reasonCode?: string): PlantedFinding {
  return { checkName: KEY, reasonCode, resourceIdentifier: { deviceCertificateId: certificateId(number) } };
}

function broadPolicy(policyName: string, version: number): PlantedFinding {
  const policyVersionIdentifier = { policyName, policyVersionId: String(version) };
  return { checkName: POLICY, resourceIdentifier: { policyVersionIdentifier } };
}

const CASES: readonly Case[] = [
  {
    title: 'whole check, over the limit',
    fleet: findings(MANY, (number) => weakKey(number)), check: KEY, rule: {}, expected: `OVER_LIMIT ${MANY}`,
  },
  {
    title: 'exceptions, over the limit early',
    fleet: findings(MANY, (number) => weakKey(number)),
    check: KEY,
    rule: { exceptions: { deviceCertificates: [certificateId(0)] } },
    expected: `OVER_LIMIT ${MOST + 1}`,
  },
  {
    title: 'a rare reason code',
    fleet: findings(MANY, (number) => weakKey(number, number % 2000 === 0 ? RARE : undefined)),
    check: KEY,
    rule: { reasonCodes: [RARE] },
    expected: 'PLANNED 100',
  },
  {
    title: 'nearly everything excepted',
    fleet: findings(MANY, (number) => number % (MANY / MOST) === 0
      ? broadPolicy(`Policy${number}`, 1) : broadPolicy('Legacy', number)),
    check: POLICY,
    rule: { exceptions: { policies: ['Legacy'] } },
    expected: `PLANNED ${MOST}`,
  },
  {
    title: '1,000 findings, a thing group excepted',
    fleet: {
      ...findings(1000, (number) => weakKey(number)),
      certificates: Array.from({ length: 1000 }, (_, number) => ({
        certificateId: certificateId(number), things: [`thing-${number}`],
      })),
      things: Array.from({ length: 1000 }, (_, number) => ({
        thingName: `thing-${number}`, thingGroupNames: [number % 2 === 0 ? 'hall-1' : 'hall-2'],
      })),
      thingGroups: ['hall-1', 'hall-2'].map((thingGroupName) => ({ thingGroupName })),
    },
    check: KEY,
    rule: { exceptions: { thingGroups: ['hall-1'] } },
    expected: 'PLANNED 500',
  },
];

interface Measured extends FunctionMeasurement {
  readonly calls: number;
  readonly plan: MitigationPlan;
}

async function measure(bundled: BundledFunction, { fleet, check, rule }: Case): Promise<Measured> {
  const iot = await DeviceDefenderServer.start({ auditDuration: 0, fleet });
  try {
    iot.ask('UpdateAccountAuditConfiguration', {
      roleArn: 'arn:aws:iam::123456789012:role/AuditRole', auditCheckConfigurations: { [check]: { enabled: true } },
    });
    const { taskId } = iot.ask('StartOnDemandAuditTask', { targetCheckNames: [check] });
    while (iot.audits[0].status !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 10));
    const measurement = await runFunction(bundled, iot, {
      automaticMitigation: 'PLAN', taskId: taskId!, answer: 'NOT_ASKED' as never, switch: [],
      settings: {
        name: 'Fleet',
        title: 'Fleet',
        switchName: '/switch',
        maximumAuditAgeHours: 24,
        rules: [{
          checks: [check], actions: [{ name: 'Publish', type: 'PUBLISH_FINDING_TO_SNS' }], mode: 'APPLY',
          maximumResources: MOST, maximumPercent: 100, minimumResources: 0, budget: { resources: 1e6, days: 7 },
          ...rule,
        }],
      },
    });
    return { ...measurement, calls: iot.requests.length, plan: measurement.result as MitigationPlan };
  } finally {
    await iot.stop();
  }
}

async function runFunction(
  bundled: BundledFunction, iot: DeviceDefenderServer, payload: PlanStep,
): Promise<FunctionMeasurement> {
  const fn = {
    name: 'Function', arn: 'arn:aws:lambda:eu-west-1:123456789012:function:Function', ...bundled,
    handler: 'index.handler',
    runtime: 'nodejs', timeoutSeconds: 900, logGroup: 'Logs', environment: { NODE_OPTIONS: HEAP, STACK_ID },
  };
  const environment = { AWS_REGION: iot.region, AWS_ENDPOINT_URL_IOT: iot.endpoint };
  let lastLine = '';
  const child = new FunctionProcess({ fn, id: 'bench', payload, requestId: undefined }, environment, 900_000, (line) => {
    lastLine = line;
  });
  const ended = await child.ended;
  if (ended.status !== 'succeeded') throw new Error(`The function ${ended.status}: ${lastLine}`);
  return JSON.parse(lastLine) as FunctionMeasurement;
}

function row(cells: readonly string[]): string {
  const widths = [42, 18, 6, 8, 7, 8, 9];
  return cells.map((cell, index) => index < 2 ? cell.padEnd(widths[index]) : cell.padStart(widths[index])).join(' ');
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mitigation-bench-'));
  try {
    const { executable, version } = deployedNode(directory);
    console.log(`The function on Node.js ${version}, this process on ${process.version}. ${MANY} findings; time with the `
      + `pace of AWS and ${ASSUMED_LATENCY * 1000} ms for each call\n`);
    bundleGateFunction(directory);
    console.log(row(['', 'outcome', 'calls', 'time', 'CPU', 'memory', 'plan']));
    for (const one of CASES) {
      const { slept, cpu, maxRss, calls, plan } = await measure({ directory, executable }, one);
      const [check] = plan.checks;
      const outcome = `${check.outcome} ${check.affectedResources}`;
      const seconds = slept + cpu + calls * ASSUMED_LATENCY;
      const bytes = Buffer.byteLength(JSON.stringify(plan));
      console.log(row([
        one.title, outcome, String(calls), `${seconds.toFixed(0)} s`, `${cpu.toFixed(1)} s`, `${maxRss.toFixed(0)} MiB`,
        `${(bytes / 1000).toFixed(1)} kB`,
      ]));
      if (outcome !== one.expected || seconds > LONGEST || bytes > LARGEST) {
        console.error(`${one.title}: expected ${one.expected} in ${LONGEST} s with at most ${LARGEST} bytes`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
