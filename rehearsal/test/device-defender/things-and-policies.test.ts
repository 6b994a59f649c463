import {
  DescribeThingGroupCommand, GetPolicyCommand, IoTClient, ListPrincipalThingsCommand, ListThingGroupsForThingCommand,
} from '@aws-sdk/client-iot';
import { certificateId, endAll, errorOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const ARN = 'arn:aws:iot:eu-west-1:123456789012';
const principalOf = (number: number) => `${ARN}:cert/${certificateId(number)}`;
const groupArn = (name: string) => `${ARN}:thinggroup/${name}`;

async function fleet(): Promise<IoTClient> {
  const { client } = await startStandIn({
    fleet: {
      certificates: [
        { certificateId: certificateId(1), things: ['pump-1', 'pump-2', 'pump-3'] },
        { certificateId: certificateId(2) },
      ],
      thingGroups: [
        { thingGroupName: 'plant' },
        { thingGroupName: 'hall', parentGroupName: 'plant' },
        { thingGroupName: 'line', parentGroupName: 'hall' },
      ],
      things: [{ thingName: 'pump-1', thingGroupNames: ['line', 'plant'] }],
      policies: [{
        policyName: 'Devices',
        versions: [{ versionId: '1', document: { Statement: [] } }, { versionId: '2', document: '{"Version":"2"}' }],
        defaultVersionId: '2',
      }],
    },
  });
  return client;
}

test('a policy has the document of its default version', async () => {
  const { $metadata, ...policy } = await (await fleet()).send(new GetPolicyCommand({ policyName: 'Devices' }));

  expect(policy).toEqual({
    policyName: 'Devices', policyArn: `${ARN}:policy/Devices`, policyDocument: '{"Version":"2"}', defaultVersionId: '2',
  });
});

test('the things of a certificate come in pages', async () => {
  const client = await fleet();
  const first = await client.send(new ListPrincipalThingsCommand({ principal: principalOf(1), maxResults: 2 }));
  const second = await client.send(
    new ListPrincipalThingsCommand({ principal: principalOf(1), maxResults: 2, nextToken: first.nextToken }));

  expect([first.things, second.things, second.nextToken]).toEqual([['pump-1', 'pump-2'], ['pump-3'], undefined]);
});

test('a certificate may have no things', async () => {
  const { things } = await (await fleet()).send(new ListPrincipalThingsCommand({ principal: principalOf(2) }));

  expect(things).toEqual([]);
});

test('the groups of a thing are its own, in pages, without those above', async () => {
  const client = await fleet();
  const page = { thingName: 'pump-1', maxResults: 1 };
  const first = await client.send(new ListThingGroupsForThingCommand(page));
  const second = await client.send(new ListThingGroupsForThingCommand({ ...page, nextToken: first.nextToken }));

  expect([first.thingGroups, second.thingGroups, second.nextToken]).toEqual([
    [{ groupName: 'line', groupArn: groupArn('line') }], [{ groupName: 'plant', groupArn: groupArn('plant') }],
    undefined,
  ]);
});

test('a token of another list is refused', async () => {
  const client = await fleet();
  const { nextToken } = await client.send(
    new ListPrincipalThingsCommand({ principal: principalOf(1), maxResults: 1 }));

  expect((await errorOf(client.send(new ListThingGroupsForThingCommand({ thingName: 'pump-1', nextToken })))).name)
    .toBe('InvalidRequestException');
});

test('a thing group knows the groups above it, the root first', async () => {
  const { thingGroupMetadata, thingGroupArn } = await (await fleet()).send(
    new DescribeThingGroupCommand({ thingGroupName: 'line' }));

  expect(thingGroupArn).toBe(groupArn('line'));
  expect(thingGroupMetadata).toEqual({
    parentGroupName: 'hall',
    rootToParentThingGroups: [
      { groupName: 'plant', groupArn: groupArn('plant') }, { groupName: 'hall', groupArn: groupArn('hall') },
    ],
  });
});

test('a root group has none above it', async () => {
  const { thingGroupMetadata } = await (await fleet()).send(new DescribeThingGroupCommand({ thingGroupName: 'plant' }));

  expect(thingGroupMetadata).toEqual({ rootToParentThingGroups: [] });
});

test.each([
  ['a policy', (client: IoTClient) => client.send(new GetPolicyCommand({ policyName: 'Unknown' }))],
  ['a certificate', (client: IoTClient) => client.send(new ListPrincipalThingsCommand({ principal: principalOf(9) }))],
  ['a thing', (client: IoTClient) => client.send(new ListThingGroupsForThingCommand({ thingName: 'unknown' }))],
  ['a thing group', (client: IoTClient) => client.send(new DescribeThingGroupCommand({ thingGroupName: 'unknown' }))],
])('%s that does not exist is not found', async (_what, call) => {
  expect(await errorOf(call(await fleet()))).toMatchObject({
    name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ['a policy name', (client: IoTClient) => client.send(new GetPolicyCommand({ policyName: 'with space' }))],
  ['a principal', (client: IoTClient) => client.send(new ListPrincipalThingsCommand({ principal: 'pump-1' }))],
  ['a thing name', (client: IoTClient) => client.send(new ListThingGroupsForThingCommand({ thingName: 'a b' }))],
  ['a page size', (client: IoTClient) => client.send(
    new ListPrincipalThingsCommand({ principal: principalOf(1), maxResults: 251 }))],
])('%s that the API does not allow is refused', async (_what, call) => {
  expect((await errorOf(call(await fleet()))).name).toBe('InvalidRequestException');
});
