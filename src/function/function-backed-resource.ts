import { CfnResource, Duration, RemovalPolicy, RemovalPolicyOptions, Token } from 'aws-cdk-lib';
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
export class FunctionBackedResource extends CfnResource {
  constructor(scope: Construct, id: string, props: FunctionBackedResourceProps) {
    const { serviceTimeout = FleetAuditFunction._LONGEST_ANSWER } = props;
    super(scope, id, {
      type: props.resourceType,
      properties: {
        ServiceToken: FleetAuditFunction.of(scope)._serviceToken,
        ServiceTimeout: String(serviceTimeout.toSeconds()),
        ...props.properties,
      },
    });
    this.node.addDependency(...props.dependencies);
    this.applyRemovalPolicy(RemovalPolicy.DESTROY);
    if (props.removalPolicy) {
      this.applyRemovalPolicy(props.removalPolicy, props.removalPolicyOptions);
    }
    const promised = this.removal;
    this.node.addValidation({
      validate: () => this.removal === promised ? [] : [invalidInputMessage(undefined, {
        property: 'removalPolicy',
        rule: `must stay as it is for ${props.resourceType}, since what it cancels, disables or puts back rests on it`,
        given: `${this.removal} instead of ${promised}`,
        fix: 'exclude the custom resources of this library from the aspect that sets it, '
          + `for example RemovalPolicies.of(scope).retain({ excludeResourceTypes: ['${props.resourceType}'] })`,
      })],
    });
  }

  public getAttString(attributeName: string): string {
    return Token.asString(this.getAtt(attributeName));
  }

  private get removal(): string {
    const { deletionPolicy, updateReplacePolicy } = this.cfnOptions;
    return `DeletionPolicy ${deletionPolicy} and UpdateReplacePolicy ${updateReplacePolicy}`;
  }
}
