import { SetV2LoggingOptionsCommand } from '@aws-sdk/client-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Transition, testTransitions } from './matrix';
import { stackOf, virginAccount } from './real-accounts';
import { ExistingLogging, Logging, LoggingProps, LoggingRemoval, LogLevel } from '../../../src';
import { captureLog } from '../../support/function-log';
import { stateOf } from '../../support/rehearsal/account-state';
import type { RehearsalOptions } from '../../support/rehearsal/rehearsed-account';
import { reasons, stopAccounts } from '../running-account';

const THEIRS = { roleArn: 'arn:aws:iam::123456789012:role/theirs', defaultLogLevel: 'WARN', disableAllLogs: false };

function logging(props: LoggingProps, id = 'Logging') {
  return stackOf((stack) => {
    new Topic(stack, 'Rest');
    new Logging(stack, id, props);
  });
}

const WITHOUT = stackOf((stack) => {
  new Topic(stack, 'Rest');
});

/** An account that logs already, by somebody's hand. */
async function loggingAccount(options: RehearsalOptions = {}) {
  const account = await virginAccount(options);
  await account.iot.send(new SetV2LoggingOptionsCommand({ ...THEIRS, defaultLogLevel: 'WARN' }));
  return account;
}

const LEVEL = { logLevel: LogLevel.INFO };
const keep = ExistingLogging.keep();
const adopt = ExistingLogging.adopt();

describe('logging in an account that may log already', () => {
  captureLog();
  afterEach(stopAccounts);

  test('is left as it is', async () => {
    const account = await loggingAccount();

    const { outcome } = await account.deploy(logging({ ...LEVEL, existing: keep }));

    expect(outcome).toBe('CREATE_COMPLETE');
    expect((await stateOf(account)).logging).toEqual(THEIRS);
    await account.deploy(logging({ logLevel: LogLevel.DEBUG, existing: keep }));
    expect((await stateOf(account)).logging).toEqual(THEIRS);
  });

  test('is set where there is none, and then changes with the stack', async () => {
    const account = await virginAccount();

    await account.deploy(logging({ ...LEVEL, existing: keep }));
    const first = (await stateOf(account)).logging;
    await account.deploy(logging({ logLevel: LogLevel.DEBUG, existing: keep }));

    expect(first).toMatchObject({ defaultLogLevel: 'INFO', disableAllLogs: false, roleArn: expect.stringContaining('Fleet-LoggingRole') });
    expect((await stateOf(account)).logging).toEqual({ ...first, defaultLogLevel: 'DEBUG' });
  });

  test('is taken over', async () => {
    const account = await loggingAccount();

    await account.deploy(logging({ ...LEVEL, existing: adopt }));

    expect((await stateOf(account)).logging).toMatchObject({ defaultLogLevel: 'INFO', roleArn: expect.stringContaining('Fleet-LoggingRole') });
  });

  test.each([
    ['keep', ExistingLogging.keep(), 'AWS::IAM::Role'], ['adopt', ExistingLogging.adopt(), 'AWS::IAM::Role'],
  ])('with %s goes on when the stack is deleted', async (_, existing, kept) => {
    const account = await virginAccount();
    await account.deploy(logging({ ...LEVEL, existing }));
    const { logging: before } = await stateOf(account);

    await account.delete('Fleet');

    expect((await stateOf(account)).logging).toEqual(before);
    expect(account.left.map(({ type }) => type)).toContain(kept);
  });

  test.each([
    ['puts back', LoggingRemoval.PUT_BACK, THEIRS],
    ['switches off', LoggingRemoval.SWITCH_OFF, expect.objectContaining({ disableAllLogs: true })],
  ])('%s when asked to', async (_, whenRemoved, left) => {
    const account = await loggingAccount();
    await account.deploy(logging({ ...LEVEL, existing: ExistingLogging.adopt({ whenRemoved }) }));

    expect((await account.delete('Fleet')).outcome).toBe('DELETE_COMPLETE');

    expect((await stateOf(account)).logging).toEqual(left);
    expect(account.left).toEqual([]);
  });

  test.each([LoggingRemoval.PUT_BACK, LoggingRemoval.SWITCH_OFF])('with %s leaves alone what was kept, or taken over by somebody', async (whenRemoved) => {
    const account = await loggingAccount();
    await account.deploy(logging({ ...LEVEL, existing: ExistingLogging.keep({ whenRemoved }) }));

    await account.delete('Fleet');

    expect((await stateOf(account)).logging).toEqual(THEIRS);
  });

  test.each(['GetV2LoggingOptions', 'SetV2LoggingOptions'] as const)('does not hold up a rollback when %s is denied', async (operation) => {
    const account = await loggingAccount();
    await account.deploy(logging({ existing: adopt }));
    account.onEvent = ({ status }) => {
      if (status === 'UPDATE_ROLLBACK_IN_PROGRESS') account.deviceDefender.faults.add({ operation, kind: 'accessDenied', times: Infinity });
    };
    const { logicalId } = [...account.stacks.get('Fleet')!.resources.values()].find(({ type }) => type === 'Custom::IotLogging')!;

    const { outcome } = await account.deploy(logging({ ...LEVEL, existing: adopt }), { failAt: { logicalId, phase: 'after' } });

    expect(outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('fails with a reason when AWS IoT does not let it, and leaves the account as it was', async () => {
    const account = await loggingAccount();
    await account.deploy(logging({ existing: adopt }));
    const before = await stateOf(account);
    account.deviceDefender.faults.add({ operation: 'SetV2LoggingOptions', kind: 'invalidRequest', times: 1 });

    const result = await account.deploy(logging({ ...LEVEL, existing: adopt }));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain('AWS IoT did not accept the logging options (InvalidRequestException');
    expect(await stateOf(account)).toEqual(before);
  });

  test('is put back when the answer to its creation is lost', async () => {
    const account = await loggingAccount({ serviceTimeoutScale: 0.001 });
    const before = await stateOf(account);
    account.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
    account.onEvent = ({ status }) => {
      if (status === 'ROLLBACK_IN_PROGRESS') account.services.faults.clear();
    };

    const { outcome } = await account.deploy(logging({ existing: adopt }));

    expect(outcome).toBe('ROLLBACK_COMPLETE');
    expect(await stateOf(account)).toEqual(before);
  });

  const events = [{ eventType: 'Connect', logLevel: LogLevel.INFO }];
  const TRANSITIONS: Transition[] = [
    { name: 'logging: nothing, then kept', account: async () => loggingAccount(), from: [], to: [logging({ existing: keep })] },
    { name: 'logging: nothing, then adopted', account: async () => loggingAccount(), from: [], to: [logging({ existing: adopt })] },
    { name: 'logging: the level changed', account: async () => loggingAccount(), from: [logging({ existing: adopt })], to: [logging({ ...LEVEL, existing: adopt })] },
    { name: 'logging: events added', account: async () => loggingAccount(), from: [logging({ existing: adopt })], to: [logging({ events, existing: adopt })] },
    { name: 'logging: events removed', account: async () => loggingAccount(), from: [logging({ events, existing: adopt })], to: [logging({ existing: adopt })] },
    { name: 'logging: the construct renamed', account: async () => loggingAccount(), from: [logging({ existing: adopt })], to: [logging({ existing: adopt }, 'Logs')] },
    {
      name: 'logging: the construct renamed, put back when removed', account: async () => loggingAccount(),
      from: [logging({ existing: ExistingLogging.adopt({ whenRemoved: LoggingRemoval.PUT_BACK }) })],
      to: [logging({ existing: ExistingLogging.adopt({ whenRemoved: LoggingRemoval.PUT_BACK }) }, 'Logs')],
    },
    { name: 'logging: removed', account: async () => loggingAccount(), from: [logging({ existing: adopt })], to: [WITHOUT] },
    { name: 'logging: native, then adopted', account: async () => virginAccount(), from: [logging({})], to: [logging({ existing: adopt })] },
    {
      name: 'logging: adopted, then native', account: async () => virginAccount(), from: [logging({ existing: adopt })], to: [logging({})],
      cannotWork: 'CloudFormation does not create what exists',
    },
    {
      name: 'logging: nothing, then native', account: async () => loggingAccount(), from: [], to: [logging({})],
      cannotWork: 'CloudFormation does not create what exists',
    },
  ];

  testTransitions(TRANSITIONS);
});
