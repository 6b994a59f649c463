import { createHash } from 'node:crypto';
import { Refusal } from '../services/stand-in';

/** An object, as whoever looks at it sees it. */
export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The input of PutObject, as far as it matters. */
interface PutObjectInput {
  readonly Bucket: string;
  readonly Key: string;
  /** The bytes, each a character. */
  readonly Body?: string;
  readonly ContentType?: string;
  readonly ChecksumSHA256?: string;
  readonly IfNoneMatch?: string;
}

interface ListObjectsInput {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly MaxKeys?: number | string;
  readonly ContinuationToken?: string;
}

const LARGEST_PAGE = 1000;

/**
 * Amazon S3 as far as an archive needs it: objects that are put, under the condition that there is none, and listed.
 *
 * A bucket that no stack has made takes everything: it is somebody else's. Versions, locks and encryption are not
 * modelled.
 */
export class Buckets {
  private readonly objects = new Map<string, Map<string, StoredObject>>();
  private readonly deleted = new Set<string>();

  constructor(private readonly now: () => number) {}

  /** Names of buckets that a stack has made, or that hold something. */
  get names(): string[] {
    return [...this.objects.keys()].sort();
  }

  create(bucket: string): void {
    this.deleted.delete(bucket);
    this.objects.set(bucket, this.objects.get(bucket) ?? new Map());
  }

  delete(bucket: string): void {
    this.objects.delete(bucket);
    this.deleted.add(bucket);
  }

  /** The objects of a bucket, ordered by key. */
  objectsOf(bucket: string): StoredObject[] {
    return [...this.objects.get(bucket)?.values() ?? []].sort((one, other) => one.key < other.key ? -1 : 1);
  }

  readonly putObject = ({ Bucket, Key, Body = '', ContentType, ChecksumSHA256, IfNoneMatch }: PutObjectInput): object => {
    this.requireThere(Bucket);
    const objects = this.objects.get(Bucket) ?? new Map<string, StoredObject>();
    if (IfNoneMatch !== undefined && objects.has(Key)) {
      throw new Refusal(
        412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold',
      );
    }
    const body = Buffer.from(Body, 'latin1');
    if (ChecksumSHA256 !== undefined && createHash('sha256').update(body).digest('base64') !== ChecksumSHA256) {
      throw new Refusal(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
    }
    objects.set(Key, { key: Key, body, contentType: ContentType, time: this.now() });
    this.objects.set(Bucket, objects);
    return {};
  };

  readonly listObjectsV2 = (
    { Bucket, Prefix = '', MaxKeys = LARGEST_PAGE, ContinuationToken = '' }: ListObjectsInput,
  ): object => {
    this.requireThere(Bucket);
    const found = this.objectsOf(Bucket).filter(({ key }) => key.startsWith(Prefix) && key > ContinuationToken);
    const page = found.slice(0, Number(MaxKeys));
    const isTruncated = page.length < found.length;
    return {
      IsTruncated: isTruncated, NextContinuationToken: isTruncated ? page.at(-1)!.key : undefined,
      Contents: page.map(({ key, body, time }) => ({ Key: key, Size: body.length, LastModified: new Date(time) })),
    };
  };

  private requireThere(bucket: string): void {
    if (this.deleted.has(bucket)) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
  }
}
