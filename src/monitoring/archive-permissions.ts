import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, IGrantable, PolicyStatement, PrincipalWithConditions } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import type { ArchiveTables } from './archive-tables';
import { ArchiveTable, DAY } from './protocol';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { digestOf } from '../private/construct-digest';

/** What can be queried. */
export interface QueriedArchive extends ArchiveTables {
  readonly bucket: IBucket;
  readonly prefix: string;
  readonly queryResultsBucket?: IBucket;
}

/** Permits the function to read audits, and to create objects in the folders of the archive. It can read no object. */
export function permitArchiving(
  scope: Construct, stackFunction: FleetAuditFunction, { bucket, prefix }: Pick<QueriedArchive, 'bucket' | 'prefix'>,
): IDependable {
  const folders = foldersOf(prefix);
  const { encryptionKey: key } = bucket;
  return new DependencyGroup(
    stackFunction._permit('ArchiveFindings', [
      // IAM cannot narrow these to a resource.
      new PolicyStatement({ actions: ['iot:DescribeAuditTask', 'iot:ListAuditFindings'], resources: ['*'] }),
    ]),
    stackFunction._permit(`WriteArchive${digestOf(scope)}`, [
      new PolicyStatement({
        actions: ['s3:PutObject'], resources: folders.map((folder) => bucket.arnForObjects(folder)),
      }),
      new PolicyStatement({
        actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': folders } },
      }),
      ...key ? [new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [key.keyArn] })] : [],
    ]),
  );
}

/** Grants running queries in the workgroup, and reading their results. */
export function grantQuerying(scope: Construct, grantee: IGrantable, archive: QueriedArchive): Grant {
  const { bucket, databaseName, prefix, queryResultsBucket: results, workGroupName } = archive;
  const stack = Stack.of(scope);
  const glueArn = (resource: string) => stack.formatArn({
    service: 'glue', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  const allow = (actions: string[], resourceArns: string[]) =>
    Grant.addToPrincipal({ grantee, actions, resourceArns });
  const folders = foldersOf(prefix);
  return [
    allow(
      [
        'athena:BatchGetNamedQuery', 'athena:BatchGetQueryExecution', 'athena:GetNamedQuery', 'athena:GetQueryExecution',
        'athena:GetQueryResults', 'athena:GetQueryResultsStream', 'athena:GetWorkGroup', 'athena:ListNamedQueries',
        'athena:ListQueryExecutions', 'athena:StartQueryExecution', 'athena:StopQueryExecution',
      ],
      [stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: workGroupName })],
    ),
    allow(['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable', 'glue:GetTables'], [
      glueArn('catalog'), glueArn(`database/${databaseName}`), glueArn(`table/${databaseName}/*`),
    ]),
    allow(['s3:GetBucketLocation', 's3:ListBucket'], [bucket.bucketArn]),
    allow(['s3:GetObject'], folders.map((folder) => bucket.arnForObjects(folder))),
    ...bucket.encryptionKey ? [bucket.encryptionKey.grantDecrypt(grantee)] : [],
    ...results ? [results.grantReadWrite(grantee)] : [],
  ].reduce((all, grant) => all.combine(grant));
}

/**
 * Grants creating the files of an account, which begin with its id, and listing them. It can replace none, and cannot
 * create those of another account, so that the name of a file tells who has written it.
 */
export function grantCreating(grantee: IGrantable, { bucket, prefix }: Pick<QueriedArchive, 'bucket' | 'prefix'>): Grant {
  const files = Object.values(ArchiveTable).map((table) =>
    `${prefix}${table}/${DAY}=????-??-??/${'${aws:PrincipalAccount}'}.*`);
  const allow = (
    actions: string[], resourceArns: string[], conditions: Record<string, Record<string, unknown>>,
  ) => Grant.addToPrincipalOrResource({
    // Older versions of aws-cdk-lib leave conditions out of the bucket's policy, unless the principal has them.
    grantee: new PrincipalWithConditions(grantee.grantPrincipal, conditions),
    actions, resourceArns, conditions,
    resource: bucket,
  });
  return [
    // The function creates objects on the condition that they do not exist.
    allow(['s3:PutObject'], files.map((file) => bucket.arnForObjects(file)), { Null: { 's3:if-none-match': 'false' } }),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': files } }),
    ...bucket.encryptionKey ? [bucket.encryptionKey.grant(grantee, 'kms:GenerateDataKey')] : [],
  ].reduce((all, grant) => all.combine(grant));
}

/** The folders of days: no other object can be created. */
function foldersOf(prefix: string): string[] {
  return Object.values(ArchiveTable).map((table) => `${prefix}${table}/${DAY}=*`);
}
