import { AuditCheckDetails, AuditFinding, ResourceIdentifier } from '@aws-sdk/client-iot';
import { severityOf } from '../../checks/check-table';
import { DescribedAudit } from '../../function/runtime/audit-reader';
import { isText } from '../../function/runtime/resource-name';
import { CheckRow, FindingRow } from '../protocol';

/** Where an audit took place. */
export interface AuditPlace {
  readonly account_id: string;
  readonly region: string;
}

/** Members of an identifier that identify a resource alone, in order. */
const IDENTIFYING = [
  'deviceCertificateId', 'caCertificateId', 'cognitoIdentityPoolId', 'clientId', 'account', 'roleAliasArn', 'iamRoleArn',
] as const satisfies readonly (keyof ResourceIdentifier)[];

/** The row of a finding. */
export function findingRow(finding: AuditFinding, audit: DescribedAudit, place: AuditPlace): FindingRow {
  const { nonCompliantResource: { resourceType, resourceIdentifier, additionalInfo } = {}, relatedResources } = finding;
  return {
    finding_id: finding.findingId,
    task_id: audit.taskId,
    task_start_time: timestamp(audit.taskStartTime),
    scheduled_audit_name: audit.scheduledAuditName,
    ...place,
    check_name: finding.checkName,
    severity: finding.severity,
    finding_time: timestamp(finding.findingTime),
    is_suppressed: finding.isSuppressed ?? false,
    resource_type: resourceType,
    resource_id: resourceId(resourceIdentifier),
    policy_version: resourceIdentifier?.policyVersionIdentifier?.policyVersionId,
    reason_code: finding.reasonForNonComplianceCode,
    reason: finding.reasonForNonCompliance,
    resource_identifier: json(resourceIdentifier),
    additional_info: json(additionalInfo),
    related_resources: json(relatedResources),
  };
}

/** The row of a check; for an audit without checks, that of the audit. */
export function checkRow(
  audit: DescribedAudit, place: AuditPlace, check?: { readonly name: string; readonly findingsFile?: string },
): CheckRow {
  const details: AuditCheckDetails = check && audit.auditDetails?.[check.name] || {};
  return {
    task_id: audit.taskId,
    task_type: audit.taskType,
    task_status: audit.taskStatus,
    task_start_time: timestamp(audit.taskStartTime),
    scheduled_audit_name: audit.scheduledAuditName,
    ...place,
    check_name: check?.name,
    check_run_status: details.checkRunStatus,
    severity: check && severityOf(check.name),
    total_resources: details.totalResourcesCount,
    non_compliant_resources: details.nonCompliantResourcesCount,
    suppressed_resources: details.suppressedNonCompliantResourcesCount,
    error_code: details.errorCode,
    message: details.message,
    findings_file: check?.findingsFile,
  };
}

/**
 * A text that stays the same as long as people take a resource for the same one: a policy has its name, whatever its
 * version. The whole identifier is in a column of its own.
 */
export function resourceId(identifier: ResourceIdentifier = {}): string | undefined {
  const {
    deviceCertificateArn: arn, issuerCertificateIdentifier: issuer, policyVersionIdentifier: policy,
  } = identifier;
  const candidates = [
    policy?.policyName,
    [issuer?.issuerId, issuer?.issuerCertificateSubject, issuer?.issuerCertificateSerialNumber].filter(isText).join('/'),
    ...IDENTIFYING.map((member) => identifier[member]),
    arn?.split('/').at(-1),
    json(identifier),
  ];
  return candidates.find(isText);
}

function timestamp(time: Date | undefined): string | undefined {
  return time?.toISOString().replace('T', ' ').replace('Z', '');
}

function json(value: object | undefined): string | undefined {
  return value && Object.keys(value).length > 0 ? JSON.stringify(value) : undefined;
}
