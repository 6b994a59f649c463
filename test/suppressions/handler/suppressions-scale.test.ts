import { SuppressionEnvironment, entry } from './suppression-requests';
import { captureLog } from '../../support/function-log';

captureLog();

const MANY = Array.from({ length: 200 }, (_, index) => entry(index + 1));

let account: SuppressionEnvironment;

beforeEach(async () => {
  account = await SuppressionEnvironment.start();
});

afterEach(async () => account.stop());

/** Times of the calls for suppressions. */
const times = () => account.iot.requests
  .filter(({ operation }) => operation.includes('Suppression')).map(({ time }) => time);

test('200 suppressions are created in 200 calls within half a minute, with an answer that fits', async () => {
  account.forgetCalls();
  const started = account.environment.time.now();

  const { Status, Data } = await account.create(MANY);

  expect([Status, Data]).toEqual(['SUCCESS', { SuppressionsCount: 200, TakenOver: '' }]);
  expect(account.live).toHaveLength(200);
  expect(account.calls).toEqual({
    DescribeAccountAuditConfiguration: 1, ListAuditSuppressions: 1, CreateAuditSuppression: 200,
  });
  expect(account.environment.time.now() - started).toBeLessThan(30_000);
  expect(account.environment.services.answers.at(-1)!.size).toBeLessThanOrEqual(4096);
});

test('calls keep AWS\'s pace of ten a second', async () => {
  account.forgetCalls();
  await account.create(MANY);

  const inOneSecond = times().map((time, _, all) => all.filter((other) => other >= time && other < time + 1000).length);
  expect(Math.max(...inOneSecond)).toBeLessThanOrEqual(10);
});

test('CloudFormation is asked about the stack every other second, not for each suppression', async () => {
  account.environment.services.requests.length = 0;

  await account.create(MANY);

  const looks = account.environment.services.requests.filter(({ operation }) => operation === 'DescribeStacks');
  expect(looks.length).toBeLessThanOrEqual(16);
});

test('an update of three changes makes three calls that change something', async () => {
  const id = await account.created(MANY);
  const wanted = MANY.map((one, index) => index % 80 === 0 ? { ...one, Description: 'Anew.' } : one);
  account.enter('UPDATE_IN_PROGRESS');
  account.forgetCalls();

  expect((await account.update(id, MANY, wanted)).Status).toBe('SUCCESS');

  expect(account.calls).toEqual({
    DescribeAccountAuditConfiguration: 1, ListAuditSuppressions: 1, UpdateAuditSuppression: 3,
  });
});

test('an answer about 200 that were taken over fits', async () => {
  MANY.forEach((_, index) => account.suppress(index + 1));

  const { Data } = await account.create(MANY);

  expect(String(Data!.TakenOver)).toHaveLength(1500);
  expect(account.environment.services.answers.at(-1)!.size).toBeLessThanOrEqual(4096);
});

test('400 long ones are taken over, and put back in a rollback', async () => {
  const longest = (start: string) => start.padEnd(1000, '"');
  const entries = Array.from({ length: 400 }, (_, index) => entry(index + 1));
  entries.forEach((_, index) => account.suppress(index + 1, longest(`${index}`)));
  const event = account.event('Create', entries);
  const { PhysicalResourceId } = await account.send(event);
  account.enter('ROLLBACK_IN_PROGRESS');

  await account.delete(PhysicalResourceId!, entries);

  const { suppressions: [first] = [] } = account.iot.ask('ListAuditSuppressions', {});
  expect(first.description).toBe(longest('0'));
  const sizes = [...account.environment.services.logStreams.values()].flat()
    .map((message) => Buffer.byteLength(String(message)));
  expect(Math.max(...sizes)).toBeLessThan(256_000);
});
