/** Carries out the checks at synth on templates with so many policies, and prints the times: <rounds> <policies>... */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processorTime } from './processor-time';
import { DeviceDefenderChecks } from 'cdk-iot-fleet-audit';

const PER_TEMPLATE = 100;

/** Until then the code is being compiled. */
const WARM_UP_ROUNDS = 40;
const ARN = 'arn:aws:iot:eu-west-1:111122223333';
const THING = '${iot:Connection.Thing.ThingName}';

/** A policy as fleets have them, one of fifty too broad; no two are the same. */
function policy(index: number): object {
  return {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iot:Connect',
            Resource: `${ARN}:client/${THING}`,
            Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
          },
          {
            Effect: 'Allow',
            Action: ['iot:Publish', 'iot:Receive'],
            Resource: [
              `${ARN}:topic/plant-${index}/${THING}/*`,
              `${ARN}:topic/$aws/things/${index % 50 === 0 ? '*' : THING}/shadow/*`,
            ],
          },
          { Effect: 'Allow', Action: 'iot:Subscribe', Resource: [`${ARN}:topicfilter/plant-${index}/${THING}/*`] },
          {
            Effect: 'Deny',
            Action: ['iot:Subscribe', 'iot:Receive'],
            Resource: [`${ARN}:topicfilter/plant-${index}/secret/*`, `${ARN}:topic/plant-${index}/secret/*`],
          },
        ],
      },
    },
  };
}

function writeTemplates(directory: string, policies: number): string[] {
  const paths: string[] = [];
  for (let first = 0; first < policies; first += PER_TEMPLATE) {
    const resources = Object.fromEntries(
      Array.from({ length: PER_TEMPLATE }, (_, index) => [`Policy${index}`, policy(first + index)]),
    );
    const path = join(directory, `fleet-${policies}-${first}.json`);
    writeFileSync(path, JSON.stringify({ Resources: resources }));
    paths.push(path);
  }
  return paths;
}

const [, , rounds, ...sizes] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'bench-policies-'));
try {
  const templates = new Map(sizes.map((size) => [size, writeTemplates(directory, Number(size))]));
  const times = Object.fromEntries(sizes.map((size) => [size, [] as number[]]));
  const judge = (size: string) => processorTime(() => {
    const { metadata } = new DeviceDefenderChecks().checkTemplates(...templates.get(size)!);
    if (Number(
      metadata?.nonCompliant,
    ) < Number(size) / 50) throw new Error(`only ${metadata?.nonCompliant} of ${size} policies are too broad`);
  });
  for (let round = 0; round < WARM_UP_ROUNDS; round++) judge(sizes[0]);
  for (let round = 0; round < Number(rounds); round++) {
    for (const size of sizes) {
      globalThis.gc?.();
      times[size].push(judge(size));
    }
  }
  console.log(JSON.stringify(times));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
