import {
  ANSWERING, STACK, customResource, ended, inlineFunction, reasons, role, stackOf, startAccount, stopAccounts,
} from './support/running-account';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

afterEach(stopAccounts);

/** Answers as `ANSWERING` does, and prints every event. */
const LOGGING = `${ANSWERING}
exports.handler = async (event, context) => {
  console.log(JSON.stringify(event));
  await answer(event, event.ResourceProperties.Id === undefined ? {} : { PhysicalResourceId: event.ResourceProperties.Id });
};`;

interface Event {
  readonly RequestType: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

/** The events that functions printed. */
function events({ functions }: RehearsedAccount): Event[] {
  return functions.log.map(({ line }) => JSON.parse(line) as Event);
}

/** What matters of them: the type, the id and the property Value. */
function brief(account: RehearsedAccount): string[] {
  return events(account).map(
    ({ RequestType, PhysicalResourceId, ResourceProperties: { Value }, OldResourceProperties: old }) =>
      `${RequestType} ${PhysicalResourceId ?? '-'} ${String(Value)}${old === undefined ? '' : ` was ${String(old.Value)}`}`,
  );
}

test('a function is sent the event that CloudFormation sends, with nothing but text in the properties', async () => {
  const account = await startAccount();
  const now = Date.now();
  account.services.now = () => now;

  const result = await account.deploy(
    stackOf({
      Function: inlineFunction(LOGGING),
      Thing: customResource({ Number: 1, Flag: true, Nested: { List: [2, false, 'x'] } }),
    }),
  );

  expect(result.outcome).toBe('CREATE_COMPLETE');
  const { id, resources } = account.stacks.get(STACK)!;
  const serviceToken = `arn:aws:lambda:eu-west-1:123456789012:function:${resources.get('Function')!.physicalId}`;
  const requestId = account.services.answers[0].key;
  expect(events(account)).toEqual([
    {
      RequestType: 'Create', ServiceToken: serviceToken, ResponseURL: account.services.responseUrl(requestId),
      StackId: id, RequestId: requestId, LogicalResourceId: 'Thing', ResourceType: 'Custom::Thing',
      ResourceProperties: {
        ServiceToken: serviceToken, Number: '1', Flag: 'true', Nested: { List: ['2', 'false', 'x'] },
      },
    },
  ]);
  expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('update and deletion name the resource, and the update what there was before', async () => {
  const account = await startAccount();
  const stack = (value: number) =>
    stackOf({ Function: inlineFunction(LOGGING), Thing: customResource({ Value: value }) });
  await account.deploy(stack(1));
  await account.deploy(stack(1));
  await account.deploy(stack(2));
  await account.delete(STACK);

  expect(brief(account)).toEqual(['Create - 1', 'Update the-thing 2 was 1', 'Delete the-thing 2']);
});

test('the data of an answer is what Fn::GetAtt gives', async () => {
  const account = await startAccount();
  const fn = inlineFunction(
    `${ANSWERING} exports.handler = (event) => answer(event, { Data: { Text: 'text', Number: 5 } });`,
  );

  const result = await account.deploy(
    stackOf(
      { Function: fn, Thing: customResource(), Other: role({ 'Fn::GetAtt': ['Thing', 'Text'] }) },
      {
        Outputs: { Number: { Value: { 'Fn::GetAtt': 'Thing.Number' } }, Ref: { Value: { Ref: 'Thing' } } },
      },
    ),
  );
  const missing = await account.deploy(
    stackOf({ Function: fn, Thing: customResource(), Other: role({ 'Fn::GetAtt': ['Thing', 'Missing'] }) }),
  );

  expect(result.outputs).toEqual({ Number: 5, Ref: 'the-thing' });
  expect(missing.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(reasons(missing).Other).toBe("Vendor response doesn't contain Missing attribute in object Thing");
});

test('a failed creation is deleted with the id of its answer', async () => {
  const account = await startAccount();
  const fn = inlineFunction(
    `${LOGGING.replace('PhysicalResourceId: event.ResourceProperties.Id', "PhysicalResourceId: 'half-done', Reason: 'no luck', Status: event.RequestType === 'Create' ? 'FAILED' : 'SUCCESS'")}`,
  );

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource({ Id: 'x' }) }));

  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
  expect(reasons(result).Thing).toBe(
    'Received response status [FAILED] from custom resource. Message returned: no luck',
  );
  expect(brief(account)).toEqual(['Create - undefined', 'Delete half-done undefined']);
});

test('a function that ends without an answer fails its resource, which is then deleted under a made-up id', async () => {
  const account = await startAccount();
  const fn = inlineFunction(`${ANSWERING} exports.handler = async (event) => {
    console.log(JSON.stringify(event));
    if (event.RequestType === 'Delete') await answer(event, {});
  };`);

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource() }));

  expect(ended(result)).toEqual(
    expect.arrayContaining(['CREATE_FAILED Thing', 'DELETE_COMPLETE Thing', 'ROLLBACK_COMPLETE Stack']),
  );
  expect(reasons(result).Thing).toMatch(
    /^CloudFormation did not receive a response from your Custom Resource\. Please check your logs for requestId \[[0-9a-f-]{36}\]\.$/,
  );
  expect(events(account)[1].PhysicalResourceId).toMatch(/^Stack-Thing-\w{12}$/);
});

test('a function that hangs is given up after the ServiceTimeout', async () => {
  // Time enough to start the function again for the deletion, also on a busy machine.
  const account = await startAccount({ serviceTimeoutScale: 0.03 });
  const fn = inlineFunction(`${ANSWERING} exports.handler = async (event) => {
    if (event.RequestType === 'Create') await new Promise((resolve) => setTimeout(resolve, 60_000));
    await answer(event, {});
  };`);
  const start = Date.now();

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource({ ServiceTimeout: 60 }) }));

  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
  expect(reasons(result).Thing).toContain('CloudFormation did not receive a response');
  expect(Date.now() - start).toBeLessThan(5_000);
});

test.each([
  ['says nothing of its id', 'delete fields.PhysicalResourceId', 'Invalid PhysicalResourceId'],
  ['is longer than 4096 bytes', "fields.Data = { Long: 'x'.repeat(4096) }", 'Response object is too long.'],
  ['names another stack', "fields.StackId = 'other'", 'Invalid StackId'],
  ['names another request', "fields.RequestId = 'other'", 'Invalid RequestId'],
  ['names another resource', "fields.LogicalResourceId = 'other'", 'Invalid LogicalResourceId'],
  ['has a status of its own', "fields.Status = 'DONE'", 'Invalid Status: DONE'],
  ['fails without a reason', "fields.Status = 'FAILED'", 'Invalid Reason'],
])('an answer that %s fails the resource', async (_what, spoil, reason) => {
  const account = await startAccount();
  const fn = inlineFunction(`exports.handler = async (event) => {
    const fields = { Status: 'SUCCESS', PhysicalResourceId: 'x', StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId };
    if (event.RequestType === 'Create') ${spoil};
    await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(fields) });
  };`);

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource() }));

  expect(reasons(result).Thing).toContain(reason);
  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
});

test('the first answer to a request counts', async () => {
  const account = await startAccount();
  const fn = inlineFunction(`${ANSWERING} exports.handler = async (event) => {
    await answer(event, { PhysicalResourceId: 'first' });
    await answer(event, { PhysicalResourceId: 'second', Status: 'FAILED', Reason: 'too late' });
  };`);

  const result = await account.deploy(stackOf({ Function: fn, Thing: customResource() }));
  await account.functions.whenIdle();

  expect(result.outcome).toBe('CREATE_COMPLETE');
  expect(account.services.answers).toHaveLength(2);
  expect(account.stacks.get(STACK)!.resources.get('Thing')!.physicalId).toBe('first');
});

describe('an update that answers with another id', () => {
  const stack = (value: string, more: Parameters<typeof stackOf>[0] = {}) =>
    stackOf({ Function: inlineFunction(LOGGING), Thing: customResource({ Value: value, Id: `id-${value}` }), ...more });

  test('is a replacement: the old one is deleted in the clean-up', async () => {
    const account = await startAccount();
    await account.deploy(stack('1'));

    const result = await account.deploy(stack('2'));

    expect(brief(account)).toEqual(['Create - 1', 'Update id-1 2 was 1', 'Delete id-1 1']);
    expect(ended(result)).toEqual([
      'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE Thing', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Stack',
      'DELETE_COMPLETE Thing', 'UPDATE_COMPLETE Stack',
    ]);
  });

  test('is updated back in a rollback, and the id that this replaces is deleted', async () => {
    const account = await startAccount();
    await account.deploy(stack('1'));

    const result = await account.deploy(stack('2', { Last: role('last', { DependsOn: 'Thing' }) }), {
      failAt: { logicalId: 'Last', phase: 'before' },
    });

    expect(brief(account)).toEqual(['Create - 1', 'Update id-1 2 was 1', 'Update id-2 1 was 2', 'Delete id-2 2']);
    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(account.stacks.get(STACK)!.resources.get('Thing')).toMatchObject({
      physicalId: 'id-1', properties: { Value: '1' },
    });
  });

  test('is updated back too if the failure comes right after it', async () => {
    const account = await startAccount();
    await account.deploy(stack('1'));

    await account.deploy(stack('2'), { failAt: { logicalId: 'Thing', phase: 'after' } });

    expect(brief(account)).toEqual(['Create - 1', 'Update id-1 2 was 1', 'Update id-2 1 was 2', 'Delete id-2 2']);
  });
});

test('a failed update is updated back, with the properties exchanged', async () => {
  const account = await startAccount();
  const stack = (value: string) =>
    stackOf({
      Function: inlineFunction(
        LOGGING.replace(
          'event.ResourceProperties.Id ===',
          "event.ResourceProperties.Value !== 'bad' && event.ResourceProperties.Id ===",
        ).replace(
          'PhysicalResourceId: event.ResourceProperties.Id',
          "Status: 'FAILED', Reason: 'bad value', PhysicalResourceId: 'ignored'",
        ),
      ),
      Thing: customResource({ Value: value }),
    });
  await account.deploy(stack('good'));

  const result = await account.deploy(stack('bad'));

  expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(reasons(result).Thing).toContain('bad value');
  expect(brief(account)).toEqual(['Create - good', 'Update the-thing bad was good', 'Update the-thing good was bad']);
});

test('a custom resource cannot be moved to another function', async () => {
  const account = await startAccount();
  const other = { ServiceToken: { 'Fn::GetAtt': ['Other', 'Arn'] } };
  await account.deploy(
    stackOf({ Function: inlineFunction(LOGGING), Other: inlineFunction(LOGGING), Thing: customResource() }),
  );

  const result = await account.deploy(
    stackOf({ Function: inlineFunction(LOGGING), Other: inlineFunction(LOGGING), Thing: customResource(other) }),
  );

  expect(reasons(result).Thing).toBe('Modifying service token is not allowed.');
});

test.each([
  [
    'a service token that is no function', customResource({ ServiceToken: 'arn:aws:sns:eu-west-1:123456789012:topic' }),
    inlineFunction(LOGGING), 'No function has the service token',
  ],
  [
    'a function of another runtime', customResource(), inlineFunction('', { Runtime: 'python3.13' }),
    'The rehearsal runs Node.js functions only, not python3.13',
  ],
])('%s is refused', async (_what, thing, fn, reason) => {
  const account = await startAccount();

  const result = await account.deploy(stackOf({ Function: fn, Thing: thing }));

  expect(reasons(result).Thing).toContain(reason);
});
