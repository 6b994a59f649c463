import {
  AuditCheckConfiguration, AuditNotificationTarget, DeleteAccountAuditConfigurationCommand,
  DescribeAccountAuditConfigurationCommand, DescribeAccountAuditConfigurationCommandOutput,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { NativeSurroundings, calling, modelOfAccount } from './service-calls';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import { Properties, isObject } from '../cloudformation/template';

/** AWS::IoT::AccountAuditConfiguration, as its public handler code has it. */
export class AccountAuditConfigurationHandler implements ResourceHandler {
  constructor(private readonly surroundings: NativeSurroundings) {}

  async create(_resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const model = modelOfAccount(properties, this.surroundings);
    return calling(model, async () => {
      if ((await this.describe()).roleArn) {
        throw failed('AlreadyExists', 'The AccountAuditConfiguration already exists.');
      }
      await this.surroundings.iot.send(new UpdateAccountAuditConfigurationCommand({
        roleArn: properties.RoleArn as string,
        auditCheckConfigurations: checksOf(properties.AuditCheckConfigurations),
        auditNotificationTargetConfigurations: targetsOf(properties),
      }));
      return model;
    });
  }

  /** Every check that the template does not name is switched off, and so is a target that it does not name. */
  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const model = { physicalId, attributes: {} };
    return calling(model, async () => {
      const { roleArn, auditCheckConfigurations = {} } = await this.describe();
      if (!roleArn) throw failed('NotFound', 'The configuration for your account has not been set up or was deleted.');
      const allOff = Object.fromEntries(
        Object.keys(auditCheckConfigurations).map((name) => [name, { enabled: false }]),
      );
      await this.surroundings.iot.send(new UpdateAccountAuditConfigurationCommand({
        roleArn: properties.RoleArn as string,
        auditCheckConfigurations: { ...allOff, ...checksOf(properties.AuditCheckConfigurations) },
        auditNotificationTargetConfigurations: targetsOf(properties) ?? { SNS: { enabled: false } },
      }));
      return model;
    });
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    await calling(undefined, async () => {
      // Both are NotFound, which CloudFormation takes for success.
      if (physicalId !== this.surroundings.accountId) return;
      if (!(await this.describe()).roleArn) return;
      await this.surroundings.iot.send(new DeleteAccountAuditConfigurationCommand({}));
    });
  }

  private async describe(): Promise<DescribeAccountAuditConfigurationCommandOutput> {
    return this.surroundings.iot.send(new DescribeAccountAuditConfigurationCommand({}));
  }
}

function targetsOf({
  AuditNotificationTargetConfigurations: targets,
}: Properties): { SNS: AuditNotificationTarget } | undefined {
  const sns = (targets as { Sns?: Record<string, unknown> } | undefined)?.Sns;
  return (
    sns && {
      SNS: {
        targetArn: sns.TargetArn as string | undefined, roleArn: sns.RoleArn as string | undefined,
        enabled: sns.Enabled === undefined ? undefined : isTrue(sns.Enabled),
      },
    }
  );
}

/**
 * The checks of AWS::IoT::AccountAuditConfiguration and their names in the API: written down apart from the library's
 * own table.
 */
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

/**
 * AuditCheckConfigurations of a template as the API takes them; the schema of the type refuses a key it does not know.
 */
export function checksOf(property: unknown): Record<string, AuditCheckConfiguration> {
  const checks = Object.entries(isObject(property) ? property : {}).map(([key, check]) => {
    const name = CHECK_OF_PROPERTY[key];
    if (name === undefined) {
      throw failed(
        'InvalidRequest',
        `Model validation failed (#/AuditCheckConfigurations: extraneous key [${key}] is not permitted)`,
      );
    }
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
