import { GetV2LoggingOptionsCommand, SetV2LoggingOptionsCommand } from '@aws-sdk/client-iot';
import { EVENT_TYPES } from '../../device-defender/logging-options';
import { endAll, errorOf, startStandIn } from '../support/running-stand-in';

afterEach(endAll);

const roleArn = 'arn:aws:iam::123456789012:role/Logging';

test('options never set are not configured', async () => {
  const { client } = await startStandIn();
  expect(await errorOf(client.send(new GetV2LoggingOptionsCommand({})))).toMatchObject({
    name: 'NotConfiguredException', $metadata: { httpStatusCode: 404 },
  });
});

test('options are set one by one and kept while logging is off', async () => {
  const { server, client } = await startStandIn();
  const read = async () => {
    const { $metadata, ...options } = await client.send(new GetV2LoggingOptionsCommand({}));
    return options;
  };
  await client.send(new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'WARN' }));
  expect(await read()).toEqual({ roleArn, defaultLogLevel: 'WARN', disableAllLogs: false });
  await client.send(new SetV2LoggingOptionsCommand({ disableAllLogs: true }));
  expect(await read()).toEqual({ roleArn, defaultLogLevel: 'WARN', disableAllLogs: true });
  const eventConfigurations = [{ eventType: 'Connect', logLevel: 'INFO' as const }];
  await client.send(new SetV2LoggingOptionsCommand({ disableAllLogs: false, eventConfigurations }));
  expect(await read()).toEqual({ roleArn, defaultLogLevel: 'WARN', disableAllLogs: false, eventConfigurations });
  expect(server.fleet.logging).toMatchObject({ roleArn, disableAllLogs: false });
});

test('logging needs a role and a known level', async () => {
  const { client } = await startStandIn();
  expect((await errorOf(client.send(new SetV2LoggingOptionsCommand({ defaultLogLevel: 'ERROR' })))).name).toBe(
    'InvalidRequestException',
  );
  expect(
    (await errorOf(client.send(new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'LOUD' as never })))).name,
  ).toBe('InvalidRequestException');
});

test('all types of events are there when asked for, at the level of the account where nothing else is set', async () => {
  const { client } = await startStandIn();
  const events = async () =>
    (await client.send(new GetV2LoggingOptionsCommand({ verbose: true }))).eventConfigurations!;
  await client.send(new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'WARN' }));
  const before = await events();
  await client.send(
    new SetV2LoggingOptionsCommand({
      eventConfigurations: [
        { eventType: 'Connect', logLevel: 'INFO' }, { eventType: 'Publish-In', logDestination: 'mine' },
      ],
    }),
  );

  expect(before).toEqual(EVENT_TYPES.map((eventType) => ({ eventType, logLevel: 'WARN' })));
  expect(await events()).toHaveLength(EVENT_TYPES.length);
  expect(
    (await events()).filter(({ logLevel, logDestination }) => logLevel !== 'WARN' || logDestination !== undefined),
  ).toEqual([
    { eventType: 'Connect', logLevel: 'INFO' }, { eventType: 'Publish-In', logLevel: 'WARN', logDestination: 'mine' },
  ]);
});
