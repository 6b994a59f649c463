import { Size } from 'aws-cdk-lib';
import { EventField, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { grantCreating, grantQuerying, permitArchiving, QueriedArchive } from './archive-permissions';
import { FindingsArchiveOptions, validateArchiveOptions } from './findings-archive-options';
import { ArchiveFindingsMessage } from './protocol';
import { AuditEvents } from '../events/audit-events';
import { defineAuditRule } from '../events/audit-rule';
import { requireSameStack } from '../events/same-stack';
import { FleetAuditFunction } from '../function/fleet-audit-function';

/**
 * Properties of `FindingsArchive`.
 */
export interface FindingsArchiveProps extends FindingsArchiveOptions {
  /**
   * The events of the audits that are archived, in the same stack.
   *
   * @default - none: nothing of this account is archived. `grantArchiving()` lets other accounts write to the bucket
   */
  readonly auditEvents?: AuditEvents;
}

/**
 * An archive of what audits find, beyond the 90 days for which AWS IoT keeps it.
 *
 * After each audit, the stack's one function writes all findings to a bucket, suppressed ones included and marked, and
 * what the audit says of its checks. An object that exists is never replaced. Amazon Athena queries them: the archive
 * has a database of the tables `findings` and `checks`, and a workgroup with saved queries.
 *
 * Audits that ended before the archive was deployed are not in it.
 *
 * Without `auditEvents` it is the archive of other accounts, which name its bucket in their own archives.
 *
 * @example
 *
 * declare const auditEvents: AuditEvents;
 * declare const auditors: iam.IRole;
 *
 * const archive = new FindingsArchive(this, 'FindingsArchive', {
 *   auditEvents,
 *   objectLock: s3.ObjectLockRetention.governance(Duration.days(365)),
 * });
 * archive.grantQuery(auditors);
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
export class FindingsArchive extends Construct {
  /**
   * The bucket that takes the files.
   */
  public readonly bucket: IBucket;

  /**
   * The name of the database with the tables `findings` and `checks`.
   */
  public readonly databaseName: string;

  /**
   * The name of Athena's workgroup, which has the saved queries and the limit of what a query may read.
   */
  public readonly workGroupName: string;

  private readonly archive: QueriedArchive;

  /**
   * @throws if options do not go together or are out of their range; if `auditEvents` is of another stack
   */
  constructor(scope: Construct, id: string, props: FindingsArchiveProps = {}) {
    super(scope, id);
    const { auditEvents } = props;
    if (auditEvents) {
      requireSameStack(this, auditEvents);
    }
    validateArchiveOptions(this, props);
    const { bytesScannedLimit = Size.gibibytes(10), prefix = '', queryResultsBucket } = props;
    this.bucket = props.bucket ?? loaded().defineBucket(this, props);
    const tables = loaded().defineTables(this, { bucket: this.bucket, prefix, queryResultsBucket, bytesScannedLimit });
    this.databaseName = tables.databaseName;
    this.workGroupName = tables.workGroupName;
    this.archive = { ...tables, bucket: this.bucket, prefix, queryResultsBucket };
    if (auditEvents) {
      this.createRule(auditEvents).node.addDependency(
        permitArchiving(this, FleetAuditFunction.of(this), this.archive));
    }
  }

  /**
   * Grants querying the archive: in its workgroup, with the saved queries or others, and reading the results.
   *
   * @param grantee the people or the function that query
   */
  public grantQuery(grantee: IGrantable): Grant {
    return grantQuerying(this, grantee, this.archive);
  }

  /**
   * Grants archiving in this bucket to the functions of other accounts, such as `new iam.OrganizationPrincipal()`.
   *
   * Each account can create files whose names begin with its own id, and list them: it can replace no file, and read
   * none. The function of a stack with `bucket` has the permissions that its own account must give.
   *
   * @param grantee the accounts or the organization
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
   */
  public grantArchiving(grantee: IGrantable): Grant {
    return grantCreating(grantee, this.archive);
  }

  /** A rule that has each audit archived, whatever it has come to. */
  private createRule({ queue }: AuditEvents): Rule {
    const { bucket: { bucketName }, prefix } = this.archive;
    const message: ArchiveFindingsMessage = {
      archiveFindings: { bucketName, prefix, taskId: EventField.fromPath('$.detail.taskId') },
    };
    return defineAuditRule(this, {
      description: 'Has archived what an audit of AWS IoT Device Defender found', queue, message,
    });
  }
}

/** The code for a bucket, Glue's tables and Athena's queries. Users without an archive load none of it. */
function loaded(): typeof import('./archive-bucket') & typeof import('./archive-tables') {
  /* eslint-disable @typescript-eslint/no-require-imports -- imports are loaded by every user of the library */
  return { ...require('./archive-bucket'), ...require('./archive-tables') };
  /* eslint-enable @typescript-eslint/no-require-imports */
}
