import { SetV2LoggingOptionsCommand } from '@aws-sdk/client-iot';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Transition, testTransitions } from './matrix';
import { stackOf, virginAccount } from './real-accounts';
import { stateOf } from '../../rehearsal/cloudformation/account-state';
import type { StackDefinition } from '../../rehearsal/cloudformation/assembly';
import type { RehearsalOptions } from '../../rehearsal/cloudformation/rehearsed-account';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import { AdoptionOptions, ExistingLogging, Logging, LoggingProps, LogLevel } from '../../src';
import { captureLog } from '../support/function-log';

const THEIRS = { roleArn: 'arn:aws:iam::123456789012:role/theirs', defaultLogLevel: 'WARN', disableAllLogs: false };

/** Logging that may go back to the role of somebody else, unless another way of existing is given. */
function logging(props: LoggingProps, id = 'Logging', options?: AdoptionOptions) {
  return stackOf((stack) => {
    new Topic(stack, 'Rest');
    const previousRoles = [Role.fromRoleArn(stack, 'Theirs', THEIRS.roleArn)];
    const existing = options ? ExistingLogging.adopt({ previousRoles, ...options }) : props.existing;
    new Logging(stack, id, { ...props, existing });
  });
}

/** The same, adopted. */
function adopted(props: LoggingProps = {}, id = 'Logging', options: AdoptionOptions = {}) {
  return logging(props, id, options);
}

const WITHOUT = stackOf((stack) => {
  new Topic(stack, 'Rest');
});

/** An account that logs already, by somebody's hand. */
async function loggingAccount(options?: RehearsalOptions) {
  const account = await virginAccount(options);
  await account.iot.send(new SetV2LoggingOptionsCommand({ ...THEIRS, defaultLogLevel: 'WARN' }));
  return account;
}

function resourceOf({ template }: StackDefinition, type: string): { readonly logicalId: string } {
  return { logicalId: Object.entries(template.Resources).find(([, { Type }]) => Type === type)![0] };
}

const LEVEL = { logLevel: LogLevel.INFO };
const PUT_BACK = { putBackOnRemoval: true };
const SWITCH_OFF = { removalPolicy: RemovalPolicy.DESTROY };
const keep = ExistingLogging.keep();

describe('logging in an account that may log already', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();

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

    await account.deploy(adopted(LEVEL));

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
    ['puts back', {}, PUT_BACK, THEIRS],
    ['switches off', SWITCH_OFF, {}, expect.objectContaining({ disableAllLogs: true })],
  ])('%s when asked to', async (_, props, options, left) => {
    const account = await loggingAccount();
    await account.deploy(adopted({ ...LEVEL, ...props }, undefined, options));

    expect((await account.delete('Fleet')).outcome).toBe('DELETE_COMPLETE');

    expect((await stateOf(account)).logging).toEqual(left);
    // The role costs nothing, and the account would need it if the former one could not be put back.
    expect(account.left.map(({ type }) => type)).toEqual(['AWS::IAM::Role']);
  });

  test.each(['rolled back', 'deleted'])('goes on with the role of the stack, which is kept, when nobody named the former one and the stack is %s', async (how) => {
    const account = await loggingAccount();
    const existing = ExistingLogging.adopt(PUT_BACK);
    const definition = logging({ ...LEVEL, existing });
    const { logicalId } = resourceOf(definition, 'Custom::IotLogging');

    await account.deploy(definition, how === 'deleted' ? {} : { failAt: { logicalId, phase: 'after' } });
    if (how === 'deleted') await account.delete('Fleet');

    const { roleArn, defaultLogLevel } = (await stateOf(account)).logging!;
    expect(defaultLogLevel).toBe(THEIRS.defaultLogLevel);
    const kept = account.left.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => `arn:aws:iam::123456789012:role/${physicalId}`);
    expect(kept).toEqual([roleArn]);
  });

  test.each([
    ['PUT_BACK', {}, PUT_BACK],
    ['SWITCH_OFF', SWITCH_OFF, {}],
  ])('with %s leaves alone what was kept, or taken over by somebody', async (_, props, options) => {
    const account = await loggingAccount();
    await account.deploy(logging({ ...LEVEL, ...props, existing: ExistingLogging.keep(options) }));

    await account.delete('Fleet');

    expect((await stateOf(account)).logging).toEqual(THEIRS);
  });

  test.each(['GetV2LoggingOptions', 'SetV2LoggingOptions'] as const)('does not hold up a rollback when %s is denied', async (operation) => {
    const account = await loggingAccount();
    await account.deploy(adopted());
    account.onEvent = ({ status }) => {
      if (status === 'UPDATE_ROLLBACK_IN_PROGRESS') account.deviceDefender.faults.add({ operation, kind: 'accessDenied', times: Infinity });
    };
    const { logicalId } = [...account.stacks.get('Fleet')!.resources.values()].find(({ type }) => type === 'Custom::IotLogging')!;

    const { outcome } = await account.deploy(adopted(LEVEL), { failAt: { logicalId, phase: 'after' } });

    expect(outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('fails with a reason when AWS IoT does not let it, and leaves the account as it was', async () => {
    const account = await loggingAccount();
    await account.deploy(adopted());
    const before = await stateOf(account);
    account.deviceDefender.faults.add({ operation: 'SetV2LoggingOptions', kind: 'invalidRequest', times: 1 });

    const result = await account.deploy(adopted(LEVEL));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain('AWS IoT did not accept the logging options (InvalidRequestException');
    expect(await stateOf(account)).toEqual(before);
  });

  test('is put back when the answer to its creation is lost', async () => {
    const account = await loggingAccount();
    const before = await stateOf(account);
    account.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
    account.onEvent = ({ status }) => {
      if (status === 'ROLLBACK_IN_PROGRESS') account.services.faults.clear();
    };

    const { outcome } = await account.deploy(adopted());

    expect(outcome).toBe('ROLLBACK_COMPLETE');
    expect(await stateOf(account)).toEqual(before);
  });

  const events = [{ eventType: 'Connect', logLevel: LogLevel.INFO }];
  const TRANSITIONS: Transition[] = [
    { name: 'logging: nothing, then kept', account: loggingAccount, from: [], to: [logging({ existing: keep })] },
    { name: 'logging: nothing, then adopted', account: loggingAccount, from: [], to: [adopted()] },
    { name: 'logging: the level changed', account: loggingAccount, from: [adopted()], to: [adopted(LEVEL)] },
    { name: 'logging: events added', account: loggingAccount, from: [adopted()], to: [adopted({ events })] },
    { name: 'logging: events removed', account: loggingAccount, from: [adopted({ events })], to: [adopted()] },
    { name: 'logging: the construct renamed', account: loggingAccount, from: [adopted()], to: [adopted({}, 'Logs')] },
    {
      name: 'logging: the construct renamed, put back when removed', account: async () => loggingAccount(),
      from: [adopted({}, 'Logging', PUT_BACK)],
      to: [adopted({}, 'Logs', PUT_BACK)],
    },
    { name: 'logging: removed', account: loggingAccount, from: [adopted()], to: [WITHOUT] },
    { name: 'logging: native, then adopted', account: virginAccount, from: [logging({})], to: [adopted()] },
    {
      name: 'logging: adopted, then native', account: virginAccount, from: [adopted()], to: [logging({})],
      cannotWork: 'CloudFormation does not create what exists',
    },
    {
      name: 'logging: nothing, then native', account: loggingAccount, from: [], to: [logging({})],
      cannotWork: 'CloudFormation does not create what exists',
    },
  ];

  testTransitions(TRANSITIONS);
});
