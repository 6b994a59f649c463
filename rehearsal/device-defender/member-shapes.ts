import type { Shape, StructureShape } from './input-validation';

// Building blocks and the members several requests share. Lengths and patterns are those of the API model (2015-05-28);
// a member without any is not known to have one.

export const text = (limits: Omit<Extract<Shape, { type: 'string' }>, 'type'> = {}): Shape => ({ type: 'string', ...limits });
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
    policyName: text({ min: 1, max: 128, pattern: /^[\w+=,.@-]+$/ }),
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
    thingGroupNames: list(text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9:_-]+$/ }), 1, 10),
    overrideDynamicGroups: boolean,
  }, 'thingGroupNames'),
  replaceDefaultPolicyVersionParams: structure({ templateName: oneOf('BLANK_POLICY') }, 'templateName'),
  enableIoTLoggingParams: structure({ roleArnForLogging: roleArn, logLevel }, 'roleArnForLogging', 'logLevel'),
  publishFindingToSnsParams: structure({ topicArn: text({ max: 350 }) }, 'topicArn'),
});
