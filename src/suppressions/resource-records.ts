import { SuppressedResource } from './suppressed-resource';
import { AuditResourceType } from '../checks/check-table';

/** True for an object of JSON that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The forms of a resource in a list, by the kind of resource. */
export const RESOURCE_FORMS: Record<AuditResourceType, string> = {
  DEVICE_CERTIFICATE: '{"deviceCertificateId": "..."}',
  CA_CERTIFICATE: '{"caCertificateId": "..."}',
  IOT_POLICY: '{"policy": "name"} or {"policy": "name", "version": "3"}',
  COGNITO_IDENTITY_POOL: '{"identityPoolId": "..."}',
  CLIENT_ID: '{"clientId": "..."}',
  ACCOUNT_SETTINGS: '{"account": true}',
  ROLE_ALIAS: '{"roleAlias": "name"}',
  IAM_ROLE: 'added with addSuppression()',
  ISSUER_CERTIFICATE: '{"issuerCertificate": {"subject": "...", "issuerId": "...", "serialNumber": "..."}}',
};

/** The resources with a name or an id of one text. */
const BY_TEXT: Record<string, (text: string) => SuppressedResource> = {
  deviceCertificateId: (id) => SuppressedResource.deviceCertificateId(id),
  caCertificateId: (id) => SuppressedResource.caCertificateId(id),
  policy: (name) => SuppressedResource.policyName(name),
  roleAlias: (name) => SuppressedResource.roleAliasName(name),
  identityPoolId: (id) => SuppressedResource.identityPoolId(id),
  clientId: (id) => SuppressedResource.clientId(id),
};

/**
 * The resource that a list names.
 *
 * @returns undefined for what has none of the forms
 * @throws if a name or an id is none
 */
export function resourceOf(given: unknown): SuppressedResource | undefined {
  if (!isRecord(given)) return undefined;
  const members = Object.entries(given);
  const [[kind, value] = [], ...others] = members;
  if (others.length === 0 && kind !== undefined) {
    if (kind === 'account') return value === true ? SuppressedResource.account() : undefined;
    if (kind === 'issuerCertificate') return issuerCertificateOf(value);
    return Object.hasOwn(BY_TEXT, kind) && typeof value === 'string' ? BY_TEXT[kind](value) : undefined;
  }
  const { policy, version } = given;
  return members.length === 2 && typeof policy === 'string' && typeof version === 'string'
    ? SuppressedResource.policyVersion(policy, version) : undefined;
}

const ISSUER_MEMBERS = ['subject', 'issuerId', 'serialNumber'];

function issuerCertificateOf(given: unknown): SuppressedResource | undefined {
  if (!isRecord(given)) return undefined;
  const fits = Object.entries(given).every(([name, value]) => ISSUER_MEMBERS.includes(name) && typeof value === 'string');
  return fits ? SuppressedResource.issuerCertificate(given) : undefined;
}
