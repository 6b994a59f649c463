import { AuditFinding } from '@aws-sdk/client-iot';
import { DashboardCalls } from './dashboard-calls';
import { HistoryRequest } from './widget-request';
import { LARGEST_PAGE } from '../../function/runtime/audit-reader';

/** What audits have found about one resource with one check. */
export interface FindingHistory {
  /** Absent if no audit that AWS keeps has found anything. */
  readonly newest?: AuditFinding;
  readonly oldest?: AuditFinding;

  /** The number of audits with a finding. */
  readonly audits: number;

  /** True if there are more findings than were read. */
  readonly isCut: boolean;
}

/** AWS keeps findings for 90 days. */
export const KEPT_DAYS = 89;
const DAY = 24 * 60 * 60 * 1000;

/** Calls of a whole page: a resource has one with each audit, or a few. */
const MOST_CALLS = 4;

/** Looks up when AWS has first found what it finds now. */
export async function readHistory(
  { check, resource }: Pick<HistoryRequest, 'check' | 'resource'>, calls: DashboardCalls,
): Promise<FindingHistory> {
  const findings: AuditFinding[] = [];
  const { now } = calls;
  let token: string | undefined;
  for (let made = 0; made < MOST_CALLS; made++) {
    const page = await calls.listAuditFindings({
      startTime: new Date(now - KEPT_DAYS * DAY),
      endTime: new Date(now),
      checkName: check,
      resourceIdentifier: resource,
      maxResults: LARGEST_PAGE,
      nextToken: token,
    });
    findings.push(...page.findings);
    token = page.nextToken;
    if (!token) break;
  }
  findings.sort((one, other) => timeOf(one) - timeOf(other));
  return {
    newest: findings.at(-1),
    oldest: findings[0],
    audits: new Set(findings.map(({ taskId }) => taskId)).size,
    isCut: token !== undefined,
  };
}

function timeOf({ findingTime }: AuditFinding): number {
  return findingTime?.getTime() ?? 0;
}
