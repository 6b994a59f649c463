import { CfnResource, Stack } from 'aws-cdk-lib';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';

/**
 * The resource of a configuration that the scope's stack defines; undefined for one that is elsewhere.
 *
 * A custom resource refers to it instead of depending on it: a dependency would come in the order of paths, see
 * withoutOwnRoles().
 */
export function definedConfiguration(
  configuration: IAccountAuditConfigurationRef, scope: Construct,
): CfnResource | undefined {
  const resource = configuration.node.defaultChild ?? configuration;
  return CfnResource.isCfnResource(resource) && resource.stack === Stack.of(scope) ? resource : undefined;
}
