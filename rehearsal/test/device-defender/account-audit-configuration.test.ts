import {
  CreateScheduledAuditCommand, DeleteAccountAuditConfigurationCommand, DeleteScheduledAuditCommand,
  DescribeAccountAuditConfigurationCommand, IoTClient, ListAuditFindingsCommand, ListScheduledAuditsCommand,
  StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand,
  UpdateAccountAuditConfigurationCommandInput,
} from '@aws-sdk/client-iot';
import { CHECKS } from '../../device-defender/checks/check-catalog';
import { ManualClock } from '../../device-defender/clock';
import {
  AUDIT_ROLE, NOTIFICATION_ROLE, TOPIC, enableChecks, endAll, errorOf, findingsOf, startStandIn,
} from '../support/running-stand-in';

afterEach(endAll);

const describeConfiguration = (client: IoTClient) => client.send(new DescribeAccountAuditConfigurationCommand({}));
const update = (client: IoTClient, input: UpdateAccountAuditConfigurationCommandInput) =>
  client.send(new UpdateAccountAuditConfigurationCommand(input));

async function enabledChecks(client: IoTClient): Promise<string[]> {
  const { auditCheckConfigurations } = await describeConfiguration(client);
  return Object.entries(auditCheckConfigurations ?? {}).filter(([, { enabled }]) => enabled).map(([name]) => name);
}

test('a new account has no role, no target and all 17 checks off', async () => {
  const { client } = await startStandIn();
  const configuration = await describeConfiguration(client);
  expect(configuration.roleArn ?? '').toBe('');
  expect(configuration.auditNotificationTargetConfigurations).toEqual({});
  expect(Object.keys(configuration.auditCheckConfigurations!)).toEqual(Object.keys(CHECKS));
  expect(Object.keys(configuration.auditCheckConfigurations!)).toHaveLength(17);
  expect(await enabledChecks(client)).toEqual([]);
});

test.each([
  ['us-gov-west-1', 11], ['cn-north-1', 15], ['cn-northwest-1', 13],
])('%s offers %i checks', async (region, count) => {
  const { client } = await startStandIn({ region });
  expect(Object.keys((await describeConfiguration(client)).auditCheckConfigurations!)).toHaveLength(count);
});

test('the first update needs a role and an enabled check', async () => {
  const { client } = await startStandIn();
  const on = { LOGGING_DISABLED_CHECK: { enabled: true } };
  expect(await errorOf(update(client, { auditCheckConfigurations: on }))).toMatchObject({
    name: 'InvalidRequestException', message: expect.stringContaining('roleArn'),
  });
  const useless: UpdateAccountAuditConfigurationCommandInput['auditCheckConfigurations'][] = [
    undefined, {}, { LOGGING_DISABLED_CHECK: { enabled: false } },
  ];
  for (const auditCheckConfigurations of useless) {
    expect((await errorOf(update(client, { roleArn: AUDIT_ROLE, auditCheckConfigurations }))).name).toBe(
      'InvalidRequestException',
    );
  }
  await update(client, { roleArn: AUDIT_ROLE, auditCheckConfigurations: on });
  expect((await describeConfiguration(client)).roleArn).toBe(AUDIT_ROLE);
});

test('an update leaves what it does not name', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, 'LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK');
  await update(client, {
    auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: NOTIFICATION_ROLE, enabled: true } },
  });
  await update(client, {
    auditCheckConfigurations: {
      CA_CERTIFICATE_EXPIRING_CHECK: { enabled: true }, CONFLICTING_CLIENT_IDS_CHECK: { enabled: false },
    },
  });
  expect(await enabledChecks(client)).toEqual(['CA_CERTIFICATE_EXPIRING_CHECK', 'LOGGING_DISABLED_CHECK']);
  expect(await describeConfiguration(client)).toMatchObject({
    roleArn: AUDIT_ROLE,
    auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: NOTIFICATION_ROLE, enabled: true } },
  });
});

test('a target switched off keeps its topic and role; one switched on needs them', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, 'LOGGING_DISABLED_CHECK');
  expect(
    (await errorOf(update(client, { auditNotificationTargetConfigurations: { SNS: { enabled: true } } }))).name,
  ).toBe('InvalidRequestException');
  await update(client, {
    auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: NOTIFICATION_ROLE, enabled: true } },
  });
  await update(client, { auditNotificationTargetConfigurations: { SNS: { enabled: false } } });
  expect((await describeConfiguration(client)).auditNotificationTargetConfigurations).toEqual({
    SNS: { targetArn: TOPIC, roleArn: NOTIFICATION_ROLE, enabled: false },
  });
});

test.each(['REVOKED_CA_CERT_CHECK', 'logging_disabled_check', 'toString'])(
  'the check name %s is refused, and the update as a whole',
  async (name) => {
    const { client } = await startStandIn();
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    const auditCheckConfigurations = { CONFLICTING_CLIENT_IDS_CHECK: { enabled: true }, [name]: { enabled: true } };
    expect(await errorOf(update(client, { auditCheckConfigurations }))).toMatchObject({
      name: 'InvalidRequestException', message: 'Request contains an invalid Audit Check Name.',
    });
    expect(await enabledChecks(client)).toEqual(['LOGGING_DISABLED_CHECK']);
  },
);

test('thresholds are whole days from 30 to 3650, for their own check', async () => {
  const { client } = await startStandIn();
  const set = (check: string, key: string, value: string) =>
    update(client, {
      roleArn: AUDIT_ROLE,
      auditCheckConfigurations: { [check]: { enabled: true, configuration: { [key]: value } as never } },
    });
  for (const [check, key] of [
    ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'CERT_EXPIRATION_THRESHOLD_IN_DAYS'],
    ['DEVICE_CERTIFICATE_AGE_CHECK', 'CERT_AGE_THRESHOLD_IN_DAYS'],
  ]) {
    for (const value of ['30', '3650']) await set(check, key, value);
    for (const value of ['29', '3651', '30.5', 'ninety', '-31']) {
      expect((await errorOf(set(check, key, value))).name).toBe('InvalidRequestException');
    }
    expect((await describeConfiguration(client)).auditCheckConfigurations![check].configuration).toEqual({
      [key]: '3650',
    });
  }
  expect((await errorOf(set('DEVICE_CERTIFICATE_AGE_CHECK', 'CERT_AGE_THRESHOLD_IN_DAYS', '3651'))).message)
    .toBe('Certificate age threshold is greater than the maximum supported threshold of 3650 days');
  expect((await errorOf(set('LOGGING_DISABLED_CHECK', 'CERT_AGE_THRESHOLD_IN_DAYS', '90'))).message).toContain(
    'LOGGING_DISABLED_CHECK',
  );
  expect((await errorOf(set('DEVICE_CERTIFICATE_AGE_CHECK', 'UNKNOWN', '90'))).name).toBe('InvalidRequestException');
});

test('a check in a schedule cannot be disabled until the schedule is gone', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, 'LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK');
  await client.send(
    new CreateScheduledAuditCommand({
      scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: ['LOGGING_DISABLED_CHECK'],
    }),
  );
  const off = { auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: false } } };
  const error = await errorOf(update(client, off));
  expect(error).toMatchObject({
    name: 'InvalidRequestException', message: expect.stringMatching(/LOGGING_DISABLED_CHECK.*Daily/),
  });
  await client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'Daily' }));
  await update(client, off);
  expect(await enabledChecks(client)).toEqual(['CONFLICTING_CLIENT_IDS_CHECK']);
});

test('disabling a check deletes its findings, and only its', async () => {
  const clock = new ManualClock();
  const plantedFindings = [{ checkName: 'CONFLICTING_CLIENT_IDS_CHECK', resourceIdentifier: { clientId: 'a' } }];
  const { client } = await startStandIn({ clock, fleet: { plantedFindings } });
  const checks = ['LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK'];
  await enableChecks(client, ...checks);
  const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: checks }));
  clock.advance(1000);
  expect(await findingsOf(client, taskId!)).toHaveLength(2);
  await update(client, { auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: false } } });
  expect((await findingsOf(client, taskId!)).map(({ checkName }) => checkName)).toEqual([
    'CONFLICTING_CLIENT_IDS_CHECK',
  ]);
});

describe('deleting the configuration', () => {
  const remove = (client: IoTClient, deleteScheduledAudits?: boolean) =>
    client.send(new DeleteAccountAuditConfigurationCommand({ deleteScheduledAudits }));

  test('is refused where there is none', async () => {
    const { client } = await startStandIn();
    expect((await errorOf(remove(client))).name).toBe('ResourceNotFoundException');
  });

  test('resets everything, findings included', async () => {
    const clock = new ManualClock();
    const { client } = await startStandIn({ clock });
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: ['LOGGING_DISABLED_CHECK'] }));
    clock.advance(1000);
    await remove(client);
    expect((await describeConfiguration(client)).roleArn).toBeUndefined();
    expect(await enabledChecks(client)).toEqual([]);
    const range = { startTime: new Date(clock.now() - 5000), endTime: new Date(clock.now()) };
    expect((await client.send(new ListAuditFindingsCommand(range))).findings).toEqual([]);
  });

  test('with schedules needs their deletion to be asked for', async () => {
    const { client } = await startStandIn();
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    await client.send(
      new CreateScheduledAuditCommand({
        scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: ['LOGGING_DISABLED_CHECK'],
      }),
    );
    expect((await errorOf(remove(client))).name).toBe('InvalidRequestException');
    expect((await errorOf(remove(client, false))).name).toBe('InvalidRequestException');
    await remove(client, true);
    expect((await client.send(new ListScheduledAuditsCommand({}))).scheduledAudits).toEqual([]);
  });
});
