import type { AuditCheckConfiguration } from '@aws-sdk/client-iot';
import { failed } from './service-calls';
import { isObject } from '../cloudformation/template';

/** The checks of AWS::IoT::AccountAuditConfiguration and their names in the API: written down apart from the library's own table. */
export const CHECK_OF_PROPERTY: Readonly<Record<string, string>> = {
  AuthenticatedCognitoRoleOverlyPermissiveCheck: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
  CaCertificateExpiringCheck: 'CA_CERTIFICATE_EXPIRING_CHECK',
  CaCertificateKeyQualityCheck: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
  ConflictingClientIdsCheck: 'CONFLICTING_CLIENT_IDS_CHECK',
  DeviceCertificateAgeCheck: 'DEVICE_CERTIFICATE_AGE_CHECK',
  DeviceCertificateExpiringCheck: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
  DeviceCertificateKeyQualityCheck: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
  DeviceCertificateSharedCheck: 'DEVICE_CERTIFICATE_SHARED_CHECK',
  IntermediateCaRevokedForActiveDeviceCertificatesCheck: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
  IoTPolicyPotentialMisConfigurationCheck: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
  IotPolicyOverlyPermissiveCheck: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
  IotRoleAliasAllowsAccessToUnusedServicesCheck: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
  IotRoleAliasOverlyPermissiveCheck: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
  LoggingDisabledCheck: 'LOGGING_DISABLED_CHECK',
  RevokedCaCertificateStillActiveCheck: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
  RevokedDeviceCertificateStillActiveCheck: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
  UnauthenticatedCognitoRoleOverlyPermissiveCheck: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
};

const THRESHOLDS: Readonly<Record<string, string>> = {
  CertAgeThresholdInDays: 'CERT_AGE_THRESHOLD_IN_DAYS',
  CertExpirationThresholdInDays: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS',
};

/** AuditCheckConfigurations of a template as the API takes them; the schema of the type refuses a key it does not know. */
export function checksOf(property: unknown): Record<string, AuditCheckConfiguration> {
  const checks = Object.entries(isObject(property) ? property : {}).map(([key, check]) => {
    const name = CHECK_OF_PROPERTY[key];
    if (name === undefined) throw failed('InvalidRequest', `Model validation failed (#/AuditCheckConfigurations: extraneous key [${key}] is not permitted)`);
    return [name, configurationOf(check)] as const;
  });
  return Object.fromEntries(checks);
}

function configurationOf(check: unknown): AuditCheckConfiguration {
  const { Enabled, Configuration } = check as { Enabled?: unknown; Configuration?: Record<string, unknown> };
  return {
    enabled: Enabled === undefined ? undefined : isTrue(Enabled),
    configuration: Configuration && Object.fromEntries(
      Object.entries(Configuration).map(([key, value]) => [THRESHOLDS[key] ?? key, String(value)]),
    ),
  };
}

/** CloudFormation takes the text `true` for a boolean too. */
export function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}
