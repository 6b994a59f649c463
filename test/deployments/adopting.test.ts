import { DeleteAccountAuditConfigurationCommand, DescribeAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CONSOLE_ROLE, CONSOLE_SCHEDULE, configureByHand, consoleAccount, disabledChecks, scheduleByHand, stackOf, virginAccount } from './real-accounts';
import { stateOf } from '../../rehearsal/cloudformation/account-state';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import { AccountAuditConfiguration, AuditCheck, AuditSchedule, ExistingConfiguration, FleetAudit, OtherChecks } from '../../src';
import { captureLog } from '../support/function-log';

const ALL = AuditCheck.all().map((check) => check.checkName).sort();
const TWO = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE];
const [SHARED, PERMISSIVE] = TWO.map((check) => check.checkName);
const LOGGING = 'LOGGING_DISABLED_CHECK';

function adopting(checks: AuditCheck[], otherChecks?: OtherChecks) {
  return stackOf((stack) => adopt(stack, checks, otherChecks));
}

function adopt(stack: Stack, checks: AuditCheck[], otherChecks?: OtherChecks): void {
  const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks, existing: ExistingConfiguration.adopt({ otherChecks }) });
  new CfnOutput(stack, 'Found', { value: configuration.foundConfiguration! });
  new CfnOutput(stack, 'OtherChecks', { value: configuration.otherChecks! });
}

describe('adopting', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();

  test('takes over what the console made, and its daily audit keeps working', async () => {
    const account = await consoleAccount();

    const result = await account.deploy(stackOf((stack) => {
      new FleetAudit(stack, 'FleetAudit', { existing: ExistingConfiguration.adopt() });
    }));

    expect(reasons(result)).toEqual({});
    expect(result.outcome).toBe('CREATE_COMPLETE');
    const state = await stateOf(account);
    expect(Object.keys(state.checks)).toEqual(ALL);
    expect(state.roleArn).toContain('role/Fleet-FleetAuditConfigurationAuditRole');
    expect(state.notificationTarget).toMatchObject({ enabled: true, targetArn: expect.stringContaining('FleetAuditNotificationTopic') });
    expect(Object.keys(state.scheduledAudits)).toEqual([CONSOLE_SCHEDULE, expect.stringMatching(/^Fleet-/)]);
    expect(disabledChecks(account)).toEqual([]);
    account.deviceDefender.runScheduledAudit(CONSOLE_SCHEDULE);
    expect([...account.deviceDefender.audits.at(-1)!.checks].length).toBe(ALL.length);
  });

  test('says what it found, and what is enabled beside it', async () => {
    const account = await consoleAccount();

    const { outputs } = await account.deploy(adopting(TWO));

    expect(JSON.parse(String(outputs.Found))).toMatchObject({ role: CONSOLE_ROLE, checks: ALL, thresholds: { DEVICE_CERTIFICATE_AGE_CHECK: { CERT_AGE_THRESHOLD_IN_DAYS: '365' } } });
    expect(outputs.OtherChecks).toContain(`(used by ${CONSOLE_SCHEDULE})`);
    expect(String(outputs.OtherChecks).split(' (')[0].split(', ')).toEqual(ALL.filter((name) => name !== SHARED && name !== PERMISSIVE));
    expect(Object.keys((await stateOf(account)).checks)).toEqual(ALL);
    expect(disabledChecks(account)).toEqual([]);
  });

  test('configures an account in which nobody has', async () => {
    const account = await virginAccount();

    const { outcome, outputs } = await account.deploy(adopting(TWO));

    expect(outcome).toBe('CREATE_COMPLETE');
    expect(JSON.parse(String(outputs.Found))).not.toHaveProperty('role');
    expect(outputs.OtherChecks).toBe('');
    expect(Object.keys((await stateOf(account)).checks)).toEqual([SHARED, PERMISSIVE]);
  });

  test('changes nothing of what is as it should be', async () => {
    const account = await virginAccount();
    await account.deploy(adopting(TWO));
    const updates = account.deviceDefender.requestsOf('UpdateAccountAuditConfiguration').length;

    const { outcome } = await account.deploy(adopting(TWO, OtherChecks.FAIL));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(account.deviceDefender.requestsOf('UpdateAccountAuditConfiguration')).toHaveLength(updates);
  });

  test('fails before it changes anything when asked not to live with other checks, and names the schedule that uses them', async () => {
    const account = await virginAccount();
    await configureByHand(account, [SHARED, LOGGING]);
    await scheduleByHand(account, 'nightly', [LOGGING]);
    const before = await stateOf(account);

    const result = await account.deploy(adopting(TWO, OtherChecks.FAIL));

    expect(result.outcome).toBe('ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain(`checks are enabled that the configuration does not name: ${LOGGING} (used by nightly); `
      + 'name them, take them out of these scheduled audits and disable them, or keep them with OtherChecks.KEEP');
    expect(await stateOf(account)).toEqual(before);
  });

  test('leaves on a check that it no longer names while a schedule outside the stack uses it', async () => {
    const account = await virginAccount();
    await account.deploy(adopting([...TWO, AuditCheck.LOGGING_DISABLED]));
    await scheduleByHand(account, 'nightly', [LOGGING]);

    const kept = await account.deploy(adopting(TWO));
    const { checks } = await stateOf(account);

    expect(kept.outcome).toBe('UPDATE_COMPLETE');
    expect(kept.outputs.OtherChecks).toBe(`${LOGGING} (used by nightly)`);
    expect(Object.keys(checks)).toEqual([SHARED, PERMISSIVE, LOGGING].sort());
  });

  test('refuses to drop a check that a schedule outside the stack uses, when asked to', async () => {
    const account = await virginAccount();
    await account.deploy(adopting([...TWO, AuditCheck.LOGGING_DISABLED], OtherChecks.FAIL));
    await scheduleByHand(account, 'nightly', [LOGGING]);

    const result = await account.deploy(adopting(TWO, OtherChecks.FAIL));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain(`${LOGGING} (used by nightly)`);
  });

  test('disables what it no longer names, after everything else', async () => {
    const account = await virginAccount();
    const with3 = (stack: Stack, checks: AuditCheck[]) => new FleetAudit(stack, 'FleetAudit', {
      checks, existing: ExistingConfiguration.adopt(), schedules: [AuditSchedule.daily()],
    });
    await account.deploy(stackOf((stack) => with3(stack, [...TWO, AuditCheck.LOGGING_DISABLED])));

    const { outcome } = await account.deploy(stackOf((stack) => with3(stack, TWO)));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(Object.keys((await stateOf(account)).checks)).toEqual([SHARED, PERMISSIVE]);
    expect(disabledChecks(account)).toEqual([LOGGING]);
  });

  test('makes a configuration again that was deleted by hand', async () => {
    const account = await virginAccount();
    await account.deploy(adopting(TWO));
    await account.iot.send(new DeleteAccountAuditConfigurationCommand({}));

    const { outcome } = await account.deploy(adopting([...TWO, AuditCheck.LOGGING_DISABLED]));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect((await account.iot.send(new DescribeAccountAuditConfigurationCommand({}))).roleArn).toContain('ConfigurationAuditRole');
    expect(Object.keys((await stateOf(account)).checks)).toEqual([SHARED, PERMISSIVE, LOGGING].sort());
  });
});
