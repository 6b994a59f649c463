import type { StructureShape } from './input-validation';
import {
  actionParams, actionType, auditTaskId, boolean, checkName, checkNames, clientRequestToken, dayOfMonth, dayOfWeek, description,
  findingId, frequency, list, logLevel, map, maxResults, mitigationTaskId, oneOf, resourceIdentifier, resourceName, roleArn,
  structure, tagKey, tags, text, timestamp, token,
} from './member-shapes';
import type { OperationName } from './operations';

const suppression = { checkName, resourceIdentifier, expirationDate: timestamp, suppressIndefinitely: boolean, description };
const schedule = { scheduledAuditName: resourceName, frequency, dayOfMonth, dayOfWeek, targetCheckNames: checkNames };
const page = { maxResults, nextToken: token };

/** The input of every operation. A test holds members and required ones against the SDK's own schemas. */
export const REQUEST_SHAPES: Readonly<Record<OperationName, StructureShape>> = {
  DescribeAccountAuditConfiguration: structure({}),
  UpdateAccountAuditConfiguration: structure({
    roleArn,
    auditNotificationTargetConfigurations: map(structure({ targetArn: text({ max: 2048 }), roleArn, enabled: boolean }), oneOf('SNS')),
    auditCheckConfigurations: map(structure({
      enabled: boolean,
      configuration: map(text({ min: 1, max: 64 }), oneOf('CERT_AGE_THRESHOLD_IN_DAYS', 'CERT_EXPIRATION_THRESHOLD_IN_DAYS')),
    }), checkName),
  }),
  DeleteAccountAuditConfiguration: structure({ deleteScheduledAudits: boolean }),

  CreateScheduledAudit: structure({ ...schedule, tags }, 'scheduledAuditName', 'frequency', 'targetCheckNames'),
  UpdateScheduledAudit: structure(schedule, 'scheduledAuditName'),
  DescribeScheduledAudit: structure({ scheduledAuditName: resourceName }, 'scheduledAuditName'),
  DeleteScheduledAudit: structure({ scheduledAuditName: resourceName }, 'scheduledAuditName'),
  ListScheduledAudits: structure(page),

  StartOnDemandAuditTask: structure({ targetCheckNames: checkNames }, 'targetCheckNames'),
  DescribeAuditTask: structure({ taskId: auditTaskId }, 'taskId'),
  CancelAuditTask: structure({ taskId: auditTaskId }, 'taskId'),
  ListAuditTasks: structure({
    startTime: timestamp,
    endTime: timestamp,
    taskType: oneOf('ON_DEMAND_AUDIT_TASK', 'SCHEDULED_AUDIT_TASK'),
    taskStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED'),
    ...page,
  }, 'startTime', 'endTime'),

  ListAuditFindings: structure({
    taskId: auditTaskId,
    checkName,
    resourceIdentifier,
    startTime: timestamp,
    endTime: timestamp,
    listSuppressedFindings: boolean,
    ...page,
  }),
  DescribeAuditFinding: structure({ findingId }, 'findingId'),
  ListRelatedResourcesForAuditFinding: structure({ findingId, ...page }, 'findingId'),

  CreateMitigationAction: structure({ actionName: resourceName, roleArn, actionParams, tags }, 'actionName', 'roleArn', 'actionParams'),
  UpdateMitigationAction: structure({ actionName: resourceName, roleArn, actionParams }, 'actionName'),
  DescribeMitigationAction: structure({ actionName: resourceName }, 'actionName'),
  DeleteMitigationAction: structure({ actionName: resourceName }, 'actionName'),
  ListMitigationActions: structure({ actionType, ...page }),

  StartAuditMitigationActionsTask: structure({
    taskId: mitigationTaskId,
    target: structure({
      auditTaskId,
      findingIds: list(findingId, 1, 25),
      auditCheckToReasonCodeFilter: map(list(text(), 1, 25), checkName),
    }),
    auditCheckToActionsMapping: map(list(resourceName, 1, 5), checkName),
    clientRequestToken,
  }, 'taskId', 'target', 'auditCheckToActionsMapping', 'clientRequestToken'),
  DescribeAuditMitigationActionsTask: structure({ taskId: mitigationTaskId }, 'taskId'),
  CancelAuditMitigationActionsTask: structure({ taskId: mitigationTaskId }, 'taskId'),
  ListAuditMitigationActionsTasks: structure({
    startTime: timestamp,
    endTime: timestamp,
    auditTaskId,
    findingId,
    taskStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED'),
    ...page,
  }, 'startTime', 'endTime'),
  ListAuditMitigationActionsExecutions: structure({
    taskId: mitigationTaskId,
    findingId,
    actionStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED', 'SKIPPED', 'PENDING'),
    ...page,
  }, 'taskId', 'findingId'),

  CreateAuditSuppression: structure({ ...suppression, clientRequestToken }, 'checkName', 'resourceIdentifier', 'clientRequestToken'),
  UpdateAuditSuppression: structure(suppression, 'checkName', 'resourceIdentifier'),
  DescribeAuditSuppression: structure({ checkName, resourceIdentifier }, 'checkName', 'resourceIdentifier'),
  DeleteAuditSuppression: structure({ checkName, resourceIdentifier }, 'checkName', 'resourceIdentifier'),
  ListAuditSuppressions: structure({ checkName, resourceIdentifier, ascendingOrder: boolean, ...page }),

  GetV2LoggingOptions: structure({ verbose: boolean }),
  SetV2LoggingOptions: structure({
    roleArn,
    defaultLogLevel: logLevel,
    disableAllLogs: boolean,
    eventConfigurations: list(structure({ eventType: text(), logLevel, logDestination: text() }, 'eventType')),
  }),

  TagResource: structure({ resourceArn: text(), tags }, 'resourceArn', 'tags'),
  UntagResource: structure({ resourceArn: text(), tagKeys: list(tagKey) }, 'resourceArn', 'tagKeys'),
  ListTagsForResource: structure({ resourceArn: text(), nextToken: token }, 'resourceArn'),
};
