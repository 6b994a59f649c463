import { AuditCheck } from '../../../src';
import { Finding, Verdict } from '../../../src/validation/finding';
import { carryOut } from '../../../src/validation/template-audit';
import { CheckContext, FleetFacts } from '../../../src/validation/template-check';
import { FleetTemplates, KnownParameters } from '../../../src/validation/templates/fleet-templates';
import { Outcomes } from '../../../src/validation/templates/outcomes';
import { Template } from '../../../src/validation/templates/template';

export type Body = Record<string, unknown>;

export interface Circumstances extends Partial<FleetFacts>, Partial<KnownParameters> {
  readonly now?: Date;
}

/** A template and the account that it is deployed to, if it is known. */
export interface Stack {
  readonly body: Body;
  readonly account?: string;
}

/** The findings of a check about templates, by the name of their stacks. */
export function findingsInStacks(
  check: AuditCheck, stacks: Record<string, Body>, circumstances: Circumstances = {},
): Finding[] {
  return findingsInFleet(check, Object.fromEntries(Object.entries(stacks)
    .map(([name, body]) => [name, { body }])), circumstances);
}

/** The findings of a check about stacks in accounts. */
export function findingsInFleet(
  check: AuditCheck, stacks: Record<string, Stack>, circumstances: Circumstances = {},
): Finding[] {
  const { values = {}, defaults = false, now = new Date('2026-11-23T00:00:00Z'), ...facts } = circumstances;
  const templates = Object.entries(stacks).map(([name, { body, account }]) =>
    new Template({ templateId: name, stackConstructPath: name, account, body: JSON.parse(JSON.stringify(body)) }));
  const fleet = new FleetTemplates(templates, [], { values, defaults });
  const context: CheckContext = {
    thresholds: new Map(check.threshold ? [[check.checkName, check.threshold.toDays()]] : []),
    fleet,
    outcomes: new Outcomes(fleet),
    now,
    facts: { loggingEnabledElsewhere: false, provisioningParametersValidated: false, ...facts },
  };
  return [...carryOut([check.checkName], context).findings];
}

/** The findings of a check about one template. */
export function findingsIn(check: AuditCheck, body: Body, circumstances?: Circumstances): Finding[] {
  return findingsInStacks(check, { Fleet: body }, circumstances);
}

/** The verdict on the only resource of a template that a check looks at; compliant if there is no finding. */
export function verdictOn(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === Verdict.NON_COMPLIANT)) return Verdict.NON_COMPLIANT;
  return findings.some(({ verdict }) => verdict === Verdict.UNDECIDED) ? Verdict.UNDECIDED : Verdict.COMPLIANT;
}

export interface StatementProps {
  readonly [element: string]: unknown;
}

export const allow = (Action: unknown, Resource: unknown, more: StatementProps = {}) => ({
  Effect: 'Allow', Action, Resource, ...more,
});
export const deny = (Action: unknown, Resource: unknown, more: StatementProps = {}) => ({
  Effect: 'Deny', Action, Resource, ...more,
});

/** The ARN of a resource of AWS IoT. */
export const arn = (resource: string) => `arn:aws:iot:eu-west-1:123456789012:${resource}`;

export const document = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });

/** A template with an AWS IoT policy. */
export function policyTemplate(policyDocument: unknown, more: Body = {}): Body {
  return {
    ...more, Resources: { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: policyDocument } } },
  };
}

/** A template with a role alias, the role behind it, and further resources. */
export function roleAliasTemplate(roleProperties: Body, more: Body = {}): Body {
  return {
    Resources: {
      Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      Role: { Type: 'AWS::IAM::Role', Properties: roleProperties },
      ...more,
    },
  };
}

/** A template with an identity pool whose identities of one kind get a role with an inline policy. */
export function identityPoolTemplate(kind: 'authenticated' | 'unauthenticated', ...statements: unknown[]): Body {
  return {
    Resources: {
      Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: true } },
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { [kind]: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyName: 'Devices', PolicyDocument: document(...statements) }] },
      },
    },
  };
}
