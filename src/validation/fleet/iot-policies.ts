import { policyMakers, policiesMadeBy } from './custom-resource-policies';
import { policiesOfBody, provisioningBodies } from './provisioning-templates';
import { mapped } from '../lists';
import { allOf, Judgement } from '../policies/judgement';
import { IOT_POLICY_LIMIT, Policy, readPolicy } from '../policies/policy-document';
import { CheckContext } from '../template-check';
import { FleetTemplates } from '../templates/fleet-templates';
import { Resolver } from '../templates/resolver';
import { property, Resource } from '../templates/template';
import { Atom, soleAtom, some, Value } from '../templates/value';

/** An AWS IoT policy of a template, by itself, within a provisioning template, or made by a custom resource. */
export interface DeclaredPolicy {
  readonly resource: Resource;

  /** The policy's name in messages. */
  readonly subject: string;

  /** Its place within the properties of the resource. */
  readonly path: readonly string[];

  /** Judges the policies that the resource stands for; `undefined` if it stands for none. */
  judgeEach(resolver: Resolver, judgePolicy: (policy: Policy) => Judgement): Judgement | undefined;

  /**
   * Lets go of the judgements, and so of what was read. Otherwise V8 keeps them until it collects the whole heap: among
   * many policies, it takes objects that refer to them for long-lived ones.
   */
  forget(): void;
}

/**
 * All AWS IoT policies that templates declare, one after the other: each holds what was read of it, until the checks of
 * policies have looked at it.
 */
export function* declaredPolicies(context: CheckContext): Generator<DeclaredPolicy, void> {
  yield* policyResources(context.fleet);
  yield* provisioningTemplates(context);
  yield* customResources(context);
}

function* policyResources(fleet: FleetTemplates): Generator<DeclaredPolicy, void> {
  const attachments = attachmentsIn(fleet);
  for (const resource of fleet.resourcesOfType('AWS::IoT::Policy')) {
    yield {
      resource,
      subject: subjectOf(attachments.get(resource)),
      path: ['PolicyDocument'],
      ...judgeAll(once((resolver) => resolver.resolve(resource.template, resource.properties.PolicyDocument))),
    };
  }
}

function provisioningTemplates({ fleet, facts }: CheckContext): DeclaredPolicy[] {
  return provisioningBodies(fleet).map((body) => ({
    resource: body.resource,
    subject: `A policy of ${body.name}`,
    path: body.path,
    ...judgeAll((resolver) => policiesOfBody(body, resolver, facts.provisioningParametersValidated)),
  }));
}

function customResources({ fleet, facts }: CheckContext): DeclaredPolicy[] {
  return policyMakers(fleet).map((maker) => ({
    resource: maker.resource,
    subject: 'A policy that the custom resource makes',
    path: [maker.calls[0].property],
    ...judgeAll((resolver) => policiesMadeBy(maker, resolver, facts.provisioningParametersValidated)),
  }));
}

function subjectOf(attachments: readonly Resource[] = []): string {
  if (attachments.length === 0) return 'The policy';
  return `The policy (attached by ${some(attachments.map(({ logicalId }) => logicalId))})`;
}

/** Reads the document of a policy once for each of its different contents. */
function once(documentIn: (resolver: Resolver) => Value): (resolver: Resolver) => readonly Policy[] {
  let unconditional: Policy[] | undefined;
  const conditional = new Map<string, Policy[]>();
  return (resolver) => {
    if (unconditional) return unconditional;
    const { value, choices } = resolver.noting(() => documentIn(resolver));
    if (choices.size === 0) return unconditional = [policyOf(value)];
    choices.forEach((options, choice) => resolver.openChoices.set(choice, options));
    // Unknown parts count by their reason alone.
    const key = JSON.stringify(value, (_, item) => item instanceof Atom ? { atom: item.key } : item);
    let policies = conditional.get(key);
    if (!policies) conditional.set(key, policies = [policyOf(value)]);
    return policies;
  };
}

function policyOf(document: Value): Policy {
  return readPolicy(document, property('PolicyDocument'), IOT_POLICY_LIMIT);
}

/** Remembers the judgement of a check, since a policy is often the same in several outcomes of open conditions. */
function judgeAll(
  read: (resolver: Resolver) => readonly Policy[] | undefined,
): Pick<DeclaredPolicy, 'judgeEach' | 'forget'> {
  const judgements = new Map<Policy, Map<unknown, Judgement>>();
  const judgeEach: DeclaredPolicy['judgeEach'] = (resolver, judgePolicy) => {
    const judged = (policy: Policy): Judgement => {
      let byCheck = judgements.get(policy);
      if (!byCheck) judgements.set(policy, byCheck = new Map());
      let judgement = byCheck.get(judgePolicy);
      if (!judgement) byCheck.set(judgePolicy, judgement = judgePolicy(policy));
      return judgement;
    };
    const policies = read(resolver);
    if (policies?.length === 1) return judged(policies[0]);
    return policies && allOf(mapped(policies, judged));
  };
  return {
    judgeEach,
    forget() {
      judgements.forEach((byCheck) => byCheck.clear());
      judgements.clear();
      read = () => undefined;
    },
  };
}

/**
 * The resources that attach policies to certificates or identities, by policy.
 *
 * Audits judge a policy by itself, and so do the checks. The attachments tell people how far a finding reaches.
 */
function attachmentsIn(fleet: FleetTemplates): Map<Resource, Resource[]> {
  const attachments = new Map<Resource, Resource[]>();
  const resolver = new Resolver(fleet);
  const byName = new Map<string, Resource>();
  for (const policy of fleet.resourcesOfType('AWS::IoT::Policy')) {
    const name = resolver.resolve(policy.template, policy.properties.PolicyName);
    if (typeof name === 'string') byName.set(nameKey(policy, name), policy);
  }
  for (const attachment of fleet.resourcesOfType('AWS::IoT::PolicyPrincipalAttachment')) {
    const name = resolver.resolve(attachment.template, attachment.properties.PolicyName);
    const reference = soleAtom(name)?.resource;
    const named = typeof name === 'string' ? byName.get(nameKey(attachment, name)) : undefined;
    const policy = reference ? fleet.find(reference) : named;
    if (!policy) continue;
    const others = attachments.get(policy);
    if (others) others.push(attachment);
    else attachments.set(policy, [attachment]);
  }
  return attachments;
}

function nameKey({ template }: Resource, name: string): string {
  return `${template.account ?? ''} ${template.region ?? ''} ${name}`;
}
