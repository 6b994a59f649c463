import type { Shape, StructureShape } from './input-validation';
import type { OperationName } from './operations';

// Building blocks and the members several requests share. Lengths and patterns are those of the API model (2015-05-28);
// a member without any is not known to have one.

export const text = (limits: Omit<Extract<Shape, { type: 'string' }>, 'type'> = {}): Shape => ({
  type: 'string',
  ...limits,
});
export const oneOf = (...values: string[]): Shape => ({ type: 'string', oneOf: values });
export const list = (of: Shape, min?: number, max?: number): Shape => ({ type: 'list', of, min, max });
export const map = (values: Shape, keys?: Shape): Shape => ({ type: 'map', keys, values });
export const boolean: Shape = { type: 'boolean' };
export const timestamp: Shape = { type: 'timestamp' };
export const maxResults: Shape = { type: 'integer', min: 1, max: 250 };
export const structure = (members: Readonly<Record<string, Shape>>, ...required: string[]): StructureShape => {
  return { type: 'structure', members, required };
};

/** Not constrained by the model: the service itself refuses unknown names. */
export const checkName = text();
export const checkNames = list(checkName);
export const token = text();
export const roleArn = text({ min: 20, max: 2048 });
export const auditTaskId = text({ min: 1, max: 40, pattern: /^[a-zA-Z0-9-]+$/ });
export const findingId = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]+$/ });
export const mitigationTaskId = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]+$/ });
export const resourceName = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]+$/ });
/** The name of a thing or a thing group. */
export const registryName = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9:_-]+$/ });
export const policyName = text({ min: 1, max: 128, pattern: /^[\w+=,.@-]+$/ });
export const clientRequestToken = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9-_]+$/ });
export const frequency = oneOf('DAILY', 'WEEKLY', 'BIWEEKLY', 'MONTHLY');
export const dayOfMonth = text({ pattern: /^([1-9]|[12][0-9]|3[01])$|^LAST$/ });
export const dayOfWeek = oneOf('SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT');
export const logLevel = oneOf('DEBUG', 'INFO', 'ERROR', 'WARN', 'DISABLED');
export const actionType = oneOf(
  'UPDATE_DEVICE_CERTIFICATE', 'UPDATE_CA_CERTIFICATE', 'ADD_THINGS_TO_THING_GROUP',
  'REPLACE_DEFAULT_POLICY_VERSION', 'ENABLE_IOT_LOGGING', 'PUBLISH_FINDING_TO_SNS',
);

// The model says [\p{Graph}\x20]*, which means printable ASCII where the service reads it as Java does: unverified.
const printable = /^[\x20-\x7e]*$/;
const certificateId = text({ min: 64, max: 64, pattern: /^(0x)?[a-fA-F0-9]+$/ });

export const description = text({ max: 1000, pattern: printable });

export const resourceIdentifier = structure({
  deviceCertificateId: certificateId,
  caCertificateId: certificateId,
  cognitoIdentityPoolId: text(),
  clientId: text(),
  policyVersionIdentifier: structure({
    policyName,
    policyVersionId: text({ pattern: /^[0-9]+$/ }),
  }),
  account: text({ min: 12, max: 12, pattern: /^[0-9]+$/ }),
  iamRoleArn: roleArn,
  roleAliasArn: text({ min: 1, max: 2048 }),
  issuerCertificateIdentifier: structure({
    issuerCertificateSubject: text(),
    issuerId: text(),
    issuerCertificateSerialNumber: text(),
  }),
  deviceCertificateArn: text(),
});

export const tagKey = text({ min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u });
export const tags = list(structure({ Key: tagKey, Value: text({ max: 256 }) }, 'Key'));

export const actionParams = structure({
  updateDeviceCertificateParams: structure({ action: oneOf('DEACTIVATE') }, 'action'),
  updateCACertificateParams: structure({ action: oneOf('DEACTIVATE') }, 'action'),
  addThingsToThingGroupParams: structure({
    thingGroupNames: list(registryName, 1, 10),
    overrideDynamicGroups: boolean,
  }, 'thingGroupNames'),
  replaceDefaultPolicyVersionParams: structure({ templateName: oneOf('BLANK_POLICY') }, 'templateName'),
  enableIoTLoggingParams: structure({ roleArnForLogging: roleArn, logLevel }, 'roleArnForLogging', 'logLevel'),
  publishFindingToSnsParams: structure({ topicArn: text({ max: 350 }) }, 'topicArn'),
});

const suppression = {
  checkName, resourceIdentifier, expirationDate: timestamp, suppressIndefinitely: boolean, description,
};
const schedule = { scheduledAuditName: resourceName, frequency, dayOfMonth, dayOfWeek, targetCheckNames: checkNames };
const page = { maxResults, nextToken: token };

/** The input of every operation. A test holds members and required ones against the SDK's own schemas. */
export const REQUEST_SHAPES: Readonly<Record<OperationName, StructureShape>> = {
  DescribeAccountAuditConfiguration: structure({}),
  UpdateAccountAuditConfiguration: structure({
    roleArn,
    auditNotificationTargetConfigurations: map(
      structure({ targetArn: text({ max: 2048 }), roleArn, enabled: boolean }), oneOf('SNS'),
    ),
    auditCheckConfigurations: map(
      structure({
        enabled: boolean,
        configuration: map(
          text({ min: 1, max: 64 }), oneOf('CERT_AGE_THRESHOLD_IN_DAYS', 'CERT_EXPIRATION_THRESHOLD_IN_DAYS'),
        ),
      }),
      checkName,
    ),
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
  ListAuditTasks: structure(
    {
      startTime: timestamp, endTime: timestamp, taskType: oneOf('ON_DEMAND_AUDIT_TASK', 'SCHEDULED_AUDIT_TASK'),
      taskStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED'),
      ...page,
    },
    'startTime', 'endTime',
  ),

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

  CreateMitigationAction: structure(
    { actionName: resourceName, roleArn, actionParams, tags }, 'actionName', 'roleArn', 'actionParams',
  ),
  UpdateMitigationAction: structure({ actionName: resourceName, roleArn, actionParams }, 'actionName'),
  DescribeMitigationAction: structure({ actionName: resourceName }, 'actionName'),
  DeleteMitigationAction: structure({ actionName: resourceName }, 'actionName'),
  ListMitigationActions: structure({ actionType, ...page }),

  StartAuditMitigationActionsTask: structure(
    {
      taskId: mitigationTaskId,
      target: structure({
        auditTaskId, findingIds: list(findingId, 1, 25),
        auditCheckToReasonCodeFilter: map(list(text(), 1, 25), checkName),
      }),
      auditCheckToActionsMapping: map(list(resourceName, 1, 5), checkName), clientRequestToken,
    },
    'taskId', 'target', 'auditCheckToActionsMapping', 'clientRequestToken',
  ),
  DescribeAuditMitigationActionsTask: structure({ taskId: mitigationTaskId }, 'taskId'),
  CancelAuditMitigationActionsTask: structure({ taskId: mitigationTaskId }, 'taskId'),
  ListAuditMitigationActionsTasks: structure(
    {
      startTime: timestamp, endTime: timestamp, auditTaskId, findingId,
      taskStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED'),
      ...page,
    },
    'startTime', 'endTime',
  ),
  ListAuditMitigationActionsExecutions: structure(
    {
      taskId: mitigationTaskId, findingId,
      actionStatus: oneOf('IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELED', 'SKIPPED', 'PENDING'),
      ...page,
    },
    'taskId', 'findingId',
  ),

  CreateAuditSuppression: structure(
    { ...suppression, clientRequestToken }, 'checkName', 'resourceIdentifier', 'clientRequestToken',
  ),
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

  DescribeCertificate: structure({ certificateId }, 'certificateId'),
  GetPolicy: structure({ policyName }, 'policyName'),
  ListPrincipalThings: structure({ principal: text(), ...page }, 'principal'),
  ListThingGroupsForThing: structure({ thingName: registryName, ...page }, 'thingName'),
  DescribeThingGroup: structure({ thingGroupName: registryName }, 'thingGroupName'),

  TagResource: structure({ resourceArn: text(), tags }, 'resourceArn', 'tags'),
  UntagResource: structure({ resourceArn: text(), tagKeys: list(tagKey) }, 'resourceArn', 'tagKeys'),
  ListTagsForResource: structure({ resourceArn: text(), nextToken: token }, 'resourceArn'),
};
