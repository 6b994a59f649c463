import { createHash } from 'node:crypto';
import { AuditFindings, DescribedAudit, resourceKey } from './audit-findings.lambda-shared';
import { RejectedAudits } from './rejected-audits.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';

const DAY = 24 * 60 * 60 * 1000;

/** How far back earlier audits are looked for, in days and step by step. AWS keeps audits for 90 days. */
const HORIZONS = [2, 8, 33, 89];

/**
 * Checks that look at a span of time instead of a state: 31 days in an audit on demand, the time since the previous run
 * in a scheduled one.
 */
const SPAN_CHECKS = ['CONFLICTING_CLIENT_IDS_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'];
const SPAN = 31 * DAY;

const ON_DEMAND = 'ON_DEMAND_AUDIT_TASK';

/** 4 MiB: for 200,000 resources, one in 10^10 that is new is taken for known. */
const FILTER_BITS = 2 ** 25;
const HASHES = 8;

/**
 * The resources that earlier audits found, in memory that does not grow with their number: a Bloom filter. A resource
 * that it does not know is certainly new; one that it knows was, but for a vanishing chance, found before.
 */
export class KnownResources {
  /* eslint-disable no-bitwise -- The filter is made of bits. */
  private readonly bits = new Uint8Array(FILTER_BITS / 8);

  public add(key: string): void {
    for (const bit of bitsOf(key)) {
      this.bits[bit >>> 3] |= 1 << (bit & 7);
    }
  }

  public has(key: string): boolean {
    return bitsOf(key).every((bit) => (this.bits[bit >>> 3] & 1 << (bit & 7)) !== 0);
  }
  /* eslint-enable no-bitwise */
}

function bitsOf(key: string): number[] {
  const digest = createHash('sha256').update(key).digest();
  return Array.from({ length: HASHES }, (_, index) => digest.readUInt32LE(index * 4) % FILTER_BITS);
}

/**
 * The audits that tell what a check had found before an audit; undefined when none does.
 *
 * For most checks that is the last audit that completed the check. For a check that looks at a span of time it is all
 * audits of the last 31 days, and only if these reach back as far as the audit itself: a scheduled audit reports what
 * happened since the one before, so the last one alone would make older findings look new.
 *
 * An audit with which a gate has stopped a deployment tells nothing.
 */
export async function earlierAuditsOf(
  checkName: string, current: DescribedAudit, findings: AuditFindings, rejected: Pick<RejectedAudits, 'includes'>,
): Promise<DescribedAudit[] | undefined> {
  const started = current.taskStartTime!.getTime();
  const audits: DescribedAudit[] = [];
  let newest = started - 1;
  for (const horizon of HORIZONS) {
    const oldest = started - horizon * DAY;
    const older = await findings.completedAudits(oldest, newest);
    for (const audit of older) {
      const { taskId, taskType, auditDetails = {} } = audit;
      const isComplete = taskId !== current.taskId && auditDetails[checkName]?.checkRunStatus?.startsWith('COMPLETED_');
      if (isComplete && !(taskType === ON_DEMAND && await rejected.includes(taskId))) {
        audits.push(audit);
      }
    }
    const telling = SPAN_CHECKS.includes(checkName) ? spanning(audits, started) : audits.slice(0, 1);
    if (telling && telling.length > 0) {
      log('earlier audits', { checkName, taskIds: telling.map(({ taskId }) => taskId) });
      return telling;
    }
    newest = oldest - 1;
  }
  return undefined;
}

/** The audits that together cover the span, or undefined. */
function spanning(audits: readonly DescribedAudit[], started: number): DescribedAudit[] | undefined {
  const onDemand = audits.findIndex(({ taskType }) => taskType === ON_DEMAND);
  if (onDemand >= 0) {
    return audits.slice(0, onDemand + 1);
  }
  const oldest = audits.findIndex(({ taskStartTime }) => taskStartTime!.getTime() <= started - SPAN);
  return oldest >= 0 ? audits.slice(0, oldest + 1) : undefined;
}

/**
 * Fills a filter with what audits found, suppressed or not.
 */
export async function knownResourcesOf(
  checkName: string, audits: readonly DescribedAudit[], findings: AuditFindings,
): Promise<KnownResources> {
  const known = new KnownResources();
  for (const { taskId } of audits) {
    for await (const { nonCompliantResource } of findings.findingsOf(taskId, checkName)) {
      known.add(resourceKey(nonCompliantResource?.resourceIdentifier));
    }
  }
  return known;
}
