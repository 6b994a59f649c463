/**
 * What the checks at synth add to a large app: npx tsx bench/synth-checks.ts
 *
 * 10,000 policies in 100 stacks are synthesized with and without the plugin, each time in a process of its own. CDK's
 * own validation of templates is off.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { App, CfnParameter, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { AuditSeverity, DeviceDefenderChecks } from '../src';

const STACKS = 100;
const POLICIES_PER_STACK = 100;
const ROUNDS = 5;
const SECONDS = 3;
const MEBIBYTES = 150;

interface Measurement {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly mebibytes: number;
  readonly findings: number;
}

/** Policies as fleets have them: most are right, some are broad, some depend on a parameter; no two are the same. */
function policyDocument(stack: Stack, index: number, site: string): object {
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'iot', resource, resourceName });
  const thing = '${iot:Connection.Thing.ThingName}';
  const name = index % 50 === 0 ? '*' : thing;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: arn('client', thing),
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      },
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: [arn('topic', `plant-${index}/${thing}/*`), arn('topic', `$aws/things/${name}/shadow/*`)],
      },
      {
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: [arn('topicfilter', `plant-${index}/${thing}/*`), arn('topicfilter', `$aws/things/${thing}/jobs/*`)],
      },
      {
        Effect: 'Deny',
        Action: ['iot:Subscribe', 'iot:Receive'],
        Resource: [arn('topicfilter', `plant-${index}/secret/*`), arn('topic', `plant-${index}/secret/*`)],
      },
      ...index % 20 === 0 ? [{ Effect: 'Allow', Action: 'iot:GetThingShadow', Resource: arn('thing', site) }] : [],
    ],
  };
}

function measure(withPlugin: boolean): Measurement {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-checks-'));
  const app = new App({ outdir });
  for (let stackIndex = 0; stackIndex < STACKS; stackIndex++) {
    const stack = new Stack(app, `Plant${stackIndex}`);
    const site = new CfnParameter(stack, 'Site').valueAsString;
    for (let index = 0; index < POLICIES_PER_STACK; index++) {
      new CfnPolicy(stack, `Policy${index}`, {
        policyDocument: policyDocument(stack, stackIndex * POLICIES_PER_STACK + index, site),
      });
    }
  }
  const plugin = new DeviceDefenderChecks({ failOn: AuditSeverity.CRITICAL });
  let findings = 0;
  if (withPlugin) {
    Validations.of(app).addPlugins({
      name: plugin.name,
      validate: (context) => {
        const report = plugin.validate(context);
        findings = report.violations.length;
        // Printing thousands of findings is not what is measured.
        return { ...report, success: true, violations: [] };
      },
    });
  }
  const started = performance.now();
  const used = process.cpuUsage();
  app.synth();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  rmSync(outdir, { recursive: true, force: true });
  return {
    seconds, processorSeconds: (user + system) / 1e6, findings, mebibytes: process.resourceUsage().maxRSS / 1024,
  };
}

function measureApart(withPlugin: boolean): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [String(withPlugin)], { env: { ...process.env, CDK_VALIDATION: 'false' } });
    child.on('message', (message) => resolve(message as Measurement));
    child.on('error', reject);
    child.on('exit', (code) => code === 0 || reject(new Error(`exit code ${code}`)));
  });
}

/** Of several runs the one that other processes disturbed least. */
const least = (values: number[]) => Math.min(...values);

async function main(): Promise<void> {
  const without: Measurement[] = [];
  const withPlugin: Measurement[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    without.push(await measureApart(false));
    withPlugin.push(await measureApart(true));
  }
  const seconds = least(withPlugin.map((run) => run.seconds)) - least(without.map((run) => run.seconds));
  const processorSeconds = least(
    withPlugin.map((run) => run.processorSeconds),
  ) - least(without.map((run) => run.processorSeconds));
  const mebibytes = least(withPlugin.map((run) => run.mebibytes)) - least(without.map((run) => run.mebibytes));
  console.log(
    `${STACKS * POLICIES_PER_STACK} policies in ${STACKS} stacks, ${withPlugin[0].findings} findings, best of ${ROUNDS} runs each`,
  );
  console.log(
    `synth ${least(without.map((run) => run.seconds))
      .toFixed(2)} s; the checks add ${seconds.toFixed(2)} s, ${processorSeconds.toFixed(2)} s of processor time (limit ${SECONDS} s)`,
  );
  console.log(
    `memory ${least(without.map((run) => run.mebibytes))
      .toFixed(0)} MiB; the checks add ${mebibytes.toFixed(0)} MiB (limit ${MEBIBYTES} MiB)`,
  );
  if (seconds > SECONDS || mebibytes > MEBIBYTES) process.exitCode = 1;
}

const [, , mode] = process.argv;
if (mode === undefined) void main();
else process.send!(measure(mode === 'true'));
