import { ArchiveEnvironment, BUCKET, DAY, linesOf, MINUTE, PLACE } from './archive-environment';
import { captureLog } from '../../support/function-log';

const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const LOGGING = 'LOGGING_DISABLED_CHECK';
const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
const [ONE, OTHER] = ['a', 'b'].map((digit) => digit.repeat(64));

describe('the archive of an audit', () => {
  const log = captureLog();
  let account: ArchiveEnvironment;

  beforeEach(async () => {
    account = await ArchiveEnvironment.start([SHARED, POLICY, LOGGING, EXPIRING], {
      fleet: {
        plantedFindings: [
          {
            checkName: SHARED, resourceIdentifier: { deviceCertificateId: ONE },
            relatedResources: [{ resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: '<pump> "1"\n' } }],
          },
          { checkName: SHARED, resourceIdentifier: { deviceCertificateId: OTHER } },
          {
            checkName: POLICY,
            resourceIdentifier: { policyVersionIdentifier: { policyName: 'Valve', policyVersionId: '3' } },
          },
        ],
        logging: { roleArn: 'arn:aws:iam::123456789012:role/Logs', defaultLogLevel: 'ERROR' },
        missingPermissions: [{ roleArn: 'arn:aws:iam::123456789012:role/AuditRole', denied: [EXPIRING] }],
      },
    });
  });

  afterEach(() => account.stop());

  test('has a file for each check that found something, and one for the audit', async () => {
    const taskId = account.audit();

    await account.archive(taskId);

    expect(account.keys).toEqual([
      `checks/day=2026-01-15/${PLACE}.${taskId}.json.gz`,
      `findings/day=2026-01-15/${PLACE}.${taskId}.${SHARED}.json.gz`,
      `findings/day=2026-01-15/${PLACE}.${taskId}.${POLICY}.json.gz`,
    ]);
    const [{ contentType }] = account.env.services.buckets.objectsOf(BUCKET);
    expect(contentType).toBe('application/gzip');
    expect(log.messages).toEqual([
      'message', 'findings of a check archived', 'findings of a check archived', 'findings archived',
    ]);
  });

  test('has all that AWS IoT says of each finding, suppressed ones marked', async () => {
    account.suppress(SHARED, { deviceCertificateId: OTHER });
    const taskId = account.audit();

    await account.archive(taskId);

    const common = {
      task_id: taskId, task_start_time: '2026-01-15 12:00:00.000', finding_time: '2026-01-15 12:01:00.000',
      scheduled_audit_name: 'daily', account_id: '123456789012', region: 'eu-west-1', severity: 'CRITICAL',
    };
    const shared = {
      ...common, check_name: SHARED, resource_type: 'DEVICE_CERTIFICATE',
      reason_code: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES', reason: expect.stringMatching(/./),
      finding_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    };
    expect(account.rowsOf('findings')).toEqual([
      {
        ...shared, is_suppressed: false, resource_id: ONE,
        resource_identifier: `{"deviceCertificateId":"${ONE}"}`,
        related_resources:
          '[{"resourceType":"CLIENT_ID","resourceIdentifier":{"clientId":"<pump> \\"1\\"\\n"}}]',
      },
      {
        ...shared, is_suppressed: true, resource_id: OTHER,
        resource_identifier: `{"deviceCertificateId":"${OTHER}"}`,
      },
      {
        ...common, is_suppressed: false, check_name: POLICY, resource_type: 'IOT_POLICY', resource_id: 'Valve',
        policy_version: '3', reason_code: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
        reason: expect.stringMatching(/./), finding_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resource_identifier: '{"policyVersionIdentifier":{"policyName":"Valve","policyVersionId":"3"}}',
      },
    ]);
  });

  test('has what the audit says of its checks, with the file of each', async () => {
    account.suppress(SHARED, { deviceCertificateId: OTHER });
    const taskId = account.audit();

    await account.archive(taskId);

    const common = {
      task_id: taskId, task_type: 'SCHEDULED_AUDIT_TASK', task_status: 'COMPLETED',
      task_start_time: '2026-01-15 12:00:00.000', scheduled_audit_name: 'daily', account_id: '123456789012',
      region: 'eu-west-1',
    };
    expect(account.rowsOf('checks')).toEqual([
      {
        ...common, check_name: EXPIRING, check_run_status: 'FAILED', severity: 'MEDIUM',
        error_code: 'INSUFFICIENT_PERMISSIONS',
        message: `The audit role lacks a permission that ${EXPIRING} needs.`,
      },
      {
        ...common, check_name: SHARED, check_run_status: 'COMPLETED_NON_COMPLIANT', severity: 'CRITICAL',
        total_resources: 2, non_compliant_resources: 1, suppressed_resources: 1,
        findings_file: `${PLACE}.${taskId}.${SHARED}.json.gz`,
      },
      {
        ...common, check_name: POLICY, check_run_status: 'COMPLETED_NON_COMPLIANT', severity: 'CRITICAL',
        total_resources: 1, non_compliant_resources: 1, suppressed_resources: 0,
        findings_file: `${PLACE}.${taskId}.${POLICY}.json.gz`,
      },
      {
        ...common, check_name: LOGGING, check_run_status: 'COMPLETED_COMPLIANT', severity: 'LOW',
        total_resources: 1, non_compliant_resources: 0, suppressed_resources: 0,
      },
    ]);
  });

  test('lies below a prefix, in the folder of the day on which the audit started', async () => {
    account.env.time.pass(12 * 60 * MINUTE - MINUTE / 2);
    const taskId = account.audit();
    expect(new Date(account.env.time.now()).toISOString()).toMatch(/^2026-01-16T00:00:30/);

    await account.archive(taskId, { prefix: 'iot/eu-1/' });

    expect(account.keys.map((key) => key.split(`${PLACE}.${taskId}`)[0])).toEqual([
      'iot/eu-1/checks/day=2026-01-15/', 'iot/eu-1/findings/day=2026-01-15/', 'iot/eu-1/findings/day=2026-01-15/',
    ]);
  });

  test('is that of an audit on demand, without a schedule', async () => {
    const taskId = await account.env.startAudit(LOGGING);
    account.env.time.pass(MINUTE);

    await account.archive(taskId);

    const [row] = account.rowsOf('checks');
    expect(row).toMatchObject({ task_type: 'ON_DEMAND_AUDIT_TASK', check_name: LOGGING });
    expect(row).not.toHaveProperty('scheduled_audit_name');
  });

  test('is that of a canceled audit, with what was found before', async () => {
    Object.assign(account.env.iot.timing.checkDurations, { [POLICY]: DAY });
    const taskId = await account.env.startAudit(SHARED, POLICY);
    account.env.time.pass(MINUTE);
    await account.env.cancelAudit(taskId);

    await account.archive(taskId);

    expect(account.rowsOf('findings').map((row) => row.check_name)).toEqual([SHARED, SHARED]);
    expect(account.rowsOf('checks')).toEqual([
      expect.objectContaining({ check_name: SHARED, check_run_status: 'COMPLETED_NON_COMPLIANT' }),
      expect.objectContaining({ check_name: POLICY, check_run_status: 'CANCELED', task_status: 'CANCELED' }),
    ]);
  });

  test('is made once, however often the message comes', async () => {
    const taskId = account.audit();
    await account.archive(taskId);
    const before = account.env.services.buckets.objectsOf(BUCKET);
    account.suppress(SHARED, { deviceCertificateId: ONE });
    account.env.services.requests.length = account.env.iot.requests.length = 0;

    await account.archive(taskId);

    expect(account.env.services.buckets.objectsOf(BUCKET)).toEqual(before);
    expect(account.env.services.requests.map(({ operation }) => operation)).toEqual(['ListObjectsV2']);
    expect(account.env.iot.requests.map(({ operation }) => operation)).toEqual(['DescribeAuditTask']);
    expect(log.messages.at(-1)).toBe('findings archived before');
  });

  test('is whole if two deliveries write it at the same time', async () => {
    const taskId = account.audit();

    await Promise.all([account.archive(taskId), account.archive(taskId)]);

    expect(account.keys).toHaveLength(3);
    expect(account.rowsOf('findings')).toHaveLength(3);
    expect(account.rowsOf('checks')).toHaveLength(4);
  });

  test('has the same bytes whoever writes it', async () => {
    const taskId = account.audit();
    await account.archive(taskId);
    await account.archive(taskId, { prefix: 'again/' });

    const [checks, shared, policy, ...again] = [...account.env.services.buckets.objectsOf(BUCKET)]
      .sort((one, other) => one.key.startsWith('again/') ? 1 : other.key.startsWith('again/') ? -1 : 0)
      .map(({ body }) => body);
    expect(again).toEqual([checks, shared, policy]);
    expect(linesOf(shared)).toHaveLength(2);
  });

  test('waits until AWS IoT knows of the end', async () => {
    const taskId = await account.env.startAudit(LOGGING);

    await account.archive(taskId);

    expect(account.rowsOf('checks')).toMatchObject([{ task_id: taskId, task_status: 'COMPLETED', check_name: LOGGING }]);
  });

  test('is left to another attempt for an audit that does not end in two minutes', async () => {
    account.env.iot.timing.auditDuration = 60 * MINUTE;
    const taskId = await account.env.startAudit(LOGGING);
    const began = account.env.time.now();

    await expect(account.archive(taskId)).rejects.toThrow(
      new Error(`audit ${taskId} is said to have ended, and to be in progress`));

    expect(account.env.time.now() - began).toBe(2 * MINUTE);
    expect(account.keys).toEqual([]);
  });

  test.each<[audit: string, taskId: () => string | Promise<string>, error: RegExp]>([
    ['that nobody knows', () => 'f'.repeat(32), /^AWS IoT has no audit f{32}, and keeps none for more than 90 days$/],
    ['of 91 days ago', () => {
      const taskId = account.audit();
      account.env.time.pass(91 * DAY);
      return taskId;
    }, /^AWS IoT has no audit .*, and keeps none for more than 90 days$/],
  ])('is left to another attempt for an audit %s', async (_audit, taskIdOf, error) => {
    await expect(account.archive(await taskIdOf())).rejects.toThrow(error);

    expect(account.keys).toEqual([]);
  });

  test.each<[fault: string, request: unknown, error: string]>([
    ['no request', null, 'the message to archive findings has no bucket'],
    ['no bucket', { bucketName: '' }, 'the message to archive findings has no bucket'],
    ['no prefix', { prefix: undefined }, 'the message to archive findings has no prefix of its form'],
    ['a prefix that leads into the folder of a day', { prefix: 'findings/day=2026-01-01/' },
      'the message to archive findings has no prefix of its form'],
    ['a prefix that is no folder', { prefix: 'iot' }, 'the message to archive findings has no prefix of its form'],
    ['no audit', { taskId: undefined }, 'the message to archive findings has no id of an audit'],
    ['an audit that is a path', { taskId: '../x' }, 'the message to archive findings has no id of an audit'],
  ])('is refused for a message with %s', async (_fault, request, error) => {
    const body = { archiveFindings: request && { bucketName: BUCKET, prefix: '', taskId: 'a', ...request as object } };

    await expect(account.deliver(body)).rejects.toThrow(error);

    expect(account.env.iot.requests.map(({ operation }) => operation)).not.toContain('DescribeAuditTask');
    expect(account.keys).toEqual([]);
  });
});
