import { Aws, Stack } from 'aws-cdk-lib';
import { EventPattern, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Construct, IConstruct } from 'constructs';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity, SEVERITIES } from '../checks/check-table';
import { validateChecks } from '../checks/validate-checks';
import { refuseOverlap } from '../events/event-pattern-overlap';

/**
 * The two kinds of findings that Device Defender sends to Security Hub for an audit.
 */
export enum SecurityHubReport {
  /** A non-compliant resource. */
  AUDIT_FINDING = 'AuditFinding',

  /** A check, with its numbers of resources. */
  CHECK_SUMMARY = 'CheckSummary',
}

/**
 * Options for a rule that matches findings of audits in Security Hub. Of several restrictions, all must hold.
 */
export interface SecurityHubFindingOptions extends OnEventOptions {
  /**
   * The kind of the findings.
   *
   * @default - both kinds
   */
  readonly report?: SecurityHubReport;

  /**
   * The checks that the findings are of.
   *
   * @default - every check
   */
  readonly checks?: AuditCheck[];

  /**
   * The least severity of the findings.
   *
   * @default - every severity
   */
  readonly minimumSeverity?: AuditSeverity;

  /**
   * True to match archived findings, too: those whose resource has become compliant, or whose check found nothing.
   *
   * @default false
   */
  readonly includeArchived?: boolean;
}

/** The ARN of Device Defender's audits as a product of Security Hub, in the stack's region. */
export function auditProductArn(scope: IConstruct): string {
  return `arn:${Aws.PARTITION}:securityhub:${Stack.of(scope).region}::product/aws/iot-device-defender-audit`;
}

/** Defines a rule for findings of audits that Security Hub has imported. */
export function defineSecurityHubRule(scope: Construct, id: string, options: SecurityHubFindingOptions): Rule {
  const { crossStackScope, description, ruleName, target } = options;
  return new Rule(scope, id, {
    crossStackScope, description, eventPattern: renderPattern(scope, options), ruleName, targets: target && [target],
  });
}

function renderPattern(scope: Construct, options: SecurityHubFindingOptions): EventPattern {
  const { eventPattern = {} } = options;
  const { findings: given = {}, ...detail } = eventPattern.detail ?? {};
  const findings = renderFindings(scope, options);
  refuseOverlap(scope, eventPattern, 'the method', Object.keys(findings)
    .filter((field) => field in given).map((field) => `detail.findings.${field}`));
  return {
    ...eventPattern,
    source: ['aws.securityhub'],
    detailType: ['Security Hub Findings - Imported'],
    detail: { ...detail, findings: { ...given, ...findings } },
  };
}

function renderFindings(
  scope: Construct, { checks, includeArchived = false, minimumSeverity, report }: SecurityHubFindingOptions,
): Record<string, unknown> {
  if (checks) {
    validateChecks(scope, 'checks', checks);
  }
  const fields = {
    ...report && { ReportType: [report] },
    ...checks && { CheckName: checks.map(({ checkName }) => checkName) },
  };
  return {
    ProductArn: [auditProductArn(scope)],
    ...!includeArchived && { RecordState: ['ACTIVE'] },
    ...minimumSeverity && { Severity: { Label: SEVERITIES.slice(SEVERITIES.indexOf(minimumSeverity)) } },
    ...Object.keys(fields).length > 0 && { ProductFields: fields },
  };
}
