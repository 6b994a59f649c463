import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnAccountAuditConfiguration, IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { AuditCheck } from '../checks/audit-check';
import { invalidInputMessage } from '../private/invalid-input';

/**
 * Checks at synth, when the resource is complete, that a raw `CfnAccountAuditConfiguration`, or that of another
 * library's construct, enables what is audited. What is a token passes, and so does a check that the L1 has no property for.
 */
export function requireEnabledByResource(
  scope: Construct, configuration: IAccountAuditConfigurationRef, checks: AuditCheck[],
): void {
  const resource = configuration.node.defaultChild ?? configuration;
  const type = CfnAccountAuditConfiguration.CFN_RESOURCE_TYPE_NAME;
  if (!CfnResource.isCfnResource(resource) || resource.cfnResourceType !== type) {
    return;
  }
  const known = new Set(AuditCheck.all().map(({ checkName }) => checkName));
  scope.node.addValidation({
    validate: () => {
      const configured = literalsOf(resource as CfnAccountAuditConfiguration);
      const notEnabled = checks.filter(({ checkName, propertyName }) =>
        configured && known.has(checkName) && isOff(configured, propertyName));
      return notEnabled.length === 0 ? [] : [invalidInputMessage(undefined, {
        property: 'checks',
        rule: `must be enabled by ${resource.node.path}`,
        given: notEnabled.map(({ checkName }) => checkName).join(', '),
        fix: 'enable them in its auditCheckConfigurations, also where an override does so, or leave them out here',
      })];
    },
  });
}

/** What the resource configures for each check; undefined if it is known at deployment only, or left to an override. */
function literalsOf(resource: CfnAccountAuditConfiguration): Record<string, unknown> | undefined {
  const configured = Stack.of(resource).resolve(resource.auditCheckConfigurations) as Record<string, unknown>;
  return isIntrinsic(configured) || Object.keys(configured).length === 0 ? undefined : configured;
}

/** Compared without regard to case, since the L1 spells names in a case of its own. */
function isOff(configured: Record<string, unknown>, propertyName: string): boolean {
  const [, check] = Object.entries(configured).find(([name]) => name.toLowerCase() === propertyName.toLowerCase()) ?? [];
  if (check === undefined) return true;
  if (isIntrinsic(check)) return false;
  const { enabled } = check as { enabled?: unknown };
  return enabled === undefined || enabled === false;
}

/** What a token resolves to: an intrinsic function or a reference, and no name of a property. */
function isIntrinsic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => /^(Ref|Fn::.*)$/.test(key));
}
