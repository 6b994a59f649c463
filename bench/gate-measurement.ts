import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CreateScheduledAuditCommand, IoTClient, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import { buildSync } from 'esbuild';
import type { FunctionMeasurement } from './gate-function';
import { DeviceDefenderServer } from '../rehearsal/device-defender/server';
import { FunctionProcess } from '../rehearsal/functions/function-process';
import { Answer, SurroundingServices } from '../rehearsal/services/surrounding-services';
import { ON_DEMAND_AUDIT_TYPE, OnDemandAuditProperties, WaitMode } from '../src/audits/protocol';

const CHECK = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Gate/0f1e2d3c';
/** Findings that no earlier audit has. */
export const NEW_FINDINGS = 3;

/** The place of the function's code, and the Node.js that runs it. */
export interface BundledFunction {
  readonly directory: string;

  /** The path of Node.js; this process's if absent. */
  readonly executable?: string;
}

/**
 * The heap that Lambda's start scripts are known to give Node.js, of the function's 256 MB: a tenth for young objects,
 * the rest for old ones.
 */
const MEMORY = 256;
const YOUNG = Math.floor(MEMORY / 10);
export const HEAP = `--max-semi-space-size=${Math.floor(YOUNG / 2)} --max-old-space-size=${MEMORY - YOUNG}`;

/** Lambda has the clients of the SDK as packages. The rehearsal's one file of them all would take 20 MiB more. */
export const PACKAGES = join(__dirname, '..', 'node_modules');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export type KnownFindings = 'failDeployment' | 'ignore';

export interface GateMeasurement extends FunctionMeasurement {
  readonly reason: string;
  readonly logged: number;
  readonly calls: Readonly<Record<string, number>>;
}

function propertiesOf(knownFindings: KnownFindings): OnDemandAuditProperties {
  return {
    Checks: [{ Name: CHECK, Severity: 'CRITICAL', Judged: 'true' }],
    Mode: WaitMode.GATE,
    TimeoutSeconds: '1800',
    FailOnTimeout: 'true',
    Gate: {
      AllowedPerCheck: '0', FailOnIncompleteCheck: 'true', AllowKnown: String(knownFindings === 'ignore'),
      CountWithoutEarlierAudit: 'true',
    },
  };
}

function plant({ fleet }: DeviceDefenderServer, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    fleet.plant({
      checkName: CHECK, resourceIdentifier: { deviceCertificateId: number.toString(16).padStart(64, '0') },
    });
  }
}

/** Bundles the function and its measurement into the directory. */
export function bundleGateFunction(directory: string): void {
  buildSync({
    entryPoints: [join(__dirname, 'gate-function.ts')], outfile: join(directory, 'index.js'),
    bundle: true, platform: 'node', external: ['@aws-sdk/*'],
  });
}

/**
 * Lets the function judge a new audit of a fleet with findings that a scheduled audit has found, and a few that it has
 * not.
 *
 * The function runs as a process of its own, as in Lambda, against the stand-in of AWS IoT Device Defender. Its clock
 * jumps instead of sleeping to keep AWS's pace.
 */
export async function measureGate(
  bundled: BundledFunction, knownFindings: KnownFindings, findings: number,
): Promise<GateMeasurement> {
  const iot = await DeviceDefenderServer.start({ auditDuration: 0 });
  const services = await SurroundingServices.start();
  const client = new IoTClient({
    endpoint: iot.endpoint, region: iot.region, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  try {
    services.stackStatuses.set(STACK_ID, 'CREATE_IN_PROGRESS');
    await client.send(new UpdateAccountAuditConfigurationCommand({
      roleArn: 'arn:aws:iam::123456789012:role/AuditRole', auditCheckConfigurations: { [CHECK]: { enabled: true } },
    }));
    plant(iot, 0, findings);
    await client.send(new CreateScheduledAuditCommand({
      scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: [CHECK],
    }));
    iot.runScheduledAudit('daily');
    while (iot.audits[0].status !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 10));
    plant(iot, findings, findings + NEW_FINDINGS);
    iot.requests.length = 0;
    // The deployment begins after the scheduled audit, whose findings are therefore known.
    services.stackTimes.set(STACK_ID, { creation: Date.now() });
    const { measurement, logged } = await runFunction(bundled, iot, services, propertiesOf(knownFindings));
    const [answer] = services.answers.map((received): Answer => received.answer);
    const calls: Record<string, number> = {};
    for (const { operation } of iot.requests) calls[operation] = (calls[operation] ?? 0) + 1;
    return { ...measurement, reason: answer.Reason ?? 'passes', logged, calls };
  } finally {
    client.destroy();
    await Promise.all([iot.stop(), services.stop()]);
  }
}

async function runFunction(
  bundled: BundledFunction, iot: DeviceDefenderServer, services: SurroundingServices,
  properties: OnDemandAuditProperties,
): Promise<{ measurement: FunctionMeasurement; logged: number }> {
  const requestId = randomUUID();
  const event = {
    RequestType: 'Create',
    ResponseURL: services.responseUrl(requestId),
    StackId: STACK_ID,
    RequestId: requestId,
    ResourceType: ON_DEMAND_AUDIT_TYPE,
    LogicalResourceId: 'Gate',
    ResourceProperties: properties,
  };
  const fn = {
    name: 'Function', arn: 'arn:aws:lambda:eu-west-1:123456789012:function:Function', ...bundled,
    handler: 'index.handler',
    runtime: 'nodejs', timeoutSeconds: 900, logGroup: 'Logs',
    environment: { NODE_OPTIONS: HEAP, NODE_PATH: PACKAGES, STACK_ID },
  };
  const environment = {
    AWS_REGION: iot.region,
    AWS_ENDPOINT_URL_IOT: iot.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: services.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: services.endpoint,
  };
  let logged = 0;
  let lastLine = '';
  const invocation = { fn, id: 'bench', payload: event, requestId: event.RequestId };
  const child = new FunctionProcess(invocation, environment, 900_000, (line) => {
    logged += line.startsWith('{"message":"finding"') ? 1 : 0;
    lastLine = line;
  });
  const { status } = await child.ended;
  if (status !== 'succeeded') throw new Error(`The function ${status}: ${lastLine}`);
  return { measurement: JSON.parse(lastLine) as FunctionMeasurement, logged };
}
