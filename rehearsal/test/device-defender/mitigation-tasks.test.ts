import {
  AuditMitigationActionsTaskTarget, CreateAuditSuppressionCommand, CreateMitigationActionCommand,
  DescribeAuditMitigationActionsTaskCommand, IoTClient, ListAuditMitigationActionsExecutionsCommand,
  MitigationActionParams, StartAuditMitigationActionsTaskCommand, StartAuditMitigationActionsTaskCommandInput,
  StartOnDemandAuditTaskCommand,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import type { FleetDescription } from '../../device-defender/fleet';
import {
  ACTION_ROLE, TOPIC, certificateId, enableChecks, endAll, findingsOf, startStandIn,
} from '../support/running-stand-in';

afterEach(endAll);

const REVOKED = 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK';
const REVOKED_CA = 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK';
const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const LOGGING = 'LOGGING_DISABLED_CHECK';
const INTERMEDIATE = 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK';

const ACTIONS: Record<string, MitigationActionParams> = {
  Deactivate: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
  DeactivateCa: { updateCACertificateParams: { action: 'DEACTIVATE' } },
  Quarantine: { addThingsToThingGroupParams: { thingGroupNames: ['Quarantine'] } },
  QuarantineOverride: { addThingsToThingGroupParams: { thingGroupNames: ['Quarantine'], overrideDynamicGroups: true } },
  Blank: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
  EnableLogging: { enableIoTLoggingParams: { roleArnForLogging: ACTION_ROLE, logLevel: 'ERROR' } },
  Publish: { publishFindingToSnsParams: { topicArn: TOPIC } },
};

const revoked = (number: number, things: string[] = []) => ({
  certificateId: certificateId(number), revokedByCa: true, things,
});
const broad = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };

async function audited(fleet: FleetDescription, checks: string[], timing = {}) {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const { server, client } = await startStandIn({ clock, fleet, timing: { mitigationDuration: 1000, ...timing } });
  await enableChecks(client, ...checks);
  for (const [actionName, actionParams] of Object.entries(ACTIONS)) {
    await client.send(new CreateMitigationActionCommand({ actionName, roleArn: ACTION_ROLE, actionParams }));
  }
  const audit = async () => {
    const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: checks }));
    clock.advance(1000);
    return taskId!;
  };
  return { server, client, clock, audit, auditTaskId: await audit() };
}

let tasks = 0;
const start = async (
  client: IoTClient, target: AuditMitigationActionsTaskTarget, mapping: Record<string, string[]>,
  more: Partial<StartAuditMitigationActionsTaskCommandInput> = {},
) => (await client.send(new StartAuditMitigationActionsTaskCommand({
  taskId: `task-${++tasks}`, target, auditCheckToActionsMapping: mapping, ...more,
}))).taskId!;
const describeTask = (client: IoTClient, taskId: string) =>
  client.send(new DescribeAuditMitigationActionsTaskCommand({ taskId }));
const executionsOf = async (client: IoTClient, taskId: string, findingId: string | undefined) =>
  (await client.send(new ListAuditMitigationActionsExecutionsCommand({ taskId, findingId }))).actionsExecutions!;

describe('actions change the fleet', () => {
  test('deactivating certificates, which the next audit no longer finds', async () => {
    const { server, client, clock, audit, auditTaskId } = await audited({ certificates: [revoked(1), revoked(2)] }, [
      REVOKED,
    ]);
    const taskId = await start(client, { auditTaskId }, { [REVOKED]: ['Deactivate'] });
    expect(await describeTask(client, taskId)).toMatchObject({
      taskStatus: 'IN_PROGRESS', taskStatistics: { [REVOKED]: { totalFindingsCount: 2 } },
    });
    clock.advance(1000);
    const { $metadata, ...task } = await describeTask(client, taskId);
    expect(task).toEqual({
      taskStatus: 'COMPLETED',
      startTime: new Date('2026-03-01T12:00:01Z'),
      endTime: new Date('2026-03-01T12:00:02Z'),
      taskStatistics: {
        [REVOKED]: {
          totalFindingsCount: 2, succeededFindingsCount: 2, failedFindingsCount: 0, skippedFindingsCount: 0,
          canceledFindingsCount: 0,
        },
      },
      target: { auditTaskId },
      auditCheckToActionsMapping: { [REVOKED]: ['Deactivate'] },
      actionsDefinition: [
        { name: 'Deactivate', id: expect.any(String), roleArn: ACTION_ROLE, actionParams: ACTIONS.Deactivate },
      ],
    });
    expect([...server.fleet.certificates.values()].map(({ status }) => status)).toEqual(['INACTIVE', 'INACTIVE']);
    expect(await findingsOf(client, await audit())).toEqual([]);
  });

  test('CA certificates, the blank policy version, logging, groups and related certificates', async () => {
    const { server, client, clock, auditTaskId } = await audited(
      {
        certificates: [revoked(1, ['lamp']), { certificateId: certificateId(3) }],
        caCertificates: [{ certificateId: certificateId(2), revokedByIssuer: true }],
        policies: [{ policyName: 'P', versions: [{ versionId: '7', document: broad }] }],
        thingGroups: [{ thingGroupName: 'Quarantine' }],
        plantedFindings: [
          {
            checkName: INTERMEDIATE, resourceIdentifier: { issuerCertificateIdentifier: { issuerId: 'ab' } },
            relatedResources: [
              { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: certificateId(3) } },
            ],
          },
        ],
      },
      [REVOKED, REVOKED_CA, POLICY, LOGGING, INTERMEDIATE],
    );
    const mapping = {
      [REVOKED]: ['Quarantine', 'Publish'], [REVOKED_CA]: ['DeactivateCa'], [POLICY]: ['Blank'],
      [LOGGING]: ['EnableLogging'], [INTERMEDIATE]: ['Deactivate'],
    };
    const taskId = await start(client, { auditTaskId }, mapping);
    clock.advance(1000);
    expect((await describeTask(client, taskId)).taskStatus).toBe('COMPLETED');
    const { fleet } = server;
    expect(fleet.groupsOfThing.get('lamp')).toEqual(new Set(['Quarantine']));
    expect(fleet.caCertificates.get(certificateId(2))!.status).toBe('INACTIVE');
    expect(fleet.policies.get('P')).toMatchObject({
      defaultVersionId: '8', versions: [{ versionId: '7' }, { versionId: '8', document: { Statement: [] } }],
    });
    expect(fleet.logging).toMatchObject({ roleArn: ACTION_ROLE, defaultLogLevel: 'ERROR' });
    expect(fleet.certificates.get(certificateId(3))!.status).toBe('INACTIVE');
  });

  test('a finding is published without what only the API shows', async () => {
    const { server, client, clock, auditTaskId } = await audited({ certificates: [revoked(1)] }, [REVOKED]);
    const heard: unknown[] = [];
    server.onPublishedFinding = (finding) => heard.push(finding);
    await start(client, { auditTaskId }, { [REVOKED]: ['Publish'] });
    clock.advance(1000);
    expect(server.publishedFindings).toEqual([
      {
        targetArn: TOPIC,
        payload: {
          findingId: expect.any(String), findingTime: expect.any(Number), severity: 'MEDIUM', taskId: auditTaskId,
          taskStartTime: Date.parse('2026-03-01T12:00:00Z'),
          nonCompliantResource: {
            resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: certificateId(1) },
          },
          checkName: REVOKED, reasonForNonComplianceCode: 'CERTIFICATE_REVOKED_BY_ISSUER',
          reasonForNonCompliance: expect.any(String),
        },
      },
    ]);
    expect(heard).toEqual(server.publishedFindings);
  });
});

describe('actions fail', () => {
  const ten = Array.from({ length: 10 }, (_, index) => `g${index}`);
  const groups = [
    { thingGroupName: 'Quarantine' },
    ...ten.map((thingGroupName, index) => ({ thingGroupName, dynamic: index === 0 })),
  ];

  test.each<[string, FleetDescription, string, string, string | undefined]>([
    [
      'a policy with 5 versions',
      {
        policies: [
          { policyName: 'P', versions: ['1', '2', '3', '4', '5'].map((versionId) => ({ versionId, document: broad })) },
        ],
      },
      POLICY, 'Blank', 'LIMIT_EXCEEDED',
    ],
    [
      'a role without the permission',
      {
        certificates: [revoked(1)],
        missingPermissions: [{ roleArn: ACTION_ROLE, denied: ['UPDATE_DEVICE_CERTIFICATE'] }],
      },
      REVOKED, 'Deactivate', 'INSUFFICIENT_PERMISSIONS',
    ],
    [
      'a certificate that is gone',
      {
        plantedFindings: [{ checkName: REVOKED, resourceIdentifier: { deviceCertificateId: certificateId(9) } }],
      },
      REVOKED, 'Deactivate', 'RESOURCE_NOT_FOUND',
    ],
    ['a missing group', { certificates: [revoked(1, ['lamp'])] }, REVOKED, 'Quarantine', 'RESOURCE_NOT_FOUND'],
    [
      'a dynamic group',
      {
        certificates: [revoked(1, ['lamp'])], thingGroups: [{ thingGroupName: 'Quarantine', dynamic: true }],
      },
      REVOKED, 'Quarantine', 'INVALID_STATE',
    ],
    [
      'a thing in a group of the same hierarchy',
      {
        certificates: [revoked(1, ['lamp'])],
        thingGroups: [
          { thingGroupName: 'Quarantine', parentGroupName: 'Top' }, { thingGroupName: 'Top' },
          { thingGroupName: 'Other', parentGroupName: 'Top' },
        ],
        things: [{ thingName: 'lamp', thingGroupNames: ['Other'] }],
      },
      REVOKED, 'Quarantine', 'INVALID_STATE',
    ],
    [
      'a thing in 10 groups',
      {
        certificates: [revoked(1, ['lamp'])], thingGroups: groups,
        things: [{ thingName: 'lamp', thingGroupNames: ten }],
      },
      REVOKED, 'Quarantine', 'LIMIT_EXCEEDED',
    ],
    [
      'not: a thing that may leave a dynamic group',
      {
        certificates: [revoked(1, ['lamp'])], thingGroups: groups,
        things: [{ thingName: 'lamp', thingGroupNames: ten }],
      },
      REVOKED, 'QuarantineOverride', undefined,
    ],
    [
      'not: a thing already in the group',
      {
        certificates: [revoked(1, ['lamp'])], thingGroups: groups,
        things: [{ thingName: 'lamp', thingGroupNames: ['Quarantine'] }],
      },
      REVOKED, 'Quarantine', undefined,
    ],
  ])('for %s', async (_what, fleet, check, action, errorCode) => {
    const { client, clock, auditTaskId } = await audited(fleet, [check]);
    const [{ findingId }] = await findingsOf(client, auditTaskId);
    const taskId = await start(client, { findingIds: [findingId!] }, { [check]: [action, 'Publish'] });
    expect((await executionsOf(client, taskId, findingId)).map(({ status }) => status)).toEqual(['PENDING', 'PENDING']);
    clock.advance(1000);
    const executions = await executionsOf(client, taskId, findingId);
    expect(executions.map(({ status }) => status)).toEqual(
      errorCode === undefined ? ['COMPLETED', 'COMPLETED'] : ['FAILED', 'SKIPPED'],
    );
    expect(executions[0].errorCode).toBe(errorCode);
    expect((await describeTask(client, taskId)).taskStatus).toBe(errorCode === undefined ? 'COMPLETED' : 'FAILED');
    const failed = new ListAuditMitigationActionsExecutionsCommand({ taskId, findingId, actionStatus: 'FAILED' });
    expect((await client.send(failed)).actionsExecutions).toHaveLength(errorCode === undefined ? 0 : 1);
  });

  test('for one finding without stopping the others', async () => {
    const { client, clock, auditTaskId } = await audited(
      {
        certificates: [revoked(1)],
        plantedFindings: [{ checkName: REVOKED, resourceIdentifier: { deviceCertificateId: certificateId(9) } }],
      },
      [REVOKED],
    );
    const taskId = await start(client, { auditTaskId }, { [REVOKED]: ['Deactivate'] });
    clock.advance(1000);
    expect(await describeTask(client, taskId)).toMatchObject({
      taskStatus: 'FAILED',
      taskStatistics: { [REVOKED]: { totalFindingsCount: 2, succeededFindingsCount: 1, failedFindingsCount: 1 } },
    });
  });
});

describe('which findings', () => {
  test('suppressed ones are skipped', async () => {
    const { server, client, clock, audit } = await audited({ certificates: [revoked(1), revoked(2)] }, [REVOKED]);
    const resourceIdentifier = { deviceCertificateId: certificateId(1) };
    await client.send(
      new CreateAuditSuppressionCommand({ checkName: REVOKED, resourceIdentifier, suppressIndefinitely: true }),
    );
    const taskId = await start(client, { auditTaskId: await audit() }, { [REVOKED]: ['Deactivate'] });
    clock.advance(1000);
    expect(await describeTask(client, taskId)).toMatchObject({
      taskStatus: 'COMPLETED',
      taskStatistics: { [REVOKED]: { totalFindingsCount: 2, succeededFindingsCount: 1, skippedFindingsCount: 1 } },
    });
    expect(server.fleet.certificates.get(certificateId(1))!.status).toBe('ACTIVE');
  });

  test('a filter of reason codes narrows an audit', async () => {
    const planted = ['CERTIFICATE_REVOKED_BY_ISSUER', 'ANOTHER'].map((reasonCode, number) => ({
      checkName: REVOKED, resourceIdentifier: { deviceCertificateId: certificateId(number) }, reasonCode,
    }));
    const { client, auditTaskId } = await audited({ plantedFindings: planted }, [REVOKED, LOGGING]);
    const target = { auditTaskId, auditCheckToReasonCodeFilter: { [REVOKED]: ['ANOTHER'] } };
    const taskId = await start(client, target, { [REVOKED]: ['Publish'], [LOGGING]: ['Publish'] });
    expect((await describeTask(client, taskId)).taskStatistics).toMatchObject({ [REVOKED]: { totalFindingsCount: 1 } });
  });
});
