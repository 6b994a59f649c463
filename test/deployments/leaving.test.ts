import { UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import { RemovalPolicy } from 'aws-cdk-lib';
import { comparable } from './matrix';
import { CONSOLE_ROLE, configureByHand, consoleAccount, scheduleByHand, stackOf, virginAccount } from './real-accounts';
import { AccountState, stateOf } from '../../rehearsal/cloudformation/account-state';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import { AuditCheck, ExistingConfiguration, FleetAudit } from '../../src';
import { captureLog } from '../support/function-log';

const CHECKS = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED];
const [SHARED, LOGGING] = CHECKS.map((check) => check.checkName);

/** What a template says about its removal. */
interface Removal {
  readonly putBackOnRemoval?: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

const PUT_BACK: Removal = { putBackOnRemoval: true };
const SWITCH_OFF: Removal = { removalPolicy: RemovalPolicy.DESTROY };

function fleet({ putBackOnRemoval, removalPolicy }: Removal = {}, checks = CHECKS) {
  return stackOf((stack) => {
    new FleetAudit(stack, 'FleetAudit', {
      checks, existing: ExistingConfiguration.adopt({ putBackOnRemoval }), removalPolicy,
    });
  });
}

/** Deploys, deletes, and says what is left. */
async function lifeOf(account: RehearsedAccount, removal: Removal, meanwhile = async () => {}) {
  expect((await account.deploy(fleet(removal))).outcome).toBe('CREATE_COMPLETE');
  const deployed = await stateOf(account);
  await meanwhile();
  expect((await account.delete('Fleet')).outcome).toBe('DELETE_COMPLETE');
  return { deployed, left: await stateOf(account), kept: account.left.map(({ type }) => type).sort() };
}

function withoutSchedules(state: AccountState): AccountState {
  return { ...state, scheduledAudits: {} };
}

describe('leaving', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();

  test('leaves the account audited, with the roles and the topic that this needs', async () => {
    const { deployed, left, kept } = await lifeOf(await virginAccount(), {});

    expect(left).toEqual(withoutSchedules(deployed));
    expect(kept).toEqual([
      'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Custom::IotAccountAuditConfiguration',
    ]);
  });

  test('puts back what the console had made', async () => {
    const account = await consoleAccount();
    const before = await stateOf(account);

    const { left, kept } = await lifeOf(account, PUT_BACK);

    expect(comparable(left)).toEqual(comparable(before));
    // The role costs nothing, and the account would need it if the former one could not be put back.
    expect(kept).toEqual(['AWS::IAM::Role']);
  });

  test('puts back what was found, and keeps what was made for it, if the removal policy retains', async () => {
    const account = await consoleAccount();
    const before = await stateOf(account);

    const { left, kept } = await lifeOf(account, { ...PUT_BACK, removalPolicy: RemovalPolicy.RETAIN });

    expect(comparable(left)).toEqual(comparable(before));
    expect(kept).toEqual([
      'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy',
    ]);
  });

  test('puts back what was set to other values', async () => {
    const account = await virginAccount();
    await configureByHand(account, [LOGGING]);
    await account.iot.send(new UpdateAccountAuditConfigurationCommand({
      auditCheckConfigurations: { DEVICE_CERTIFICATE_EXPIRING_CHECK: { enabled: true, configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '90' } } },
      auditNotificationTargetConfigurations: { SNS: { enabled: true, targetArn: 'arn:aws:sns:eu-west-1:123456789012:theirs', roleArn: CONSOLE_ROLE } },
    }));
    const before = await stateOf(account);
    await account.deploy(fleet(PUT_BACK, [...CHECKS, AuditCheck.DEVICE_CERTIFICATE_EXPIRING]));
    expect((await stateOf(account)).checks.DEVICE_CERTIFICATE_EXPIRING_CHECK.configuration).toEqual({ CERT_EXPIRATION_THRESHOLD_IN_DAYS: '30' });
    await account.deploy(fleet(PUT_BACK, CHECKS));

    await account.delete('Fleet');

    // The check that the template dropped on the way included.
    expect(await stateOf(account)).toEqual(before);
  });

  test('puts back that nobody had configured the account', async () => {
    const account = await virginAccount();
    const before = await stateOf(account);

    const { left } = await lifeOf(account, PUT_BACK);

    expect(left).toEqual(before);
  });

  test('switches everything off', async () => {
    const account = await virginAccount();
    await configureByHand(account, ['CONFLICTING_CLIENT_IDS_CHECK']);

    const { left } = await lifeOf(account, SWITCH_OFF);

    expect(left).toMatchObject({ roleArn: undefined, checks: {}, notificationTarget: undefined });
  });

  test.each([
    ['SWITCH_OFF', SWITCH_OFF], ['PUT_BACK', PUT_BACK],
  ])('%s leaves on what a schedule outside the stack uses, and does not fail', async (_, removal) => {
    const account = await virginAccount();

    const { left } = await lifeOf(account, removal, async () => scheduleByHand(account, 'nightly', [LOGGING]));

    expect(Object.keys(left.checks)).toEqual([LOGGING]);
    expect(left.notificationTarget?.enabled).toBe(false);
    expect(Object.keys(left.scheduledAudits)).toEqual(['nightly']);
  });

  test.each([
    ['SWITCH_OFF', SWITCH_OFF], ['PUT_BACK', PUT_BACK],
  ])('%s leaves alone what somebody else has taken over', async (_, removal) => {
    const account = await virginAccount();

    const { left } = await lifeOf(account, removal, async () => configureByHand(account, ['CONFLICTING_CLIENT_IDS_CHECK']));

    expect(left.roleArn).toBe(CONSOLE_ROLE);
    expect(Object.keys(left.checks)).toEqual(['CONFLICTING_CLIENT_IDS_CHECK', SHARED, LOGGING]);
  });

  test('fails rather than leave the account with a topic that is deleted, and can be tried again', async () => {
    const account = await consoleAccount();
    const before = await stateOf(account);
    await account.deploy(fleet(PUT_BACK));
    const { notificationTarget } = await stateOf(account);
    account.deviceDefender.faults.add({ operation: 'UpdateAccountAuditConfiguration', kind: 'accessDenied', times: Infinity });

    const failed = await account.delete('Fleet');

    expect(failed.outcome).toBe('DELETE_FAILED');
    expect(Object.values(reasons(failed)).join()).toContain('the account\'s audit configuration could not be put back, and still names the role or '
      + 'the topic of this stack (AccessDeniedException: User is not authorized to perform: iot:UpdateAccountAuditConfiguration); delete again when '
      + 'AWS IoT lets the function change it, or retain this resource');
    expect((await stateOf(account)).notificationTarget).toEqual(notificationTarget);
    const remaining = [...account.stacks.get('Fleet')!.resources.values()].map(({ physicalId }) => physicalId);
    expect(remaining).toContain(notificationTarget!.targetArn);
    account.deviceDefender.faults.clear();
    expect((await account.delete('Fleet')).outcome).toBe('DELETE_COMPLETE');
    expect(comparable(await stateOf(account))).toEqual(comparable(before));
  });

  test('keeps the role of the stack where nobody named the former one, and switches off notifications', async () => {
    const account = await virginAccount();
    await configureByHand(account, [LOGGING]);
    const theirs = 'arn:aws:iam::123456789012:role/theirs';
    await account.iot.send(new UpdateAccountAuditConfigurationCommand({
      roleArn: theirs,
      auditNotificationTargetConfigurations: { SNS: { enabled: true, targetArn: 'arn:aws:sns:eu-west-1:123456789012:theirs', roleArn: theirs } },
    }));

    const { left } = await lifeOf(account, PUT_BACK);

    const kept = account.left.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => `arn:aws:iam::123456789012:role/${physicalId}`);
    expect(kept).toEqual([left.roleArn]);
    expect(Object.keys(left.checks)).toEqual([LOGGING]);
    expect(left.notificationTarget?.enabled).toBe(false);
  });
});
