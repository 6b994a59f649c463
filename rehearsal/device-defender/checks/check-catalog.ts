import type {
  AuditFindingSeverity, ConfigName, MitigationActionType, ResourceIdentifier, ResourceType,
} from '@aws-sdk/client-iot';
import { invalidRequest } from '../service-error';

export interface CheckFacts {
  readonly severity: AuditFindingSeverity;
  readonly resourceType: ResourceType;
  /** The one member of a resource identifier that findings and suppressions of the check use. */
  readonly identifierKey: keyof ResourceIdentifier;
  /** Mitigation action types that fit the check besides PUBLISH_FINDING_TO_SNS, which fits every check. */
  readonly mitigations: readonly MitigationActionType[];
  readonly reasonCodes: readonly [string, ...string[]];
  readonly threshold?: { readonly name: ConfigName; readonly default: number; readonly label: string };
  /** True for regions that do not offer the check. */
  readonly absentFrom?: (region: string) => boolean;
}

const DEVICE: readonly MitigationActionType[] = ['UPDATE_DEVICE_CERTIFICATE', 'ADD_THINGS_TO_THING_GROUP'];
const CA: readonly MitigationActionType[] = ['UPDATE_CA_CERTIFICATE'];
const POLICY: readonly MitigationActionType[] = ['REPLACE_DEFAULT_POLICY_VERSION'];

const KEY_VULNERABILITIES = [
  'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166',
] as const;
const EXPIRY = ['CERTIFICATE_APPROACHING_EXPIRATION', 'CERTIFICATE_PAST_EXPIRATION'] as const;
const ADMIN_ACCESS = [
  'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS',
  'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS',
  'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS',
] as const;
const BROAD_DATA_PLANE = 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';

const govCloud = (region: string) => region.startsWith('us-gov-');
const china = (region: string) => region.startsWith('cn-');
const govCloudAndNingxia = (region: string) => govCloud(region) || region === 'cn-northwest-1';
const govCloudAndChina = (region: string) => govCloud(region) || china(region);

const deviceCertificate = {
  resourceType: 'DEVICE_CERTIFICATE', identifierKey: 'deviceCertificateId', mitigations: DEVICE,
} as const;
const caCertificate = { resourceType: 'CA_CERTIFICATE', identifierKey: 'caCertificateId', mitigations: CA } as const;
const identityPool = {
  resourceType: 'COGNITO_IDENTITY_POOL', identifierKey: 'cognitoIdentityPoolId', mitigations: [],
} as const;
const policy = { resourceType: 'IOT_POLICY', identifierKey: 'policyVersionIdentifier', mitigations: POLICY } as const;
const roleAlias = { resourceType: 'ROLE_ALIAS', identifierKey: 'roleAliasArn', mitigations: [] } as const;

/** The 17 documented audit checks. */
export const CHECKS = {
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: {
    severity: 'CRITICAL',
    resourceType: 'ISSUER_CERTIFICATE',
    identifierKey: 'issuerCertificateIdentifier',
    mitigations: DEVICE,
    reasonCodes: ['INTERMEDIATE_CA_REVOKED_BY_ISSUER'],
  },
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: {
    ...caCertificate,
    severity: 'CRITICAL', reasonCodes: ['CERTIFICATE_REVOKED_BY_ISSUER'],
  },
  DEVICE_CERTIFICATE_SHARED_CHECK: {
    ...deviceCertificate,
    severity: 'CRITICAL', reasonCodes: ['CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES'],
  },
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: {
    ...deviceCertificate,
    severity: 'CRITICAL', reasonCodes: KEY_VULNERABILITIES, absentFrom: govCloud,
  },
  CA_CERTIFICATE_KEY_QUALITY_CHECK: {
    ...caCertificate,
    severity: 'CRITICAL', reasonCodes: KEY_VULNERABILITIES, absentFrom: govCloud,
  },
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: {
    ...identityPool,
    severity: 'CRITICAL',
    reasonCodes: ['ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', BROAD_DATA_PLANE],
    absentFrom: govCloudAndNingxia,
  },
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: {
    ...identityPool,
    severity: 'CRITICAL', reasonCodes: ADMIN_ACCESS, absentFrom: govCloudAndNingxia,
  },
  IOT_POLICY_OVERLY_PERMISSIVE_CHECK: { ...policy, severity: 'CRITICAL', reasonCodes: [BROAD_DATA_PLANE] },
  IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: {
    ...policy,
    severity: 'MEDIUM',
    reasonCodes: [
      'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT', 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
    ],
  },
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: {
    ...roleAlias,
    severity: 'CRITICAL',
    reasonCodes: [
      'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES', 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES',
      ...ADMIN_ACCESS,
      BROAD_DATA_PLANE,
    ],
    absentFrom: govCloudAndChina,
  },
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: {
    ...roleAlias,
    severity: 'MEDIUM', reasonCodes: ['ALLOWS_ACCESS_TO_UNUSED_SERVICES'], absentFrom: govCloudAndChina,
  },
  CA_CERTIFICATE_EXPIRING_CHECK: { ...caCertificate, severity: 'MEDIUM', reasonCodes: EXPIRY },
  CONFLICTING_CLIENT_IDS_CHECK: {
    severity: 'HIGH',
    resourceType: 'CLIENT_ID',
    identifierKey: 'clientId',
    mitigations: [],
    reasonCodes: ['DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS'],
  },
  DEVICE_CERTIFICATE_EXPIRING_CHECK: {
    ...deviceCertificate,
    severity: 'MEDIUM',
    reasonCodes: EXPIRY,
    threshold: { name: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS', default: 30, label: 'Certificate expiration threshold' },
  },
  DEVICE_CERTIFICATE_AGE_CHECK: {
    ...deviceCertificate,
    severity: 'LOW',
    mitigations: [],
    reasonCodes: ['CERTIFICATE_PAST_AGE_THRESHOLD'],
    threshold: { name: 'CERT_AGE_THRESHOLD_IN_DAYS', default: 365, label: 'Certificate age threshold' },
  },
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: {
    ...deviceCertificate,
    severity: 'MEDIUM', reasonCodes: ['CERTIFICATE_REVOKED_BY_ISSUER'],
  },
  LOGGING_DISABLED_CHECK: {
    severity: 'LOW',
    resourceType: 'ACCOUNT_SETTINGS',
    identifierKey: 'account',
    mitigations: ['ENABLE_IOT_LOGGING'],
    reasonCodes: ['LOGGING_DISABLED'],
  },
} as const satisfies Record<string, CheckFacts>;

export type CheckName = keyof typeof CHECKS;

export function factsOf(checkName: CheckName): CheckFacts {
  return CHECKS[checkName];
}

export function checksOfRegion(region: string): CheckName[] {
  return (Object.keys(CHECKS) as CheckName[]).filter((name) => !(factsOf(name).absentFrom?.(region) ?? false));
}

/**
 * Refuses a name that is no check of the Region. That a check of other Regions is refused the same way is unverified.
 */
export function requireCheck(region: string, name: string): CheckName {
  if (!checksOfRegion(region).includes(name as CheckName)) {
    throw invalidRequest('Request contains an invalid Audit Check Name.');
  }
  return name as CheckName;
}
