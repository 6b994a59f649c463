import type { TemplateResource } from '../../cloudformation/template';

/** Native resources of AWS IoT, as the tests of several of them need them. */

export const ROLE = 'arn:aws:iam::123456789012:role/Role';
export const SHARED = { DeviceCertificateSharedCheck: { Enabled: true } };
export const LOGGING = { LoggingDisabledCheck: { Enabled: true } };

export function configuration(
  checks: object, rest: object = {}, attributes: Partial<TemplateResource> = {},
): TemplateResource {
  return {
    Type: 'AWS::IoT::AccountAuditConfiguration',
    Properties: { AccountId: { Ref: 'AWS::AccountId' }, RoleArn: ROLE, AuditCheckConfigurations: checks, ...rest },
    ...attributes,
  };
}

export function schedule(checks: string[], rest: object = {}): TemplateResource {
  return {
    Type: 'AWS::IoT::ScheduledAudit', DependsOn: 'Configuration',
    Properties: { Frequency: 'DAILY', TargetCheckNames: checks, ...rest },
  };
}
