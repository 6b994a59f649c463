import { randomUUID } from 'node:crypto';
import type { AuditFinding, ListAuditFindingsRequest, ResourceIdentifier } from '@aws-sdk/client-iot';
import { Account, RETENTION } from './account';
import { CheckName, factsOf, requireCheck } from './checks/check-catalog';
import type { NonCompliance } from './checks/rule';
import type { Handlers } from './operations';
import { DEFAULT_PAGE, decodeToken, encodeToken, pageOf } from './paging';
import { invalidRequest, notFound } from './service-error';

/** DescribeAuditFinding shows no more than this; ListRelatedResourcesForAuditFinding shows all. */
const RELATED_RESOURCES_SHOWN = 10;

/**
 * The findings of one check in one audit. Findings are put together only when somebody reads them, and their ids are
 * the batch id with the index as the last group, so that hundreds of thousands cost neither time nor memory.
 */
interface Batch {
  readonly id: string;
  readonly taskId: string;
  readonly taskStartTime: number;
  readonly checkName: CheckName;
  readonly findingTime: number;
  nonCompliances: readonly NonCompliance[];
  suppressed: ReadonlySet<number>;
}

export interface RecordedCheck {
  readonly taskId: string;
  readonly taskStartTime: number;
  readonly checkName: CheckName;
  readonly nonCompliances: readonly NonCompliance[];
  readonly suppressed: ReadonlySet<number>;
}

export class AuditFindings implements Handlers<
  'ListAuditFindings' | 'DescribeAuditFinding' | 'ListRelatedResourcesForAuditFinding'
> {
  // Only ever appended to, so that a page token can point into it.
  private readonly batches: Batch[] = [];
  private readonly byId = new Map<string, Batch>();

  constructor(private readonly account: Account) {}

  record(check: RecordedCheck): void {
    const batch: Batch = { ...check, id: randomUUID().slice(0, 23), findingTime: this.account.clock.now() };
    this.batches.push(batch);
    this.byId.set(batch.id, batch);
  }

  /** Disabling a check deletes the data collected for it. */
  forget(checkName: CheckName): void {
    for (const batch of this.batches) {
      if (batch.checkName !== checkName) continue;
      batch.nonCompliances = [];
      batch.suppressed = new Set();
    }
  }

  find(findingId: string): AuditFinding | undefined {
    const batch = this.byId.get(findingId.slice(0, 23));
    const index = /^-[0-9a-f]{12}$/.test(findingId.slice(23)) ? parseInt(findingId.slice(24), 16) : -1;
    return batch === undefined || this.isPast(batch) || batch.nonCompliances[index] === undefined
      ? undefined
      : compose(batch, index);
  }

  *ofTask(taskId: string): Generator<AuditFinding> {
    for (const batch of this.batches) {
      if (batch.taskId !== taskId) continue;
      for (let index = 0; index < batch.nonCompliances.length; index++) yield compose(batch, index);
    }
  }

  readonly ListAuditFindings = (input: ListAuditFindingsRequest) => {
    const { taskId, checkName, startTime, endTime, resourceIdentifier, maxResults = DEFAULT_PAGE, nextToken } = input;
    if ((taskId === undefined) === (startTime === undefined && endTime === undefined)) {
      throw invalidRequest('Either a taskId or a startTime and endTime must be given, but not both.');
    }
    if (taskId === undefined && (startTime === undefined || endTime === undefined)) {
      throw invalidRequest('Both startTime and endTime must be given.');
    }
    if (startTime !== undefined && endTime !== undefined && startTime > endTime) {
      throw invalidRequest('The startTime is after the endTime.');
    }
    if (checkName !== undefined) requireCheck(this.account.region, checkName);
    const wanted = resourceIdentifier === undefined ? undefined : resourceKey(resourceIdentifier);

    const inScope = (batch: Batch): boolean =>
      !this.isPast(batch)
      && (taskId === undefined || batch.taskId === taskId)
      && (checkName === undefined || batch.checkName === checkName)
      && (startTime === undefined
        || (batch.findingTime >= startTime.getTime() && batch.findingTime <= endTime!.getTime()));

    const scope = scopeOf(input);
    let [batchIndex, index] = decodeToken(scope, nextToken) ?? [0, 0];
    const findings: AuditFinding[] = [];
    for (; batchIndex < this.batches.length; batchIndex++, index = 0) {
      const batch = this.batches[batchIndex];
      if (!inScope(batch)) continue;
      for (; index < batch.nonCompliances.length; index++) {
        const { listSuppressedFindings: listed } = input;
        if (listed !== undefined && batch.suppressed.has(index) !== listed) {
          continue;
        }
        if (wanted !== undefined && resourceKey(batch.nonCompliances[index].resourceIdentifier) !== wanted) continue;
        if (findings.length === maxResults) return { findings, nextToken: encodeToken(scope, [batchIndex, index]) };
        findings.push(compose(batch, index));
      }
    }
    return { findings };
  };

  readonly DescribeAuditFinding = ({ findingId }: { findingId: string | undefined }) => {
    const { relatedResources, ...finding } = this.require(findingId!);
    // Documented for this check alone: its related resources are only in ListRelatedResourcesForAuditFinding.
    if (finding.checkName === 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK') return { finding };
    return { finding: { ...finding, relatedResources: relatedResources?.slice(0, RELATED_RESOURCES_SHOWN) } };
  };

  readonly ListRelatedResourcesForAuditFinding = (input: {
    findingId: string | undefined;
    maxResults?: number;
    nextToken?: string;
  }) => {
    const resources = (this.require(input.findingId!).relatedResources ?? []).map((resource, number) => ({
      number, resource,
    }));
    const { page, nextToken } = pageOf(`related ${input.findingId}`, resources, input);
    return { relatedResources: page.map(({ resource }) => resource), nextToken };
  };

  private require(findingId: string): AuditFinding {
    const finding = this.find(findingId);
    if (finding === undefined) throw notFound(`No audit finding ${findingId} exists.`);
    return finding;
  }

  private isPast({ findingTime }: Batch): boolean {
    return findingTime < this.account.clock.now() - RETENTION;
  }
}

function compose(batch: Batch, index: number): AuditFinding {
  const { severity, resourceType } = factsOf(batch.checkName);
  const { resourceIdentifier, reasonCode, reason, additionalInfo, relatedResources } = batch.nonCompliances[index];
  return {
    findingId: `${batch.id}-${index.toString(16).padStart(12, '0')}`,
    taskId: batch.taskId,
    checkName: batch.checkName,
    taskStartTime: new Date(batch.taskStartTime),
    findingTime: new Date(batch.findingTime),
    severity,
    nonCompliantResource: { resourceType, resourceIdentifier, additionalInfo },
    relatedResources,
    reasonForNonCompliance: reason,
    reasonForNonComplianceCode: reasonCode,
    isSuppressed: batch.suppressed.has(index),
  };
}

/** A token continues the very list it came from: the same filters, whatever the page size. */
function scopeOf({ nextToken: _token, maxResults: _size, ...filters }: ListAuditFindingsRequest): string {
  return `findings ${JSON.stringify(filters)}`;
}

/** The same text for the same resource, whatever the order of the members. */
export function resourceKey(identifier: ResourceIdentifier): string {
  return JSON.stringify(sorted(identifier));
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, typeof member === 'object' && member !== null ? sorted(member as object) : member]);
}
