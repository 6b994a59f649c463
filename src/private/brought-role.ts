import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { invalidInput, invalidInputMessage } from './invalid-input';
import { IOT_SERVICE_PRINCIPAL } from './iot-service-role';

const SOURCE_CONDITION_KEYS = ['aws:SourceAccount', 'aws:SourceArn'];

interface TrustStatement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string | string[] };
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/**
 * Checks a role that a user brings along: AWS IoT must be able to assume it, and should be able to for this account only.
 *
 * Only a role that the app defines can be looked into; an imported one is taken as it is.
 */
export function checkBroughtRole(scope: Construct, property: string, role: IRole): void {
  requireSameAccount(scope, property, role);
  if (!Role.isRole(role) || !role.assumeRolePolicy) {
    return;
  }
  if (trustStatements(role).some((statement) => !hasSourceConditions(statement))) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:roleWithoutSourceConditions',
      `'${property}' lets ${IOT_SERVICE_PRINCIPAL} assume ${role.node.path} on behalf of any account; `
      + `add conditions on ${SOURCE_CONDITION_KEYS.join(' and ')} to its trust policy`);
  }
  // Statements can still be added to the trust policy until synthesis.
  scope.node.addValidation({
    validate: () => trustStatements(role).length > 0 ? [] : [invalidInputMessage(undefined, {
      property,
      rule: `must trust ${IOT_SERVICE_PRINCIPAL}`,
      given: `${role.node.path}, which does not`,
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

/** The statements by which AWS IoT may assume the role. */
function trustStatements(role: Role): TrustStatement[] {
  const document = Stack.of(role).resolve(role.assumeRolePolicy) as { Statement?: TrustStatement[] } | undefined;
  return (document?.Statement ?? []).filter((statement) =>
    statement.Effect === 'Allow' && [statement.Principal?.Service ?? []].flat().includes(IOT_SERVICE_PRINCIPAL));
}

function hasSourceConditions(statement: TrustStatement): boolean {
  const keys = Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition));
  return SOURCE_CONDITION_KEYS.every((key) => keys.some((given) => given.toLowerCase() === key.toLowerCase()));
}
