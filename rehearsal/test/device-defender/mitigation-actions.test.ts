import {
  CreateMitigationActionCommand, CreateMitigationActionCommandInput, DeleteMitigationActionCommand,
  DescribeMitigationActionCommand, IoTClient, ListMitigationActionsCommand, ListTagsForResourceCommand,
  MitigationActionParams, UpdateMitigationActionCommand, paginateListMitigationActions,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import { ACTION_ROLE, TOPIC, endAll, errorOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const PARAMS: Record<string, MitigationActionParams> = {
  UPDATE_DEVICE_CERTIFICATE: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
  UPDATE_CA_CERTIFICATE: { updateCACertificateParams: { action: 'DEACTIVATE' } },
  ADD_THINGS_TO_THING_GROUP: {
    addThingsToThingGroupParams: { thingGroupNames: ['Quarantine'], overrideDynamicGroups: true },
  },
  REPLACE_DEFAULT_POLICY_VERSION: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
  ENABLE_IOT_LOGGING: { enableIoTLoggingParams: { roleArnForLogging: ACTION_ROLE, logLevel: 'ERROR' } },
  PUBLISH_FINDING_TO_SNS: { publishFindingToSnsParams: { topicArn: TOPIC } },
};

const create = (client: IoTClient, actionName: string, input: Partial<CreateMitigationActionCommandInput> = {}) =>
  client.send(new CreateMitigationActionCommand({
    actionName, roleArn: ACTION_ROLE, actionParams: PARAMS.PUBLISH_FINDING_TO_SNS, ...input,
  }));

test.each(Object.entries(PARAMS))(
  'an action of type %s is created, described, changed and deleted',
  async (actionType, actionParams) => {
    const clock = new ManualClock('2026-03-01T12:00:00Z');
    const { client } = await startStandIn({ clock });
    const { actionArn, actionId } = await create(client, 'Action', {
      actionParams, tags: [{ Key: 'team', Value: 'iot' }],
    });
    expect(actionArn).toBe('arn:aws:iot:eu-west-1:123456789012:mitigationaction/Action');
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: actionArn }))).tags).toEqual([
      { Key: 'team', Value: 'iot' },
    ]);
    clock.advance(60_000);
    await client.send(new UpdateMitigationActionCommand({ actionName: 'Action', roleArn: `${ACTION_ROLE}2` }));
    const { $metadata, ...action } = await client.send(new DescribeMitigationActionCommand({ actionName: 'Action' }));
    expect(action).toEqual({
      actionName: 'Action', actionType, actionArn, actionId, roleArn: `${ACTION_ROLE}2`, actionParams,
      creationDate: new Date('2026-03-01T12:00:00Z'), lastModifiedDate: new Date('2026-03-01T12:01:00Z'),
    });
    for (let time = 0; time < 2; time++) await client.send(new DeleteMitigationActionCommand({ actionName: 'Action' }));
    expect((await errorOf(client.send(new DescribeMitigationActionCommand({ actionName: 'Action' })))).name).toBe(
      'ResourceNotFoundException',
    );
    expect((await errorOf(client.send(new UpdateMitigationActionCommand({ actionName: 'Action' })))).name).toBe(
      'ResourceNotFoundException',
    );
    expect((await errorOf(client.send(new ListTagsForResourceCommand({ resourceArn: actionArn })))).name).toBe(
      'ResourceNotFoundException',
    );
  },
);

test.each<[string, Partial<CreateMitigationActionCommandInput>]>([
  ['no parameters', { actionParams: {} }],
  [
    'two kinds of parameters',
    { actionParams: { ...PARAMS.UPDATE_CA_CERTIFICATE, ...PARAMS.UPDATE_DEVICE_CERTIFICATE } },
  ],
  [
    'another change of a certificate',
    { actionParams: { updateDeviceCertificateParams: { action: 'REVOKE' as never } } },
  ],
  ['no thing groups', { actionParams: { addThingsToThingGroupParams: { thingGroupNames: [] } } }],
  [
    '11 thing groups',
    {
      actionParams: {
        addThingsToThingGroupParams: { thingGroupNames: Array.from({ length: 11 }, (_, index) => `g${index}`) },
      },
    },
  ],
  [
    'log level DISABLED',
    { actionParams: { enableIoTLoggingParams: { roleArnForLogging: ACTION_ROLE, logLevel: 'DISABLED' } } },
  ],
  ['no log level', { actionParams: { enableIoTLoggingParams: { roleArnForLogging: ACTION_ROLE } as never } }],
  [
    'a topic ARN of 351 characters',
    { actionParams: { publishFindingToSnsParams: { topicArn: TOPIC.padEnd(351, 'x') } } },
  ],
  ['a short role', { roleArn: 'arn:aws:iam' }],
  ['a name with a colon', { actionName: 'a:b' }],
  ['a name of 129 characters', { actionName: 'a'.repeat(129) }],
])('%s is refused', async (_what, input) => {
  const { client } = await startStandIn();
  expect((await errorOf(create(client, 'Action', input))).name).toBe('InvalidRequestException');
});

test('the parameters of an action can change, its type cannot', async () => {
  const { client } = await startStandIn();
  await create(client, 'Action');
  const actionParams = { publishFindingToSnsParams: { topicArn: `${TOPIC}2` } };
  await client.send(new UpdateMitigationActionCommand({ actionName: 'Action', actionParams }));
  expect((await client.send(new DescribeMitigationActionCommand({ actionName: 'Action' }))).actionParams).toEqual(
    actionParams,
  );
  const change = new UpdateMitigationActionCommand({
    actionName: 'Action', actionParams: PARAMS.UPDATE_CA_CERTIFICATE,
  });
  expect((await errorOf(client.send(change))).name).toBe('InvalidRequestException');
});

test('a name is taken once, an account has 100 actions, and lists are paged and filtered', async () => {
  const { client } = await startStandIn();
  await create(client, 'Deactivate', { actionParams: PARAMS.UPDATE_DEVICE_CERTIFICATE });
  for (let number = 1; number < 100; number++) await create(client, `Publish${number}`);
  expect(await errorOf(create(client, 'Deactivate'))).toMatchObject({
    name: 'ResourceAlreadyExistsException', resourceId: 'Deactivate',
  });
  expect((await errorOf(create(client, 'OneMore'))).name).toBe('LimitExceededException');
  const names: string[] = [];
  for await (const { actionIdentifiers } of paginateListMitigationActions({ client, pageSize: 30 }, {})) {
    names.push(...actionIdentifiers!.map(({ actionName }) => actionName!));
  }
  expect(new Set(names).size).toBe(100);
  const { actionIdentifiers } = await client.send(
    new ListMitigationActionsCommand({ actionType: 'UPDATE_DEVICE_CERTIFICATE' }),
  );
  expect(actionIdentifiers).toEqual([
    { actionName: 'Deactivate', actionArn: expect.any(String), creationDate: expect.any(Date) },
  ]);
});
