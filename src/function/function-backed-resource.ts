import { CfnResource, CustomResource, Duration, RemovalPolicy, RemovalPolicyOptions } from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { FleetAuditFunction } from './fleet-audit-function';
import { invalidInputMessage } from '../private/invalid-input';

export interface FunctionBackedResourceProps {
  readonly resourceType: string;
  readonly properties: object;

  /** The constructs that must exist before the resource and until it is deleted, above all its permissions. */
  readonly dependencies: IDependable[];

  /**
   * The time that CloudFormation waits for an answer: a lost one must not hold up the stack for longer than needed.
   *
   * @default - the time that the function may take in one invocation
   */
  readonly serviceTimeout?: Duration;

  /** @default RemovalPolicy.DESTROY */
  readonly removalPolicy?: RemovalPolicy;

  /** The options with which the removal policy is applied. */
  readonly removalPolicyOptions?: RemovalPolicyOptions;
}

/**
 * A custom resource of this library, which the stack's function carries out.
 *
 * It relies on the Deletes that CloudFormation sends, also for former physical ids. So an aspect must not change its
 * removal policy: CloudFormation would send fewer of them, or more.
 */
export class FunctionBackedResource extends CustomResource {
  constructor(scope: Construct, id: string, props: FunctionBackedResourceProps) {
    super(scope, id, {
      resourceType: props.resourceType,
      serviceToken: FleetAuditFunction.of(scope)._serviceToken,
      serviceTimeout: props.serviceTimeout ?? FleetAuditFunction._LONGEST_ANSWER,
      properties: { ...props.properties },
    });
    this.node.addDependency(...props.dependencies);
    const resource = this.node.defaultChild as CfnResource;
    if (props.removalPolicy) {
      resource.applyRemovalPolicy(props.removalPolicy, props.removalPolicyOptions);
    }
    const promised = removalOf(resource);
    this.node.addValidation({
      validate: () => removalOf(resource) === promised ? [] : [invalidInputMessage(undefined, {
        property: 'removalPolicy',
        rule: `must stay as it is for ${props.resourceType}, since what it cancels, disables or puts back rests on it`,
        given: `${removalOf(resource)} instead of ${promised}`,
        fix: 'exclude the custom resources of this library from the aspect that sets it, '
          + `for example RemovalPolicies.of(scope).retain({ excludeResourceTypes: ['${props.resourceType}'] })`,
      })],
    });
  }
}

function removalOf({ cfnOptions: { deletionPolicy, updateReplacePolicy } }: CfnResource): string {
  return `DeletionPolicy ${deletionPolicy} and UpdateReplacePolicy ${updateReplacePolicy}`;
}
