import type * as iot from '@aws-sdk/client-iot';

/**
 * Input and output of every operation the stand-in knows, in the SDK's own types (times are `Date`, see wire-format).
 */
export interface Operations {
  DescribeAccountAuditConfiguration: [
    iot.DescribeAccountAuditConfigurationRequest, iot.DescribeAccountAuditConfigurationResponse,
  ];
  UpdateAccountAuditConfiguration: [
    iot.UpdateAccountAuditConfigurationRequest, iot.UpdateAccountAuditConfigurationResponse,
  ];
  DeleteAccountAuditConfiguration: [
    iot.DeleteAccountAuditConfigurationRequest, iot.DeleteAccountAuditConfigurationResponse,
  ];
  CreateScheduledAudit: [iot.CreateScheduledAuditRequest, iot.CreateScheduledAuditResponse];
  UpdateScheduledAudit: [iot.UpdateScheduledAuditRequest, iot.UpdateScheduledAuditResponse];
  DescribeScheduledAudit: [iot.DescribeScheduledAuditRequest, iot.DescribeScheduledAuditResponse];
  DeleteScheduledAudit: [iot.DeleteScheduledAuditRequest, iot.DeleteScheduledAuditResponse];
  ListScheduledAudits: [iot.ListScheduledAuditsRequest, iot.ListScheduledAuditsResponse];
  StartOnDemandAuditTask: [iot.StartOnDemandAuditTaskRequest, iot.StartOnDemandAuditTaskResponse];
  DescribeAuditTask: [iot.DescribeAuditTaskRequest, iot.DescribeAuditTaskResponse];
  CancelAuditTask: [iot.CancelAuditTaskRequest, iot.CancelAuditTaskResponse];
  ListAuditTasks: [iot.ListAuditTasksRequest, iot.ListAuditTasksResponse];
  ListAuditFindings: [iot.ListAuditFindingsRequest, iot.ListAuditFindingsResponse];
  DescribeAuditFinding: [iot.DescribeAuditFindingRequest, iot.DescribeAuditFindingResponse];
  ListRelatedResourcesForAuditFinding: [
    iot.ListRelatedResourcesForAuditFindingRequest, iot.ListRelatedResourcesForAuditFindingResponse,
  ];
  CreateMitigationAction: [iot.CreateMitigationActionRequest, iot.CreateMitigationActionResponse];
  UpdateMitigationAction: [iot.UpdateMitigationActionRequest, iot.UpdateMitigationActionResponse];
  DescribeMitigationAction: [iot.DescribeMitigationActionRequest, iot.DescribeMitigationActionResponse];
  DeleteMitigationAction: [iot.DeleteMitigationActionRequest, iot.DeleteMitigationActionResponse];
  ListMitigationActions: [iot.ListMitigationActionsRequest, iot.ListMitigationActionsResponse];
  StartAuditMitigationActionsTask: [
    iot.StartAuditMitigationActionsTaskRequest, iot.StartAuditMitigationActionsTaskResponse,
  ];
  DescribeAuditMitigationActionsTask: [
    iot.DescribeAuditMitigationActionsTaskRequest, iot.DescribeAuditMitigationActionsTaskResponse,
  ];
  CancelAuditMitigationActionsTask: [
    iot.CancelAuditMitigationActionsTaskRequest, iot.CancelAuditMitigationActionsTaskResponse,
  ];
  ListAuditMitigationActionsTasks: [
    iot.ListAuditMitigationActionsTasksRequest, iot.ListAuditMitigationActionsTasksResponse,
  ];
  ListAuditMitigationActionsExecutions: [
    iot.ListAuditMitigationActionsExecutionsRequest, iot.ListAuditMitigationActionsExecutionsResponse,
  ];
  CreateAuditSuppression: [iot.CreateAuditSuppressionRequest, iot.CreateAuditSuppressionResponse];
  UpdateAuditSuppression: [iot.UpdateAuditSuppressionRequest, iot.UpdateAuditSuppressionResponse];
  DescribeAuditSuppression: [iot.DescribeAuditSuppressionRequest, iot.DescribeAuditSuppressionResponse];
  DeleteAuditSuppression: [iot.DeleteAuditSuppressionRequest, iot.DeleteAuditSuppressionResponse];
  ListAuditSuppressions: [iot.ListAuditSuppressionsRequest, iot.ListAuditSuppressionsResponse];
  GetV2LoggingOptions: [iot.GetV2LoggingOptionsRequest, iot.GetV2LoggingOptionsResponse];
  SetV2LoggingOptions: [iot.SetV2LoggingOptionsRequest, void];
  DescribeCertificate: [iot.DescribeCertificateRequest, iot.DescribeCertificateResponse];
  GetPolicy: [iot.GetPolicyRequest, iot.GetPolicyResponse];
  ListPrincipalThings: [iot.ListPrincipalThingsRequest, iot.ListPrincipalThingsResponse];
  ListThingGroupsForThing: [iot.ListThingGroupsForThingRequest, iot.ListThingGroupsForThingResponse];
  DescribeThingGroup: [iot.DescribeThingGroupRequest, iot.DescribeThingGroupResponse];
  TagResource: [iot.TagResourceRequest, iot.TagResourceResponse];
  UntagResource: [iot.UntagResourceRequest, iot.UntagResourceResponse];
  ListTagsForResource: [iot.ListTagsForResourceRequest, iot.ListTagsForResourceResponse];
}

export type OperationName = keyof Operations;

/** A part of the service: the operations it answers. Input has passed validation, so required members are there. */
export type Handlers<Names extends OperationName> = {
  readonly [Name in Names]: (input: Operations[Name][0]) => Operations[Name][1];
};
