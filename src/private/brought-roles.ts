import { Annotations, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import {
  AddToPrincipalPolicyResult, CfnRole, IGrantable, IPrincipal, IRole, Policy, PolicyStatement, PrincipalPolicyFragment,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { invalidInput, invalidInputMessage } from './invalid-input';
import { IOT_SERVICE_PRINCIPAL } from './own-roles';

const SOURCE_CONDITION_KEYS = ['aws:SourceAccount', 'aws:SourceArn'];

interface TrustStatement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Principal?: { readonly Service?: string | string[] };
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** The visible part of a role's trust. */
interface Trust {
  readonly rolePath: string;

  /** The trust policy, which may still grow until synthesis. */
  readonly document: unknown;
}

/**
 * Checks a role that a user brings: AWS IoT must be able to assume it, and should be able to do so for this account
 * only.
 *
 * An imported role is accepted as it is: its trust is not visible.
 */
export function checkBroughtRole(scope: Construct, property: string, role: IRole): void {
  requireSameAccount(scope, property, role);
  const trust = trustOf(role);
  if (!trust) {
    return;
  }
  const statements = () => trustStatements(Stack.of(role), trust);
  if (statements().some((statement) => !hasSourceConditions(statement))) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:roleWithoutSourceConditions',
      `'${property}' lets ${IOT_SERVICE_PRINCIPAL} assume ${trust.rolePath} on behalf of any account; `
      + `add conditions on ${SOURCE_CONDITION_KEYS.join(' and ')} to its trust policy`);
  }
  scope.node.addValidation({
    validate: () => statements().length > 0 ? [] : [invalidInputMessage(undefined, {
      property,
      rule: `must trust ${IOT_SERVICE_PRINCIPAL}`,
      given: `${trust.rolePath}, which does not`,
      fix: `create it with assumedBy: new iam.ServicePrincipal('${IOT_SERVICE_PRINCIPAL}')`,
    })],
  });
}

function requireSameAccount(scope: Construct, property: string, role: IRole): void {
  const { account } = Stack.of(scope);
  if (Token.isUnresolved(account) || Token.isUnresolved(role.env.account) || account === role.env.account) {
    return;
  }
  throw invalidInput(scope, {
    property,
    rule: `must be a role of the stack's account ${account}`,
    given: `a role of account ${role.env.account}`,
    fix: 'use a role of the same account: AWS IoT Device Defender does not accept others',
  });
}

function trustOf(role: IRole): Trust | undefined {
  // role.withoutPolicyUpdates() returns no Role, but a construct with the role's resource as its default child.
  const resource = role.node.defaultChild;
  if (resource instanceof CfnRole) {
    return { rolePath: resource.node.scope!.node.path, document: resource.assumeRolePolicyDocument };
  }
  return Role.isRole(role) ? { rolePath: role.node.path, document: role.assumeRolePolicy } : undefined;
}

/** The statements by which AWS IoT may assume the role. */
function trustStatements(stack: Stack, trust: Trust): TrustStatement[] {
  const document = stack.resolve(trust.document) as { Statement?: TrustStatement[] } | undefined;
  return (document?.Statement ?? []).filter((statement) => statement.Effect === 'Allow'
    && [statement.Principal?.Service ?? []].flat().includes(IOT_SERVICE_PRINCIPAL)
    && [statement.Action].flat().some(mayBeAssumeRole));
}

/** IAM ignores the case of actions, and has wildcards. An action that is not a string is only known at deployment. */
function mayBeAssumeRole(action: unknown): boolean {
  return typeof action !== 'string' || new RegExp(`^${action.replace(/\*/g, '.*')}$`, 'i').test('sts:AssumeRole');
}

function hasSourceConditions(statement: TrustStatement): boolean {
  const keys = Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition));
  return SOURCE_CONDITION_KEYS.every((key) => keys.some((given) => given.toLowerCase() === key.toLowerCase()));
}

/**
 * The grantee for the permissions that a role needs: the role itself, unless the app defines it in another stack.
 *
 * A policy in the role's stack could name a topic of this stack. Then that stack would depend on this stack, and this
 * stack on the role. So the permissions of such a role are a policy of this stack.
 *
 * @param scope the construct that uses the role
 * @param id the id of the policy, if one is made
 * @param role the role; its policies may be immutable
 * @param removalPolicy what happens to the policy when it is removed from the stack
 */
export function permissionsOf(
  scope: Construct, id: string, role: IRole, removalPolicy = RemovalPolicy.DESTROY,
): IGrantable & IDependable {
  const definedElsewhere = Role.isRole(role) && role.node.defaultChild && Stack.of(role) !== Stack.of(scope);
  if (!definedElsewhere) {
    return role;
  }
  const policy = new PolicyForRole(scope, id, role);
  if (!policy.hasRole) {
    return role;
  }
  policy.applyRemovalPolicy(removalPolicy);
  return policy;
}

/** A policy that stands for its role, even as the principal in another resource's policy. */
class PolicyForRole extends Policy implements IPrincipal {
  public readonly grantPrincipal: IPrincipal = this;
  public readonly assumeRoleAction: string;
  public readonly policyFragment: PrincipalPolicyFragment;
  public readonly principalAccount?: string;
  public hasRole = false;

  constructor(scope: Construct, id: string, role: IRole) {
    super(scope, id, {
      // A generated name is unique in this stack only, and could replace the policy of another stack.
      policyName: Names.uniqueResourceName(scope, { maxLength: 128 }),
    });
    // With Role.customizeRoles(), nothing is attached: it reports the permissions of the role itself.
    role.attachInlinePolicy(this);
    this.assumeRoleAction = role.assumeRoleAction;
    this.policyFragment = role.policyFragment;
    this.principalAccount = role.principalAccount;
  }

  public attachToRole(role: IRole): void {
    this.hasRole = true;
    super.attachToRole(role);
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
