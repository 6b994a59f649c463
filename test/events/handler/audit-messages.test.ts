import { MessageServices, queueEvent } from './message-services';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const MINUTE = 60_000;
const LOGGING = 'LOGGING_DISABLED_CHECK';
const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
const CERTIFICATES = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:Audits';

describe('the message of an ended audit', () => {
  const log = captureLog();
  let env: FunctionEnvironment;
  let services: MessageServices;

  beforeEach(async () => {
    services = new MessageServices();
    env = await FunctionEnvironment.start({
      fleet: {
        plantedFindings: CERTIFICATES.map((deviceCertificateId) => ({
          checkName: SHARED, resourceIdentifier: { deviceCertificateId },
        })),
        missingPermissions: [{ roleArn: 'arn:aws:iam::123456789012:role/AuditRole', denied: [EXPIRING] }],
      },
    });
    await env.enableChecks(LOGGING, SHARED, EXPIRING);
    env.iot.ask('UpdateAccountAuditConfiguration', {
      auditNotificationTargetConfigurations: {
        SNS: { targetArn: TOPIC, roleArn: 'arn:aws:iam::123456789012:role/NotificationRole', enabled: true },
      },
    });
  });

  afterEach(() => env.stop());

  async function handle(body: unknown): Promise<void> {
    await env.dispatch(queueEvent(typeof body === 'string' ? body : JSON.stringify(body)), services);
  }

  /** Runs an audit to its end, and returns what Device Defender tells the topic. */
  async function audited(...checks: string[]): Promise<Record<string, any>> {
    await env.startAudit(...checks);
    env.time.pass(MINUTE);
    return lastMessage();
  }

  function lastMessage(): Record<string, any> {
    return env.iot.notifications.at(-1)!.payload as unknown as Record<string, any>;
  }

  test('becomes an event that says what AWS IoT says of the audit', async () => {
    const began = env.time.now();
    const message = await audited(LOGGING, SHARED, EXPIRING);

    await handle(message);

    expect(services.entries).toEqual([{
      Source: 'cdk-iot-fleet-audit',
      DetailType: 'IoT Device Defender Audit Completed',
      Detail: expect.any(String),
    }]);
    expect(services.details).toEqual([{
      version: '1',
      taskId: message.taskId,
      taskType: 'ON_DEMAND_AUDIT_TASK',
      taskStatus: 'COMPLETED',
      taskStartTime: new Date(began).toISOString(),
      checks: [
        {
          checkName: SHARED, checkRunStatus: 'COMPLETED_NON_COMPLIANT', severity: 'CRITICAL',
          totalResources: 3, nonCompliantResources: 3, suppressedResources: 0,
        },
        {
          checkName: EXPIRING, checkRunStatus: 'FAILED', severity: 'MEDIUM',
          totalResources: 0, nonCompliantResources: 0, suppressedResources: 0,
          errorCode: 'INSUFFICIENT_PERMISSIONS',
          message: `The audit role lacks a permission that ${EXPIRING} needs.`,
        },
        {
          checkName: LOGGING, checkRunStatus: 'COMPLETED_NON_COMPLIANT', severity: 'LOW',
          totalResources: 1, nonCompliantResources: 1, suppressedResources: 0,
        },
      ],
      nonCompliantChecks: [SHARED, LOGGING],
      nonCompliantResourcesBySeverity: { CRITICAL: 3, HIGH: 0, MEDIUM: 0, LOW: 1 },
      highestSeverity: 'CRITICAL',
      consoleUrl: 'https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1'
        + `#/dd/audit/results/${message.taskId}`,
      notification: message,
    }]);
    expect(log.messages).toEqual(['message', 'event published']);
  });

  test('names the scheduled audit, also as the resource of the event', async () => {
    env.iot.ask('CreateScheduledAudit', {
      scheduledAuditName: 'Nightly', frequency: 'DAILY', targetCheckNames: [LOGGING],
    });
    env.iot.runScheduledAudit('Nightly');
    env.time.pass(MINUTE);

    await handle(lastMessage());

    expect(services.entries[0].Resources)
      .toEqual(['arn:aws:iot:eu-west-1:123456789012:scheduledaudit/Nightly']);
    expect(services.details[0]).toMatchObject({ scheduledAuditName: 'Nightly', taskType: 'SCHEDULED_AUDIT_TASK' });
  });

  test('gives equal events if it is delivered three times', async () => {
    const message = await audited(LOGGING, SHARED);

    await handle(message);
    env.time.pass(20 * MINUTE);
    await handle(message);
    env.time.pass(20 * MINUTE);
    await handle(message);

    const [first, ...others] = services.entries;
    expect(others).toEqual([first, first]);
  });

  test('does not count what is suppressed', async () => {
    for (const deviceCertificateId of CERTIFICATES) {
      env.iot.ask('CreateAuditSuppression', {
        checkName: SHARED, resourceIdentifier: { deviceCertificateId }, suppressIndefinitely: true,
        clientRequestToken: deviceCertificateId,
      });
    }

    await handle(await audited(SHARED));

    expect(services.details[0]).toMatchObject({
      checks: [{
        checkName: SHARED, checkRunStatus: 'COMPLETED_COMPLIANT', totalResources: 3, nonCompliantResources: 0,
        suppressedResources: 3,
      }],
      nonCompliantChecks: [],
      nonCompliantResourcesBySeverity: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0 },
      highestSeverity: 'NONE',
    });
  });

  test('of a canceled audit says so', async () => {
    const taskId = await env.startAudit(LOGGING);
    await env.cancelAudit(taskId);

    await handle(lastMessage());

    expect(services.details[0]).toMatchObject({
      taskId, taskStatus: 'CANCELED', checks: [{ checkName: LOGGING, checkRunStatus: 'CANCELED' }],
      nonCompliantChecks: [], highestSeverity: 'NONE',
    });
  });

  test('of an audit that could not carry out any check says so', async () => {
    await handle(await audited(EXPIRING));

    expect(services.details[0]).toMatchObject({ taskStatus: 'FAILED', nonCompliantChecks: [], highestSeverity: 'NONE' });
  });

  test('is not believed: numbers and states come from AWS IoT', async () => {
    const { taskId } = await audited(LOGGING);

    await handle({
      taskId, taskStatus: 'FAILED', taskType: 'SCHEDULED_AUDIT_TASK', scheduledAuditName: 'Forged', auditDetails: [
        { checkName: SHARED, checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: 1000 },
      ],
    });

    const [{ notification, ...detail }] = services.details;
    expect(detail).toMatchObject({
      taskStatus: 'COMPLETED', taskType: 'ON_DEMAND_AUDIT_TASK', nonCompliantChecks: [LOGGING], highestSeverity: 'LOW',
    });
    expect(JSON.stringify(detail)).not.toMatch(/Forged|1000/);
    expect(services.entries[0]).not.toHaveProperty('Resources');
  });

  test.each<[form: string, body: (message: Record<string, any>) => unknown]>([
    ['with a map of checks', (message) => ({ ...message, auditDetails: { [LOGGING]: {} } })],
    ['without checks', ({ auditDetails: _left, ...message }) => message],
    ['with fields that nobody knows', (message) => ({ ...message, region: 'eu-west-1', version: { major: 2 } })],
    ['with nothing but the id', ({ taskId }) => ({ taskId })],
  ])('is understood %s', async (_form, bodyOf) => {
    const message = await audited(LOGGING);
    const body = bodyOf(message);

    await handle(body);
    await handle(message);

    const [detail, plain] = services.details;
    expect(detail).toEqual({ ...plain, notification: body });
  });

  test('is understood in an envelope of SNS', async () => {
    const message = await audited(LOGGING);

    await handle({ Type: 'Notification', TopicArn: TOPIC, Message: JSON.stringify(message) });
    await handle(message);

    expect(services.entries[0]).toEqual(services.entries[1]);
  });

  test.each<[form: string, bodyOf: (event: { source: string; detail: object }) => object]>([
    ['as a whole', (event) => event],
    ['as its detail', ({ detail }) => detail],
  ])('does not come of its own event, which a rule has sent to the topic %s', async (_form, bodyOf) => {
    await handle(await audited(LOGGING));
    const [{ Source: source }] = services.entries;
    const [detail] = services.details;

    await handle(bodyOf({ source: source!, detail }));

    expect(services.entries).toHaveLength(1);
    expect(log.messages).toEqual([
      'message', 'event published', 'message', 'an event of this library is no ended audit',
    ]);
  });

  test('does not come of an alarm, whose action may be the same topic', async () => {
    await handle({ AlarmName: 'Failed', AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Failed', taskId: 'a' });

    expect(services.entries).toEqual([]);
    expect(log.messages).toEqual(['message', 'an alarm is no ended audit']);
  });

  test('that comes before AWS IoT knows of the end waits for it', async () => {
    const taskId = await env.startAudit(LOGGING);

    await handle({ taskId });

    expect(services.details).toMatchObject([{ taskId, taskStatus: 'COMPLETED', nonCompliantChecks: [LOGGING] }]);
  });

  test('of an audit that does not end is left to another attempt', async () => {
    env.iot.timing.auditDuration = 60 * MINUTE;
    const taskId = await env.startAudit(LOGGING);
    const began = env.time.now();

    await expect(handle({ taskId })).rejects.toThrow(
      new Error(`audit ${taskId} is said to have ended, and to be in progress`));
    expect(services.attempts).toBe(0);
    expect(env.time.now() - began).toBe(2 * MINUTE);
  });

  test('of an audit that AWS IoT does not know is no event', async () => {
    await expect(handle({ taskId: 'f'.repeat(32) }))
      .rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(services.attempts).toBe(0);
  });

  test('of another account is ignored', async () => {
    const { taskId } = await audited(LOGGING);

    await handle({ taskId, accountId: '210987654321' });

    expect(services.attempts).toBe(0);
    expect(log.messages).toEqual(['message', 'an audit of another account is no event of this one']);
  });

  test.each(['throttle', 'internalError', 'hang', 'dropConnection', 'dropAfterEffect', 'accessDenied'] as const)(
    'survives a failure of AWS IoT: %s', async (kind) => {
      const message = await audited(LOGGING);
      env.iot.faults.add({ operation: 'DescribeAuditTask', kind, times: 3 });

      await handle(message);

      expect(services.details).toMatchObject([{ taskId: message.taskId, nonCompliantChecks: [LOGGING] }]);
    });

  test('is left to another attempt if AWS IoT stays away', async () => {
    const message = await audited(LOGGING);
    env.iot.faults.add({ operation: 'DescribeAuditTask', kind: 'throttle', times: Infinity });
    const began = env.time.now();

    await expect(handle(message)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(env.time.now() - began).toBeLessThan(15 * MINUTE);
    expect(services.attempts).toBe(0);
  });

  test('may have a notification that is too long for an event, which then does without it', async () => {
    const message = await audited(LOGGING);

    await handle({ ...message, padding: 'x'.repeat(250_000) });
    await handle(message);

    const [long, short] = services.details;
    expect(long).toEqual({ ...short, notification: undefined });
    expect(services.entries[0].Detail!.length).toBeLessThan(2_000);
  });

  test('may be nested deeper than can be written', async () => {
    const { taskId } = await audited(LOGGING);

    await handle(`{"taskId":"${taskId}","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);

    expect(services.details).toMatchObject([{ taskId }]);
    expect(services.details[0]).not.toHaveProperty('notification');
  });
});
