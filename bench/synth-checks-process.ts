/**
 * Synthesizes an app with so many stacks of so many policies each, and prints what that took:
 * <nothing | empty plugin | checks> <stacks> <policies of a stack>
 *
 * CDK's own validation of templates is off where `CDK_VALIDATION` is false.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { App, CfnParameter, IPolicyValidationPlugin, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { processorTime } from './processor-time';
import { DeviceDefenderChecks } from 'cdk-iot-fleet-audit';

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

function appWithPolicies(outdir: string, stacks: number, policiesPerStack: number): App {
  const app = new App({ outdir });
  for (let stackIndex = 0; stackIndex < stacks; stackIndex++) {
    const stack = new Stack(app, `Plant${stackIndex}`);
    const site = new CfnParameter(stack, 'Site').valueAsString;
    for (let index = 0; index < policiesPerStack; index++) {
      new CfnPolicy(stack, `Policy${index}`, {
        policyDocument: policyDocument(stack, stackIndex * policiesPerStack + index, site),
      });
    }
  }
  return app;
}

let findings = 0;

/** Printing thousands of findings is not what is measured. */
function withoutPrinting(plugin: IPolicyValidationPlugin): IPolicyValidationPlugin {
  return {
    name: plugin.name,
    validate: (context) => {
      const report = plugin.validate(context);
      findings = report.violations.length;
      return { ...report, success: true, violations: [] };
    },
  };
}

const PLUGINS: Record<string, () => IPolicyValidationPlugin[]> = {
  'nothing': () => [],
  'empty plugin': () => [{ name: 'Empty', validate: () => ({ success: true, violations: [] }) }],
  'checks': () => [withoutPrinting(new DeviceDefenderChecks())],
};

const [, , plugins, stacks, policiesPerStack] = process.argv;
const outdir = mkdtempSync(join(tmpdir(), 'synth-checks-'));
try {
  const app = appWithPolicies(outdir, Number(stacks), Number(policiesPerStack));
  Validations.of(app).addPlugins(...PLUGINS[plugins]());
  const started = performance.now();
  const milliseconds = processorTime(() => app.synth());
  const waited = performance.now() - started;
  if (plugins === 'checks' && findings < Number(stacks)) throw new Error(`only ${findings} findings`);
  console.log(JSON.stringify({
    seconds: milliseconds / 1000, waitedSeconds: waited / 1000, mebibytes: process.resourceUsage().maxRSS / 1024,
  }));
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
