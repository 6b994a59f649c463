import { AuditTask } from './audit-report';
import { joinWithin } from './join-within';

/** How much of a reason the names of checks may take. */
const LONGEST_LIST = 500;

/**
 * Why a deployment fails that has waited in vain.
 */
export function explainTimeout(seconds: number, { taskStatistics = {}, auditDetails = {} }: AuditTask): string {
  const { totalChecks = 0, inProgressChecks = 0, waitingForDataCollectionChecks = 0 } = taskStatistics;
  const collecting = Object.entries(auditDetails)
    .filter(([, { checkRunStatus }]) => checkRunStatus === 'WAITING_FOR_DATA_COLLECTION')
    .map(([name]) => name);
  const ended = totalChecks - inProgressChecks - waitingForDataCollectionChecks;
  return [
    `the audit did not end within ${seconds === 60 ? '1 minute' : `${seconds / 60} minutes`}: ${ended} of ${totalChecks} checks are done`,
    collecting.length > 0
      ? `, and AWS still collects data for ${joinWithin(collecting, LONGEST_LIST)}, which takes long in a large account or after a check was enabled`
      : '',
    '; wait longer (at most 55 minutes), let the deployment go on when the time is over, or deploy again later',
  ].join('');
}
