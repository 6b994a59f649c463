import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  ANSWERING, STACK, customResource, inlineFunction, role, stackOf, startAccount, stopAccounts,
} from './support/running-account';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import { CLIENT_CONFIG } from '../services/client-config';
import { InProcessTransport } from '../services/in-process-transport';
import { VirtualTime } from '../services/virtual-time';

afterEach(stopAccounts);

const MINUTE = 60_000;

function clientFor({ services }: RehearsedAccount): CloudFormationClient {
  return new CloudFormationClient({
    ...CLIENT_CONFIG,
    endpoint: services.endpoint, requestHandler: new InProcessTransport(() => services),
  });
}

async function timesOf(account: RehearsedAccount) {
  const StackName = account.stacks.get(STACK)!.id;
  const { Stacks: [stack] = [] } = await clientFor(account).send(new DescribeStacksCommand({ StackName }));
  const { StackResourceSummaries = [] } = await clientFor(account).send(new ListStackResourcesCommand({ StackName }));
  return {
    created: stack.CreationTime?.getTime(),
    updated: stack.LastUpdatedTime?.getTime(),
    resources: Object.fromEntries(
      StackResourceSummaries.map(({ LogicalResourceId: id, LastUpdatedTimestamp: time }) => [id, time!.getTime()]),
    ),
  };
}

test('a stack tells when it was created and when its last update began, and each resource when it last changed', async () => {
  const time = new VirtualTime();
  const account = await startAccount({ time });
  const began = time.now();
  await account.deploy(stackOf({ One: role('a'), Other: role('a', { DependsOn: 'One' }) }));
  const first = await timesOf(account);
  time.pass(MINUTE);
  const beganAgain = time.now();
  await account.deploy(stackOf({ One: role('a'), Other: role('b', { DependsOn: 'One' }) }));

  // Each step takes a second.
  expect(first).toEqual({ created: began, updated: undefined, resources: { One: began + 1000, Other: began + 2000 } });
  expect(await timesOf(account)).toEqual({
    created: began, updated: beganAgain, resources: { One: began + 1000, Other: beganAgain + 1000 },
  });
});

test('a rollback does not count as an update of its own', async () => {
  const time = new VirtualTime();
  const account = await startAccount({ time });
  await account.deploy(stackOf({ One: role('a') }));
  time.pass(MINUTE);
  const began = time.now();
  await account.deploy(stackOf({ One: role('b'), Other: role() }), { failAt: { logicalId: 'Other', phase: 'before' } });

  expect((await timesOf(account)).updated).toBe(began);
});

test('a response URL tells when CloudFormation asked', async () => {
  const time = new VirtualTime();
  const urls: string[] = [];
  const account = await startAccount({
    time,
    inProcess: () => async (payload) => {
      const { ResponseURL, RequestId, StackId, LogicalResourceId } = payload as Record<string, string>;
      urls.push(ResponseURL);
      await fetch(ResponseURL, {
        method: 'PUT',
        body: JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'x', RequestId, StackId, LogicalResourceId }),
      });
    },
  });

  const { outcome } = await account.deploy(stackOf({ Function: inlineFunction(''), Thing: customResource() }));

  expect(outcome).toBe('CREATE_COMPLETE');
  const { hostname, searchParams } = new URL(urls[0]);
  expect(hostname).toBe('127.0.0.1');
  // The time that a rehearsal begins with, and a second for each of the two resources.
  expect(searchParams.get('X-Amz-Date')).toBe('20260115T120002Z');
});

test.each([
  [undefined, ['the-thing-1 UPDATE_COMPLETE']], [true, ['the-thing-0 DELETE_IN_PROGRESS']],
])(
  'while a former physical id is deleted, a custom resource is listed as it is, or as that one (%j)',
  async (listsFormerIds, expected) => {
    const account = await startAccount({ listsFormerIds });
    const fn = inlineFunction(`${ANSWERING}
    const { CloudFormationClient, ListStackResourcesCommand } = require('@aws-sdk/client-cloudformation');
    exports.handler = async (event) => {
      if (event.RequestType === 'Delete') {
        const { StackResourceSummaries } = await new CloudFormationClient().send(new ListStackResourcesCommand({ StackName: event.StackId }));
        for (const { LogicalResourceId, PhysicalResourceId, ResourceStatus } of StackResourceSummaries) {
          if (LogicalResourceId === event.LogicalResourceId) console.log(PhysicalResourceId + ' ' + ResourceStatus);
        }
      }
      await answer(event, { PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : 'the-thing-' + event.ResourceProperties.Value });
    };`);
    const stack = (Value: number) => stackOf({ Function: fn, Thing: customResource({ Value }) });
    await account.deploy(stack(0));

    const { outcome } = await account.deploy(stack(1));

    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(account.functions.log.map(({ line }) => line)).toEqual(expected);
    expect(account.stacks.get(STACK)!.listed.find(({ logicalId }) => logicalId === 'Thing')).toMatchObject({
      physicalId: 'the-thing-1', status: 'UPDATE_COMPLETE',
    });
  },
);
