import { Aws, Names, Size } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { SAVED_QUERIES } from './archive-queries';
import { ArchiveTable, CHECK_COLUMNS, DAY, FINDING_COLUMNS } from './protocol';

export interface ArchiveTablesProps {
  readonly bucket: IBucket;
  readonly prefix: string;
  readonly queryResultsBucket?: IBucket;
  readonly bytesScannedLimit: Size;
}

/** What queries need: their names. */
export interface ArchiveTables {
  readonly databaseName: string;
  readonly workGroupName: string;
}

/** No archive is older. Each day until now is a partition, whether it has files or not. */
const FIRST_DAY = '2026-01-01';

/** Characters of a name in Glue and in Athena. */
const LONGEST_NAME = 100;

const TABLES: Readonly<Record<ArchiveTable, { readonly description: string; readonly columns: object }>> = {
  [ArchiveTable.FINDINGS]: {
    description: 'Findings of audits of AWS IoT Device Defender, suppressed ones included', columns: FINDING_COLUMNS,
  },
  [ArchiveTable.CHECKS]: {
    description: 'Audits of AWS IoT Device Defender, check by check', columns: CHECK_COLUMNS,
  },
};

/** Defines what Athena queries an archive with: a database of two tables, a workgroup and its saved queries. */
export function defineTables(scope: Construct, props: ArchiveTablesProps): ArchiveTables {
  const name = Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME, separator: '_', allowedSpecialCharacters: '_' });
  const databaseName = name.toLowerCase();
  const database = new CfnDatabase(scope, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: { name: databaseName, description: 'Archive of findings of AWS IoT Device Defender Audit' },
  });
  for (const table of Object.values(ArchiveTable)) {
    defineTable(scope, database, table, props);
  }
  const workGroup = defineWorkGroup(scope, name, props);
  for (const { name: queryName, description, sql } of SAVED_QUERIES) {
    new CfnNamedQuery(scope, queryName, {
      name: queryName, description, database: database.ref, workGroup: workGroup.name, queryString: sql,
    }).node.addDependency(workGroup);
  }
  return { databaseName, workGroupName: workGroup.name };
}

function defineTable(
  scope: Construct, database: CfnDatabase, table: ArchiveTable, { bucket, prefix }: ArchiveTablesProps,
): void {
  const location = `${bucket.s3UrlForObject()}/${prefix}${table}/`;
  const { columns, description } = TABLES[table];
  new CfnTable(scope, table === ArchiveTable.FINDINGS ? 'FindingsTable' : 'ChecksTable', {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      name: table,
      description,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: DAY, type: 'string', comment: 'The day on which the audit started, in UTC' }],
      parameters: {
        'EXTERNAL': 'TRUE',
        'classification': 'json',
        'projection.enabled': 'true',
        [`projection.${DAY}.type`]: 'date',
        [`projection.${DAY}.format`]: 'yyyy-MM-dd',
        [`projection.${DAY}.range`]: `${FIRST_DAY},NOW`,
        [`projection.${DAY}.interval`]: '1',
        [`projection.${DAY}.interval.unit`]: 'DAYS',
        'storage.location.template': `${location}${DAY}=\${${DAY}}`,
      },
      storageDescriptor: {
        columns: Object.entries(columns).map(([name, type]: [string, string]) => ({ name, type })),
        location,
        compressed: true,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
      },
    },
  });
}

function defineWorkGroup(scope: Construct, name: string, props: ArchiveTablesProps): CfnWorkGroup {
  const { bytesScannedLimit, queryResultsBucket: results } = props;
  return new CfnWorkGroup(scope, 'WorkGroup', {
    name,
    description: 'Queries of the archive of findings of AWS IoT Device Defender Audit',
    // Otherwise the saved queries and everybody's history keep it from being deleted.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      bytesScannedCutoffPerQuery: bytesScannedLimit.toBytes(),
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      ...results ? { resultConfiguration: resultConfiguration(results) }
        : { managedQueryResultsConfiguration: { enabled: true } },
    },
  });
}

function resultConfiguration(bucket: IBucket): CfnWorkGroup.ResultConfigurationProperty {
  const kmsKey = bucket.encryptionKey?.keyArn;
  return {
    outputLocation: bucket.s3UrlForObject(),
    encryptionConfiguration: kmsKey ? { encryptionOption: 'SSE_KMS', kmsKey } : { encryptionOption: 'SSE_S3' },
  };
}
