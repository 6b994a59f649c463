import { DAY, KEYS, SuppressionEnvironment, entry, following } from './suppression-requests';
import type { Fault } from '../../../rehearsal/device-defender/faults';
import type { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { failedCreationId } from '../../../src/function/runtime/custom-resource-event';
import { SuppressionEntry } from '../../../src/suppressions/protocol';
import { captureLog } from '../../support/function-log';

/** The clock of the stand-ins begins on January 15. */
const SOON = '2026-01-20';
const LATER = '2026-06-30';

/** What somebody did to the first two suppressions of the account, or another list of the stack has. */
const PRIORS: Record<string, (environment: SuppressionEnvironment) => void | Promise<void>> = {
  'as the stack left it': () => undefined,
  'the same by hand': (account) => {
    redo(account, 1, 'Accepted 1.');
    redo(account, 2, 'Accepted 2.');
  },
  'other content by hand': (account) => {
    redo(account, 1, 'By hand.');
    redo(account, 2, undefined);
  },
  'an end by hand': (account) => redo(account, 1, 'Accepted 1.', new Date(account.environment.time.now() + 90 * DAY)),
  'expired': expire,
  'expired, and removed by AWS': expire,
  'deleted by hand': (account) => {
    account.unsuppress(1);
    account.unsuppress(2);
  },
  'the policy changed by hand': (account) => account.setDefaultVersion('3'),
};

function expire(account: SuppressionEnvironment): void {
  redo(account, 1, 'Accepted 1.', new Date(account.environment.time.now() + DAY));
  account.environment.time.pass(6 * DAY);
}

function redo(account: SuppressionEnvironment, number: number, description: string | undefined, until?: Date): void {
  account.unsuppress(number);
  account.suppress(number, description, until);
}

interface Change {
  readonly former: SuppressionEntry[];
  readonly wanted: SuppressionEntry[];
}

const [one, two, three] = [entry(1), entry(2), entry(3)];
const changed = (former: SuppressionEntry): SuppressionEntry => ({ ...former, Description: 'Anew.', Until: LATER });

const CHANGES: Record<string, Change> = {
  'a list created': { former: [], wanted: [one, two, three, following()] },
  'suppressions added': { former: [three], wanted: [one, two, three, following()] },
  'suppressions changed': {
    former: [one, two, three, following()], wanted: [changed(one), changed(two), three, changed(following())],
  },
  'suppressions removed': { former: [one, two, three, following()], wanted: [three] },
  'some of each': { former: [one, two, three], wanted: [changed(one), entry(4), three, following()] },
  'an end brought forward': { former: [changed(one), two], wanted: [{ ...changed(one), Until: SOON }, two] },
};

/** Faults of the calls that change something: with the number of the first one. */
const changing = (operation: string) => !/^(Describe|Get|List|Update.*Configuration)/.test(operation);
const fault = (first: number, rest: Pick<Fault, 'kind' | 'times'>): Fault => {
  let seen = 0;
  return { ...rest, concerns: (operation) => changing(operation) && ++seen >= first };
};

const FAULTS: Record<string, (() => Fault) | undefined> = {
  'nothing': undefined,
  'throttled': () => fault(1, { kind: 'throttle', times: 2 }),
  'the first answer lost': () => fault(1, { kind: 'dropAfterEffect', times: 1 }),
  'the second answer lost': () => fault(2, { kind: 'dropAfterEffect', times: 1 }),
  'no answer': () => fault(1, { kind: 'hang', times: 1 }),
  'the first refused': () => fault(1, { kind: 'invalidRequest', times: Infinity }),
  'the second refused': () => fault(2, { kind: 'invalidRequest', times: Infinity }),
  'the second denied': () => fault(2, { kind: 'accessDenied', times: Infinity }),
  'no look': () => ({ kind: 'accessDenied', operation: 'ListAuditSuppressions', times: Infinity }),
};

/** The faults of an account that somebody has changed: they differ in what comes before and after. */
const FEWER = ['nothing', 'the first answer lost', 'the first refused', 'the second refused', 'no look'];

captureLog();
afterEach(async () => SuppressionEnvironment.stopAll());

const tried = { SUCCESS: 0, FAILED: 0 };

/** An account with a list, and what somebody did to it since. */
async function accountWith(former: SuppressionEntry[], prior: string) {
  const expiredSuppressions = prior.endsWith('removed by AWS') ? 'disappear' : 'stay';
  const account = await SuppressionEnvironment.start({ expiredSuppressions });
  account.enter('CREATE_IN_PROGRESS');
  const id = former.length > 0 ? await account.created(former) : undefined;
  await PRIORS[prior](account);
  return { account, id };
}

async function request(
  account: SuppressionEnvironment, id: string | undefined, { former, wanted }: Change,
): Promise<CustomResourceEvent> {
  account.enter(id ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS');
  return id ? account.event('Update', wanted, {
    PhysicalResourceId: id, OldResourceProperties: { Suppressions: former },
  }) : account.event('Create', wanted);
}

/** Rolls back what an event asked for, as CloudFormation does. */
async function rollBack(
  account: SuppressionEnvironment, event: CustomResourceEvent, answered: string | undefined, { former, wanted }: Change,
): Promise<void> {
  if (event.RequestType === 'Create') {
    account.enter('ROLLBACK_IN_PROGRESS');
    expect(await account.delete(answered ?? failedCreationId(event.RequestId), wanted)).toMatchObject({ Status: 'SUCCESS' });
    return;
  }
  account.enter('UPDATE_ROLLBACK_IN_PROGRESS');
  expect(await account.update(event.PhysicalResourceId!, wanted, former)).toMatchObject({ Status: 'SUCCESS' });
}

/** Suppressions that count at the moment. */
const inForce = (account: SuppressionEnvironment) => {
  const today = new Date(account.environment.time.now()).toISOString().slice(0, 10);
  return account.live.filter((text) => !/: \d{4}-\d\d-\d\d$/.test(text) || text.slice(-10) > today);
};

describe.each(Object.keys(CHANGES))('%s', (name) => {
  test.each(Object.keys(PRIORS))('in an account that is %s ends as promised with any fault, or is rolled back', async (prior) => {
    const change = CHANGES[name];
    let promised: string[] | undefined;
    const isUntouched = prior === 'as the stack left it';
    const faults = Object.entries(FAULTS).filter(([kind]) => isUntouched || FEWER.includes(kind));
    for (const [kind, disturb] of faults) {
      const { account, id } = await accountWith(change.former, prior);
      const before = inForce(account);
      const event = await request(account, id, change);
      if (disturb) account.iot.faults.add(disturb());

      const { PhysicalResourceId, Status } = await account.send(event);

      account.iot.faults.clear();
      promised ??= inForce(account);
      tried[Status] += 1;
      if (Status === 'SUCCESS') expect({ kind, live: inForce(account) }).toEqual({ kind, live: promised });
      await rollBack(account, event, PhysicalResourceId, change);
      expect({ kind, live: inForce(account) }).toEqual({ kind, live: before });
      await account.stop();
    }
  });
});

test.each([
  ['created', CHANGES['a list created']], ['updated', CHANGES['some of each']],
])('a list is %s once, however often the event comes', async (_, change) => {
  const { account, id } = await accountWith(change.former, 'as the stack left it');
  const event = await request(account, id, change);
  account.forgetCalls();

  await account.environment.invoke(event, event);
  await account.environment.invoke(event);

  const { CreateAuditSuppression } = account.calls;
  expect(CreateAuditSuppression).toBe(change.wanted.length - change.former.length + (id ? 1 : 0));
  expect(account.environment.answers.filter(({ RequestId }) => RequestId === event.RequestId)).toHaveLength(1);
});

test('what fails names the suppression, and how it was refused', async () => {
  const { account } = await accountWith([], 'as the stack left it');
  account.iot.faults.add(fault(2, { kind: 'limitExceeded', times: Infinity }));

  const { Reason } = await account.create([one, two, three]);

  expect(Reason).toBe(`AWS IoT did not accept the change of Suppressions[1] (${KEYS} of "${'2'.padStart(64, '0')}") (LimitExceededException: A limit has been exceeded.)`);
});

test('nothing is changed that cannot be noted', async () => {
  const { account } = await accountWith([], 'as the stack left it');
  account.environment.services.faults.add({ operation: 'PutLogEvents', kind: 'accessDenied', times: Infinity });

  expect(await account.create([one])).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('nothing was done because the function could not note it in its log group') });

  expect(account.live).toEqual([]);
});

describe('a rollback whose memory cannot be read', () => {
  test.each([
    ['a creation', CHANGES['a list created'], ['1: By hand.', '2: By hand.']],
    ['an update', CHANGES['some of each'], ['1: Accepted 1.', '2: Accepted 2.', '3: Accepted 3.']],
  ])('of %s takes back what is as the failed template has it', async (_, change, left) => {
    const { account, id } = await accountWith(change.former, 'as the stack left it');
    const event = await request(account, id, change);
    await account.send(event);
    if (!id) {
      redo(account, 1, 'By hand.');
      redo(account, 2, 'By hand.');
    }
    account.environment.services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

    await rollBack(account, event, id ? undefined : failedCreationId(event.RequestId), change);

    expect(account.live).toEqual(left);
  });
});

test('a rollback whose update never began changes nothing', async () => {
  const change = CHANGES['some of each'];
  const { account, id } = await accountWith(change.former, 'other content by hand');
  account.suppress(4);
  const before = account.live;
  const event = await request(account, id, change);

  await rollBack(account, event, undefined, change);

  expect(account.live).toEqual(before);
});

describe('two lists of a stack', () => {
  async function handingOver() {
    const account = await SuppressionEnvironment.start();
    const ids = [await account.created([one, two]), await account.created([three], { LogicalResourceId: 'Other' })];
    account.enter('UPDATE_IN_PROGRESS');
    const [giving, getting] = [
      account.event('Update', [two], { PhysicalResourceId: ids[0], OldResourceProperties: { Suppressions: [one, two] } }),
      account.event('Update', [one, three], {
        PhysicalResourceId: ids[1], LogicalResourceId: 'Other', OldResourceProperties: { Suppressions: [three] },
      }),
    ];
    return { account, giving, getting };
  }

  test.each(['giving', 'getting'] as const)('hand over a suppression, the one that is %s it first', async (first) => {
    const { account, ...events } = await handingOver();

    await account.send(events[first]);
    await account.send(events[first === 'giving' ? 'getting' : 'giving']);

    expect(account.live).toEqual(['1: Accepted 1.', '2: Accepted 2.', '3: Accepted 3.']);
  });

  test('hand over a suppression, one of them beginning while the other is about to delete it', async () => {
    const { account, giving, getting } = await handingOver();
    const { environment } = account;
    let second: Promise<void> | undefined;
    account.iot.faults.add({
      operation: 'DeleteAuditSuppression', kind: 'delay', until: async () => environment.time.sleep(3_000),
      onTaken: () => (second = environment.invoke(getting)),
    });

    await environment.invoke(giving);
    await second;

    expect(account.live).toEqual(['1: Accepted 1.', '2: Accepted 2.', '3: Accepted 3.']);
  });

  test.each([
    [[0, 1], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, 1]], [[1, 0], [1, 0]],
  ])('take it back when the deployment %p is rolled back in the order %p', async (forth, back) => {
    const account = await SuppressionEnvironment.start();
    const lists = [
      { LogicalResourceId: 'List', former: [one, two], wanted: [two] },
      { LogicalResourceId: 'Other', former: [three], wanted: [{ ...one, Description: 'Moved.' }, three] },
    ];
    const ids: string[] = [];
    for (const { LogicalResourceId, former } of lists) ids.push(await account.created(former, { LogicalResourceId }));
    const before = account.live;
    account.enter('UPDATE_IN_PROGRESS');
    for (const index of forth) {
      const { LogicalResourceId, former, wanted } = lists[index];
      await account.update(ids[index], former, wanted, { LogicalResourceId });
    }
    expect(account.live).toContain('1: Moved.');
    account.enter('UPDATE_ROLLBACK_IN_PROGRESS');

    for (const index of back) {
      const { LogicalResourceId, former, wanted } = lists[index];
      await account.update(ids[index], wanted, former, { LogicalResourceId });
    }

    expect(account.live).toEqual(before);
  });
});

test('a policy that is rolled back, too, is followed to the version that it gets', async () => {
  const account = await SuppressionEnvironment.start();
  const former = [following({ Follows: 'a' })];
  const id = await account.created(former);
  account.enter('UPDATE_IN_PROGRESS');
  account.setDefaultVersion('2');
  await account.update(id, former, [following({ Follows: 'b' })]);
  account.enter('UPDATE_ROLLBACK_IN_PROGRESS');
  account.setDefaultVersion('3');

  await account.update(id, [following({ Follows: 'b' })], former);

  expect(account.live).toEqual(['gateway 3: Gateways publish for their sensors.']);
});

afterAll(() => {
  process.stdout.write(`suppressions: ${tried.SUCCESS} requests with a fault end as those without, `
    + `${tried.FAILED} fail; all are rolled back to how it was\n`);
});
