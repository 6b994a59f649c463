import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

const files = readdirSync(__dirname).filter((file) => /^integ\..*\.ts$/.test(file));

const ADOPTING = 'cdk-iot-fleet-audit-configuration-adopted';

const ADOPTED_TYPES = ['Custom::IotAccountAuditConfiguration', 'Custom::IotLogging'];

interface Case {
  readonly stacks: string[];
  readonly assertionStack: string;
}

interface Template {
  readonly Resources: Record<string, {
    readonly Type: string;
    readonly DeletionPolicy?: string;
    readonly Properties?: Record<string, unknown>;
  }>;
}

/** Nobody has run them, so that they synthesize is all that is known. */
function synthesized(file: string): { templates: Map<string, Template>; cases: Record<string, Case> } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { app } = require(`./${file.replace(/\.ts$/, '')}`) as { app: App };
  const assembly = app.synth();
  const manifest = JSON.parse(readFileSync(join(assembly.directory, 'integ.json'), 'utf8'));
  return {
    templates: new Map(assembly.stacksRecursively.map(({ displayName, template }) => [displayName, template])),
    cases: manifest.testCases,
  };
}

test('there is one for each construct that touches the account', () => {
  expect(files).toEqual([
    'integ.account-audit-configuration.ts', 'integ.audit-alarms.ts', 'integ.audit-compliance-rule.ts',
    'integ.audit-dashboard.ts', 'integ.audit-events.ts', 'integ.audit-notice.ts', 'integ.audit-suppressions.ts',
    'integ.automatic-mitigation.ts', 'integ.findings-archive.ts', 'integ.fleet-audit.ts', 'integ.logging.ts',
    'integ.mitigation-action.ts', 'integ.on-demand-audit.ts', 'integ.scheduled-audit.ts',
    'integ.security-hub-subscription.ts',
  ]);
});

describe.each(files)('%s', (file) => {
  const { templates, cases } = synthesized(file);
  const tested = Object.values(cases).flatMap(({ stacks }) => stacks)
    .map((name): [string, Template] => [name, templates.get(name)!]);

  test('has cases, each with calls of an API that deploy with it', () => {
    expect(Object.keys(cases).length).toBeGreaterThanOrEqual(2);
    for (const { stacks, assertionStack } of Object.values(cases)) {
      expect(stacks.filter((stack) => !templates.has(stack))).toEqual([]);
      const types = Object.values(templates.get(assertionStack)!.Resources).map(({ Type }) => Type);
      expect(types.filter((type) => type.startsWith('Custom::DeployAssert@SdkCall')).length).toBeGreaterThan(0);
    }
  });

  test('leaves nothing in the account', () => {
    // The role of what is adopted stays (docs/adr/0014-permissions-that-outlive-what-needs-them.md), and so does the
    // log of a gate, which says why a deployment failed.
    const left = tested.filter(([name]) => name !== ADOPTING)
      .flatMap(([name, { Resources }]) => Object.entries(Resources)
        .filter(([, { Type }]) => Type !== 'AWS::Logs::LogGroup')
        .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
        .map(([id]) => `${name}/${id}`));

    expect(left).toEqual([]);
  });

  test('never takes over what an account has', () => {
    const adopting = tested.filter(([, { Resources }]) =>
      Object.values(Resources).some(({ Type }) => ADOPTED_TYPES.includes(Type)));

    // What this one takes over is its own.
    expect(adopting.map(([name]) => name)).toEqual(file === 'integ.account-audit-configuration.ts' ? [ADOPTING] : []);
  });
});
