import { STACK, ended, role, stackOf, startAccount, stopAccounts } from './support/running-account';

afterEach(stopAccounts);

describe('a creation that fails', () => {
  test.each(['before', 'after'] as const)(
    'deletes what was created, last first (failure %s the handler)',
    async (phase) => {
      const account = await startAccount();

      const result = await account.deploy(
        stackOf({ A: role(), B: role({ Ref: 'A' }), C: role({ Ref: 'B' }), D: role() }),
        { failAt: { logicalId: 'C', phase } },
      );

      expect(ended(result)).toEqual([
        'CREATE_IN_PROGRESS Stack', 'CREATE_COMPLETE A', 'CREATE_COMPLETE B', 'CREATE_FAILED C',
        'ROLLBACK_IN_PROGRESS Stack',
        ...(phase === 'after' ? ['DELETE_COMPLETE C'] : []),
        'DELETE_COMPLETE B', 'DELETE_COMPLETE A', 'ROLLBACK_COMPLETE Stack',
      ]);
      expect(result.events.find(({ status }) => status === 'ROLLBACK_IN_PROGRESS')?.reason).toBe(
        'The following resource(s) failed to create: [C].',
      );
      expect(account.stacks.get(STACK)!.resources.size).toBe(0);
    },
  );

  test('keeps what has the policy Retain, and deletes what has RetainExceptOnCreate', async () => {
    const account = await startAccount();

    const result = await account.deploy(stackOf({
      Kept: role('kept', { DeletionPolicy: 'Retain' }),
      Deleted: role('deleted', { DeletionPolicy: 'RetainExceptOnCreate' }),
      Failing: role({ 'Fn::Sub': '${Kept}${Deleted}' }),
    }), { failAt: { logicalId: 'Failing', phase: 'before' } });

    expect(ended(result).slice(-4)).toEqual([
      'ROLLBACK_IN_PROGRESS Stack', 'DELETE_SKIPPED Kept', 'DELETE_COMPLETE Deleted', 'ROLLBACK_COMPLETE Stack',
    ]);
    expect(account.left).toMatchObject([{ logicalId: 'Kept', why: 'retained', stackName: STACK }]);
  });

  test('ends ROLLBACK_FAILED if a deletion fails, and leaves what the resource needs', async () => {
    const account = await startAccount();

    const result = await account.deploy(
      stackOf({ Needed: role(), Stuck: role({ Ref: 'Needed' }), Free: role(), Failing: role({ Ref: 'Free' }) }),
      {
        failAt: [
          { logicalId: 'Failing', phase: 'before' }, { logicalId: 'Stuck', phase: 'before', during: 'rollback' },
        ],
      },
    );

    expect(ended(result).slice(-4)).toEqual([
      'ROLLBACK_IN_PROGRESS Stack', 'DELETE_COMPLETE Free', 'DELETE_FAILED Stuck', 'ROLLBACK_FAILED Stack',
    ]);
    expect([...account.stacks.get(STACK)!.resources.keys()].sort()).toEqual(['Needed', 'Stuck']);
  });

  test('leaves a stack that the next deployment deletes and creates anew', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ A: role() }), { failAt: { logicalId: 'A', phase: 'before' } });
    const first = account.stacks.get(STACK)!;

    const result = await account.deploy(stackOf({ A: role() }));

    expect(result.outcome).toBe('CREATE_COMPLETE');
    expect(first.status).toBe('DELETE_COMPLETE');
    expect(account.stacks.get(STACK)!.id).not.toBe(first.id);
  });
});

describe('an update that fails', () => {
  const before = stackOf({
    Base: role('1'), Same: role(), Changed: role('old'), Gone: role(),
    Replaced: { Type: 'AWS::IAM::Role', Properties: { Path: '/1/' } },
  });
  const after = stackOf({
    Base: role('2'), Same: role(), Changed: role('new'), New: role(),
    Replaced: { Type: 'AWS::IAM::Role', Properties: { Path: '/2/' } }, Last: role(),
  });

  test('updates back what was updated, last first, and deletes what is new in a clean-up of its own', async () => {
    const account = await startAccount();
    await account.deploy(before);
    const state = JSON.stringify([...account.stacks.get(STACK)!.resources]);

    const result = await account.deploy(after, { failAt: { logicalId: 'Last', phase: 'after' } });

    expect(ended(result)).toEqual([
      'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE Base', 'UPDATE_COMPLETE Changed', 'CREATE_COMPLETE New',
      'UPDATE_COMPLETE Replaced', 'CREATE_FAILED Last', 'UPDATE_ROLLBACK_IN_PROGRESS Stack', 'UPDATE_COMPLETE Replaced',
      'UPDATE_COMPLETE Changed', 'UPDATE_COMPLETE Base', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS Stack',
      'DELETE_COMPLETE Last', 'DELETE_COMPLETE Replaced', 'DELETE_COMPLETE New',
      'UPDATE_ROLLBACK_COMPLETE Stack',
    ]);
    expect(JSON.stringify([...account.stacks.get(STACK)!.resources])).toBe(state);
  });

  test('can update back along the dependencies', async () => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(after, {
      failAt: { logicalId: 'Last', phase: 'before' }, rollbackOrder: 'dependencies',
    });

    expect(ended(result).slice(6, 10)).toEqual([
      'UPDATE_ROLLBACK_IN_PROGRESS Stack', 'UPDATE_COMPLETE Base', 'UPDATE_COMPLETE Changed',
      'UPDATE_COMPLETE Replaced',
    ]);
  });

  test.each(['Base', 'Changed', 'New', 'Replaced', 'Last'])(
    'leaves everything as it was, whichever fails: %s',
    async (logicalId) => {
      for (const phase of ['before', 'after'] as const) {
        const account = await startAccount();
        await account.deploy(before);
        const state = JSON.stringify([...account.stacks.get(STACK)!.resources]);

        const result = await account.deploy(after, { failAt: { logicalId, phase } });

        expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(JSON.stringify([...account.stacks.get(STACK)!.resources])).toBe(state);
        expect((await account.deploy(after)).outcome).toBe('UPDATE_COMPLETE');
      }
    },
  );

  test('updates back the failed resource too', async () => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(after, { failAt: { logicalId: 'Base', phase: 'before' } });

    expect(ended(result)).toEqual([
      'UPDATE_IN_PROGRESS Stack', 'UPDATE_FAILED Base', 'UPDATE_ROLLBACK_IN_PROGRESS Stack', 'UPDATE_COMPLETE Base',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS Stack', 'UPDATE_ROLLBACK_COMPLETE Stack',
    ]);
  });

  test('ends UPDATE_ROLLBACK_FAILED if updating back fails, and can then not be updated', async () => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(after, {
      failAt: [{ logicalId: 'Last', phase: 'before' }, { logicalId: 'Changed', phase: 'before', during: 'rollback' }],
    });

    expect(ended(result).slice(-3)).toEqual([
      'UPDATE_COMPLETE Replaced', 'UPDATE_FAILED Changed', 'UPDATE_ROLLBACK_FAILED Stack',
    ]);
    await expect(account.deploy(after)).rejects.toThrow('is in UPDATE_ROLLBACK_FAILED state and can not be updated');
  });

  test('is rolled back although something new cannot be deleted', async () => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(after, {
      failAt: [{ logicalId: 'Last', phase: 'before' }, { logicalId: 'New', phase: 'before', during: 'rollback' }],
    });

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(account.left).toMatchObject([{ logicalId: 'New', why: 'not deleted' }]);
  });

  test.each([
    ['Retain', 'DELETE_SKIPPED New'], ['RetainExceptOnCreate', 'DELETE_COMPLETE New'],
  ])('treats a new resource by its policy: %s', async (policy, expected) => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(
      stackOf({ New: role('new', { DeletionPolicy: policy }), Last: role({ Ref: 'New' }) }),
      { failAt: { logicalId: 'Last', phase: 'before' } },
    );

    expect(ended(result)).toContain(expected);
    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('fails at an output too', async () => {
    const account = await startAccount();
    await account.deploy(before);

    const result = await account.deploy(
      stackOf({ Base: role('2') }, { Outputs: { Out: { Value: { 'Fn::ImportValue': 'nothing' } } } }),
    );

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.events.find(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS')?.reason).toBe(
      'No export named nothing found.',
    );
    expect(account.stacks.get(STACK)!.resources.get('Base')!.properties.Description).toBe('1');
  });
});

test('a failure that never happens is an error of the test that wants it', async () => {
  const account = await startAccount();
  await account.deploy(stackOf({ A: role() }));

  await expect(account.deploy(stackOf({ A: role() }), { failAt: { logicalId: 'A', phase: 'before' } }))
    .rejects.toThrow('Nothing failed before the handler of A: it was not called during the deployment');
});
