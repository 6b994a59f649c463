import {
  DescribeAuditFindingCommand, IoTClient, ListAuditFindingsCommand, ListAuditFindingsCommandInput,
  ListRelatedResourcesForAuditFindingCommand, StartOnDemandAuditTaskCommand, paginateListAuditFindings,
  paginateListRelatedResourcesForAuditFinding,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import type { FleetDescription } from '../../device-defender/fleet';
import { certificateId, enableChecks, endAll, errorOf, findingsOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const KEYS = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const CLIENTS = 'CONFLICTING_CLIENT_IDS_CHECK';

const planted = (count: number) => Array.from({ length: count }, (_, index) => ({
  checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificateId(index) },
}));

async function audited(fleet: FleetDescription, ...checks: string[]) {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const { server, client } = await startStandIn({ clock, auditDuration: 1000, fleet });
  await enableChecks(client, ...checks);
  const audit = async (...names: string[]) => {
    const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: names }));
    clock.advance(1000);
    return taskId!;
  };
  return { server, client, clock, audit, taskId: await audit(...checks) };
}

const list = (client: IoTClient, input: ListAuditFindingsCommandInput) =>
  client.send(new ListAuditFindingsCommand(input));

test('10,000 findings come in pages, each once, and a token fits only its own list', async () => {
  const { client, taskId } = await audited({ plantedFindings: planted(10_000) }, KEYS);
  const ids = new Set<string>();
  const resources = new Set<string>();
  let pages = 0;
  for await (const { findings } of paginateListAuditFindings({ client, pageSize: 250 }, { taskId })) {
    pages += 1;
    for (const { findingId, nonCompliantResource } of findings!) {
      ids.add(findingId!);
      resources.add(nonCompliantResource!.resourceIdentifier!.deviceCertificateId!);
    }
  }
  expect([pages, ids.size, resources.size]).toEqual([40, 10_000, 10_000]);
  const { nextToken, findings } = await list(client, { taskId });
  expect(findings).toHaveLength(25);
  expect((await list(client, { taskId, nextToken, maxResults: 3 })).findings).toHaveLength(3);
  expect((await errorOf(list(client, { taskId, nextToken, checkName: KEYS }))).name).toBe('InvalidRequestException');
  expect((await errorOf(list(client, { taskId, nextToken: 'bm90IG9uZQ' }))).name).toBe('InvalidRequestException');
});

test('a page far back in 200,000 findings is as quick as the first', async () => {
  const { client, taskId } = await audited({ plantedFindings: planted(200_000) }, KEYS);
  const first = await list(client, { taskId, maxResults: 1 });
  const token = JSON.parse(Buffer.from(first.nextToken!, 'base64url').toString()) as {
    scope: string;
    position: number[];
  };
  const nextToken = Buffer.from(JSON.stringify({ ...token, position: [0, 199_990] })).toString('base64url');
  const begin = Date.now();
  const { findings, nextToken: none } = await list(client, { taskId, maxResults: 250, nextToken });
  expect(Date.now() - begin).toBeLessThan(200);
  expect(findings).toHaveLength(10);
  expect(none).toBeUndefined();
});

test('a finding has everything the service documents', async () => {
  const { client, taskId } = await audited({ plantedFindings: planted(2) }, KEYS);
  const [, finding] = await findingsOf(client, taskId);
  expect(finding).toEqual({
    findingId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    taskId,
    checkName: KEYS,
    taskStartTime: new Date('2026-03-01T12:00:00Z'),
    findingTime: new Date('2026-03-01T12:00:01Z'),
    severity: 'CRITICAL',
    nonCompliantResource: {
      resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: certificateId(1) },
    },
    reasonForNonCompliance: expect.any(String),
    reasonForNonComplianceCode: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361',
    isSuppressed: false,
  });
  expect((await client.send(new DescribeAuditFindingCommand({ findingId: finding.findingId }))).finding).toEqual(
    finding,
  );
});

test.each(['unknown', '00000000-0000-0000-0000-000000000000'])('the finding %s is not found', async (findingId) => {
  const { client } = await startStandIn();
  expect((await errorOf(client.send(new DescribeAuditFindingCommand({ findingId })))).name).toBe(
    'ResourceNotFoundException',
  );
  expect((await errorOf(client.send(new ListRelatedResourcesForAuditFindingCommand({ findingId })))).name).toBe(
    'ResourceNotFoundException',
  );
});

test('a finding beyond the last of its audit is not found', async () => {
  const { client, taskId } = await audited({ plantedFindings: planted(1) }, KEYS);
  const [{ findingId }] = await findingsOf(client, taskId);
  const error = await errorOf(
    client.send(new DescribeAuditFindingCommand({ findingId: findingId!.replace(/0$/, '1') })),
  );
  expect(error.name).toBe('ResourceNotFoundException');
});

test('findings are listed by audit or by time, never both, never neither', async () => {
  const { client, clock, taskId, audit } = await audited({ plantedFindings: planted(2) }, KEYS);
  clock.advance(3_600_000);
  const later = await audit(KEYS);
  const all = { startTime: new Date(clock.now() - 86_400_000), endTime: new Date(clock.now()) };
  expect((await list(client, all)).findings!.map((finding) => finding.taskId)).toEqual([taskId, taskId, later, later]);
  const recent = await list(client, { ...all, startTime: new Date(clock.now() - 60_000) });
  expect(recent.findings!.map((finding) => finding.taskId)).toEqual([later, later]);
  for (const input of [
    {}, { taskId, ...all }, { taskId, startTime: all.startTime }, { startTime: all.startTime },
    { endTime: all.endTime },
    { startTime: all.endTime, endTime: all.startTime },
  ]) {
    expect((await errorOf(list(client, input))).name).toBe('InvalidRequestException');
  }
});

test('findings are filtered by check and by resource, across pages', async () => {
  const clients = Array.from({ length: 3 }, (_, index) => ({
    checkName: CLIENTS, resourceIdentifier: { clientId: `client-${index}` },
  }));
  const { client, clock, taskId } = await audited({ plantedFindings: [...planted(60), ...clients] }, KEYS, CLIENTS);
  expect((await list(client, { taskId, checkName: CLIENTS })).findings).toHaveLength(3);
  const byResource = await list(client, { taskId, resourceIdentifier: { deviceCertificateId: certificateId(59) } });
  expect(byResource.findings).toHaveLength(1);
  expect(byResource.nextToken).toBeUndefined();
  expect((await errorOf(list(client, { taskId, checkName: 'NO_CHECK' }))).name).toBe('InvalidRequestException');
  expect((await list(client, { taskId: 'unknown' })).findings).toEqual([]);
  clock.advance(91 * 86_400_000);
  expect((await list(client, { taskId })).findings).toEqual([]);
});

test('a finding shows 10 related resources; all of them are listed in pages', async () => {
  const connections = Array.from({ length: 30 }, (_, index) => ({
    clientId: `client-${index}`, from: '-2d', to: '-1d',
  }));
  const { client, taskId } = await audited(
    { certificates: [{ certificateId: certificateId(1), connections }] }, 'DEVICE_CERTIFICATE_SHARED_CHECK',
  );
  const [{ findingId }] = await findingsOf(client, taskId);
  expect((await client.send(new DescribeAuditFindingCommand({ findingId }))).finding!.relatedResources).toHaveLength(
    10,
  );
  const names = new Set<string>();
  for await (const { relatedResources } of paginateListRelatedResourcesForAuditFinding(
    { client, pageSize: 8 }, { findingId },
  )) {
    for (const { resourceIdentifier } of relatedResources!) names.add(resourceIdentifier!.clientId!);
  }
  expect(names.size).toBe(30);
});
