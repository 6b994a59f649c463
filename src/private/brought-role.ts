import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { CfnRole, IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { invalidInput, invalidInputMessage } from './invalid-input';
import { IOT_SERVICE_PRINCIPAL } from './iot-service-role';

const SOURCE_CONDITION_KEYS = ['aws:SourceAccount', 'aws:SourceArn'];

interface TrustStatement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Principal?: { readonly Service?: string | string[] };
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** What can be seen of a role's trust. */
interface Trust {
  readonly rolePath: string;

  /** The trust policy, which may still grow until synthesis. */
  readonly document: unknown;
}

/**
 * Checks a role that a user brings along: AWS IoT must be able to assume it, and should be able to for this account
 * only.
 *
 * Only a role that the app defines can be looked into; an imported one is taken as it is.
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
  // What role.withoutPolicyUpdates() returns is no Role, but has the role's resource as its default child.
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

/** IAM compares actions without regard to case, and knows wildcards. What is no string is only known at deployment. */
function mayBeAssumeRole(action: unknown): boolean {
  return typeof action !== 'string' || new RegExp(`^${action.replace(/\*/g, '.*')}$`, 'i').test('sts:AssumeRole');
}

function hasSourceConditions(statement: TrustStatement): boolean {
  const keys = Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition));
  return SOURCE_CONDITION_KEYS.every((key) => keys.some((given) => given.toLowerCase() === key.toLowerCase()));
}
