/**
 * The actions of AWS IoT as the pages of the audit checks divide them.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
 */

/** "Manage or modify things." */
export const THING_MANAGING_ACTIONS: readonly string[] = [
  'AddThingToThingGroup', 'AttachThingPrincipal', 'CreateThing', 'DeleteThing', 'DetachThingPrincipal', 'ListThings',
  'ListThingsInThingGroup', 'RegisterThing', 'RemoveThingFromThingGroup', 'UpdateThing', 'UpdateThingGroupsForThing',
];

/** "Read thing administrative data." */
export const THING_READING_ACTIONS: readonly string[] = [
  'DescribeThing', 'ListJobExecutionsForThing', 'ListThingGroupsForThing', 'ListThingPrincipals',
];

/** "Read or modify shadow or job data." */
export const SHADOW_ACTIONS: readonly string[] = ['DeleteThingShadow', 'GetThingShadow', 'UpdateThingShadow'];
export const JOB_ACTIONS: readonly string[] = [
  'DescribeJobExecution', 'GetPendingJobExecutions', 'StartNextPendingJobExecution', 'UpdateJobExecution',
];

/** Actions of devices that are younger than the pages, and not mentioned there. */
export const UNDOCUMENTED_DEVICE_ACTIONS: readonly string[] = [
  'AssumeRoleWithCertificate', 'DeleteConnection', 'GetRetainedMessage', 'ListNamedShadowsForThing',
  'ListRetainedMessages', 'RetainPublish', 'SendDirectMessage',
];

/** "API actions other than those discussed": the rest of AWS IoT's control plane. */
export const NON_THING_ACTIONS: readonly string[] = [
  'AcceptCertificateTransfer', 'AddThingToBillingGroup', 'AssociateSbomWithPackageVersion', 'AssociateTargetsWithJob',
  'AttachPolicy', 'AttachPrincipalPolicy', 'AttachSecurityProfile', 'CancelAuditMitigationActionsTask',
  'CancelAuditTask', 'CancelCertificateTransfer', 'CancelDetectMitigationActionsTask', 'CancelJob',
  'CancelJobExecution', 'ClearDefaultAuthorizer', 'ConfirmTopicRuleDestination', 'CreateAuditSuppression',
  'CreateAuthorizer', 'CreateBillingGroup', 'CreateCertificateFromCsr', 'CreateCertificateProvider', 'CreateCommand',
  'CreateCustomMetric', 'CreateDimension', 'CreateDomainConfiguration', 'CreateDynamicThingGroup', 'CreateFleetMetric',
  'CreateJob', 'CreateJobTemplate', 'CreateKeysAndCertificate', 'CreateMitigationAction', 'CreateOTAUpdate',
  'CreatePackage', 'CreatePackageVersion', 'CreatePolicy', 'CreatePolicyVersion', 'CreateProvisioningClaim',
  'CreateProvisioningTemplate', 'CreateProvisioningTemplateVersion', 'CreateRoleAlias', 'CreateScheduledAudit',
  'CreateSecurityProfile', 'CreateStream', 'CreateThingGroup', 'CreateThingType', 'CreateTopicRule',
  'CreateTopicRuleDestination', 'DeleteAccountAuditConfiguration', 'DeleteAuditSuppression', 'DeleteAuthorizer',
  'DeleteBillingGroup', 'DeleteCACertificate', 'DeleteCertificate', 'DeleteCertificateProvider', 'DeleteCommand',
  'DeleteCommandExecution', 'DeleteCustomMetric', 'DeleteDimension', 'DeleteDomainConfiguration',
  'DeleteDynamicThingGroup', 'DeleteFleetMetric', 'DeleteJob', 'DeleteJobExecution', 'DeleteJobTemplate',
  'DeleteMitigationAction', 'DeleteOTAUpdate', 'DeletePackage', 'DeletePackageVersion', 'DeletePolicy',
  'DeletePolicyVersion', 'DeleteProvisioningTemplate', 'DeleteProvisioningTemplateVersion', 'DeleteRegistrationCode',
  'DeleteRoleAlias', 'DeleteScheduledAudit', 'DeleteSecurityProfile', 'DeleteStream', 'DeleteThingGroup',
  'DeleteThingType', 'DeleteTopicRule', 'DeleteTopicRuleDestination', 'DeleteV2LoggingLevel', 'DeprecateThingType',
  'DescribeAccountAuditConfiguration', 'DescribeAuditFinding', 'DescribeAuditMitigationActionsTask',
  'DescribeAuditSuppression', 'DescribeAuditTask', 'DescribeAuthorizer', 'DescribeBillingGroup',
  'DescribeCACertificate', 'DescribeCertificate', 'DescribeCertificateProvider', 'DescribeCustomMetric',
  'DescribeDefaultAuthorizer', 'DescribeDetectMitigationActionsTask', 'DescribeDimension',
  'DescribeDomainConfiguration', 'DescribeEncryptionConfiguration', 'DescribeEndpoint', 'DescribeEventConfigurations',
  'DescribeFleetMetric', 'DescribeIndex', 'DescribeJob', 'DescribeJobTemplate', 'DescribeManagedJobTemplate',
  'DescribeMitigationAction', 'DescribeProvisioningTemplate', 'DescribeProvisioningTemplateVersion',
  'DescribeRoleAlias', 'DescribeScheduledAudit', 'DescribeSecurityProfile', 'DescribeStream', 'DescribeThingGroup',
  'DescribeThingRegistrationTask', 'DescribeThingType', 'DetachPolicy', 'DetachPrincipalPolicy',
  'DetachSecurityProfile', 'DisableTopicRule', 'DisassociateSbomFromPackageVersion', 'EnableTopicRule',
  'GetBehaviorModelTrainingSummaries', 'GetBucketsAggregation', 'GetCardinality', 'GetCommand', 'GetCommandExecution',
  'GetEffectivePolicies', 'GetIndexingConfiguration', 'GetJobDocument', 'GetLoggingOptions', 'GetOTAUpdate',
  'GetPackage', 'GetPackageConfiguration', 'GetPackageVersion', 'GetPercentiles', 'GetPolicy', 'GetPolicyVersion',
  'GetRegistrationCode', 'GetStatistics', 'GetThingConnectivityData', 'GetTopicRule', 'GetTopicRuleDestination',
  'GetV2LoggingOptions', 'ListActiveViolations', 'ListAttachedPolicies', 'ListAuditFindings',
  'ListAuditMitigationActionsExecutions', 'ListAuditMitigationActionsTasks', 'ListAuditSuppressions', 'ListAuditTasks',
  'ListAuthorizers', 'ListBillingGroups', 'ListCACertificates', 'ListCertificateProviders', 'ListCertificates',
  'ListCertificatesByCA', 'ListCommandExecutions', 'ListCommands', 'ListCustomMetrics',
  'ListDetectMitigationActionsExecutions', 'ListDetectMitigationActionsTasks', 'ListDimensions',
  'ListDomainConfigurations', 'ListFleetMetrics', 'ListIndices', 'ListJobExecutionsForJob', 'ListJobTemplates',
  'ListJobs', 'ListManagedJobTemplates', 'ListMetricValues', 'ListMitigationActions', 'ListOTAUpdates',
  'ListOutgoingCertificates', 'ListPackageVersions', 'ListPackages', 'ListPolicies', 'ListPolicyPrincipals',
  'ListPolicyVersions', 'ListPrincipalPolicies', 'ListPrincipalThings', 'ListPrincipalThingsV2',
  'ListProvisioningTemplateVersions', 'ListProvisioningTemplates', 'ListRelatedResourcesForAuditFinding',
  'ListRoleAliases', 'ListSbomValidationResults', 'ListScheduledAudits', 'ListSecurityProfiles',
  'ListSecurityProfilesForTarget', 'ListStreams', 'ListTagsForResource', 'ListTargetsForPolicy',
  'ListTargetsForSecurityProfile', 'ListThingGroups', 'ListThingPrincipalsV2', 'ListThingRegistrationTaskReports',
  'ListThingRegistrationTasks', 'ListThingTypes', 'ListThingsInBillingGroup', 'ListTopicRuleDestinations',
  'ListTopicRules', 'ListV2LoggingLevels', 'ListViolationEvents', 'PutVerificationStateOnViolation',
  'RegisterCACertificate', 'RegisterCertificate', 'RegisterCertificateWithoutCA', 'RejectCertificateTransfer',
  'RemoveThingFromBillingGroup', 'ReplaceTopicRule', 'SearchIndex', 'SetDefaultAuthorizer', 'SetDefaultPolicyVersion',
  'SetLoggingOptions', 'SetV2LoggingLevel', 'SetV2LoggingOptions', 'StartAuditMitigationActionsTask',
  'StartDetectMitigationActionsTask', 'StartOnDemandAuditTask', 'StartThingRegistrationTask',
  'StopThingRegistrationTask', 'TagResource', 'TestAuthorization', 'TestInvokeAuthorizer', 'TransferCertificate',
  'UntagResource', 'UpdateAccountAuditConfiguration', 'UpdateAuditSuppression', 'UpdateAuthorizer',
  'UpdateBillingGroup', 'UpdateCACertificate', 'UpdateCertificate', 'UpdateCertificateProvider', 'UpdateCommand',
  'UpdateCustomMetric', 'UpdateDimension', 'UpdateDomainConfiguration', 'UpdateDynamicThingGroup',
  'UpdateEncryptionConfiguration', 'UpdateEventConfigurations', 'UpdateFleetMetric', 'UpdateIndexingConfiguration',
  'UpdateJob', 'UpdateMitigationAction', 'UpdatePackage', 'UpdatePackageConfiguration', 'UpdatePackageVersion',
  'UpdateProvisioningTemplate', 'UpdateRoleAlias', 'UpdateScheduledAudit', 'UpdateSecurityProfile', 'UpdateStream',
  'UpdateThingGroup', 'UpdateThingType', 'UpdateTopicRuleDestination', 'ValidateSecurityProfileBehaviors',
];
