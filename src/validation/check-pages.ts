import { AuditCheck } from '../checks/audit-check';

const GUIDE = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide';

/** The pages on which AWS documents its checks. */
const PAGES: Readonly<Record<string, string>> = {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: 'audit-chk-auth-cognito-role-permissive',
  CA_CERTIFICATE_EXPIRING_CHECK: 'audit-chk-ca-cert-approaching-expiration',
  CA_CERTIFICATE_KEY_QUALITY_CHECK: 'audit-chk-ca-cert-key-quality',
  CONFLICTING_CLIENT_IDS_CHECK: 'audit-chk-conflicting-client-ids',
  DEVICE_CERTIFICATE_AGE_CHECK: 'device-certificate-age-check',
  DEVICE_CERTIFICATE_EXPIRING_CHECK: 'audit-chk-device-cert-approaching-expiration',
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: 'audit-chk-device-cert-key-quality',
  DEVICE_CERTIFICATE_SHARED_CHECK: 'audit-chk-device-cert-shared',
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: 'audit-chk-active-intermediary-device-revoked-CA',
  IOT_POLICY_OVERLY_PERMISSIVE_CHECK: 'audit-chk-iot-policy-permissive',
  IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: 'audit-chk-iot-misconfigured-policies',
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: 'audit-chk-role-alias-unused-svcs',
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: 'audit-chk-iot-role-alias-permissive',
  LOGGING_DISABLED_CHECK: 'audit-chk-logging-disabled',
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: 'audit-chk-revoked-ca-cert',
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: 'audit-chk-revoked-device-cert',
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: 'audit-chk-unauth-cognito-role-permissive',
};

/** Where AWS lists all checks. */
const ALL_CHECKS_PAGE = `${GUIDE}/device-defender-audit-checks.html`;

/** Where AWS documents a check. */
export function pageOf(check: AuditCheck | undefined): string {
  return check && Object.hasOwn(PAGES, check.checkName) ? `${GUIDE}/${PAGES[check.checkName]}.html` : ALL_CHECKS_PAGE;
}
