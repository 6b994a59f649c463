/** The archive: with a bucket that is emptied and deleted, and with every option that can be cleaned up. */
import { IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { auditNow, auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import { AuditEvents, FindingsArchive, FindingsArchiveOptions } from '../../src';

export const app = new App();

function bucketThatGoes(stack: Stack, id: string, encryptionKey?: Key): Bucket {
  return new Bucket(stack, id, {
    encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
    encryptionKey,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: true,
  });
}

function archiveOf(options: (stack: Stack) => FindingsArchiveOptions): (stack: Stack) => FindingsArchive {
  return (stack) => {
    const { notificationTopic } = auditThatGoes(stack);
    const auditEvents = new AuditEvents(stack, 'AuditEvents', { notificationTopic });
    return new FindingsArchive(stack, 'Archive', { auditEvents, ...options(stack) });
  };
}

function holdsTheAudit(assertions: IDeployAssert, { bucket, workGroupName }: FindingsArchive): void {
  auditNow(assertions).next(waitUntil(
    assertions.awsApiCall('s3', 'listObjectsV2', { Bucket: bucket.bucketName, MaxKeys: 1 }), { KeyCount: 1 },
  ));
  assertions.awsApiCall('athena', 'getWorkGroup', { WorkGroup: workGroupName });
}

const standard = caseOf('findings-archive-default', archiveOf((stack) => ({
  bucket: bucketThatGoes(stack, 'Bucket'),
})), holdsTheAudit);

const full = caseOf('findings-archive-full', archiveOf((stack) => {
  const key = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY, pendingWindow: Duration.days(7) });
  return {
    bucket: bucketThatGoes(stack, 'Bucket', key),
    prefix: 'iot/audits/',
    queryResultsBucket: bucketThatGoes(stack, 'Results'),
    bytesScannedLimit: Size.mebibytes(100),
  };
}), holdsTheAudit);

integrationTest(app, standard, full);
