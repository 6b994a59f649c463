import type { AuditFinding, MitigationActionParams, ResourceIdentifier } from '@aws-sdk/client-iot';
import type { CaCertificate, DeviceCertificate, Fleet, LoggingOptions } from './fleet';
import { ActionDefinition, typeOf } from './mitigation-actions';
import type { Publications } from './notifications';

const MOST_GROUPS_OF_A_THING = 10;
const MOST_POLICY_VERSIONS = 5;
const BLANK_POLICY = { Version: '2012-10-17', Statement: [] };

/**
 * The reason why an action could not be applied to a finding. The codes of the service are undocumented; these are the
 * stand-in's
 * own.
 */
export class MitigationFailure extends Error {
  constructor(
    readonly errorCode: 'INSUFFICIENT_PERMISSIONS' | 'RESOURCE_NOT_FOUND' | 'LIMIT_EXCEEDED' | 'INVALID_STATE',
    message: string,
  ) {
    super(message);
  }
}

/** Applies an action to the resource of a finding: it really changes the fleet. */
export function applyAction(
  fleet: Fleet, publications: Publications, { roleArn, actionParams }: ActionDefinition, finding: AuditFinding,
): void {
  const type = typeOf(actionParams);
  if (fleet.isDenied(roleArn, type)) {
    throw new MitigationFailure('INSUFFICIENT_PERMISSIONS', `The role ${roleArn} lacks a permission for ${type}.`);
  }
  const identifier = finding.nonCompliantResource?.resourceIdentifier ?? {};
  switch (type) {
    case 'UPDATE_DEVICE_CERTIFICATE':
      for (const certificate of deviceCertificates(fleet, finding)) {
        deactivate(fleet, 'certificate status', certificate);
      }
      return;
    case 'UPDATE_CA_CERTIFICATE':
      deactivate(
        fleet, 'CA certificate status',
        required(fleet.caCertificates.get(identifier.caCertificateId ?? ''), 'CA certificate'),
      );
      return;
    case 'ADD_THINGS_TO_THING_GROUP':
      for (const { things } of deviceCertificates(fleet, finding)) {
        for (const thing of things) addToGroups(fleet, thing, actionParams.addThingsToThingGroupParams!);
      }
      return;
    case 'REPLACE_DEFAULT_POLICY_VERSION':
      replaceDefaultVersion(fleet, identifier);
      return;
    case 'ENABLE_IOT_LOGGING': {
      const { roleArnForLogging, logLevel } = actionParams.enableIoTLoggingParams!;
      const before = levelOf(fleet.logging);
      fleet.logging = {
        ...fleet.logging,
        roleArn: roleArnForLogging, defaultLogLevel: logLevel, disableAllLogs: false,
      };
      const after = levelOf(fleet.logging);
      if (before !== after) fleet.changes.push({ change: 'logging', before, after });
      return;
    }
    case 'PUBLISH_FINDING_TO_SNS':
      publications.publishFinding(actionParams.publishFindingToSnsParams!.topicArn!, finding);
  }
}

function deactivate(
  fleet: Fleet, change: 'certificate status' | 'CA certificate status', certificate: CaCertificate | DeviceCertificate,
): void {
  const { certificateId, status: before } = certificate;
  certificate.status = 'INACTIVE';
  if (before !== 'INACTIVE') fleet.changes.push({ change, certificateId, before, after: 'INACTIVE' });
}

function levelOf(logging: LoggingOptions | undefined): string {
  return logging?.roleArn === undefined || logging.disableAllLogs === true
    ? 'disabled' : logging.defaultLogLevel ?? 'ERROR';
}

/** The certificate the finding is about or, for an issuer certificate, the device certificates related to it. */
function deviceCertificates(fleet: Fleet, { nonCompliantResource, relatedResources = [] }: AuditFinding) {
  const own = nonCompliantResource?.resourceIdentifier?.deviceCertificateId;
  const ids =
    own !== undefined
      ? [own]
      : relatedResources.flatMap(({ resourceIdentifier }) => resourceIdentifier?.deviceCertificateId ?? []);
  return ids.map((id) => required(fleet.certificates.get(id), 'device certificate'));
}

function addToGroups(
  fleet: Fleet, thing: string, params: NonNullable<MitigationActionParams['addThingsToThingGroupParams']>,
): void {
  const memberships = fleet.groupsOfThing.get(thing) ?? new Set<string>();
  fleet.groupsOfThing.set(thing, memberships);
  for (const name of params.thingGroupNames!) {
    const group = required(fleet.thingGroups.get(name), `thing group ${name}`);
    if (group.dynamic) throw new MitigationFailure('INVALID_STATE', `The thing group ${name} is dynamic.`);
    if (memberships.has(name)) continue;
    const relative = [...memberships].find(
      (other) => !isDynamic(fleet, other) && rootOf(fleet, other) === rootOf(fleet, name),
    );
    if (relative !== undefined) {
      throw new MitigationFailure(
        'INVALID_STATE', `The thing ${thing} is in a group of the same hierarchy: ${relative}.`,
      );
    }
    let left: string | undefined;
    if (memberships.size >= MOST_GROUPS_OF_A_THING) {
      left =
        params.overrideDynamicGroups === true ? [...memberships].find((other) => isDynamic(fleet, other)) : undefined;
      if (left === undefined) {
        throw new MitigationFailure('LIMIT_EXCEEDED', `The thing ${thing} is in ${MOST_GROUPS_OF_A_THING} groups.`);
      }
      memberships.delete(left);
    }
    memberships.add(name);
    fleet.changes.push({
      change: 'thing groups', thingName: thing, joined: name, ...left === undefined ? {} : { left },
    });
  }
}

function isDynamic(fleet: Fleet, groupName: string): boolean {
  return fleet.thingGroups.get(groupName)?.dynamic ?? false;
}

function rootOf(fleet: Fleet, groupName: string): string {
  const parent = fleet.thingGroups.get(groupName)?.parentGroupName;
  return parent === undefined ? groupName : rootOf(fleet, parent);
}

/** Making a sixth version is refused by the policy API, and the action may not delete one. */
function replaceDefaultVersion(fleet: Fleet, { policyVersionIdentifier }: ResourceIdentifier): void {
  const policy = required(fleet.policies.get(policyVersionIdentifier?.policyName ?? ''), 'policy');
  if (policy.versions.length >= MOST_POLICY_VERSIONS) {
    throw new MitigationFailure(
      'LIMIT_EXCEEDED', `The policy ${policy.policyName} already has ${MOST_POLICY_VERSIONS} versions.`,
    );
  }
  const versionId = String(Math.max(...policy.versions.map((version) => Number(version.versionId))) + 1);
  policy.versions.push({ versionId, document: BLANK_POLICY });
  fleet.changes.push({
    change: 'default version of a policy', policyName: policy.policyName, before: policy.defaultVersionId,
    after: versionId,
  });
  policy.defaultVersionId = versionId;
}

function required<T>(resource: T | undefined, what: string): T {
  if (resource === undefined) throw new MitigationFailure('RESOURCE_NOT_FOUND', `The ${what} does not exist.`);
  return resource;
}
