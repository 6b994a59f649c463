import { STACK, ended, role, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { Template } from '../cloudformation/template';

afterEach(stopAccounts);

const chain = {
  DependsOn: role('last', { DependsOn: ['Joined', 'Substituted'] }),
  Joined: role({ 'Fn::Join': ['', ['after ', { Ref: 'Referenced' }]] }),
  Substituted: role({ 'Fn::Sub': 'after ${Attributed.Arn} and ${!Literal}' }),
  Attributed: role({ 'Fn::GetAtt': ['Referenced', 'Arn'] }),
  Referenced: role(),
};

test('resources are created after what they need, otherwise as in the template', async () => {
  const account = await startAccount();

  const result = await account.deploy(stackOf({ ...chain, Alone: role() }));

  expect(ended(result)).toEqual([
    'CREATE_IN_PROGRESS Stack', 'CREATE_COMPLETE Referenced', 'CREATE_COMPLETE Joined', 'CREATE_COMPLETE Attributed',
    'CREATE_COMPLETE Substituted', 'CREATE_COMPLETE DependsOn', 'CREATE_COMPLETE Alone', 'CREATE_COMPLETE Stack',
  ]);
  expect(result.outcome).toBe('CREATE_COMPLETE');
});

test('among independent resources the last can go first', async () => {
  const account = await startAccount();

  const result = await account.deploy(stackOf({ ...chain, Alone: role() }), { order: 'last' });

  expect(ended(result)).toEqual([
    'CREATE_IN_PROGRESS Stack', 'CREATE_COMPLETE Alone', 'CREATE_COMPLETE Referenced', 'CREATE_COMPLETE Attributed',
    'CREATE_COMPLETE Substituted', 'CREATE_COMPLETE Joined', 'CREATE_COMPLETE DependsOn', 'CREATE_COMPLETE Stack',
  ]);
});

test('a stack is deleted in the reverse order', async () => {
  const account = await startAccount();
  await account.deploy(stackOf(chain));

  const result = await account.delete(STACK);

  expect(ended(result)).toEqual([
    'DELETE_IN_PROGRESS Stack', 'DELETE_COMPLETE DependsOn', 'DELETE_COMPLETE Substituted',
    'DELETE_COMPLETE Attributed', 'DELETE_COMPLETE Joined', 'DELETE_COMPLETE Referenced', 'DELETE_COMPLETE Stack',
  ]);
});

test('an update touches only what changed, and deletes what is gone at the end, dependents first', async () => {
  const account = await startAccount();
  await account.deploy(
    stackOf({
      Base: role(), Gone: role(), GoneToo: role({ Ref: 'Gone' }), Changed: role('old'), Same: role({ Ref: 'Base' }),
    }),
  );

  const result = await account.deploy(
    stackOf({ New: role(), Base: role(), Changed: role('new'), Same: role({ Ref: 'Base' }) }),
  );

  expect(ended(result)).toEqual([
    'UPDATE_IN_PROGRESS Stack', 'CREATE_COMPLETE New', 'UPDATE_COMPLETE Changed',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Stack', 'DELETE_COMPLETE GoneToo', 'DELETE_COMPLETE Gone',
    'UPDATE_COMPLETE Stack',
  ]);
  expect([...account.stacks.get(STACK)!.resources.keys()].sort()).toEqual(['Base', 'Changed', 'New', 'Same']);
});

test('a changed create-only property makes a new resource first and deletes the old one in the clean-up', async () => {
  const account = await startAccount();
  const withPath = (path: string) => stackOf({
    Replaced: { Type: 'AWS::IAM::Role', Properties: { Path: path } },
    Follower: role({ Ref: 'Replaced' }),
  });
  await account.deploy(withPath('/old/'));
  const old = account.stacks.get(STACK)!.resources.get('Replaced')!.physicalId;

  const result = await account.deploy(withPath('/new/'));

  const now = account.stacks.get(STACK)!.resources.get('Replaced')!.physicalId;
  expect(now).not.toBe(old);
  const steps = result.events.filter(({ logicalId }) => logicalId !== STACK);
  expect(steps.map(({ status, logicalId, physicalId }) => [status, logicalId, physicalId])).toEqual([
    ['UPDATE_IN_PROGRESS', 'Replaced', undefined], ['UPDATE_COMPLETE', 'Replaced', now],
    ['UPDATE_IN_PROGRESS', 'Follower', expect.any(String)], ['UPDATE_COMPLETE', 'Follower', expect.any(String)],
    ['DELETE_IN_PROGRESS', 'Replaced', old], ['DELETE_COMPLETE', 'Replaced', old],
  ]);
  expect(account.stacks.get(STACK)!.resources.get('Follower')!.properties.Description).toBe(now);
});

test('a named resource cannot be replaced, for its name is taken', async () => {
  const account = await startAccount();
  const named = (path: string) =>
    stackOf({ Named: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'mine', Path: path } } });
  await account.deploy(named('/old/'));

  const result = await account.deploy(named('/new/'));

  expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(result.events.find(({ status }) => status === 'UPDATE_FAILED')?.reason).toContain('AlreadyExists');
  expect(account.stacks.get(STACK)!.resources.get('Named')!.properties.Path).toBe('/old/');
});

test('the statuses of the stack can be looked up while its resources are dealt with', async () => {
  const account = await startAccount();
  const seen: string[] = [];
  account.onEvent = ({ logicalId, status, stackName }) => {
    const { id } = account.stacks.get(stackName) ?? { id: '' };
    if (logicalId !== STACK && status.endsWith('IN_PROGRESS')) {
      seen.push(`${logicalId} ${account.services.stackStatuses.get(id)}`);
    }
  };

  await account.deploy(stackOf({ Role: role() }));
  await account.deploy(stackOf({ Role: role('changed'), Other: role() }));
  await account.deploy(stackOf({ Other: role() }));
  await account.deploy(stackOf({ Other: role('changed'), New: role() }), {
    failAt: { logicalId: 'New', phase: 'after' },
  });
  await account.delete(STACK);
  await account.deploy(stackOf({ Role: role() }), { failAt: { logicalId: 'Role', phase: 'after' } });

  expect(seen).toEqual([
    'Role CREATE_IN_PROGRESS',
    'Role UPDATE_IN_PROGRESS', 'Other UPDATE_IN_PROGRESS',
    'Role UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Other UPDATE_IN_PROGRESS', 'New UPDATE_IN_PROGRESS',
    'Other UPDATE_ROLLBACK_IN_PROGRESS', 'New UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'Other DELETE_IN_PROGRESS',
    'Role CREATE_IN_PROGRESS', 'Role ROLLBACK_IN_PROGRESS',
  ]);
});

test.each<[string, Template, string]>([
  [
    'a circle', { Resources: { A: role({ Ref: 'B' }), B: role({ Ref: 'A' }) } },
    'Circular dependency between resources: [A, B]',
  ],
  [
    'a reference to nothing', { Resources: { A: role({ Ref: 'Missing' }) } },
    'Unresolved resource dependencies [Missing] in A',
  ],
  [
    'a dependency on nothing', { Resources: { A: role('a', { DependsOn: 'Missing' }) } },
    'Unresolved resource dependencies [Missing] in A',
  ],
  [
    'a nested stack', { Resources: { A: { Type: 'AWS::CloudFormation::Stack' } } },
    'The rehearsal does not deploy nested stacks, such as A',
  ],
  [
    'an unknown function', { Resources: { A: role({ 'Fn::Transform': {} }) } },
    'The rehearsal does not know the function Fn::Transform, in A',
  ],
  [
    'a parameter without a value', { Parameters: { P: { Type: 'String' } }, Resources: { A: role({ Ref: 'P' }) } },
    'Parameters: [P] must have values',
  ],
])('%s is refused before anything is touched', async (_what, template, message) => {
  const account = await startAccount();

  await expect(account.deploy({ stackName: STACK, template })).rejects.toThrow(message);

  expect(account.stacks.get(STACK)?.events ?? []).toEqual([]);
});

test('the type of a resource cannot change', async () => {
  const account = await startAccount();
  await account.deploy(stackOf({ A: role() }));

  await expect(account.deploy(stackOf({ A: { Type: 'AWS::SNS::Topic' } }))).rejects.toThrow(
    'Update of resource type is not permitted',
  );
});

test('names made up are new each time and the same in each rehearsal', async () => {
  const [one, other] = [await startAccount(), await startAccount()];
  const ids = async (account: typeof one) => {
    await account.deploy(
      stackOf({ A: role(), B: role(), Topic: { Type: 'AWS::SNS::Topic' }, Key: { Type: 'AWS::KMS::Key' } }),
    );
    return [...account.stacks.get(STACK)!.resources.values()].map(({ physicalId }) => physicalId);
  };

  const names = await ids(one);

  expect(names).toEqual(await ids(other));
  expect(names).toEqual([
    expect.stringMatching(/^Stack-A-\w{12}$/), expect.stringMatching(/^Stack-B-\w{12}$/),
    expect.stringMatching(/^arn:aws:sns:eu-west-1:123456789012:Stack-Topic-\w{12}$/),
    expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  ]);
});
