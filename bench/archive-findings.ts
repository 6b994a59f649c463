/**
 * Measures the archive of an audit with hundreds of thousands of findings: npx tsx bench/archive-findings.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { IoTClient, StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import type { FunctionMeasurement } from './gate-function';
import { bundleGateFunction, HEAP, PACKAGES } from './gate-measurement';
import { deployedNode } from './measured-node';
import { DeviceDefenderServer } from '../rehearsal/device-defender/server';
import { FunctionProcess } from '../rehearsal/functions/function-process';
import { SurroundingServices } from '../rehearsal/services/surrounding-services';

const CHECK = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Archive/0f1e2d3c';
const [FEW, MANY] = [2_000, 200_000];

/** Mebibytes by which the process may grow with a hundred times the findings. */
const TOLERATED_GROWTH = 64;

/** Seconds that a call to AWS takes from Lambda in the same Region, roughly. */
const ASSUMED_LATENCY = 0.05;

interface ArchiveMeasurement extends FunctionMeasurement {
  readonly calls: number;
  readonly bytes: number;
  readonly archived: number;
}

async function measure(directory: string, executable: string, findings: number): Promise<ArchiveMeasurement> {
  const iot = await DeviceDefenderServer.start({ auditDuration: 0 });
  const services = await SurroundingServices.start();
  const client = new IoTClient({
    endpoint: iot.endpoint, region: iot.region, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  try {
    await client.send(new UpdateAccountAuditConfigurationCommand({
      roleArn: 'arn:aws:iam::123456789012:role/AuditRole', auditCheckConfigurations: { [CHECK]: { enabled: true } },
    }));
    for (let number = 0; number < findings; number++) {
      const deviceCertificateId = number.toString(16).padStart(64, '0');
      iot.fleet.plant({ checkName: CHECK, resourceIdentifier: { deviceCertificateId } });
    }
    const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [CHECK] }));
    while (iot.audits[0].status !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 10));
    iot.requests.length = 0;
    const measurement = await archive({ directory, executable }, iot, services, taskId!);
    const files = services.buckets.objectsOf('archive').map(({ body }) => body);
    return {
      ...measurement,
      calls: iot.requests.length + services.requests.length,
      bytes: files.reduce((sum, { length }) => sum + length, 0),
      // The summary has one line.
      archived: files.reduce((sum, body) => sum + gunzipSync(body).toString().split('\n').length - 1, -1),
    };
  } finally {
    client.destroy();
    await Promise.all([iot.stop(), services.stop()]);
  }
}

async function archive(
  bundled: { readonly directory: string; readonly executable: string }, iot: DeviceDefenderServer,
  services: SurroundingServices, taskId: string,
): Promise<FunctionMeasurement> {
  const body = JSON.stringify({ archiveFindings: { bucketName: 'archive', prefix: '', taskId } });
  const fn = {
    name: 'Function', arn: 'arn:aws:lambda:eu-west-1:123456789012:function:Function', ...bundled,
    handler: 'index.handler', runtime: 'nodejs', timeoutSeconds: 900, logGroup: 'Logs',
    environment: { NODE_OPTIONS: HEAP, NODE_PATH: PACKAGES, STACK_ID },
  };
  const environment = {
    AWS_REGION: iot.region, AWS_ENDPOINT_URL_IOT: iot.endpoint, AWS_ENDPOINT_URL_S3: services.endpoint,
  };
  const payload = { Records: [{ eventSource: 'aws:sqs', messageId: 'bench', body }] };
  let lastLine = '';
  const child = new FunctionProcess({ fn, id: 'bench', payload, requestId: undefined }, environment, 900_000, (line) => {
    lastLine = line;
  });
  const { status } = await child.ended;
  if (status !== 'succeeded') throw new Error(`The function ${status}: ${lastLine}`);
  return JSON.parse(lastLine) as FunctionMeasurement;
}

function print(findings: number, { slept, elapsed, cpu, maxRss, maxLive, calls, bytes }: ArchiveMeasurement): void {
  console.log([
    `${findings} findings:`,
    `  time      ${slept.toFixed(0)} s of keeping AWS's pace, so about `
      + `${(slept + cpu + calls * ASSUMED_LATENCY).toFixed(0)} s with ${ASSUMED_LATENCY * 1000} ms for each call`,
    `  computing ${cpu.toFixed(1)} s of CPU time, in ${elapsed.toFixed(1)} s`,
    `  memory    ${maxRss.toFixed(0)} MiB at most, ${maxLive.toFixed(1)} MiB of it in use`,
    `  calls     ${calls}`,
    `  files     ${(bytes / 1e6).toFixed(2)} MB`,
    '',
  ].join('\n'));
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'archive-bench-'));
  try {
    const { executable, version } = deployedNode(directory);
    console.log(`The function on Node.js ${version}, this process on ${process.version}\n`);
    bundleGateFunction(directory);
    const few = await measure(directory, executable, FEW);
    print(FEW, few);
    const many = await measure(directory, executable, MANY);
    print(MANY, many);
    const isComplete = few.archived === FEW && many.archived === MANY;
    if (!isComplete || many.maxRss - few.maxRss > TOLERATED_GROWTH) {
      console.error(isComplete ? 'its memory grows with the number of findings' : 'findings are missing');
      process.exitCode = 1;
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
