import { directClient } from '../../services/direct-client';
import { Refusal } from '../../services/stand-in';
import { SurroundingServices } from '../../services/surrounding-services';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:Topic';
const MESSAGE = { TopicArn: TOPIC, Subject: 'Done', Message: 'a & b\n<c>' };
const ATTRIBUTES = { mine: { DataType: 'String', StringValue: 'yes' }, number: { DataType: 'Number', StringValue: '1' } };

interface TopicClient {
  publish(message: object): Promise<{ readonly MessageId?: string }>;
}

let services: SurroundingServices;
let published: [topicArn: string, publication: object][];

beforeEach(async () => {
  services = await SurroundingServices.start();
  published = [];
  services.onPublish = (...message) => `message-${published.push(message)}`;
});

afterEach(async () => services.stop());

/** A request in the form of the query protocol, as the SDK sends it. */
async function send(members: Readonly<Record<string, string>>): Promise<{ status: number; body: string }> {
  const form = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', ...members });
  const answer = await fetch(services.endpoint, { method: 'POST', body: form });
  return { status: answer.status, body: await answer.text() };
}

test('a message goes to its topic, with its subject and its attributes', async () => {
  const { status, body } = await send({
    ...MESSAGE,
    'MessageAttributes.entry.1.Name': 'mine', 'MessageAttributes.entry.1.Value.DataType': 'String',
    'MessageAttributes.entry.1.Value.StringValue': 'yes',
    'MessageAttributes.entry.2.Name': 'number', 'MessageAttributes.entry.2.Value.DataType': 'Number',
    'MessageAttributes.entry.2.Value.StringValue': '1',
  });

  expect([status, body]).toEqual([200, expect.stringContaining(
    '<PublishResult><MessageId>message-1</MessageId></PublishResult>')]);
  expect(published).toEqual([[TOPIC, { subject: 'Done', message: 'a & b\n<c>', attributes: ATTRIBUTES }]]);
});

test('a message without subject and attributes is one, too', async () => {
  expect((await send({ TopicArn: TOPIC, Message: 'text' })).status).toBe(200);
  expect(published).toEqual([[TOPIC, { message: 'text' }]]);
});

test('a client without the SDK publishes the same', async () => {
  const client = directClient<TopicClient>(() => services);

  expect(await client.publish({ ...MESSAGE, MessageAttributes: ATTRIBUTES })).toMatchObject({ MessageId: 'message-1' });
  expect(published).toEqual([[TOPIC, { subject: 'Done', message: 'a & b\n<c>', attributes: ATTRIBUTES }]]);
});

test('errors have the names that SNS has for them', async () => {
  services.authorize = () => 'User is not authorized to perform: sns:Publish';
  const denied = await send(MESSAGE);
  services.authorize = undefined;
  services.faults.add({ operation: 'Publish', kind: 'throttle' }).add({ operation: 'Publish', kind: 'internalError' });
  const [throttled, failed] = [await send(MESSAGE), await send(MESSAGE)];
  services.onPublish = () => {
    throw new Refusal(404, 'NotFound', 'Topic does not exist');
  };
  const missing = await send(MESSAGE);
  services.onPublish = undefined;

  expect([denied, throttled, failed, missing, await send(MESSAGE)]
    .map(({ status, body }) => `${status} ${/<Code>(.*)<\/Code>/.exec(body)?.[1]}`))
    .toEqual(['403 AuthorizationError', '400 Throttled', '500 InternalError', '404 NotFound', '404 NotFound']);
});
