import { PermissionUsage } from './permission-usage';
import { PolicyDocument, RequiredPermission, concerns, grantsFor, statementsOf } from './policy-document';
import type { Clock } from '../device-defender/clock';

/** A policy of a role, and what it was before as long as the change is not known everywhere. */
interface EffectivePolicy {
  readonly document: PolicyDocument;
  readonly since: number;
  readonly former?: PolicyDocument;
}

interface Role {
  readonly arn: string;
  /** By name: the role's own ones and those of AWS::IAM::Policy and AWS::IAM::RolePolicy, which share their names. */
  readonly inline: Map<string, EffectivePolicy>;
  /** ARNs of the managed policies in its own definition. */
  attached: readonly string[];
  boundary?: string;
}

/** A call that a role's policies did not allow. */
export interface Denial extends RequiredPermission {
  readonly roleName: string;
  /** The request of CloudFormation that the caller worked on, if any. */
  readonly requestId?: string;
}

/** AWS's own policies that functions commonly have. Others permit nothing here. */
const MANAGED_BY_AWS: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    Statement: {
      Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*',
    },
  },
};

/** Current permissions of the roles that an account's stacks have made. */
export class AccountPermissions {
  /** Permissions that policies gave, used and unused. */
  readonly usage = new PermissionUsage();
  readonly denials: Denial[] = [];
  /** Milliseconds until a policy that was added or changed holds; removing one holds at once. */
  delay = 0;
  private readonly roles = new Map<string, Role>();
  private readonly deletedRoles = new Set<string>();
  private readonly managed = new Map<
    string,
    EffectivePolicy & { readonly name: string; readonly roles: readonly string[] }
  >();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  putRole(
    name: string, arn: string,
    { attached = [], boundary }: { readonly attached?: readonly string[]; readonly boundary?: string } = {},
  ): void {
    this.deletedRoles.delete(arn);
    this.roles.set(name, { arn, inline: this.roles.get(name)?.inline ?? new Map(), attached, boundary });
  }

  deleteRole(name: string): void {
    const role = this.roles.get(name);
    if (role !== undefined) this.deletedRoles.add(role.arn);
    this.roles.delete(name);
  }

  /** True if a stack made the role and has deleted it. */
  isDeleted(roleArn: string): boolean {
    return this.deletedRoles.has(roleArn);
  }

  /** Nothing happens to a role that no stack has made: what it may do is not known here. */
  putInline(roleName: string, policyName: string, document: PolicyDocument): void {
    const policies = this.roles.get(roleName)?.inline;
    policies?.set(policyName, this.effective(document, policies.get(policyName)));
  }

  deleteInline(roleName: string, policyName: string): void {
    this.roles.get(roleName)?.inline.delete(policyName);
  }

  putManaged(arn: string, name: string, document: PolicyDocument, roles: readonly string[]): void {
    this.managed.set(arn, { ...this.effective(document, this.managed.get(arn)), name, roles });
  }

  deleteManaged(arn: string): void {
    this.managed.delete(arn);
  }

  /** Undefined if the role may, or AWS's words if it may not. A role that no stack has made may do everything. */
  reasonToDeny(
    roleArn: string, { sessionName, requestId }: { readonly sessionName: string; readonly requestId?: string },
    required: RequiredPermission,
  ): string | undefined {
    const [roleName, role] = [...this.roles].find(([, { arn }]) => arn === roleArn) ?? [];
    if (role === undefined && !this.deletedRoles.has(roleArn)) return undefined;
    const name = roleName ?? roleArn.split('/').at(-1)!;
    const policies = role === undefined ? [] : this.policiesOf(name, role);
    for (const { policyName, document } of policies) this.usage.granted(name, policyName, document);
    const verdict = this.verdict(name, policies, required, role?.boundary);
    if (verdict === undefined) return undefined;
    this.denials.push({ roleName: name, requestId, ...required });
    const [account, partition] = [roleArn.split(':')[4], roleArn.split(':')[1]];
    return (
      `User: arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName} is not authorized to perform: ${required.action} `
      + `on resource: ${required.resource} ${verdict}`
    );
  }

  private verdict(
    roleName: string, policies: readonly { policyName: string; document: PolicyDocument }[],
    required: RequiredPermission, boundary?: string,
  ): string | undefined {
    const found = policies.flatMap(({ policyName, document }) =>
      statementsOf(document)
        .filter((statement) => concerns(statement, required))
        .map((statement) => ({ policyName, statement })),
    );
    if (found.some(({ statement }) => statement.Effect === 'Deny')) {
      return 'with an explicit deny in an identity-based policy';
    }
    if (found.length === 0) return `because no identity-based policy allows the ${required.action} action`;
    const limit = boundary === undefined ? undefined : this.managed.get(boundary)?.document;
    if (
      limit !== undefined
      && !statementsOf(limit).some((statement) => statement.Effect === 'Allow' && concerns(statement, required))
    ) {
      return `because no permissions boundary allows the ${required.action} action`;
    }
    for (const { policyName, statement } of found) {
      for (const grant of grantsFor(statement, required)) this.usage.used(roleName, policyName, grant);
    }
    return undefined;
  }

  private policiesOf(roleName: string, { inline, attached }: Role): { policyName: string; document: PolicyDocument }[] {
    const managed = [...this.managed]
      .filter(([arn, { roles }]) => roles.includes(roleName) || attached.includes(arn))
      .map(([, policy]): readonly [string, EffectivePolicy] => [policy.name, policy]);
    const byAws = attached
      .flatMap((arn) => Object.entries(MANAGED_BY_AWS).filter(([name]) => arn.endsWith(`:iam::aws:policy/${name}`)))
      .map(([name, document]): readonly [string, EffectivePolicy] => [name, { document, since: 0 }]);
    return [...inline, ...managed, ...byAws].flatMap(([policyName, { document, since, former }]) => {
      const known = this.clock.now() >= since ? document : former;
      return known === undefined ? [] : [{ policyName, document: known }];
    });
  }

  private effective(document: PolicyDocument, before: EffectivePolicy | undefined): EffectivePolicy {
    if (this.delay === 0) return { document, since: 0 };
    const isSame = JSON.stringify(before?.document) === JSON.stringify(document);
    return isSame ? before! : { document, since: this.clock.now() + this.delay, former: before?.document };
  }
}
