import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as alpha from '@aws-cdk/aws-iot-alpha';
import * as cdk from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as iot from 'aws-cdk-lib/aws-iot';
import * as sns from 'aws-cdk-lib/aws-sns';
import ts from 'typescript';
import * as library from '../src';
import { ENV } from './support/templates';

type Resources = Record<string, Record<string, any>>;

const GUIDE = readFileSync(join(__dirname, '..', 'MIGRATION.md'), 'utf8');

/** Everything that the guide's examples name; the library's own names win over the L1s'. */
const NAMES: Record<string, unknown> = { ...cdk, ...iam, ...iot, ...sns, ...library, alpha };

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const SCHEDULE = 'AWS::IoT::ScheduledAudit';

function example(title: string): string {
  const code = GUIDE.match(new RegExp(`^\`\`\`ts ${title}\n([^]*?)^\`\`\`$`, 'm'));
  if (code === null) throw new Error(`The guide has no example '${title}'.`);
  return code[1];
}

/** The resources of a stack with the code, as the guide shows it. */
function resourcesOf(...code: string[]): Resources {
  const stack = new cdk.Stack(new cdk.App(), 'Stack', { env: ENV });
  const run = new Function(
    'stack', ...Object.keys(NAMES), ts.transpile(code.join('\n'), { target: ts.ScriptTarget.ES2022 }),
  );
  run(stack, ...Object.values(NAMES));
  return Template.fromStack(stack).toJSON().Resources;
}

function idsOf(resources: Resources, type: string): string[] {
  return Object.keys(resources).filter((id) => resources[id].Type === type);
}

/** The checks that are on, with their thresholds. */
function enabledChecks(resources: Resources): Record<string, unknown> {
  const [id] = idsOf(resources, CONFIGURATION);
  const checks: [string, any][] = Object.entries(resources[id].Properties.AuditCheckConfigurations);
  return Object.fromEntries(checks.filter(([, { Enabled }]) => Enabled)
    .map(([name, { Configuration }]) => [name, Configuration?.CertAgeThresholdInDays]));
}

test('each example of the guide is one that is tested here', () => {
  expect([...GUIDE.matchAll(/^```ts ?(.*)$/gm)].map(([, title]) => title)).toEqual([
    'alpha-before', 'alpha-after', 'alpha-named', 'raw-before', 'raw-after', 'retain', 'adopt', 'import',
  ]);
});

describe('from aws-iot-alpha, with the same construct ids', () => {
  const before = resourcesOf(example('alpha-before'));
  const after = resourcesOf(example('alpha-after'));

  test('the deployment replaces the scheduled audit and nothing else', () => {
    expect(Object.keys(before).filter((id) => !(id in after))).toEqual(idsOf(before, SCHEDULE));
    expect(Object.keys(after).filter((id) => !(id in before))).toEqual(idsOf(after, SCHEDULE));
  });

  test('what stays has the same type, and the configuration the identifier that it had', () => {
    const kept = Object.keys(before).filter((id) => id in after);

    expect(kept.map((id) => after[id].Type)).toEqual(kept.map((id) => before[id].Type));
    expect(kept).toHaveLength(6);
    const [id] = idsOf(before, CONFIGURATION);
    expect([before[id].Properties.AccountId, after[id].Properties.AccountId]).toEqual([
      ENV.account, { Ref: 'AWS::AccountId' },
    ]);
  });

  test('the same checks are on', () => {
    expect(Object.keys(enabledChecks(after)).sort()).toEqual(Object.keys(enabledChecks(before)).sort());
    expect(Object.keys(enabledChecks(after))).toHaveLength(17);
    expect(enabledChecks(before).DeviceCertificateAgeCheck).toBe('365');
    expect(enabledChecks(after).DeviceCertificateAgeCheck).toBe('365');
  });

  test('only the new configuration stays in the account when its stack goes', () => {
    const [id] = idsOf(before, CONFIGURATION);

    expect(before[id]).not.toHaveProperty('DeletionPolicy');
    expect(after[id].DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('a scheduled audit with a given name keeps the logical id that the guide names', () => {
    const [id] = idsOf(before, SCHEDULE);
    const others = example('alpha-after').replace(/new ScheduledAudit[^]*?\n\}\);\n/, '');
    const named = resourcesOf(others, example('alpha-named'));

    expect(idsOf(named, SCHEDULE)).toEqual([id]);
  });
});

describe('from CloudFormation, with the same logical ids', () => {
  const before = resourcesOf(example('raw-before'));
  const after = resourcesOf(example('raw-after'));

  test('configuration and schedule are updated in place', () => {
    for (const type of [CONFIGURATION, SCHEDULE]) expect(idsOf(after, type)).toEqual(idsOf(before, type));
    // What CloudFormation would replace the schedule for.
    expect(after.WeeklyAudit.Properties.ScheduledAuditName).toBe('weekly');
    expect(before.WeeklyAudit.Properties.ScheduledAuditName).toBe('weekly');
  });

  test('nothing but the audit role goes', () => {
    expect(Object.keys(before).filter((id) => !(id in after))).toEqual(idsOf(before, 'AWS::IAM::Role'));
    expect(JSON.stringify(after.AuditConfiguration.Properties.RoleArn)).not.toContain('OldAuditRole');
  });

  test('the same check is on', () => {
    expect(Object.keys(enabledChecks(before))).toEqual(['LoggingDisabledCheck']);
    expect(Object.keys(enabledChecks(after))).toEqual(['LoggingDisabledCheck']);
  });
});

describe('from another stack', () => {
  test('the old stack keeps the configuration and its role', () => {
    const old = resourcesOf(example('raw-before'), example('retain'));

    expect(old.AuditConfiguration.DeletionPolicy).toBe('Retain');
    expect(idsOf(old, 'AWS::IAM::Role').map((id) => old[id].DeletionPolicy)).toEqual(['Retain']);
  });

  test('without that, its end would be the end of the account\'s audit', () => {
    expect(resourcesOf(example('raw-before')).AuditConfiguration).not.toHaveProperty('DeletionPolicy');
  });

  test('the new stack adopts, so it has no resource that would find one there', () => {
    const adopting = resourcesOf(example('adopt'));

    expect(idsOf(adopting, CONFIGURATION)).toEqual([]);
    expect(idsOf(adopting, 'Custom::IotAccountAuditConfiguration')).toHaveLength(1);
    // To hand it back in a rollback.
    expect(JSON.stringify(adopting)).toContain('role/OldAuditRole');
  });
});

test('an import adds the configuration and nothing else, with a deletion policy', () => {
  const imported = resourcesOf(example('import'));

  expect(Object.values(imported).map(({ Type, DeletionPolicy }) => [Type, DeletionPolicy])).toEqual([
    [CONFIGURATION, 'RetainExceptOnCreate'],
  ]);
});
