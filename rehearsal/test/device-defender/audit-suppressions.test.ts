import {
  CreateAuditSuppressionCommand, CreateAuditSuppressionCommandInput, DeleteAuditSuppressionCommand,
  DescribeAuditSuppressionCommand, DescribeAuditTaskCommand, IoTClient, ListAuditFindingsCommand,
  ListAuditSuppressionsCommand, StartOnDemandAuditTaskCommand, UpdateAuditSuppressionCommand,
  paginateListAuditSuppressions,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import { certificateId, enableChecks, endAll, errorOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const KEYS = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const POLICY = 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK';
const DAY = 86_400_000;
const identity = { checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificateId(1) } };

async function prepared() {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const plantedFindings = [1, 2, 3].map((number) => ({
    checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificateId(number) },
  }));
  const { client } = await startStandIn({ clock, fleet: { plantedFindings } });
  await enableChecks(client, KEYS, POLICY);
  return { client, clock };
}

const create = (client: IoTClient, input: Partial<CreateAuditSuppressionCommandInput> = {}) =>
  client.send(new CreateAuditSuppressionCommand({ ...identity, suppressIndefinitely: true, ...input }));

const describeSuppression = async (client: IoTClient) => {
  const { $metadata, ...suppression } = await client.send(new DescribeAuditSuppressionCommand(identity));
  return suppression;
};

test('a suppression is created, described, changed in part, listed and deleted', async () => {
  const { client, clock } = await prepared();
  const expirationDate = new Date(clock.now() + 7 * DAY);
  await create(client, { suppressIndefinitely: undefined, expirationDate, description: 'Rotation runs.' });
  expect(await describeSuppression(client)).toEqual({ ...identity, expirationDate, description: 'Rotation runs.' });
  await client.send(new UpdateAuditSuppressionCommand({ ...identity, description: 'Rotation is late.' }));
  expect(await describeSuppression(client)).toEqual({ ...identity, expirationDate, description: 'Rotation is late.' });
  await client.send(new UpdateAuditSuppressionCommand({ ...identity, suppressIndefinitely: true }));
  expect(await describeSuppression(client)).toEqual({
    ...identity,
    suppressIndefinitely: true, description: 'Rotation is late.',
  });
  await client.send(new DeleteAuditSuppressionCommand(identity));
  expect((await errorOf(describeSuppression(client))).name).toBe('ResourceNotFoundException');
  expect((await errorOf(client.send(new UpdateAuditSuppressionCommand(identity)))).name).toBe(
    'ResourceNotFoundException',
  );
  await client.send(new DeleteAuditSuppressionCommand(identity));
});

test('a suppression is identified by check and resource, and a client token serves once', async () => {
  const { client } = await prepared();
  await create(client, { clientRequestToken: 'first' });
  expect(await errorOf(create(client))).toMatchObject({
    name: 'ResourceAlreadyExistsException', $metadata: { httpStatusCode: 409 },
  });
  const other = { resourceIdentifier: { deviceCertificateId: certificateId(2) } };
  expect((await errorOf(create(client, { ...other, clientRequestToken: 'first' }))).name).toBe(
    'ResourceAlreadyExistsException',
  );
  await create(client, { ...other, clientRequestToken: 'second' });
});

test.each<[string, Partial<CreateAuditSuppressionCommandInput>]>([
  ['an unknown check', { checkName: 'KEY_CHECK' }],
  ['a check that is not enabled', { checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK' }],
  ['a resource of another kind', { resourceIdentifier: { clientId: 'a' } }],
  ['two resources', { resourceIdentifier: { deviceCertificateId: certificateId(1), clientId: 'a' } }],
  ['no resource', { resourceIdentifier: {} }],
  ['a certificate id that is too short', { resourceIdentifier: { deviceCertificateId: 'abc' } }],
  ['no end', { suppressIndefinitely: undefined }],
  ['an end and none', { expirationDate: new Date('2026-04-01') }],
  ['an end in the past', { suppressIndefinitely: undefined, expirationDate: new Date('2026-02-01') }],
  ['a description beyond ASCII', { description: 'Prüfung' }],
  ['a description with a line break', { description: 'one\ntwo' }],
  ['a description of 1001 characters', { description: 'a'.repeat(1001) }],
  ['a token of 65 characters', { clientRequestToken: 'a'.repeat(65) }],
])('%s is refused', async (_what, input) => {
  const { client } = await prepared();
  expect((await errorOf(create(client, input))).name).toBe('InvalidRequestException');
});

test('a description may have 1000 printable characters', async () => {
  const { client } = await prepared();
  await create(client, { description: '~ '.repeat(500) });
});

test('suppressed findings are marked, not counted, and back when the suppression expires', async () => {
  const { client, clock } = await prepared();
  const audit = async () => {
    const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [KEYS] }));
    clock.advance(1000);
    const details = (await client.send(new DescribeAuditTaskCommand({ taskId }))).auditDetails![KEYS];
    const list = async (listSuppressedFindings?: boolean) =>
      (await client.send(new ListAuditFindingsCommand({ taskId, listSuppressedFindings }))).findings!.map(
        ({ isSuppressed }) => isSuppressed,
      );
    return { details, all: await list(), suppressed: await list(true), open: await list(false) };
  };
  await create(client, { suppressIndefinitely: undefined, expirationDate: new Date(clock.now() + 7 * DAY) });
  expect(await audit()).toMatchObject({
    details: {
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', totalResourcesCount: 3, nonCompliantResourcesCount: 2,
      suppressedNonCompliantResourcesCount: 1,
    },
    all: [true, false, false],
    suppressed: [true],
    open: [false, false],
  });
  for (const number of [2, 3]) {
    await create(client, { resourceIdentifier: { deviceCertificateId: certificateId(number) } });
  }
  expect((await audit()).details).toMatchObject({
    checkCompliant: true, nonCompliantResourcesCount: 0, suppressedNonCompliantResourcesCount: 3,
  });
  clock.advance(7 * DAY);
  expect((await audit()).details).toMatchObject({
    checkCompliant: false, nonCompliantResourcesCount: 1, suppressedNonCompliantResourcesCount: 2,
  });
});

test('lists are ordered by expiration, filtered and paged', async () => {
  const { client, clock } = await prepared();
  const policyVersionIdentifier = { policyName: 'P', policyVersionId: '1' };
  await create(client);
  await create(client, {
    checkName: POLICY,
    resourceIdentifier: { policyVersionIdentifier },
    suppressIndefinitely: undefined,
    expirationDate: new Date(clock.now() + 2 * DAY),
  });
  await create(client, {
    resourceIdentifier: { deviceCertificateId: certificateId(2) }, suppressIndefinitely: undefined,
    expirationDate: new Date(clock.now() + DAY),
  });
  const listed = async (input: object) => (await client.send(new ListAuditSuppressionsCommand(input))).suppressions!
    .map(({ resourceIdentifier }) => Number.parseInt(resourceIdentifier!.deviceCertificateId ?? '0', 16));
  expect(await listed({})).toEqual([2, 0, 1]);
  expect(await listed({ ascendingOrder: false })).toEqual([1, 0, 2]);
  expect(await listed({ checkName: KEYS })).toEqual([2, 1]);
  expect(
    await listed({ resourceIdentifier: { policyVersionIdentifier: { policyVersionId: '1', policyName: 'P' } } }),
  ).toEqual([0]);
  expect((await errorOf(listed({ checkName: 'KEY_CHECK' }))).name).toBe('InvalidRequestException');
  const sizes: number[] = [];
  for await (const { suppressions } of paginateListAuditSuppressions({ client, pageSize: 2 }, {})) {
    sizes.push(suppressions!.length);
  }
  expect(sizes).toEqual([2, 1]);
});

test.each([['stay', 1], ['disappear', 0]] as const)('expired suppressions %s', async (expiredSuppressions, left) => {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const { client } = await startStandIn({ clock, expiredSuppressions });
  await enableChecks(client, KEYS);
  await create(client, { suppressIndefinitely: undefined, expirationDate: new Date(clock.now() + DAY) });
  clock.advance(DAY);

  const { suppressions } = await client.send(new ListAuditSuppressionsCommand({}));

  expect(suppressions).toHaveLength(left);
});
