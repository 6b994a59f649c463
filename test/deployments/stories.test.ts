import type { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { comparable } from './matrix';
import { configureByHand, consoleAccount, stackOf, virginAccount } from './real-accounts';
import { danglingPointersOf, stateOf } from '../../rehearsal/cloudformation/account-state';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, ExistingConfiguration, ExistingLogging, FleetAudit, Logging, OnDemandAudit,
} from '../../src';
import { captureLog } from '../support/function-log';

const [SHARED, LOGGING] = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED];
const existing = ExistingConfiguration.adopt();
const PUT_BACK = ExistingConfiguration.adopt({ putBackOnRemoval: true });

/** Something that can fail, and on which nothing depends. */
function withTopic(stack: Stack): void {
  new Topic(stack, 'Rest');
}

function logicalIdOf(account: RehearsedAccount, type: string): string {
  return [...account.stacks.get('Fleet')!.resources.values()].find((resource) => resource.type === type)!.logicalId;
}

async function looked(account: RehearsedAccount) {
  return comparable(await stateOf(account));
}

describe('permissions are there until they are not needed any more', () => {
  captureLog();
  afterEach(stopAccounts);

  test('a configuration is put back when it is removed from a stack whose function goes on', async () => {
    const account = await consoleAccount();
    const before = await looked(account);
    const stack = (audit: boolean) => stackOf((scope) => {
      if (audit) new FleetAudit(scope, 'FleetAudit', { checks: [SHARED], existing: PUT_BACK });
      new Logging(scope, 'Logging', { existing: ExistingLogging.keep() });
    });
    await account.deploy(stack(true));

    const { outcome } = await account.deploy(stack(false));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(danglingPointersOf(account)).toEqual([]);
    expect({ ...await looked(account), logging: undefined }).toEqual({ ...before, logging: undefined });
    expect(account.permissions.denials).toEqual([]);
  });

  test.each(['reverse', 'dependencies'] as const)('logging is as found when the deployment that adopts it fails, rolled back in the order %s', async (rollbackOrder) => {
    const account = await virginAccount();
    const audit = (scope: Stack) => new FleetAudit(scope, 'FleetAudit', { checks: [SHARED], existing });
    await account.deploy(stackOf(audit));
    const before = await looked(account);

    const both = stackOf((scope) => {
      audit(scope);
      new Logging(scope, 'Logging', { existing: ExistingLogging.adopt() });
      withTopic(scope);
    });
    const rest = Object.keys(both.template.Resources).find((id) => id.startsWith('Rest'))!;

    const { outcome } = await account.deploy(both, { failAt: { logicalId: rest, phase: 'before' }, rollbackOrder });

    expect(outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(danglingPointersOf(account)).toEqual([]);
    expect(await looked(account)).toEqual(before);
    expect(account.permissions.denials).toEqual([]);
  });

  test('an audit is canceled when it is removed, and the one beside it goes on', async () => {
    const account = await virginAccount();
    await configureByHand(account, [SHARED.checkName, LOGGING.checkName]);
    const stack = (...checks: AuditCheck[]) => stackOf((scope) => {
      const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(scope, 'Configuration', {
        enabledChecks: [SHARED, LOGGING],
      });
      for (const check of checks) new OnDemandAudit(scope, check.checkName, { configuration, checks: [check] });
    });
    await account.deploy(stack(SHARED, LOGGING));

    await account.deploy(stack(SHARED));

    expect(account.deviceDefender.audits.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'CANCELED']);
    expect(account.permissions.denials).toEqual([]);
  });

  test.each(['reverse', 'dependencies'] as const)('an exchanged audit role comes back, rolled back in the order %s', async (rollbackOrder) => {
    const account = await virginAccount();
    const stack = (id: string) => stackOf((scope) => {
      const auditRole = new Role(scope, id, { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      new AccountAuditConfiguration(scope, 'Configuration', { checks: [SHARED], auditRole, existing: ExistingConfiguration.adopt({ previousRoles: [] }) });
    });
    await account.deploy(stack('A'));
    const before = await looked(account);
    const adopted = logicalIdOf(account, 'Custom::IotAccountAuditConfiguration');

    const result = await account.deploy(stack('B'), { failAt: { logicalId: adopted, phase: 'after' }, rollbackOrder });

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(danglingPointersOf(account)).toEqual([]);
    expect(await looked(account)).toEqual(before);
    expect(account.permissions.denials).toEqual([]);
  });

  test('a permission that is not known everywhere for two minutes is waited for', async () => {
    const account = await virginAccount();
    account.permissions.delay = 110_000;

    const result = await account.deploy(stackOf((scope) => {
      new FleetAudit(scope, 'FleetAudit', { checks: [SHARED], existing });
    }));

    expect(reasons(result)).toEqual({});
    expect(result.outcome).toBe('CREATE_COMPLETE');
    expect(account.permissions.denials.length).toBeGreaterThan(0);
  });
});

describe('a request that is delivered again', () => {
  captureLog();
  afterEach(stopAccounts);

  test('finishes what an invocation began that was killed', async () => {
    const account = await virginAccount();
    await configureByHand(account, [LOGGING.checkName]);
    const before = await looked(account);
    const stack = (audit: boolean) => stackOf((scope) => {
      if (audit) new AccountAuditConfiguration(scope, 'Configuration', { checks: [SHARED], existing: PUT_BACK });
      new Logging(scope, 'Logging', { existing: ExistingLogging.keep() });
    });
    await account.deploy(stack(true));
    for (const name of account.functions.retries.keys()) account.functions.retries.set(name, 1);
    account.deviceDefender.faults.add({
      operation: 'UpdateAccountAuditConfiguration', kind: 'hangAfterEffect', onTaken: () => setImmediate(() => account.functions.kill()),
    });

    const { outcome } = await account.deploy(stack(false));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(danglingPointersOf(account)).toEqual([]);
    expect({ ...await looked(account), logging: undefined }).toEqual({ ...before, logging: undefined });
  });
});
