import { STACK, ended, role, stackOf, startAccount, stopAccounts } from './support/running-account';

afterEach(stopAccounts);

test.each([
  ['Delete', 'DELETE_COMPLETE Role', 0], ['Retain', 'DELETE_SKIPPED Role', 1],
  ['RetainExceptOnCreate', 'DELETE_SKIPPED Role', 1],
])('a stack is deleted with a resource whose DeletionPolicy is %s', async (policy, expected, left) => {
  const account = await startAccount();
  await account.deploy(stackOf({ Role: role('a role', { DeletionPolicy: policy }) }));

  const result = await account.delete(STACK);

  expect(ended(result)).toEqual(['DELETE_IN_PROGRESS Stack', expected, 'DELETE_COMPLETE Stack']);
  expect(account.left).toHaveLength(left);
  expect(account.stacks.has(STACK)).toBe(false);
});

test.each([
  ['Delete', 'DELETE_COMPLETE Role'], ['Retain', 'DELETE_SKIPPED Role'],
  ['RetainExceptOnCreate', 'DELETE_SKIPPED Role'],
])('a resource whose DeletionPolicy was %s leaves the template', async (policy, expected) => {
  const account = await startAccount();
  await account.deploy(stackOf({ Role: role('a role', { DeletionPolicy: policy }), Other: role() }));

  const result = await account.deploy(stackOf({ Other: role() }));

  expect(ended(result)).toEqual([
    'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Stack', expected, 'UPDATE_COMPLETE Stack',
  ]);
});

test.each([
  [undefined, 'DELETE_COMPLETE Role'], ['Delete', 'DELETE_COMPLETE Role'], ['Retain', 'DELETE_SKIPPED Role'],
])('a resource is replaced whose UpdateReplacePolicy is %s', async (policy, expected) => {
  const account = await startAccount();
  const withPath = (path: string) =>
    stackOf({
      Role: {
        Type: 'AWS::IAM::Role', Properties: { Path: path }, UpdateReplacePolicy: policy, DeletionPolicy: 'Delete',
      },
    });
  await account.deploy(withPath('/old/'));

  const result = await account.deploy(withPath('/new/'));

  expect(ended(result)).toEqual([
    'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE Role', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Stack', expected,
    'UPDATE_COMPLETE Stack',
  ]);
});

test('a policy that changed alone counts from the next deployment on', async () => {
  const account = await startAccount();
  await account.deploy(stackOf({ Role: role() }));
  await account.deploy(stackOf({ Role: role('a role', { DeletionPolicy: 'Retain' }) }));

  expect(ended(await account.delete(STACK))).toContain('DELETE_SKIPPED Role');
});

test('the clean-up tries three times to delete, and the update is complete all the same', async () => {
  const account = await startAccount();
  await account.deploy(stackOf({ Needed: role(), Stuck: role({ Ref: 'Needed' }), Other: role() }));

  const result = await account.deploy(stackOf({ Other: role() }), {
    failAt: { logicalId: 'Stuck', phase: 'before', during: 'cleanup' },
  });

  expect(ended(result)).toEqual([
    'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Stack', 'DELETE_FAILED Stuck',
    'DELETE_FAILED Stuck', 'DELETE_FAILED Stuck', 'DELETE_COMPLETE Needed', 'UPDATE_COMPLETE Stack',
  ]);
  expect(account.left).toMatchObject([{ logicalId: 'Stuck', why: 'not deleted' }]);
  expect([...account.stacks.get(STACK)!.resources.keys()]).toEqual(['Other']);
});

test('a stack whose deletion fails keeps what failed and what that needs; a second try goes on from there', async () => {
  const account = await startAccount();
  await account.deploy(
    stackOf({
      Needed: role(), Stuck: role({ Ref: 'Needed' }), Free: role(), Kept: role('kept', { DeletionPolicy: 'Retain' }),
    }),
  );

  const failed = await account.delete(STACK, { failAt: { logicalId: 'Stuck', phase: 'before', during: 'deletion' } });

  expect(ended(failed)).toEqual([
    'DELETE_IN_PROGRESS Stack', 'DELETE_COMPLETE Free', 'DELETE_FAILED Stuck', 'DELETE_FAILED Stack',
  ]);
  expect(failed.events.at(-1)?.reason).toBe('The following resource(s) failed to delete: [Stuck, Needed].');

  const second = await account.delete(STACK);

  expect(ended(second)).toEqual([
    'DELETE_IN_PROGRESS Stack', 'DELETE_COMPLETE Stuck', 'DELETE_COMPLETE Needed', 'DELETE_SKIPPED Kept',
    'DELETE_COMPLETE Stack',
  ]);
});

test('what is not there cannot be deleted', async () => {
  const account = await startAccount();

  await expect(account.delete('Missing')).rejects.toThrow('Stack with id Missing does not exist');
});
