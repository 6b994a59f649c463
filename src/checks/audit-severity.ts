/**
 * How serious Device Defender rates what a check finds.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_AuditFinding.html
 */
export enum AuditSeverity {
  /** Worth mending when convenient. */
  LOW = 'LOW',

  /** Worth mending soon. */
  MEDIUM = 'MEDIUM',

  /** Needs attention. */
  HIGH = 'HIGH',

  /** Needs attention at once: devices or the account are exposed. */
  CRITICAL = 'CRITICAL',
}
