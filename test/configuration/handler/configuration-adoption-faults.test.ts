import { danglingPointersOf, stateOf } from '../../../rehearsal/cloudformation/account-state';
import type { OperationResult, RehearsedAccount } from '../../../rehearsal/cloudformation/rehearsed-account';
import { StackEvent, isSuccess } from '../../../rehearsal/cloudformation/rehearsed-stack';
import type { FaultKind } from '../../../rehearsal/device-defender/faults';
import type { OperationName } from '../../../rehearsal/device-defender/operations';
import type { SurroundingOperation } from '../../../rehearsal/services/surrounding-wire-format';
import { stopAccounts } from '../../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, ExistingConfiguration, ScheduledAudit,
} from '../../../src';
import { comparable } from '../../deployments/matrix';
import {
  CONSOLE_ROLE, configureByHand, impatientAccount, scheduleByHand, stackOf,
} from '../../deployments/real-accounts';
import { captureLog } from '../../support/function-log';

const FAULTS: readonly { readonly kind: FaultKind; readonly times: number }[] = [
  { kind: 'throttle', times: 3 }, { kind: 'throttle', times: Infinity }, { kind: 'hang', times: 1 },
  { kind: 'dropAfterEffect', times: 1 }, { kind: 'accessDenied', times: Infinity },
];

const IOT: readonly OperationName[] = [
  'DescribeAccountAuditConfiguration', 'UpdateAccountAuditConfiguration',
  'ListScheduledAudits', 'DescribeScheduledAudit',
];
const OTHERS: readonly SurroundingOperation[] = [
  'DescribeStacks', 'ListStackResources', 'CreateLogStream', 'PutLogEvents', 'GetLogEvents',
];

const [SHARED, LOGGING] = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED];

function fleet(checks: AuditCheck[], putBackOnRemoval?: boolean) {
  return stackOf((stack) => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks, existing: ExistingConfiguration.adopt({ putBackOnRemoval }) });
    new ScheduledAudit(stack, 'Audit', { configuration, schedule: AuditSchedule.daily() });
  });
}

/** Its calls are made without the SDK: with it, they would take longer than everything else. */
async function accountOfOthers(): Promise<RehearsedAccount> {
  const account = await impatientAccount({ isDirect: true });
  await configureByHand(account, [LOGGING.checkName]);
  await scheduleByHand(account, 'nightly', [LOGGING.checkName]);
  return account;
}

interface Occasion {
  readonly name: string;
  readonly prepare: (account: RehearsedAccount) => Promise<unknown>;
  readonly happen: (account: RehearsedAccount) => Promise<OperationResult>;
  /** The status of the stack at which the fault begins, if not at once. */
  readonly faultAt?: StackEvent['status'];
  /** A delete may fail: the stack's roles stay, and the account with them, until it is tried again. */
  readonly isDelete?: boolean;
  /** True if the account is to end as it began. */
  readonly isRollback?: boolean;
}

const ONE = fleet([SHARED]);
const BOTH = fleet([SHARED, LOGGING]);

const OCCASIONS: readonly Occasion[] = [
  { name: 'adopting', prepare: async () => {}, happen: async (account) => account.deploy(BOTH) },
  {
    name: 'adding a check', prepare: async (account) => account.deploy(ONE),
    happen: async (account) => account.deploy(BOTH),
  },
  {
    name: 'removing a check', prepare: async (account) => account.deploy(BOTH),
    happen: async (account) => account.deploy(ONE),
  },
  {
    name: 'rolling back', isRollback: true, faultAt: 'UPDATE_ROLLBACK_IN_PROGRESS',
    prepare: async (account) => account.deploy(ONE),
    happen: async (account) => account.deploy(BOTH, { failAt: { logicalId: scheduleOf(account), phase: 'after' } }),
  },
  {
    name: 'deleting', prepare: async (account) => account.deploy(fleet([SHARED], true)), isDelete: true,
    happen: async (account) => account.delete('Fleet'),
  },
];

function scheduleOf(account: RehearsedAccount): string {
  const resources = [...account.stacks.get('Fleet')!.resources.values()];
  return resources.find(({ type }) => type === 'AWS::IoT::ScheduledAudit')!.logicalId;
}

function addFault(
  { deviceDefender, services }: RehearsedAccount, operation: string, fault: { kind: FaultKind; times: number },
): void {
  if (IOT.includes(operation as OperationName)) {
    deviceDefender.faults.add({ operation: operation as OperationName, ...fault });
  } else {
    services.faults.add({ operation: operation as SurroundingOperation, ...fault });
  }
}

function loseAnswersUntilRollback(account: RehearsedAccount): void {
  account.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
  account.onEvent = ({ status }) => {
    if (/^(UPDATE_)?ROLLBACK_IN_PROGRESS$/.test(status)) account.services.faults.clear();
  };
}

describe('every deployment of an adopted configuration with every fault', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();
  const ends = {
    'succeeded': 0, 'rolled back': 0, 'of these end the rollback without all of it': 0, 'deleted at the second try': 0,
  };

  const cells = OCCASIONS.flatMap((occasion) => [...IOT, ...OTHERS].flatMap((operation) => FAULTS.map((fault) => ({
    occasion, operation, fault,
    name: `${occasion.name}: ${operation} ${fault.kind} ${fault.times === Infinity ? 'for good' : `x${fault.times}`}`,
  }))));

  test.each(cells)('$name', async ({ occasion, operation, fault }) => {
    const account = await accountOfOthers();
    await occasion.prepare(account);
    const before = await stateOf(account);
    if (occasion.faultAt === undefined) addFault(account, operation, fault);
    account.onEvent = ({ status }) => {
      if (status === occasion.faultAt) addFault(account, operation, fault);
    };

    const { outcome } = await occasion.happen(account);
    await account.functions.whenIdle();
    account.deviceDefender.faults.clear();
    account.services.faults.clear();

    const after = await stateOf(account);
    expect(Object.keys(after.scheduledAudits)).toContain('nightly');
    expect(Object.keys(after.checks)).toContain(LOGGING.checkName);
    expect(danglingPointersOf(account)).toEqual([]);
    if (isSuccess(outcome)) {
      ends.succeeded += 1;
    } else if (occasion.isDelete) {
      expect(fault.times).toBe(Infinity);
      expect(outcome).toBe('DELETE_FAILED');
      expect((await account.delete('Fleet')).outcome).toBe('DELETE_COMPLETE');
      expect((await stateOf(account)).roleArn).toBe(CONSOLE_ROLE);
      ends['deleted at the second try'] += 1;
    } else {
      expect(outcome).toMatch(/ROLLBACK_COMPLETE$/);
      ends['rolled back'] += 1;
      // A call that is refused for good in the rollback itself cannot put anything back.
      if (occasion.isRollback && fault.times === Infinity) ends['of these end the rollback without all of it'] += 1;
      else expect(comparable(after)).toEqual(comparable(before));
    }
  });

  test('a creation whose answer is lost is undone', async () => {
    const account = await accountOfOthers();
    const before = await stateOf(account);
    loseAnswersUntilRollback(account);

    const { outcome } = await account.deploy(BOTH);
    await account.functions.whenIdle();

    expect(outcome).toBe('ROLLBACK_COMPLETE');
    expect(comparable(await stateOf(account))).toEqual(comparable(before));
  });

  test('an update whose answer is lost is undone', async () => {
    const account = await accountOfOthers();
    await account.deploy(ONE);
    const before = await stateOf(account);
    loseAnswersUntilRollback(account);

    const { outcome } = await account.deploy(fleet([SHARED, AuditCheck.CONFLICTING_CLIENT_IDS]));
    await account.functions.whenIdle();

    expect(outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(comparable(await stateOf(account))).toEqual(comparable(before));
  });

  test('an event that is delivered twice does no harm', async () => {
    const account = await accountOfOthers();
    const { inProcess } = account.functions;
    account.functions.inProcess = async (payload, context) => {
      await Promise.all([inProcess!(payload, context), inProcess!({ ...payload as object }, context)]);
    };
    const before = await stateOf(account);

    const { outcome } = await account.deploy(BOTH);
    await account.deploy(fleet([SHARED, LOGGING], true));
    await account.delete('Fleet');

    expect(outcome).toBe('CREATE_COMPLETE');
    expect(comparable(await stateOf(account))).toEqual(comparable(before));
  });

  afterAll(() => {
    process.stdout.write(`${cells.length} cases: ${OCCASIONS.length} occasions with every fault of `
      + `${IOT.length + OTHERS.length} operations; `
      + `${Object.entries(ends).map(([end, count]) => `${count} ${end}`).join(', ')}\n`);
  });
});
