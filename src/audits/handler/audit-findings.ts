import { AuditReader } from '../../function/runtime/audit-reader';
import { CompletedAudits, DatedAudit } from '../../function/runtime/completed-audits';
import { Request } from '../../function/runtime/request';
import { RequestFailure } from '../../function/runtime/request-failure';

const LAST_MINUTE = 60_000;

/**
 * The audits and findings that a gate reads while CloudFormation waits.
 */
export class AuditFindings extends AuditReader {
  private readonly scheduled = new CompletedAudits(this, 'SCHEDULED_AUDIT_TASK');

  /**
   * @param request the request of CloudFormation; reading fails once its working time is over
   */
  constructor(private readonly request: Request) {
    super({
      iot: request.clients.iot,
      calls: request.calls,
      until: request.workUntil,
      tooLate: () => new RequestFailure('it and the audits before it have more findings than can be read in time; '
        + 'judge fewer checks, suppress findings, or let known findings count'),
    });
  }

  /** True if no time is left for what is merely good to have. */
  public get isLate(): boolean {
    return this.now > this.request.workUntil - LAST_MINUTE;
  }

  /** Lists the completed scheduled audits that started in a span of time, the newest first. */
  public async scheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    return this.scheduled.startedBetween(from, to);
  }
}
