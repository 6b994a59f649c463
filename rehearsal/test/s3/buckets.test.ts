import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3 } from '@aws-sdk/client-s3';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Template } from '../../cloudformation/template';
import { directClient } from '../../services/direct-client';
import { SurroundingServices } from '../../services/surrounding-services';
import { startAccount, stopAccounts } from '../support/running-account';

/** Bytes that are no text. */
const BODY = Buffer.from([0, 1, 0x7f, 0x80, 0xff, 0xc3, 0x28, 10]);
// The SDK warns that it does not repeat an upload.
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const SHA256 = createHash('sha256').update(BODY).digest('base64');

describe.each(['the SDK', 'direct calls'])('objects, with %s', (way) => {
  let services: SurroundingServices;
  let s3: Pick<S3, 'putObject' | 'listObjectsV2' | 'destroy'>;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    s3 = way === 'direct calls' ? directClient<S3>(() => services) : new S3({
      endpoint: services.endpoint, region: 'eu-west-1', maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, logger: SILENT,
    });
  });

  afterEach(async () => {
    s3.destroy();
    await services.stop();
  });

  async function put(Key: string, more: object = {}): Promise<unknown> {
    return s3.putObject({
      Bucket: 'archive', Key, Body: Readable.from([BODY]), ContentLength: BODY.length, ChecksumSHA256: SHA256, ...more,
    });
  }

  test('have the bytes that were sent', async () => {
    await put('folder/day=1/a.gz', { ContentType: 'application/gzip' });

    expect(services.buckets.objectsOf('archive')).toEqual([
      expect.objectContaining({ key: 'folder/day=1/a.gz', body: BODY }),
    ]);
  });

  test('are replaced, but not under the condition that there is none', async () => {
    await put('a');
    await put('a');

    await expect(put('a', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 },
    });
    await put('b', { IfNoneMatch: '*' });
    expect(services.buckets.objectsOf('archive').map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('are refused if they are not what was announced', async () => {
    await expect(put('a', { ChecksumSHA256: createHash('sha256').digest('base64') }))
      .rejects.toMatchObject({ name: 'BadDigest' });
    expect(services.buckets.objectsOf('archive')).toEqual([]);
  });

  test('are listed by prefix, in pages', async () => {
    for (const key of ['b/1', 'a/2', 'a/1', 'a/3']) await put(key);

    const first = await s3.listObjectsV2({ Bucket: 'archive', Prefix: 'a/', MaxKeys: 2 });
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
    const next = await s3.listObjectsV2({
      Bucket: 'archive', Prefix: 'a/', ContinuationToken: first.NextContinuationToken,
    });
    expect(next.Contents?.map(({ Key }) => Key)).toEqual(['a/3']);
  });

  test.each([
    ['throttle', 'SlowDown', 503], ['internalError', 'InternalError', 500], ['accessDenied', 'AccessDenied', 403],
  ] as const)('fail with S3\'s own words: %s', async (kind, name, httpStatusCode) => {
    services.faults.add({ operation: 'PutObject', kind });

    await expect(put('a')).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });
});

describe('a bucket of a stack', () => {
  afterEach(stopAccounts);

  function definition(): { stackName: string; template: Template } {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
    return { stackName: 'Stack', template: CdkTemplate.fromStack(stack).toJSON() as Template };
  }

  test('is deleted with the stack if it is empty, and then takes nothing', async () => {
    const account = await startAccount();
    await account.deploy(definition());
    const [name] = account.services.buckets.names;
    expect(name).toMatch(/^stack-bucket[0-9a-z-]+$/);

    expect((await account.delete('Stack')).outcome).toBe('DELETE_COMPLETE');

    expect(() => account.services.buckets.putObject({ Bucket: name, Key: 'a' })).toThrow('does not exist');
  });

  test('keeps the stack from being deleted while it holds an object', async () => {
    const account = await startAccount();
    await account.deploy(definition());
    const [name] = account.services.buckets.names;
    account.services.buckets.putObject({ Bucket: name, Key: 'a' });

    expect((await account.delete('Stack')).outcome).toBe('DELETE_FAILED');
  });
});
