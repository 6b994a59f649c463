import { OWN_MESSAGE } from '../events/protocol';

/**
 * What constructs and the function say to each other about the ages of audits, and about what people see of an audit.
 */

export { METRIC_NAMESPACE } from '../mitigation/protocol';

/** The property by which the function knows a request to measure ages. */
export const AUDIT_AGES = 'auditAges';

/** The metric: days since the last complete run began, or since the audit was defined or changed, if that is later. */
export const AGE_METRIC = 'DaysSinceLastAudit';

export const AGE_DIMENSION = 'ScheduledAuditName';

/** What a rule on a schedule hands to the function. */
export interface AuditAgesRequest {
  readonly [AUDIT_AGES]: readonly WatchedAudit[];
}

export interface WatchedAudit {
  readonly scheduledAuditName: string;

  /** The audit's logical id in the stack of the function; absent for one that is defined elsewhere. */
  readonly logicalId?: string;
}

/** The attribute that the messages of this library have, should the topic be the one that Device Defender notifies. */
export { OWN_MESSAGE };

/** The only member of a message in the queue that asks for a notice about an audit. */
export const PUBLISH_NOTICE = 'publishNotice';

export interface PublishNoticeMessage {
  readonly [PUBLISH_NOTICE]: NoticeRequest;
}

export interface NoticeRequest {
  readonly taskId: string;
  readonly topicArn: string;
  readonly format: 'TEXT' | 'CHAT';
  readonly trigger: 'EVERY_AUDIT' | 'FINDINGS' | 'NEW_FINDINGS';
}

/**
 * The contract between `FindingsArchive`, the function that writes its files, and whoever queries them.
 *
 * The files are JSON Lines, compressed by gzip. For each check that has found something there is
 * `findings/day=<day>/<account>.<region>.<audit>.<check>.json.gz`, then for the audit
 * `checks/day=<day>/<account>.<region>.<audit>.json.gz`. The day is that of the audit's start in UTC.
 */

/** The member by which the function recognizes the message that asks for an archive. */
export const ARCHIVE_FINDINGS = 'archiveFindings';

/** A message in the queue that asks for an audit to be archived. */
export interface ArchiveFindingsMessage {
  readonly [ARCHIVE_FINDINGS]: ArchiveRequest;
}

export interface ArchiveRequest {
  readonly bucketName: string;

  /** Begins the keys of all objects: empty, or it ends with a slash. */
  readonly prefix: string;
  readonly taskId: string;
}

/** What a prefix looks like. It cannot hold what a day's folder is named by, so that it leads into no such folder. */
export const PREFIX = /^([A-Za-z0-9_.-]+\/)*$/;

/** The tables, and the folders of their files. */
export enum ArchiveTable {
  FINDINGS = 'findings',
  CHECKS = 'checks',
}

/** The column by which the files of a table are partitioned: yyyy-MM-dd. */
export const DAY = 'day';

/** The columns of the findings, suppressed ones included, with their types in Hive's words. */
export const FINDING_COLUMNS = {
  finding_id: 'string',
  task_id: 'string',
  task_start_time: 'timestamp',
  scheduled_audit_name: 'string',
  account_id: 'string',
  region: 'string',
  check_name: 'string',
  severity: 'string',
  finding_time: 'timestamp',
  is_suppressed: 'boolean',
  resource_type: 'string',
  resource_id: 'string',
  policy_version: 'string',
  reason_code: 'string',
  reason: 'string',
  resource_identifier: 'string',
  additional_info: 'string',
  related_resources: 'string',
} as const;

/** The columns of the audit's own account of its checks. An audit without checks has one row without a check. */
export const CHECK_COLUMNS = {
  task_id: 'string',
  task_type: 'string',
  task_status: 'string',
  task_start_time: 'timestamp',
  scheduled_audit_name: 'string',
  account_id: 'string',
  region: 'string',
  check_name: 'string',
  check_run_status: 'string',
  severity: 'string',
  total_resources: 'bigint',
  non_compliant_resources: 'bigint',
  suppressed_resources: 'bigint',
  error_code: 'string',
  message: 'string',
  findings_file: 'string',
} as const;

/** A line of a file: a column without a value is left out. Times are of the form yyyy-MM-dd HH:mm:ss.SSS, in UTC. */
type Row<Columns> = { readonly [Name in keyof Columns]?: ValueOf<Columns[Name]> };

type ValueOf<Type> = Type extends 'bigint' ? number : Type extends 'boolean' ? boolean : string;

export type FindingRow = Row<typeof FINDING_COLUMNS>;
export type CheckRow = Row<typeof CHECK_COLUMNS>;
