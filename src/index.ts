export { FleetAudit, FleetAuditProps } from './fleet-audit';

// Checks
export { AuditCheck, CustomAuditCheckProps } from './checks/audit-check';
export { AuditResourceType } from './checks/audit-resource-type';
export { AuditSeverity } from './checks/audit-severity';

// Configuration
export {
  AccountAuditConfiguration, AccountAuditConfigurationAttributes, AccountAuditConfigurationProps, IAccountAuditConfiguration,
} from './configuration/account-audit-configuration';
export { AuditNotificationTopic, AuditNotificationTopicProps } from './configuration/audit-notification-topic';

// Audits
export { AuditSchedule } from './audits/audit-schedule';
export { DayOfWeek } from './audits/day-of-week';
export { IScheduledAudit, ScheduledAudit, ScheduledAuditOptions, ScheduledAuditProps } from './audits/scheduled-audit';

// Mitigation
export { AddThingsToThingGroupOptions, EnableIotLoggingOptions, Mitigation } from './mitigation/mitigation';
export { IMitigationAction, MitigationAction, MitigationActionProps } from './mitigation/mitigation-action';
export { MitigationActionType } from './mitigation/mitigation-action-type';

// Logging
export { LogLevel } from './logging/log-level';
export { ILogging, Logging, LoggingEvent, LoggingProps } from './logging/logging';
