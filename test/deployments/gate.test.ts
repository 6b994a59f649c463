import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAuditSuppressionCommand, CreateScheduledAuditCommand, UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { App, CfnElement, Duration, Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { virginAccount } from './real-accounts';
import { StackDefinition, readAssembly } from '../../rehearsal/cloudformation/assembly';
import { OperationResult, RehearsalOptions, RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { Fleet } from '../../rehearsal/device-defender/fleet';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration,
  AuditCheck,
  DeploymentAudit,
  DeploymentGateOptions,
  FleetAudit,
  KnownFindings,
  OnDemandAudit,
} from '../../src';
import { captureLog } from '../support/function-log';

const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const permissive = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
const UNCOMPARED = `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 ("Old" version 1; no earlier audit to compare with)`;
const known = { knownFindings: KnownFindings.ignore() };

captureLog();

let directories: string[] = [];
let time: VirtualTime;

beforeEach(() => {
  time = new VirtualTime();
});

afterEach(async () => {
  await stopAccounts();
  directories.forEach((directory) => rmSync(directory, { recursive: true }));
  directories = [];
});

/** A stack with a gate, and a role that is created after it. */
function gateStack(options: DeploymentGateOptions = {}): StackDefinition {
  const outdir = mkdtempSync(join(tmpdir(), 'gate-test-'));
  directories.push(outdir);
  const app = new App({ outdir });
  const stack = new Stack(app, 'Gate');
  const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration');
  const audit = new OnDemandAudit(stack, 'Audit', {
    configuration, checks: [
      AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.LOGGING_DISABLED,
    ], deploymentAudit: DeploymentAudit.gate(options),
  });
  (audit.node.defaultChild as CfnElement).overrideLogicalId('Audit');
  const role = new CfnRole(stack, 'Later', { assumeRolePolicyDocument: {}, description: audit.auditTaskId });
  role.overrideLogicalId('Later');
  return readAssembly(app.synth().directory)[0];
}

/** An account whose fleet has a permissive policy, with audits that are configured by somebody else by default. */
async function startFleet(
  { isConfigured = true, ...options }: RehearsalOptions & { isConfigured?: boolean } = {},
): Promise<RehearsedAccount> {
  const account = await virginAccount({
    time,
    auditDuration: 0,
    fleet: { policies: [{ policyName: 'Old', versions: [{ versionId: '1', document: permissive }] }] },
    ...options,
  });
  if (!isConfigured) return account;
  await account.iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: 'arn:aws:iam::123456789012:role/AuditRole', auditCheckConfigurations: {
      [POLICY]: { enabled: true }, LOGGING_DISABLED_CHECK: { enabled: true },
    },
  }));
  return account;
}

/** A stack with a FleetAudit that has every default. */
function fleetStack(): StackDefinition {
  const outdir = mkdtempSync(join(tmpdir(), 'gate-test-'));
  directories.push(outdir);
  const app = new App({ outdir });
  new FleetAudit(new Stack(app, 'Fleet'), 'FleetAudit');
  return readAssembly(app.synth().directory)[0];
}

function addPolicy({ policies }: Fleet, policyName: string): void {
  policies.set(policyName, { policyName, versions: [{ versionId: '1', document: permissive }], defaultVersionId: '1' });
}

async function auditBefore(account: RehearsedAccount): Promise<void> {
  await account.iot.send(new CreateScheduledAuditCommand({
    scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: [POLICY],
  }));
  account.deviceDefender.runScheduledAudit('daily');
  awaitAudit(account);
}

/** Lets a second pass, in which an audit ends. */
function awaitAudit(account: RehearsedAccount): void {
  time.pass(1_000);
  expect(statuses(account).at(-1)).toBe('COMPLETED');
}

const statuses = ({ deviceDefender }: RehearsedAccount) => deviceDefender.audits.map(({ status }) => status);

function stackStatuses({ events }: OperationResult): string[] {
  return events.filter(({ resourceType }) => resourceType === 'AWS::CloudFormation::Stack').map(({ status }) => status);
}

/** What a stopped deployment says. */
function stopped(account: RehearsedAccount, found: string): object {
  const { taskId } = account.deviceDefender.audits.at(-1)!;
  return {
    Audit: `Received response status [FAILED] from custom resource. Message returned: the audit stops the deployment: ${found}. `
      + `Audit ${taskId}: https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${taskId}`,
  };
}

describe('the deployment of a gate', () => {
  test('is stopped by a critical finding, and rolled back to nothing but the log that tells of it', async () => {
    const account = await startFleet();

    const result = await account.deploy(gateStack());

    expect(reasons(result)).toEqual(
      stopped(
        account,
        `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 ("Old" version 1)`,
      ),
    );
    expect(stackStatuses(result)).toEqual(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE']);
    expect(account.left.map(({ type, why }) => [type, why])).toEqual([['AWS::Logs::LogGroup', 'retained']]);
    expect(statuses(account)).toEqual(['COMPLETED']);
  });

  test('passes when the finding is suppressed', async () => {
    const account = await startFleet();
    await account.iot.send(new CreateAuditSuppressionCommand({
      checkName: POLICY, resourceIdentifier: {
        policyVersionIdentifier: { policyName: 'Old', policyVersionId: '1' },
      }, suppressIndefinitely: true,
    }));

    expect(stackStatuses(await account.deploy(gateStack()))).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
  });

  test('passes when the finding was known, and is stopped by one beside it in an update, which is rolled back', async () => {
    const account = await startFleet();
    await auditBefore(account);
    const created = await account.deploy(gateStack({ ...known, trigger: '1' }));
    expect(stackStatuses(created)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
    const resources = JSON.stringify([...account.stacks.get('Gate')!.resources]);
    addPolicy(account.deviceDefender.fleet, 'New');

    const result = await account.deploy(gateStack({ ...known, trigger: '2' }));

    expect(reasons(result)).toEqual(
      stopped(
        account,
        `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 ("New" version 1)`,
      ),
    );
    expect(stackStatuses(result)).toEqual([
      'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(statuses(account)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    expect(JSON.stringify([...account.stacks.get('Gate')!.resources])).toBe(resources);
  });

  test('is stopped for want of an earlier audit, and again when it is tried again', async () => {
    const account = await startFleet();

    for (let tries = 0; tries < 3; tries++) {
      expect(reasons(await account.deploy(gateStack(known)))).toEqual(stopped(account, UNCOMPARED));
      expect(account.left.map(({ type }) => type)).toEqual(Array(tries + 1).fill('AWS::Logs::LogGroup'));
    }
  });

  test('is stopped after a stack with a default FleetAudit, whose audit nobody has judged', async () => {
    const account = await startFleet({ isConfigured: false });
    await account.deploy(fleetStack());
    awaitAudit(account);

    expect(reasons(await account.deploy(gateStack(known)))).toEqual(stopped(account, UNCOMPARED));
  });

  test('is stopped again in an update, however often it is tried and whoever audits meanwhile', async () => {
    const account = await startFleet();
    await auditBefore(account);
    await account.deploy(gateStack({ ...known, trigger: '1' }));
    addPolicy(account.deviceDefender.fleet, 'New');

    for (const trigger of ['2', '3']) {
      expect(reasons(await account.deploy(gateStack({ ...known, trigger })))).toEqual(stopped(account,
        `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 ("New" version 1)`));
      account.deviceDefender.runScheduledAudit('daily');
      awaitAudit(account);
    }
  });
});

describe('the rollback for another resource\'s failure', () => {
  test('of a creation is not gated', async () => {
    const account = await startFleet();
    account.deviceDefender.fleet.policies.clear();

    const result = await account.deploy(gateStack(), { failAt: { logicalId: 'Later', phase: 'before' } });

    expect(stackStatuses(result)).toEqual(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE']);
    expect(Object.keys(reasons(result))).toEqual(['Later']);
    expect(statuses(account)).toEqual(['COMPLETED']);
  });

  test.each(
    ['reverse', 'dependencies'] as const,
  )('of an update is not gated, whatever the fleet is like by then (order: %s)', async (rollbackOrder) => {
    const account = await startFleet();
    account.deviceDefender.fleet.policies.clear();
    await account.deploy(gateStack({ trigger: '1' }));
    account.onEvent = ({ status }) => {
      if (status === 'UPDATE_ROLLBACK_IN_PROGRESS') addPolicy(account.deviceDefender.fleet, 'New');
    };

    const result = await account.deploy(gateStack({ trigger: '2' }), {
      failAt: { logicalId: 'Later', phase: 'after' }, rollbackOrder,
    });

    expect(account.deviceDefender.fleet.policies.size).toBe(1);
    expect(stackStatuses(result).at(-1)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.keys(reasons(result))).toEqual(['Later']);
    expect(statuses(account)).toEqual(['COMPLETED', 'COMPLETED']);
  });
});

describe('an audit that does not end in time', () => {
  const timing = { checkDurations: { [POLICY]: Infinity } };

  test('stops the deployment by default, and is canceled', async () => {
    const account = await startFleet({ timing });

    const result = await account.deploy(gateStack({ timeout: Duration.minutes(1) }));

    expect(Object.values(reasons(result))).toEqual([
      expect.stringMatching(
        /Message returned: the audit did not end within 1 minute: 1 of 2 checks are done; wait longer/,
      ),
    ]);
    expect(result.outcome).toBe('ROLLBACK_COMPLETE');
    expect(statuses(account)).toEqual(['CANCELED']);
  });

  test('lets the deployment go on if that is declared', async () => {
    const account = await startFleet({ timing });

    const result = await account.deploy(gateStack({ timeout: Duration.minutes(1), failOnTimeout: false }));

    expect(result.outcome).toBe('CREATE_COMPLETE');
    expect(statuses(account)).toEqual(['IN_PROGRESS']);
  });
});
