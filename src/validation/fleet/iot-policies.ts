import { CheckContext, property } from '../finding';
import { some } from '../judged-resource';
import { policyAttachments } from './policy-attachments';
import { provisionedPolicies } from './provisioning-templates';
import { Judgement } from '../policies/judgement';
import { IOT_POLICY_LIMIT, Policy, readPolicy } from '../policies/policy-document';
import { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';
import { Atom, Value } from '../templates/value';

/** An AWS IoT policy of a template, by itself or within a provisioning template. */
export interface DeclaredPolicy {
  readonly resource: Resource;
  readonly subject: string;
  readonly path: readonly string[];

  /** The policies that the resource stands for; `undefined` if it stands for none. */
  read(resolver: Resolver): readonly Policy[] | undefined;
}

const known = new WeakMap<CheckContext, DeclaredPolicy[]>();

/** All AWS IoT policies that templates declare. Several checks look at them. */
export function declaredPolicies(context: CheckContext): DeclaredPolicy[] {
  let policies = known.get(context);
  if (!policies) known.set(context, policies = policiesIn(context));
  return policies;
}

function policiesIn(context: CheckContext): DeclaredPolicy[] {
  const { fleet } = context;
  const attachments = policyAttachments(context);
  return [
    ...fleet.resourcesOfType('AWS::IoT::Policy').map((resource) => ({
      resource,
      subject: subjectOf(attachments.get(resource)),
      path: ['PolicyDocument'],
      read: once((resolver: Resolver) => resolver.resolve(resource.template, resource.properties.PolicyDocument)),
    })),
    ...provisionedPolicies(context),
  ];
}

function subjectOf(attachments: readonly Resource[] = []): string {
  return attachments.length === 0 ? 'The policy' : `The policy (attached by ${some(attachments.map(({ logicalId }) => logicalId))})`;
}

/** Reads each document that a policy has in the outcomes of open conditions once. */
function once(documentIn: (resolver: Resolver) => Value): (resolver: Resolver) => readonly Policy[] {
  let unconditional: Policy[] | undefined;
  const conditional = new Map<string, Policy[]>();
  return (resolver) => {
    if (unconditional) return unconditional;
    const { value, conditions } = resolver.noting(() => documentIn(resolver));
    if (conditions.size === 0) return unconditional = [policyOf(value)];
    conditions.forEach((condition) => resolver.openConditions.add(condition));
    // What is not known is judged by its reason alone.
    const key = JSON.stringify(value, (_, item) => item instanceof Atom ? { atom: item.key } : item);
    let policies = conditional.get(key);
    if (!policies) conditional.set(key, policies = [policyOf(value)]);
    return policies;
  };
}

function policyOf(document: Value): Policy {
  return readPolicy(document, property('PolicyDocument'), IOT_POLICY_LIMIT);
}

const judgements = new WeakMap<Policy, Map<unknown, Judgement>>();

/** What a check has to say about a policy, which is often the same in several outcomes of open conditions. */
export function judgeOnce(policy: Policy, judge: (policy: Policy) => Judgement): Judgement {
  let byCheck = judgements.get(policy);
  if (!byCheck) judgements.set(policy, byCheck = new Map());
  let judgement = byCheck.get(judge);
  if (!judgement) byCheck.set(judge, judgement = judge(policy));
  return judgement;
}
