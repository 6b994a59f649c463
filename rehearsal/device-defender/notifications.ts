import type { AuditFinding, AuditTaskType } from '@aws-sdk/client-iot';
import type { Fleet } from './fleet';

/**
 * The message the service publishes when an audit ends. Field names are as documented; times are epoch milliseconds.
 */
export interface AuditNotification {
  readonly accountId: string;
  readonly taskId: string;
  readonly taskStatus: 'COMPLETED' | 'FAILED' | 'CANCELED';
  readonly taskType: AuditTaskType;
  readonly scheduledAuditName?: string;
  readonly failedChecksCount: number;
  readonly canceledChecksCount: number;
  readonly nonCompliantChecksCount: number;
  readonly compliantChecksCount: number;
  readonly totalChecksCount: number;
  readonly taskStartTime: number;
  /** An array here, unlike the map of DescribeAuditTask. */
  readonly auditDetails: readonly AuditNotificationCheck[];
}

export interface AuditNotificationCheck {
  readonly checkName: string;
  readonly checkRunStatus: string;
  readonly nonCompliantResourcesCount: number;
  readonly totalResourcesCount: number;
  readonly errorCode?: string;
  readonly message?: string;
  /** The name of this count in the message is undocumented; samples use either, so the stand-in can send either. */
  readonly suppressedNonCompliantResourcesCount?: number;
  readonly suppressedNonCompliantResourceCount?: number;
}

export type SuppressedCountField = 'suppressedNonCompliantResourcesCount' | 'suppressedNonCompliantResourceCount';

/** The message of the mitigation action PUBLISH_FINDING_TO_SNS; times are epoch milliseconds. */
export interface FindingMessage extends Omit<
  AuditFinding,
  'findingTime' | 'taskStartTime' | 'relatedResources' | 'isSuppressed'
> {
  readonly findingTime: number;
  readonly taskStartTime: number;
}

export interface Published<Payload> {
  readonly targetArn: string;
  readonly payload: Payload;
}

/** Everything "published" to SNS topics: nothing leaves the process. */
export class Publications {
  readonly notifications: Published<AuditNotification>[] = [];
  readonly findings: Published<FindingMessage>[] = [];
  onNotification: ((notification: Published<AuditNotification>) => void) | undefined;
  onFinding: ((finding: Published<FindingMessage>) => void) | undefined;
  /** Called for either, before the one above. */
  onPublished: ((published: Published<AuditNotification | FindingMessage>) => void) | undefined;

  constructor(private readonly fleet: Fleet) {}

  /** A role without sns:Publish silently publishes nothing, as documented for a reused audit role. */
  announceAudit(targetArn: string, roleArn: string, payload: AuditNotification): void {
    if (this.fleet.isDenied(roleArn, 'sns:Publish')) return;
    const published = { targetArn, payload };
    this.notifications.push(published);
    this.onPublished?.(published);
    this.onNotification?.(published);
  }

  publishFinding(targetArn: string, finding: AuditFinding): void {
    const { relatedResources: _related, isSuppressed: _suppressed, findingTime, taskStartTime, ...rest } = finding;
    const published = {
      targetArn, payload: { ...rest, findingTime: findingTime!.getTime(), taskStartTime: taskStartTime!.getTime() },
    };
    this.findings.push(published);
    this.onPublished?.(published);
    this.onFinding?.(published);
  }
}
