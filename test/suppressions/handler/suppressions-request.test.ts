import { DAY, KEYS, POLICY, SuppressionEnvironment, certificate, entry, following } from './suppression-requests';
import { captureLog } from '../../support/function-log';

const functionLog = captureLog();

const logged = (): unknown[] => functionLog.lines.map((line) => JSON.parse(line));

let suppressions: SuppressionEnvironment;

beforeEach(async () => {
  suppressions = await SuppressionEnvironment.start();
});

afterEach(async () => suppressions.stop());

const inDays = (days: number) => new Date(suppressions.environment.time.now() + days * DAY);
const dateIn = (days: number) => inDays(days).toISOString().slice(0, 10);

describe('a list that is created', () => {
  test('suppresses until the last second of a day, a time, or forever', async () => {
    const until = new Date(Math.floor(inDays(40).getTime() / 1000) * 1000).toISOString().replace('.000', '');

    const { Data, PhysicalResourceId, Status } = await suppressions.create([
      entry(1, { Until: dateIn(30) }), entry(2, { Until: until }), entry(3),
    ]);

    expect([Status, Data]).toEqual(['SUCCESS', { SuppressionsCount: 3, TakenOver: '' }]);
    expect(PhysicalResourceId).toMatch(/^suppressions\.[0-9a-f-]{36}$/);
    const { suppressions: live } = suppressions.iot.ask('ListAuditSuppressions', {});
    expect(live).toEqual([
      {
        checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificate(1) }, description: 'Accepted 1.',
        expirationDate: new Date(`${dateIn(30)}T23:59:59Z`),
      },
      {
        checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificate(2) }, description: 'Accepted 2.',
        expirationDate: new Date(until),
      },
      {
        checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificate(3) }, description: 'Accepted 3.',
        suppressIndefinitely: true,
      },
    ]);
  });

  test('leaves alone what is there with the same content', async () => {
    suppressions.suppress(1, 'Accepted 1.');
    suppressions.forgetCalls();

    expect(await suppressions.create([entry(1)])).toMatchObject({ Status: 'SUCCESS', Data: { TakenOver: '' } });

    expect(suppressions.calls).toEqual({ DescribeAccountAuditConfiguration: 1, ListAuditSuppressions: 1 });
  });

  test('takes over what is there with another content, and says so', async () => {
    const until = inDays(10);
    suppressions.suppress(1, 'By hand.', until);

    const { Data } = await suppressions.create([entry(1), entry(2)]);

    expect(suppressions.live).toEqual(['1: Accepted 1.', '2: Accepted 2.']);
    expect(Data).toEqual({
      SuppressionsCount: 2, TakenOver: expect.stringMatching(/^DEVICE_CERTIFICATE_KEY_QUALITY_CHECK of "0{63}1"$/),
    });
    expect(logged()).toContainEqual(expect.objectContaining({
      message: 'suppression taken over', found: { description: 'By hand.', until: until.getTime() },
    }));
  });

  test('does without what is over already', async () => {
    suppressions.suppress(2, 'By hand.');

    expect((await suppressions.create([
      entry(1, { Until: dateIn(-2) }), entry(2, { Until: dateIn(-2) }), entry(3),
    ])).Status).toBe('SUCCESS');

    expect(suppressions.live).toEqual(['2: By hand.', '3: Accepted 3.']);
  });

  test('may be empty where the region has none of its checks', async () => {
    expect(await suppressions.create([])).toMatchObject({ Status: 'SUCCESS', Data: { SuppressionsCount: 0 } });
  });

  test.each<[string, unknown, string]>([
    ['no list', 'all', 'the property Suppressions must be a list of suppressions; define the resource with AuditSuppressions'],
    [
      'a date that is none', [entry(1), entry(2, { Until: '2027-02-30' })],
      `nothing was changed because Suppressions[1] (${KEYS} of "${certificate(2)}"): Until must be a date, a time with its offset from UTC, or "forever", and is "2027-02-30"`,
    ],
    [
      'a line break', [entry(1, { Description: 'one\ntwo' })],
      `nothing was changed because Suppressions[0] (${KEYS} of "${certificate(1)}"): Description must be 1 to 1000 printable ASCII characters in one line`,
    ],
    [
      'two resources', [entry(1, { Resource: { clientId: 'one', account: '123456789012' } })],
      `nothing was changed because Suppressions[0] (${KEYS} of "one"): Resource must name one resource`,
    ],
    [
      'no entry at all', [null],
      'nothing was changed because Suppressions[0] (undefined of unknown): Check must be the name of a check; '
      + 'Suppressions[0] (undefined of unknown): Resource must name one resource; '
      + 'Suppressions[0] (undefined of unknown): Description must be 1 to 1000 printable ASCII characters in one line; '
      + 'Suppressions[0] (undefined of unknown): Until must be a date, a time with its offset from UTC, or "forever", and is "undefined"',
    ],
    [
      'a check that is not enabled', [entry(1), entry(2, { Check: 'DEVICE_CERTIFICATE_SHARED_CHECK' })],
      'nothing was changed because the check of '
      + `Suppressions[1] (DEVICE_CERTIFICATE_SHARED_CHECK of "${certificate(2)}") is not enabled in this account and region; enable it in the audit configuration, or remove the suppression`,
    ],
    [
      'a policy that does not exist', [entry(1), following({ Resource: { policyName: 'other' } })],
      `nothing was changed because the policy of Suppressions[1] (${POLICY} of "other") does not exist; correct its name, or remove the suppression`,
    ],
    [
      'a policy that it follows and pins', [
        following(), following({
          Resource: { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '1' } }, Description: 'Other.',
        }),
      ],
      `nothing was changed because Suppressions[0] (${POLICY} of "gateway") and Suppressions[1] (${POLICY} of "gateway" version 1) are for the same check and resource; remove one of them`,
    ],
  ])('changes nothing if it has %s', async (_, entries, reason) => {
    expect(await suppressions.create(entries)).toMatchObject({ Status: 'FAILED', Reason: reason });

    expect(suppressions.live).toEqual([]);
  });
});

describe('a list that is updated', () => {
  const former = [entry(1), entry(2), entry(3)];
  let id: string;

  beforeEach(async () => {
    id = await suppressions.created(former);
    suppressions.enter('UPDATE_IN_PROGRESS');
    suppressions.forgetCalls();
  });

  test('asks for nothing if it stays the same, whatever was done by hand', async () => {
    suppressions.unsuppress(1);

    expect(await suppressions.update(id, former, former)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });

    expect(suppressions.calls).toEqual({});
    expect(suppressions.live).toEqual(['2: Accepted 2.', '3: Accepted 3.']);
  });

  test('changes what differs, and leaves alone what was changed by hand and does not', async () => {
    suppressions.unsuppress(3);

    await suppressions.update(id, former, [entry(4), entry(2, { Description: 'Anew.' }), entry(3)]);

    expect(suppressions.live).toEqual(['2: Anew.', '4: Accepted 4.']);
    expect(suppressions.calls).toEqual({
      DescribeAccountAuditConfiguration: 1, ListAuditSuppressions: 1, CreateAuditSuppression: 1,
      UpdateAuditSuppression: 1, DeleteAuditSuppression: 1,
    });
  });

  test('creates again what it changes and is gone, and takes over what was changed by hand', async () => {
    suppressions.unsuppress(1);
    suppressions.unsuppress(2);
    suppressions.suppress(2);

    const { Data } = await suppressions.update(
      id, former, former.map((one) => ({ ...one, Description: 'Anew.' })),
    );

    expect(suppressions.live).toEqual(['1: Anew.', '2: Anew.', '3: Anew.']);
    expect(Data).toMatchObject({ TakenOver: expect.stringMatching(/^DEVICE_CERTIFICATE_KEY_QUALITY_CHECK of "0{63}2"$/) });
  });

  test('does not miss what it removes and is gone', async () => {
    suppressions.unsuppress(1);

    expect((await suppressions.update(id, former, [entry(2), entry(3)])).Status).toBe('SUCCESS');

    expect(suppressions.calls.DeleteAuditSuppression).toBeUndefined();
  });

  test('deletes what it ends', async () => {
    await suppressions.update(id, former, [entry(1, { Until: dateIn(-2) }), entry(2), entry(3)]);

    expect(suppressions.live).toEqual(['2: Accepted 2.', '3: Accepted 3.']);
  });

  test('asks for nothing about what has expired meanwhile', async () => {
    const expiring = [...former, entry(4, { Until: dateIn(1) })];
    await suppressions.update(id, former, expiring);
    suppressions.environment.time.pass(5 * DAY);
    suppressions.enter('UPDATE_IN_PROGRESS');

    expect((await suppressions.update(id, expiring, [...expiring, entry(5)])).Status).toBe('SUCCESS');

    expect(suppressions.live).toContain('5: Accepted 5.');
  });

  test('goes on although the check of an unchanged entry was switched off', async () => {
    suppressions.iot.ask('UpdateAccountAuditConfiguration', {
      auditCheckConfigurations: { [KEYS]: { enabled: false } },
    });

    expect((await suppressions.update(id, former, [entry(1), entry(2)])).Status).toBe('SUCCESS');

    expect(suppressions.live).toEqual(['1: Accepted 1.', '2: Accepted 2.']);
  });
});

describe('a list that is deleted', () => {
  test('leaves nothing of it, also not what was there before or was changed by hand', async () => {
    suppressions.suppress(1);
    suppressions.suppress(9);
    const entries = [entry(1), entry(2), entry(3)];
    const id = await suppressions.created(entries);
    suppressions.unsuppress(3);
    suppressions.enter('DELETE_IN_PROGRESS');
    suppressions.forgetCalls();

    expect((await suppressions.delete(id, entries)).Status).toBe('SUCCESS');

    expect(suppressions.live).toEqual(['9: By hand.']);
    expect(suppressions.calls).toEqual({ ListAuditSuppressions: 1, DeleteAuditSuppression: 2 });
  });

  test('says in its log what AWS IoT does not let it delete, and does not hold up the stack', async () => {
    const id = await suppressions.created([entry(1), entry(2)]);
    suppressions.enter('DELETE_IN_PROGRESS');
    suppressions.iot.faults.add({ operation: 'DeleteAuditSuppression', kind: 'invalidRequest' });

    expect((await suppressions.delete(id, [entry(1), entry(2)])).Status).toBe('SUCCESS');

    expect(suppressions.live).toEqual(['1: Accepted 1.']);
    expect(logged()).toContainEqual({
      message: 'delete not carried out', logicalResourceId: 'List',
      reason: 'suppressions that could not be deleted: 1; the log of the function names them',
    });
  });

  test('is deleted without a look if the function may not look', async () => {
    const entries = [entry(1), following()];
    const id = await suppressions.created(entries);
    suppressions.enter('DELETE_IN_PROGRESS');
    suppressions.iot.faults.add({ operation: 'ListAuditSuppressions', kind: 'accessDenied', times: Infinity });

    await suppressions.delete(id, entries);

    expect(suppressions.live).toEqual([]);
  });

  test('leaves what another list of the stack has by now', async () => {
    const id = await suppressions.created([entry(1), entry(2)]);
    suppressions.enter('UPDATE_IN_PROGRESS');
    await suppressions.created([entry(1)], { LogicalResourceId: 'Renamed' });
    suppressions.enter('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');

    await suppressions.delete(id, [entry(1), entry(2)]);

    expect(suppressions.live).toEqual(['1: Accepted 1.']);
  });
});

describe('a suppression that follows a policy', () => {
  const entries = [following()];
  const text = 'Gateways publish for their sensors.';

  test('is for the default version, and moves with it', async () => {
    const id = await suppressions.created(entries);
    expect(suppressions.live).toEqual([`gateway 1: ${text}`]);
    suppressions.setDefaultVersion('2');
    suppressions.enter('UPDATE_IN_PROGRESS');

    await suppressions.update(id, entries, [following({ Follows: 'a0' })]);

    expect(suppressions.live).toEqual([`gateway 2: ${text}`]);
  });

  test('leaves alone versions that somebody has suppressed, or that are pinned', async () => {
    const pinned = following({
      Resource: { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '1' } },
    });
    const id = await suppressions.created([...entries, pinned]);
    suppressions.iot.ask('CreateAuditSuppression', {
      checkName: POLICY, suppressIndefinitely: true, description: 'By hand.', clientRequestToken: 'hand',
      resourceIdentifier: { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '3' } },
    });
    suppressions.setDefaultVersion('2');
    suppressions.enter('UPDATE_IN_PROGRESS');

    await suppressions.update(id, [...entries, pinned], [following({ Follows: 'a0' }), pinned]);

    expect(suppressions.live).toEqual([`gateway 1: ${text}`, `gateway 2: ${text}`, 'gateway 3: By hand.']);
  });

  test('asks for the version, and for what there is, if nothing changes', async () => {
    const id = await suppressions.created(entries);
    suppressions.enter('UPDATE_IN_PROGRESS');
    suppressions.forgetCalls();

    await suppressions.update(id, entries, entries);

    expect(suppressions.calls).toEqual({ GetPolicy: 1, ListAuditSuppressions: 1 });
  });

  test('is pinned, and no longer follows', async () => {
    const pinned = [following({
      Resource: { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '1' } },
    })];
    const id = await suppressions.created(entries);
    suppressions.enter('UPDATE_IN_PROGRESS');

    await suppressions.update(id, entries, pinned);

    expect(suppressions.live).toEqual([`gateway 1: ${text}`]);
  });

  test.each([
    ['updated', [entry(1)], ['1: Accepted 1.']], ['deleted', undefined, []],
  ])('is deleted under any version when its list is %s', async (_, wanted, left) => {
    const id = await suppressions.created(entries);
    suppressions.setDefaultVersion('2');
    suppressions.enter(wanted ? 'UPDATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS');

    await (wanted ? suppressions.update(id, entries, wanted) : suppressions.delete(id, entries));

    expect(suppressions.live).toEqual(left);
  });

  test('does not hold up a list when its policy is gone', async () => {
    const id = await suppressions.created(entries);
    suppressions.iot.fleet.policies.delete('gateway');
    suppressions.enter('UPDATE_IN_PROGRESS');

    expect((await suppressions.update(id, entries, [...entries, entry(1)])).Status).toBe('SUCCESS');
    suppressions.enter('DELETE_IN_PROGRESS');
    await suppressions.delete(id, [...entries, entry(1)]);

    expect(suppressions.live).toEqual([]);
  });
});
