import { CfnResource, CustomResource, Duration, RemovalPolicy, RemovalPolicyOptions } from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { FleetAuditFunction } from './fleet-audit-function';
import { invalidInputMessage } from '../private/invalid-input';

export interface FunctionBackedResourceProps {
  readonly resourceType: string;
  readonly properties: object;

  /** What must be there before the resource and go after it: first of all its permissions. */
  readonly dependencies: IDependable[];

  /**
   * How long CloudFormation waits for an answer: a lost one must not hold up the stack for longer than it needs.
   *
   * @default - as long as the function may take in one invocation
   */
  readonly serviceTimeout?: Duration;

  /** @default RemovalPolicy.DESTROY */
  readonly removalPolicy?: RemovalPolicy;

  /** What the removal policy is about. */
  readonly removalPolicyOptions?: RemovalPolicyOptions;
}

/**
 * A custom resource of this library, carried out by the stack's function.
 *
 * What it promises rests on the Deletes that CloudFormation sends, also for former physical ids, so an aspect must not keep
 * CloudFormation from sending them, nor let it send more.
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
