/**
 * The saved queries of an archive, in SQL that Amazon Athena takes. It keeps to what other engines take, too, so that
 * the queries run in tests.
 *
 * A finding stays the same finding as long as check, resource and reason do. What a query says of a check rests on the
 * audits that carried it out to its end, whatever their schedule.
 */

/** A query that the archive's workgroup offers. */
export interface SavedQuery {
  /** Its name, and the id of its construct. */
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Days within which every schedule has had an audit. */
const LAST_AUDITS = 33;

/** Days that a query about the past looks at: a year, and the audits before it. */
const HISTORY = 400;

const CARRIED_OUT = 'check_run_status IN (\'COMPLETED_COMPLIANT\', \'COMPLETED_NON_COMPLIANT\')';

/** What makes a finding the same finding. */
const IDENTITY = 'account_id, region, check_name, resource_type, resource_id, reason_code';

/** The condition that spares reading older files. */
function since(days: number): string {
  return `day >= CAST(CAST(current_date - INTERVAL '${days}' DAY AS date) AS varchar)`;
}

/** The worst first. What a later version of AWS may call otherwise comes before all. */
const WORST_FIRST = `CASE severity WHEN 'LOW' THEN 4 WHEN 'MEDIUM' THEN 3 WHEN 'HIGH' THEN 2 WHEN 'CRITICAL' THEN 1
         ELSE 0 END`;

/**
 * The spans of audits one after the other in which a finding was there: from the first audit that has it to the first
 * that has it no more. Being suppressed is no end.
 */
const SPANS = `WITH audits AS (
  SELECT account_id, region, check_name, task_id, task_start_time,
         row_number() OVER (PARTITION BY account_id, region, check_name ORDER BY task_start_time, task_id) AS number
  FROM checks
  WHERE ${since(HISTORY)} AND ${CARRIED_OUT}
),
sightings AS (
  SELECT f.account_id, f.region, f.check_name, f.resource_type, f.resource_id, f.reason_code,
         a.number, a.task_start_time, max(f.severity) AS severity,
         min(CASE WHEN f.is_suppressed THEN 1 ELSE 0 END) AS suppressed
  FROM findings f
  JOIN audits a ON a.task_id = f.task_id AND a.check_name = f.check_name
  WHERE f.${since(HISTORY)}
  GROUP BY f.account_id, f.region, f.check_name, f.resource_type, f.resource_id, f.reason_code,
           a.number, a.task_start_time
),
numbered AS (
  SELECT sightings.*, number - row_number() OVER (PARTITION BY ${IDENTITY} ORDER BY number) AS span
  FROM sightings
),
spans AS (
  SELECT ${IDENTITY}, max(severity) AS severity, min(task_start_time) AS first_seen,
         max(task_start_time) AS last_seen, max(number) AS last_number, max_by(suppressed, number) AS suppressed
  FROM numbered
  GROUP BY ${IDENTITY}, span
),
history AS (
  SELECT s.account_id, s.region, s.check_name, s.resource_type, s.resource_id, s.reason_code, s.severity,
         s.first_seen, s.last_seen, a.task_start_time AS gone, s.suppressed = 1 AS is_suppressed,
         round(date_diff('second', s.first_seen, coalesce(a.task_start_time, s.last_seen)) / 86400e0, 1) AS days
  FROM spans s
  LEFT JOIN audits a ON a.account_id = s.account_id AND a.region = s.region AND a.check_name = s.check_name
                    AND a.number = s.last_number + 1
)`;

export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: 'OpenFindings',
    description: 'Open findings: what the last audit of each check has found and nobody has suppressed, the worst first',
    sql: `WITH last_audits AS (
  SELECT account_id, region, check_name, max_by(task_id, task_start_time) AS task_id
  FROM checks
  WHERE ${since(LAST_AUDITS)} AND ${CARRIED_OUT}
  GROUP BY account_id, region, check_name
)
SELECT f.severity, f.check_name, f.resource_type, f.resource_id, f.reason, f.finding_time, f.finding_id,
       f.account_id, f.region, f.task_id
FROM findings f
JOIN last_audits a ON a.task_id = f.task_id AND a.check_name = f.check_name
WHERE f.${since(LAST_AUDITS)} AND NOT f.is_suppressed
ORDER BY ${WORST_FIRST}, f.check_name, f.resource_id, f.reason_code`,
  },
  {
    name: 'NewFindingsSince',
    description: 'Findings that are new since a day, or are back since then. Parameter: the day, such as \'2026-11-01\'',
    sql: `${SPANS}
SELECT severity, check_name, resource_type, resource_id, reason_code, first_seen, last_seen, gone, is_suppressed,
       account_id, region
FROM history
WHERE first_seen >= CAST(? AS timestamp)
ORDER BY ${WORST_FIRST}, check_name, first_seen, resource_id, reason_code`,
  },
  {
    name: 'TimeOpen',
    description: 'How long each finding was open: to the audit that did not find it any more, or so far',
    sql: `${SPANS}
SELECT days, gone IS NULL AS is_open, severity, check_name, resource_type, resource_id, reason_code, first_seen,
       last_seen, gone, is_suppressed, account_id, region
FROM history
ORDER BY days DESC, check_name, resource_id, reason_code, first_seen`,
  },
  {
    name: 'MeanTimeToRepair',
    description: 'Mean time to repair of each check in days, with the numbers of findings that are repaired and open. '
      + 'What was suppressed in the end counts as neither',
    sql: `${SPANS}
SELECT check_name, max(severity) AS severity, round(avg(CASE WHEN gone IS NOT NULL THEN days END), 1) AS mean_days,
       max(CASE WHEN gone IS NOT NULL THEN days END) AS longest_days, count(gone) AS repaired,
       count(*) - count(gone) AS still_open
FROM history
WHERE NOT is_suppressed
GROUP BY check_name
ORDER BY mean_days DESC, check_name`,
  },
  {
    name: 'CertificateHistory',
    description: 'All that audits have said of a device certificate or CA certificate, the latest first. Parameter: its '
      + 'id in quotes',
    sql: `SELECT task_start_time, check_name, severity, reason, is_suppressed, scheduled_audit_name, resource_type,
       finding_id, task_id, account_id, region
FROM findings
WHERE resource_id = ? AND resource_type IN ('DEVICE_CERTIFICATE', 'CA_CERTIFICATE')
ORDER BY task_start_time DESC, check_name, reason_code`,
  },
];
