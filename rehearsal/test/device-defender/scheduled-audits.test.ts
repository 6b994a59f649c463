import {
  CreateScheduledAuditCommand, CreateScheduledAuditCommandInput, DeleteScheduledAuditCommand, DescribeAuditTaskCommand,
  DescribeScheduledAuditCommand, IoTClient, ListScheduledAuditsCommand, ListTagsForResourceCommand, TagResourceCommand,
  UntagResourceCommand, UpdateScheduledAuditCommand, UpdateScheduledAuditCommandInput, paginateListScheduledAudits,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import { certificateId, enableChecks, endAll, errorOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const CHECK = 'LOGGING_DISABLED_CHECK';
const create = (client: IoTClient, input: Partial<CreateScheduledAuditCommandInput> = {}) =>
  client.send(
    new CreateScheduledAuditCommand({
      scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: [CHECK],
      ...input,
    }),
  );
const update = (client: IoTClient, input: Partial<UpdateScheduledAuditCommandInput>) =>
  client.send(new UpdateScheduledAuditCommand({ scheduledAuditName: 'Daily', ...input }));
const describeAudit = async (client: IoTClient, scheduledAuditName = 'Daily') => {
  const { $metadata, ...audit } = await client.send(new DescribeScheduledAuditCommand({ scheduledAuditName }));
  return audit;
};

test('a schedule is created, described, changed in part, listed and deleted', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK, 'CONFLICTING_CLIENT_IDS_CHECK');
  const scheduledAuditArn = 'arn:aws:iot:eu-west-1:123456789012:scheduledaudit/Daily';
  expect((await create(client)).scheduledAuditArn).toBe(scheduledAuditArn);
  expect(await describeAudit(client)).toEqual({
    scheduledAuditName: 'Daily', scheduledAuditArn, frequency: 'DAILY', targetCheckNames: [CHECK],
  });
  await update(client, { targetCheckNames: ['CONFLICTING_CLIENT_IDS_CHECK'] });
  expect(await describeAudit(client)).toMatchObject({
    frequency: 'DAILY', targetCheckNames: ['CONFLICTING_CLIENT_IDS_CHECK'],
  });
  await update(client, { frequency: 'WEEKLY', dayOfWeek: 'SUN' });
  const { scheduledAudits } = await client.send(new ListScheduledAuditsCommand({}));
  expect(scheduledAudits).toEqual([
    { scheduledAuditName: 'Daily', scheduledAuditArn, frequency: 'WEEKLY', dayOfWeek: 'SUN' },
  ]);
  await client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'Daily' }));
  expect((await errorOf(describeAudit(client))).name).toBe('ResourceNotFoundException');
  expect((await errorOf(update(client, {}))).name).toBe('ResourceNotFoundException');
  expect((await errorOf(client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'Daily' })))).name).toBe(
    'ResourceNotFoundException',
  );
});

test.each<[string, Partial<CreateScheduledAuditCommandInput>]>([
  ['weekly without a day', { frequency: 'WEEKLY' }],
  ['biweekly without a day', { frequency: 'BIWEEKLY' }],
  ['monthly without a day', { frequency: 'MONTHLY' }],
  ['monthly on a day of the week', { frequency: 'MONTHLY', dayOfWeek: 'SUN' }],
  ['daily on a day of the week', { dayOfWeek: 'SUN' }],
  ['daily on a day of the month', { dayOfMonth: '1' }],
  ['weekly on a day of the month', { frequency: 'WEEKLY', dayOfWeek: 'SUN', dayOfMonth: '1' }],
  ['day 0 of the month', { frequency: 'MONTHLY', dayOfMonth: '0' }],
  ['day 32 of the month', { frequency: 'MONTHLY', dayOfMonth: '32' }],
  ['the first of the month with a zero', { frequency: 'MONTHLY', dayOfMonth: '01' }],
  ['an unknown day of the week', { frequency: 'WEEKLY', dayOfWeek: 'SUNDAY' as never }],
  ['an unknown frequency', { frequency: 'HOURLY' as never }],
  ['a name with a colon', { scheduledAuditName: 'a:b' }],
  ['a name of 129 characters', { scheduledAuditName: 'a'.repeat(129) }],
  ['no checks', { targetCheckNames: [] }],
  ['a check that is not enabled', { targetCheckNames: [CHECK, 'DEVICE_CERTIFICATE_SHARED_CHECK'] }],
  ['an unknown check', { targetCheckNames: ['LOGGING_CHECK'] }],
  ['an empty tag key', { tags: [{ Key: '', Value: 'a' }] }],
  ['a tag value of 257 characters', { tags: [{ Key: 'a', Value: 'a'.repeat(257) }] }],
])('%s is refused', async (_what, input) => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK);
  expect((await errorOf(create(client, input))).name).toBe('InvalidRequestException');
});

test.each<Partial<CreateScheduledAuditCommandInput>>([
  { frequency: 'WEEKLY', dayOfWeek: 'SAT' }, { frequency: 'BIWEEKLY', dayOfWeek: 'SUN' },
  { frequency: 'MONTHLY', dayOfMonth: '1' }, { frequency: 'MONTHLY', dayOfMonth: '31' },
  { frequency: 'MONTHLY', dayOfMonth: 'LAST' }, { scheduledAuditName: 'a'.repeat(128) },
  { scheduledAuditName: 'A-b_9' },
])('%j is accepted', async (input) => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK);
  await create(client, input);
  expect(await describeAudit(client, input.scheduledAuditName)).toMatchObject(input);
});

test('a change of frequency needs the new day and drops the old one', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK);
  await create(client, { frequency: 'MONTHLY', dayOfMonth: '15' });
  expect((await errorOf(update(client, { frequency: 'WEEKLY' }))).name).toBe('InvalidRequestException');
  expect(await describeAudit(client)).toMatchObject({ frequency: 'MONTHLY', dayOfMonth: '15' });
  await update(client, { frequency: 'DAILY' });
  expect(await describeAudit(client)).not.toHaveProperty('dayOfMonth');
});

test('a name is taken once, and an account has 5 schedules', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK);
  for (const scheduledAuditName of ['a', 'b', 'c', 'd', 'e']) await create(client, { scheduledAuditName });
  const error = await errorOf(create(client, { scheduledAuditName: 'a' }));
  expect(error).toMatchObject({
    name: 'ResourceAlreadyExistsException', resourceId: 'a',
    resourceArn: 'arn:aws:iot:eu-west-1:123456789012:scheduledaudit/a',
  });
  expect((await errorOf(create(client, { scheduledAuditName: 'f' })))).toMatchObject({
    name: 'LimitExceededException', $metadata: { httpStatusCode: 410 },
  });
  await client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'b' }));
  await create(client, { scheduledAuditName: 'f' });
});

test('lists are paged, also when something goes away between two pages', async () => {
  const { client } = await startStandIn();
  await enableChecks(client, CHECK);
  for (const scheduledAuditName of ['a', 'b', 'c', 'd', 'e']) await create(client, { scheduledAuditName });
  const names: string[] = [];
  for await (const { scheduledAudits } of paginateListScheduledAudits({ client, pageSize: 2 }, {})) {
    expect(scheduledAudits!.length).toBeLessThanOrEqual(2);
    names.push(...scheduledAudits!.map(({ scheduledAuditName }) => scheduledAuditName!));
    if (names.length === 2) await client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'a' }));
  }
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await errorOf(client.send(new ListScheduledAuditsCommand({ nextToken: 'made up' })))).name).toBe(
    'InvalidRequestException',
  );
});

test('a scheduled audit can be run, and looks at connections since its previous run', async () => {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const { server, client } = await startStandIn({
    clock,
    fleet: {
      certificates: [{
        certificateId: certificateId(1),
        connections: [{ clientId: 'one', from: '-10d', to: '-9d' }, { clientId: 'two', from: '-10d', to: '-9d' }],
      }],
    },
  });
  await enableChecks(client, 'DEVICE_CERTIFICATE_SHARED_CHECK');
  await create(client, { targetCheckNames: ['DEVICE_CERTIFICATE_SHARED_CHECK'] });
  const compliance: (boolean | undefined)[] = [];
  for (let run = 0; run < 2; run++) {
    const taskId = server.runScheduledAudit('Daily');
    clock.advance(86_400_000);
    const task = await client.send(new DescribeAuditTaskCommand({ taskId }));
    expect(task).toMatchObject({
      taskType: 'SCHEDULED_AUDIT_TASK', scheduledAuditName: 'Daily', taskStatus: 'COMPLETED',
    });
    compliance.push(task.auditDetails!.DEVICE_CERTIFICATE_SHARED_CHECK.checkCompliant);
  }
  expect(compliance).toEqual([false, true]);
  expect(() => server.runScheduledAudit('Weekly')).toThrow('does not exist');
});

describe('tags', () => {
  test('are given at creation, added, replaced and removed', async () => {
    const { client } = await startStandIn({ region: 'cn-north-1' });
    await enableChecks(client, CHECK);
    const { scheduledAuditArn: resourceArn } = await create(client, {
      tags: [
        { Key: 'team', Value: 'iot' }, { Key: 'cost', Value: '1' },
      ],
    });
    expect(resourceArn).toBe('arn:aws-cn:iot:cn-north-1:123456789012:scheduledaudit/Daily');
    await client.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { Key: 'cost', Value: '2' }, { Key: 'stage', Value: 'test' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'absent'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
      { Key: 'cost', Value: '2' }, { Key: 'stage', Value: 'test' },
    ]);
    await client.send(new DeleteScheduledAuditCommand({ scheduledAuditName: 'Daily' }));
    expect((await errorOf(client.send(new ListTagsForResourceCommand({ resourceArn })))).name).toBe(
      'ResourceNotFoundException',
    );
  });

  test('are at most 50, and an unfit set changes nothing', async () => {
    const { client } = await startStandIn();
    await enableChecks(client, CHECK);
    const tags = Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: 'value' }));
    const more = [{ Key: 'one', Value: 'too many' }];
    expect((await errorOf(create(client, { tags: [...tags, ...more] }))).name).toBe('LimitExceededException');
    const { scheduledAuditArn: resourceArn } = await create(client, { tags });
    expect((await errorOf(client.send(new TagResourceCommand({ resourceArn, tags: more })))).name).toBe(
      'LimitExceededException',
    );
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toHaveLength(50);
    const reserved = new TagResourceCommand({ resourceArn, tags: [{ Key: 'aws:own', Value: 'x' }] });
    expect((await errorOf(client.send(reserved))).name).toBe('InvalidRequestException');
  });
});
