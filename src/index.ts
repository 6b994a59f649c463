export { FleetAudit } from './fleet-audit';
export { type FleetAuditProps } from './fleet-audit-props';

// Checks
export { AuditCheck, type AuditCheckOptions } from './checks/audit-check';
export { AuditResourceType, AuditSeverity, MitigationActionType } from './checks/check-table';

// Configuration
export {
  AccountAuditConfiguration, type AccountAuditConfigurationAttributes, type AccountAuditConfigurationProps,
  type IAccountAuditConfiguration,
} from './configuration/account-audit-configuration';
export { AuditNotificationTopic, type AuditNotificationTopicProps } from './configuration/audit-notification-topic';
export { CheckRemoval } from './configuration/check-removal';
export {
  type AdoptConfigurationOptions, ExistingConfiguration, OtherChecks,
} from './configuration/existing-configuration';

// Audits
export { AuditFrequency, AuditSchedule, Weekday } from './audits/audit-schedule';
export {
  DeploymentAudit, type DeploymentAuditOptions, DeploymentAuditRun, type DeploymentGateOptions,
  type DeploymentWaitOptions,
} from './audits/deployment-audit';
export { KnownFindings, type KnownFindingsOptions } from './audits/known-findings';
export { OnDemandAudit, type OnDemandAuditProps } from './audits/on-demand-audit';
export {
  type IScheduledAudit, ScheduledAudit, type ScheduledAuditOptions, type ScheduledAuditProps,
} from './audits/scheduled-audit';

// What follows an audit
export { type AuditCompletedOptions } from './events/audit-completed';
export { AuditEvents, type AuditEventsProps } from './events/audit-events';

// The function behind audits at deployment, what is adopted and what follows an audit
export { FleetAuditFunction } from './function/fleet-audit-function';
export { type FleetAuditFunctionOptions } from './function/fleet-audit-function-options';

// Monitoring
export { FindingsArchive, type FindingsArchiveProps } from './monitoring/findings-archive';
export { type FindingsArchiveOptions } from './monitoring/findings-archive-options';

// Mitigation
export { AutomaticMitigation } from './mitigation/automatic-mitigation';
export { type AutomaticMitigationOptions, type AutomaticMitigationProps } from './mitigation/automatic-mitigation-props';
export { type AddThingsToThingGroupOptions, type EnableIotLoggingOptions, Mitigation } from './mitigation/mitigation';
export { type IMitigationAction, MitigationAction, type MitigationActionProps } from './mitigation/mitigation-action';
export { MitigationException } from './mitigation/mitigation-exception';
export { MitigationMode, type MitigationRule } from './mitigation/mitigation-rule';

// Monitoring
export { AuditAlarms, type AuditAlarmsOptions, type AuditAlarmsProps } from './monitoring/audit-alarms';
export { type AuditComplianceOptions } from './monitoring/audit-compliance-policy';
export {
  AuditComplianceRule, type AuditComplianceRuleProps, OrganizationAuditComplianceRule,
  type OrganizationAuditComplianceRuleProps,
} from './monitoring/audit-compliance-rule';
export { AuditNotice } from './monitoring/audit-notice';
export {
  type AuditNoticeOptions, type AuditNoticeProps, NoticeFormat, NoticeTrigger,
} from './monitoring/audit-notice-props';
export { OverdueAlarm } from './monitoring/overdue-alarm';
export { SecurityHubReport, type SecurityHubFindingOptions } from './monitoring/security-hub-finding';
export { SecurityHubSubscription } from './monitoring/security-hub-subscription';

// Dashboard
export { AuditDashboard } from './dashboard/audit-dashboard';
export { type AuditDashboardOptions, type AuditDashboardProps } from './dashboard/audit-dashboard-props';

// Suppressions
export { type AuditSuppression } from './suppressions/audit-suppression';
export { AuditSuppressions, type AuditSuppressionsProps } from './suppressions/audit-suppressions';
export { type SuppressedIssuerCertificate } from './suppressions/suppressed-issuer-certificate';
export { SuppressedResource } from './suppressions/suppressed-resource';
export { SuppressionExpiry } from './suppressions/suppression-expiry';
export { SuppressionList } from './suppressions/suppression-list';

// Logging
export { ExistingLogging } from './logging/existing-logging';
export { type ILogging, Logging, type LoggingProps } from './logging/logging';
export { type LoggingEvent, LogLevel } from './logging/logging-event';

// Adopting what an account has already, in its configuration and its logging
export { type AdoptionOptions } from './adoption/adoption';

// The audit's checks at synth
export { DeviceDefenderChecks, type DeviceDefenderChecksProps } from './validation/device-defender-checks';
