import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ArchiveLab, Kept, STACK, filesIn } from './archive-lab';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { FindingsArchiveOptions, NoticeFormat, NoticeTrigger } from '../../src';
import { captureLog } from '../support/function-log';

captureLog();
afterEach(stopAccounts);

const BUCKET = 'AWS::S3::Bucket';

/** Every way in which one resource fails. */
function failures(changed: readonly string[]) {
  return changed.flatMap((logicalId) => (['before', 'after'] as const).map((phase) => ({ logicalId, phase })));
}

test('an audit is archived and told of, from the first deployment on, with no permission to spare', async () => {
  const lab = await ArchiveLab.deployed();
  const taskId = await lab.audit();
  await lab.settle();

  expect(lab.files(taskId)).toEqual(filesIn(lab.idOf(BUCKET), 1));
  expect(lab.notices(taskId)).toEqual({ people: 1 });
  expect(lab.messages).toBe(0);
  expect(lab.account.permissions.denials).toEqual([]);
});

test('a creation that fails at whichever resource leaves nothing but an empty bucket, and can be repeated', async () => {
  const { changed } = await (await ArchiveLab.start()).deploy();
  const lab = await ArchiveLab.start();
  const outcomes = new Set<string>();
  const left = new Set<string>();
  for (const failAt of failures(changed)) {
    outcomes.add((await lab.deploy(undefined, { failAt })).outcome);
    lab.account.left.forEach(({ type }) => left.add(type));
  }

  expect(changed.length).toBeGreaterThan(25);
  expect([...outcomes]).toEqual(['ROLLBACK_COMPLETE']);
  // A bucket that is to be retained is retained then, too, under a name that nobody needs again.
  expect([...left]).toEqual([BUCKET]);
  expect((await lab.deploy()).outcome).toBe('CREATE_COMPLETE');
  const taskId = await lab.audit();
  await lab.settle();
  expect(lab.files(taskId)).toEqual(filesIn(lab.idOf(BUCKET), 1));
});

const UPDATES: readonly [option: string, before: Kept, after: Kept, prefix?: string][] = [
  ['a prefix', {}, { archive: () => ({ prefix: 'iot/' }) }, 'iot/'],
  ['another prefix', { archive: () => ({ prefix: 'iot/' }) }, {}],
  ['a key', {}, { archive: (stack) => ({ encryptionKey: new Key(stack, 'Key') }) }],
  ['no key any more', { archive: (stack) => ({ encryptionKey: new Key(stack, 'Key') }) }, {}],
  ['another time of Object Lock', {
    archive: () => ({ objectLock: ObjectLockRetention.governance(Duration.days(365)) }),
  }, { archive: () => ({ objectLock: ObjectLockRetention.compliance(Duration.days(400)) }) }],
  ['a retention', {}, { archive: () => ({ retention: Duration.days(400) }) }],
  ['a limit of queries', {}, { archive: () => ({ bytesScannedLimit: Size.gibibytes(1) }) }],
  ['a bucket of results', {}, {
    archive: (stack) => ({ queryResultsBucket: Bucket.fromBucketName(stack, 'Results', 'results') }),
  }],
  ['access logs', {}, {
    archive: (stack) => ({
      serverAccessLogsBucket: Bucket.fromBucketName(stack, 'Logs', 'logs'), serverAccessLogsPrefix: 'archive/',
    }),
  }],
  ['another form of notices', {}, { notice: { format: NoticeFormat.CHAT } }],
  ['another trigger of notices', {}, { notice: { trigger: NoticeTrigger.EVERY_AUDIT } }],
];

describe.each(UPDATES)('an update to %s', (_option, before, after, prefix) => {
  test('keeps the bucket, and the next audit is archived and told of', async () => {
    const lab = await ArchiveLab.deployed(before);
    const bucket = lab.idOf(BUCKET);
    await lab.audit();
    await lab.settle();

    expect((await lab.deploy(after)).outcome).toBe('UPDATE_COMPLETE');
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.idOf(BUCKET)).toBe(bucket);
    expect(lab.files(taskId)).toEqual(filesIn(bucket, 2, prefix));
    expect(lab.notices(taskId)).toEqual({ people: 1 });
    expect(lab.messages).toBe(0);
    expect(lab.account.permissions.denials).toEqual([]);
  });

  test('that fails at whichever resource is rolled back, and audits are archived as before', async () => {
    const first = await ArchiveLab.deployed(before);
    const { changed } = await first.deploy(after);
    const lab = await ArchiveLab.deployed(before);
    const state = lab.state;
    for (const failAt of failures(changed)) {
      expect((await lab.deploy(after, { failAt })).outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(lab.state).toEqual(state);
    }
    const taskId = await lab.audit();
    await lab.settle();

    expect(changed.length).toBeGreaterThan(0);
    expect(lab.files(taskId)).toEqual(filesIn(lab.idOf(BUCKET), 1, before.archive ? before.archive(new Stack()).prefix : ''));
    expect(lab.notices(taskId)).toEqual({ people: 1 });
    expect(lab.account.permissions.denials).toEqual([]);
  });
});

test('an update to Object Lock begins a new bucket, and keeps the former one with its files', async () => {
  const lab = await ArchiveLab.deployed();
  const former = lab.idOf(BUCKET);
  const first = await lab.audit();
  await lab.settle();
  const objectLock = ObjectLockRetention.governance(Duration.days(365));

  expect((await lab.deploy({ archive: () => ({ objectLock }) })).outcome).toBe('UPDATE_COMPLETE');
  const second = await lab.audit();
  await lab.settle();

  expect(lab.idOf(BUCKET)).not.toBe(former);
  expect([lab.files(first), lab.files(second)]).toEqual([filesIn(former, 1), filesIn(lab.idOf(BUCKET), 2)]);
  expect(lab.account.left.map(({ physicalId }) => physicalId)).toEqual([former]);
});

test('an update of the removal policy alone keeps the bucket', async () => {
  const lab = await ArchiveLab.deployed();
  const bucket = lab.idOf(BUCKET);

  await lab.deploy({ archive: () => ({ removalPolicy: RemovalPolicy.DESTROY }) });
  expect(lab.idOf(BUCKET)).toBe(bucket);
  expect((await lab.account.delete(STACK)).outcome).toBe('DELETE_COMPLETE');

  expect(lab.account.left).toEqual([]);
  expect(lab.buckets).toEqual([]);
});

describe('a message that is on its way', () => {
  /** Lets an audit end whose message nobody takes out of the queue yet. */
  async function auditedUnhandled(lab: ArchiveLab): Promise<string> {
    lab.account.messaging.mappings.remove(lab.idOf('AWS::Lambda::EventSourceMapping'));
    const taskId = await lab.audit();
    await lab.settle();
    expect(lab.messages).toBe(1);
    return taskId;
  }

  test('when the stack is deleted is lost with its queue, as an audit is that ends afterwards', async () => {
    const lab = await ArchiveLab.deployed();
    const taskId = await auditedUnhandled(lab);

    expect((await lab.account.delete(STACK)).outcome).toBe('DELETE_COMPLETE');
    await lab.settle();

    expect(lab.files(taskId)).toEqual([]);
    expect(lab.notices(taskId)).toEqual({});
    expect(lab.account.messaging.queues.all).toEqual([]);
  });
});

describe('the deletion of the stack', () => {
  test('keeps the bucket with its files, and nothing else', async () => {
    const lab = await ArchiveLab.deployed();
    const taskId = await lab.audit();
    await lab.settle();
    const bucket = lab.idOf(BUCKET);

    expect((await lab.account.delete(STACK)).outcome).toBe('DELETE_COMPLETE');

    expect(lab.account.left.map(({ type, physicalId }) => [type, physicalId])).toEqual([[BUCKET, bucket]]);
    expect(lab.files(taskId)).toEqual(filesIn(bucket, 1));
  });

  test('fails for a bucket to be destroyed that holds files, until somebody empties it', async () => {
    const lab = await ArchiveLab.deployed({ archive: () => ({ removalPolicy: RemovalPolicy.DESTROY }) });
    await lab.audit();
    await lab.settle();
    const bucket = lab.idOf(BUCKET);

    const { events, outcome } = await lab.account.delete(STACK);
    expect(outcome).toBe('DELETE_FAILED');
    expect(events.filter(({ status, resourceType }) => status === 'DELETE_FAILED' && resourceType === BUCKET)
      .map(({ reason }) => reason)).toEqual([expect.stringContaining('The bucket you tried to delete is not empty')]);

    lab.account.services.buckets.delete(bucket);
    expect((await lab.account.delete(STACK)).outcome).toBe('DELETE_COMPLETE');
    expect(lab.account.left).toEqual([]);
  });

  test('is followed by another deployment, which has a bucket of its own', async () => {
    const lab = await ArchiveLab.deployed();
    const bucket = lab.idOf(BUCKET);
    await lab.audit();
    await lab.settle();
    await lab.account.delete(STACK);

    expect((await lab.deploy()).outcome).toBe('CREATE_COMPLETE');
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.idOf(BUCKET)).not.toBe(bucket);
    expect(lab.files(taskId)).toEqual(filesIn(lab.idOf(BUCKET), 2));
  });

  test('is followed by another deployment that goes on with the bucket that was kept', async () => {
    const lab = await ArchiveLab.deployed();
    const bucket = lab.idOf(BUCKET);
    const first = await lab.audit();
    await lab.settle();
    await lab.account.delete(STACK);
    const kept = (stack: Stack): FindingsArchiveOptions => ({ bucket: Bucket.fromBucketName(stack, 'Kept', bucket) });

    expect((await lab.deploy({ archive: kept })).outcome).toBe('CREATE_COMPLETE');
    const second = await lab.audit();
    await lab.settle();

    expect([lab.files(first), lab.files(second)]).toEqual([filesIn(bucket, 1), filesIn(bucket, 2)]);
    expect(lab.account.permissions.denials).toEqual([]);
  });
});

describe('taking away', () => {
  test('the archive keeps its bucket; notices go on', async () => {
    const lab = await ArchiveLab.deployed();
    const bucket = lab.idOf(BUCKET);
    const first = await lab.audit();
    await lab.settle();

    expect((await lab.deploy({ archive: false })).outcome).toBe('UPDATE_COMPLETE');
    const second = await lab.audit();
    await lab.settle();

    expect([lab.files(first), lab.files(second)]).toEqual([filesIn(bucket, 1), []]);
    expect(lab.notices(second)).toEqual({ people: 1 });
    expect(lab.account.left.map(({ type }) => type)).toEqual([BUCKET]);
  });

  test('notices leaves the archive', async () => {
    const lab = await ArchiveLab.deployed();

    expect((await lab.deploy({ notice: false })).outcome).toBe('UPDATE_COMPLETE');
    const taskId = await lab.audit();
    await lab.settle();

    expect(lab.notices(taskId)).toEqual({});
    expect(lab.files(taskId)).toEqual(filesIn(lab.idOf(BUCKET), 1));
    expect(lab.messages).toBe(0);
  });
});

test('people of another topic are told from the next audit on', async () => {
  const lab = await ArchiveLab.deployed();
  await lab.audit();
  await lab.settle();
  const elsewhere = (stack: Stack) => Topic.fromTopicArn(stack, 'Others', 'arn:aws:sns:eu-west-1:123456789012:others');

  expect((await lab.deploy({ topicOf: elsewhere })).outcome).toBe('UPDATE_COMPLETE');
  const taskId = await lab.audit();
  await lab.settle();

  expect(lab.notices(taskId)).toEqual({ others: 1 });
  expect(lab.account.permissions.denials).toEqual([]);
});
