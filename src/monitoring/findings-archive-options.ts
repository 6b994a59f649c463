import { Annotations, Duration, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PREFIX } from './protocol';
import { differs } from '../private/deployment-place';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for an archive of findings.
 */
export interface FindingsArchiveOptions {
  /**
   * The bucket that takes the files. It must be in the stack's region. The function is given the permission to write
   * below `prefix`, and to use the bucket's key if `bucket.encryptionKey` names it; the policies of a bucket or key of
   * another account must allow that, too.
   *
   * @default - a new bucket: encrypted, over TLS only, versioned, never public
   */
  readonly bucket?: IBucket;

  /**
   * The text that the keys of all objects begin with: empty, or names of folders of letters, digits, dots, hyphens and
   * underscores that each end with a slash. Two hundred characters at most.
   *
   * Audits of several accounts and regions can be archived in one bucket under one prefix.
   *
   * @default - empty
   */
  readonly prefix?: string;

  /**
   * The key that encrypts the new bucket.
   *
   * @default - a key that Amazon S3 manages
   */
  readonly encryptionKey?: IKey;

  /**
   * The time for which nobody can delete or change an archived object of the new bucket. In governance mode somebody
   * with a special permission can; in compliance mode nobody can, and neither can the time be shortened.
   *
   * It cannot be taken back: Object Lock stays enabled for as long as the bucket exists. Decide with the first
   * deployment: CloudFormation makes a new bucket if this is added or left out later. The former one keeps its files,
   * but no saved query reads them.
   *
   * @default - objects are not locked
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   */
  readonly objectLock?: ObjectLockRetention;

  /**
   * The time after which the objects of the new bucket are deleted: whole days, and not less than they are locked. What
   * expires, or what somebody deletes, can be brought back for another 90 days.
   *
   * @default - objects are kept forever
   */
  readonly retention?: Duration;

  /**
   * The bucket that takes the access logs of the new bucket.
   *
   * @default - no access logs
   */
  readonly serverAccessLogsBucket?: IBucket;

  /**
   * The text that the keys of access logs begin with.
   *
   * @default - empty
   */
  readonly serverAccessLogsPrefix?: string;

  /**
   * Retains or destroys the new bucket when it is removed from the stack. A bucket that holds objects cannot be
   * destroyed: the deletion of the stack fails until somebody empties it. A first deployment that fails retains the
   * bucket, too, which is empty then.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The bucket that takes the results of queries, encrypted with its own key if `encryptionKey` of the bucket names it.
   * Whoever queries needs access to it. Do not use a bucket with Object Lock: its default would lock results, too.
   *
   * @default - Athena keeps results for a day, encrypted, without a bucket of yours
   * @see https://docs.aws.amazon.com/athena/latest/ug/managed-results.html
   */
  readonly queryResultsBucket?: IBucket;

  /**
   * The most that a query may read: 10 MB or more. AWS stops a query that reads more, and charges for what it has read.
   *
   * @default Size.gibibytes(10)
   */
  readonly bytesScannedLimit?: Size;
}

/** Athena takes no lower limit. */
const LEAST_BYTES = 10_000_000;

const LONGEST_PREFIX = 200;

/** Options that say how a new bucket is made. */
const OF_NEW_BUCKET = [
  'encryptionKey', 'objectLock', 'retention', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'removalPolicy',
] as const satisfies readonly (keyof FindingsArchiveOptions)[];

/**
 * @throws if options do not go together or are out of their range
 */
export function validateArchiveOptions(scope: Construct, options: FindingsArchiveOptions): void {
  validateBucket(scope, options);
  validatePrefix(scope, options.prefix);
  validateRetention(scope, options);
  validateLimit(scope, options.bytesScannedLimit);
}

function validateBucket(scope: Construct, options: FindingsArchiveOptions): void {
  const { bucket } = options;
  const superfluous = OF_NEW_BUCKET.find((property) => options[property] !== undefined);
  if (bucket && superfluous) {
    throw invalidInput(scope, {
      property: superfluous,
      rule: 'must be left out with a bucket of yours',
      given: 'it with bucket',
      fix: 'set it on the bucket, or leave out bucket',
    });
  }
  const { account, region } = Stack.of(scope);
  if (bucket && differs(bucket.env.region, region)) {
    throw invalidInput(scope, {
      property: 'bucket',
      rule: `must be in the stack's region ${region}`,
      given: `a bucket in ${bucket.env.region}`,
      fix: 'use a bucket of the region; S3 can replicate its objects to elsewhere',
    });
  }
  if (bucket && differs(bucket.env.account, account)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:archiveOfAnotherAccount',
      `'bucket' is of account ${bucket.env.account}; the policies of the bucket and of its key must allow the role of `
      + 'FleetAuditFunction s3:PutObject, s3:ListBucket and kms:GenerateDataKey, and those who query s3:GetObject, '
      + 's3:ListBucket and kms:Decrypt');
  }
}

function validatePrefix(scope: Construct, prefix = ''): void {
  if (!Token.isUnresolved(prefix) && (!PREFIX.test(prefix) || prefix.length > LONGEST_PREFIX)) {
    throw invalidInput(scope, {
      property: 'prefix',
      rule: `must be names of letters, digits, '.', '-' and '_' that each end with '/', ${LONGEST_PREFIX} characters at most`,
      given: `'${prefix}'`,
      fix: 'write it like \'iot/audits/\', or leave it out',
    });
  }
}

function validateRetention(scope: Construct, { objectLock, retention }: FindingsArchiveOptions): void {
  if (retention === undefined || retention.isUnresolved()) {
    return;
  }
  const days = retention.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) {
    throw invalidInput(scope, {
      property: 'retention',
      rule: 'must be whole days, one or more',
      given: retention.toHumanString(),
      fix: 'use Duration.days(), or leave it out to keep objects forever',
    });
  }
  if (objectLock && !objectLock.duration.isUnresolved() && objectLock.duration.toDays() > days) {
    throw invalidInput(scope, {
      property: 'retention',
      rule: `must not be shorter than objects are locked, ${objectLock.duration.toDays()} days`,
      given: `${days} days`,
      fix: 'keep objects longer, or lock them for a shorter time',
    });
  }
}

function validateLimit(scope: Construct, limit?: Size): void {
  if (limit && !limit.isUnresolved() && limit.toBytes() < LEAST_BYTES) {
    throw invalidInput(scope, {
      property: 'bytesScannedLimit',
      rule: 'must be 10 MB or more, which is the least that Athena charges for',
      given: `${limit.toBytes()} bytes`,
      fix: 'raise it, for example to Size.mebibytes(10)',
    });
  }
}
