import type { AuditCheckDetails, AuditFinding, IoTClient } from '@aws-sdk/client-iot';
import { MessageServices } from './message-services';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { describeAudit } from '../../../src/events/handler/audit-detail';
import { AUDIT_COMPLETED, AuditCompletedDetail, EVENT_SOURCE } from '../../../src/events/protocol';
import { AwsCalls } from '../../../src/function/runtime/aws-calls';
import { Invocation } from '../../../src/function/runtime/invocation';

const TASK = '0123456789abcdef0123456789abcdef';
const FUTURE = 'CHECK_OF_THE_FUTURE';
const NON_COMPLIANT: AuditCheckDetails = {
  checkRunStatus: 'COMPLETED_NON_COMPLIANT', totalResourcesCount: 9, nonCompliantResourcesCount: 2,
};

describe('the detail of the event of an audit', () => {
  /** Describes an audit; AWS IoT lists the findings of checks that the library does not know. */
  async function describeChecks(
    auditDetails: Record<string, AuditCheckDetails>, findings: Partial<AuditFinding>[] = [], partition = 'aws',
  ): Promise<AuditCompletedDetail> {
    const time = new VirtualTime();
    const listed: unknown[] = [];
    const iot = {
      send: async ({ input }: { input: unknown }) => {
        listed.push(input);
        return { findings };
      },
    } as unknown as IoTClient;
    const services = new MessageServices();
    const invocation = new Invocation({
      clients: {
        iot,
        cloudFormation: () => {
          throw new Error('The detail of an event says nothing about stacks.');
        },
        eventBridge: () => services.eventBridge(),
        stepFunctions: () => services.stepFunctions(),
        sns: () => services.sns(),
        s3: () => {
          throw new Error('An event needs no object.');
        },
      },
      calls: new AwsCalls({ clock: time, callTimeout: 10_000 }),
      context: { getRemainingTimeInMillis: () => 900_000 },
      stackId: `arn:${partition}:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c`,
    });
    const detail = await time.during(() => describeAudit({
      $metadata: {}, taskId: TASK, taskType: 'ON_DEMAND_AUDIT_TASK', taskStatus: 'COMPLETED',
      taskStartTime: new Date('2026-01-15T12:00:00Z'), auditDetails,
    }, { kind: 'audit', taskId: TASK, notification: {} }, invocation));
    expect(listed).toEqual(listed.map(() => (
      { taskId: TASK, checkName: FUTURE, listSuppressedFindings: false, maxResults: 250, nextToken: undefined })));
    return detail;
  }

  // Rules and consumers outside this library match these words.
  test('comes from a source and has a type that do not change', () => {
    expect([EVENT_SOURCE, AUDIT_COMPLETED]).toEqual(['cdk-iot-fleet-audit', 'IoT Device Defender Audit Completed']);
  });

  test('has all of these fields', async () => {
    const detail = await describeChecks({
      LOGGING_DISABLED_CHECK: { ...NON_COMPLIANT, suppressedNonCompliantResourcesCount: 1 },
    });

    expect(detail).toEqual({
      version: '1',
      taskId: TASK,
      taskType: 'ON_DEMAND_AUDIT_TASK',
      taskStatus: 'COMPLETED',
      taskStartTime: '2026-01-15T12:00:00.000Z',
      checks: [{
        checkName: 'LOGGING_DISABLED_CHECK', checkRunStatus: 'COMPLETED_NON_COMPLIANT', severity: 'LOW',
        totalResources: 9, nonCompliantResources: 2, suppressedResources: 1,
      }],
      nonCompliantChecks: ['LOGGING_DISABLED_CHECK'],
      nonCompliantResourcesBySeverity: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 2 },
      highestSeverity: 'LOW',
      consoleUrl: 'https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1'
        + `#/dd/audit/results/${TASK}`,
      notification: {},
    });
  });

  test('has the worst checks first, and equally bad ones by name', async () => {
    const { checks } = await describeChecks({
      LOGGING_DISABLED_CHECK: NON_COMPLIANT,
      CA_CERTIFICATE_EXPIRING_CHECK: NON_COMPLIANT,
      [FUTURE]: { checkRunStatus: 'COMPLETED_COMPLIANT' },
      IOT_POLICY_OVERLY_PERMISSIVE_CHECK: NON_COMPLIANT,
      CONFLICTING_CLIENT_IDS_CHECK: NON_COMPLIANT,
      DEVICE_CERTIFICATE_SHARED_CHECK: NON_COMPLIANT,
    });

    expect(checks.map(({ checkName, severity }) => `${severity} ${checkName}`)).toEqual([
      'CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK',
      'CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
      'UNKNOWN CHECK_OF_THE_FUTURE',
      'HIGH CONFLICTING_CLIENT_IDS_CHECK',
      'MEDIUM CA_CERTIFICATE_EXPIRING_CHECK',
      'LOW LOGGING_DISABLED_CHECK',
    ]);
  });

  test.each<[findings: string, findings: Partial<AuditFinding>[], severity: string]>([
    ['the severity of what it has found', [{ severity: 'HIGH' }, { severity: 'LOW' }], 'HIGH'],
    ['an unknown severity if it has found nothing', [], 'UNKNOWN'],
    ['an unknown severity if its finding has none', [{}], 'UNKNOWN'],
    ['an unknown severity if its finding has a new one', [{ severity: 'FATAL' as never }], 'UNKNOWN'],
  ])('gives a check of the future %s', async (_case, findings, severity) => {
    const detail = await describeChecks({ [FUTURE]: NON_COMPLIANT, LOGGING_DISABLED_CHECK: NON_COMPLIANT }, findings);

    expect(detail.highestSeverity).toBe(severity);
    expect(detail.nonCompliantResourcesBySeverity)
      .toEqual({ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 2, [severity]: 2 });
  });

  test('counts a check as non-compliant that says so without a number, and one that has only the number', async () => {
    const detail = await describeChecks({
      CONFLICTING_CLIENT_IDS_CHECK: { checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
      CA_CERTIFICATE_EXPIRING_CHECK: { checkRunStatus: 'CANCELED', nonCompliantResourcesCount: 1 },
      LOGGING_DISABLED_CHECK: { checkRunStatus: 'FAILED', errorCode: 'AUDIT_CHECK_DISABLED' },
    });

    expect(detail.nonCompliantChecks).toEqual(['CONFLICTING_CLIENT_IDS_CHECK', 'CA_CERTIFICATE_EXPIRING_CHECK']);
    expect(detail.highestSeverity).toBe('HIGH');
  });

  test('is not made up where AWS IoT leaves something out', async () => {
    await expect(describeChecks({ LOGGING_DISABLED_CHECK: {} }))
      .rejects.toThrow(new Error('AWS IoT describes the audit incompletely'));
  });

  test.each([
    ['aws-cn', 'https://eu-west-1.console.amazonaws.cn/iot/home'],
    ['aws-us-gov', 'https://eu-west-1.console.amazonaws-us-gov.com/iot/home'],
  ])('leads to the console of partition %s', async (partition, address) => {
    expect((await describeChecks({}, [], partition)).consoleUrl.split('?')[0]).toBe(address);
  });
});
