import { AuditFinding } from '@aws-sdk/client-iot';
import { CurrentCheck } from './audit-summary';
import { DashboardCalls } from './dashboard-calls';
import { Filter, MisunderstoodRequest, PagePosition, Shown } from './widget-request';

/** A page of findings, and where the next one begins. */
export interface FindingsPage {
  readonly findings: readonly AuditFinding[];
  readonly next?: PagePosition;
}

/** The findings that AWS is asked for at a time. A page has as many at least, and not twice as many. */
export const FINDINGS_PER_CALL = 20;

/** Calls for one page. AWS may answer less than it is asked for, and a check may find little. */
const MOST_CALLS = 8;

/** The `listSuppressedFindings` of AWS. */
const SUPPRESSED: Readonly<Record<Shown, boolean | undefined>> = { open: false, suppressed: true, all: undefined };

/**
 * Reads one page of the findings of some checks, one check after the other.
 *
 * The counts of the audit tell which checks have any, so that a page takes few calls however many findings there are.
 *
 * @throws MisunderstoodRequest if there is no such page
 */
export async function readPage(
  checks: readonly CurrentCheck[], filter: Filter, from: PagePosition | undefined, calls: DashboardCalls,
): Promise<FindingsPage> {
  const listed = checks.filter((check) => isListed(check, filter));
  const audits = [...new Set(checks.map(({ audit }) => audit.taskId))];
  const first = from === undefined ? 0 : listed.findIndex(({ checkName }) => checkName === from.check);
  if (first === -1) {
    throw new MisunderstoodRequest();
  }
  const findings: AuditFinding[] = [];
  let [token, made] = [from?.token, 0];
  for (const { audit: { taskId }, checkName } of listed.slice(first)) {
    do {
      if (findings.length >= FINDINGS_PER_CALL || made++ >= MOST_CALLS) {
        return { findings, next: { audits, check: checkName, token, before: (from?.before ?? 0) + findings.length } };
      }
      const page = await calls.listAuditFindings({
        taskId,
        checkName,
        listSuppressedFindings: SUPPRESSED[filter.shown],
        maxResults: FINDINGS_PER_CALL,
        nextToken: token,
      });
      findings.push(...page.findings);
      token = page.nextToken;
    } while (token);
  }
  return { findings };
}

/** True if the findings of a check are shown, and it has some. */
export function isListed({ checkName, open, suppressed }: CurrentCheck, { check, shown }: Filter): boolean {
  const count = (shown === 'suppressed' ? 0 : open) + (shown === 'open' ? 0 : suppressed);
  return count > 0 && (check === undefined || check === checkName);
}
