import { AuditFinding, IoTClient } from '@aws-sdk/client-iot';
import { TOPIC } from './notice-environment';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { DescribedAudit } from '../../../src/function/runtime/audit-reader';
import { AwsCalls } from '../../../src/function/runtime/aws-calls';
import { Invocation } from '../../../src/function/runtime/invocation';
import { publishNotice } from '../../../src/monitoring/handler/audit-notice';
import { MessageServices } from '../../events/handler/message-services';
import { captureLog } from '../../support/function-log';

const NEW = 'QUANTUM_CHECK';
const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
const FOUND = { checkRunStatus: 'COMPLETED_NON_COMPLIANT' } as const;

interface OddAudit extends Partial<Omit<DescribedAudit, 'taskId'>> {
  readonly findings?: readonly Partial<AuditFinding>[];
}

captureLog();

/** The notice about the last of several audits that AWS IoT describes in an odd way. */
async function noticeOf(...audits: readonly OddAudit[]): Promise<{ subject: string; text: string }> {
  const time = new VirtualTime();
  const all = audits.map(({ findings = [], ...audit }, number) => ({
    taskId: String(number), taskStatus: 'COMPLETED', taskType: 'ON_DEMAND_AUDIT_TASK',
    taskStartTime: new Date(time.now() - (audits.length - number) * 60_000), findings, ...audit,
  }));
  const iot = {
    send: async (command: { constructor: { name: string }; input: Record<string, string> }) => {
      const { constructor: { name }, input } = command;
      const audit = all.find(({ taskId }) => taskId === input.taskId);
      switch (name) {
        case 'DescribeAuditTaskCommand': return audit;
        case 'ListAuditTasksCommand': return { tasks: all };
        default: return { findings: audit!.findings.filter(({ checkName = SHARED }) => checkName === input.checkName) };
      }
    },
  } as unknown as IoTClient;
  const services = new MessageServices();
  await time.during(async () => publishNotice(
    { taskId: String(all.length - 1), topicArn: TOPIC, format: 'TEXT', trigger: 'EVERY_AUDIT' },
    new Invocation({
      calls: new AwsCalls({ clock: time, callTimeout: 10_000 }),
      clients: {
        iot,
        cloudFormation: () => {
          throw new Error('A notice says nothing about stacks.');
        },
        eventBridge: () => services.eventBridge(),
        stepFunctions: () => services.stepFunctions(),
        sns: () => services.sns(),
        s3: () => {
          throw new Error('A notice needs no object.');
        },
      },
      context: { getRemainingTimeInMillis: () => 900_000 },
      stackId: 'arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/Fleet/0f1e2d3c',
    })));
  const [{ Subject: subject, Message: text }] = services.published;
  return { subject, text };
}

function certificate(deviceCertificateId: string, others: Partial<AuditFinding> = {}): Partial<AuditFinding> {
  return { nonCompliantResource: { resourceIdentifier: { deviceCertificateId } }, ...others };
}

describe('a notice', () => {
  test('of a check that is newer than this library has the severity that AWS gives to its findings', async () => {
    const { subject, text } = await noticeOf({
      auditDetails: { [NEW]: { ...FOUND, nonCompliantResourcesCount: 1 } },
      findings: [certificate('a', { checkName: NEW, severity: 'HIGH', reasonForNonComplianceCode: 'QUANTUM' })],
    });

    expect(subject).toBe('Fleet: 1 non-compliant resource, HIGH at worst');
    expect(text).toContain('CRITICAL 0, HIGH 1, MEDIUM 0, LOW 0\nHIGH QUANTUM_CHECK: 1 resource\n');
    expect(text).toContain('  HIGH "a": QUANTUM [QUANTUM_CHECK]\n');
    expect(text).toContain('https://cn-north-1.console.amazonaws.cn/iot/home');
  });

  test('of findings without a severity that anybody knows calls it unknown', async () => {
    const { subject } = await noticeOf({
      auditDetails: { [NEW]: { ...FOUND, nonCompliantResourcesCount: 1 } }, findings: [{ checkName: NEW }],
    });

    expect(subject).toBe('Fleet: 1 non-compliant resource, UNKNOWN at worst');
  });

  test('counts what AWS does not count', async () => {
    const { subject, text } = await noticeOf(
      { auditDetails: { [SHARED]: FOUND }, findings: [certificate('a'), certificate('b')] },
      { auditDetails: { [SHARED]: FOUND }, findings: [certificate('b'), certificate('c'), certificate('c')] },
    );

    expect(subject).toBe('Fleet: 1 new of 2 non-compliant resources, CRITICAL at worst');
    expect(text).toContain(`CRITICAL ${SHARED}: 2 resources, 1 new, 1 no longer found\n`);
  });

  test('counts what is gone also where AWS did not count it', async () => {
    const { text } = await noticeOf(
      { auditDetails: { [SHARED]: FOUND }, findings: [certificate('a'), certificate('b')] },
      { auditDetails: { [SHARED]: { checkRunStatus: 'COMPLETED_COMPLIANT' } } },
    );

    expect(text).toContain(`CRITICAL ${SHARED}: 0 resources, 2 no longer found\n`);
  });

  test('calls a resource new that cannot be identified, and gives it no name', async () => {
    const unknown = { nonCompliantResource: { resourceIdentifier: {} } };
    const counted = { auditDetails: { [SHARED]: { ...FOUND, nonCompliantResourcesCount: 1 } }, findings: [unknown] };
    const { subject, text } = await noticeOf(counted, counted);

    expect(subject).toBe('Fleet: 1 new of 1 non-compliant resource, CRITICAL at worst');
    expect(text).toContain(`  new CRITICAL unknown: no reason given [${SHARED}]\n`);
  });

  test('of an audit without a start says none', async () => {
    const { text } = await noticeOf({ auditDetails: {}, taskStartTime: undefined });

    expect(text).toContain('Audit on demand in account 123456789012, cn-north-1\n');
  });

  test('of an audit without checks says that nothing was found', async () => {
    expect((await noticeOf({ auditDetails: undefined })).subject).toBe('Fleet: nothing found');
  });
});
