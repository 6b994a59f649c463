import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { FindingsArchiveOptions } from './findings-archive-options';

/** Days for which an object can be brought back after somebody has deleted it. */
const FORMER_VERSIONS = Duration.days(90);

/** Defines the bucket of an archive. */
export function defineBucket(scope: Construct, options: FindingsArchiveOptions): Bucket {
  const {
    encryptionKey, objectLock, removalPolicy, retention, serverAccessLogsBucket, serverAccessLogsPrefix,
  } = options;
  return new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    bucketKeyEnabled: encryptionKey ? true : undefined,
    encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
    encryptionKey,
    enforceSSL: true,
    lifecycleRules: [{
      expiration: retention,
      noncurrentVersionExpiration: FORMER_VERSIONS,
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    }],
    objectLockDefaultRetention: objectLock,
    objectLockEnabled: objectLock ? true : undefined,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    serverAccessLogsBucket,
    serverAccessLogsPrefix,
    versioned: true,
  });
}
