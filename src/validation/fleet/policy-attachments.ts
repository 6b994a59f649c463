import { CheckContext } from '../finding';
import { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';
import { soleAtom } from '../templates/value';

/**
 * By policy, the resources that attach it to certificates or identities.
 *
 * Audits judge a policy by itself, whoever has it, and so do the checks. The attachments tell people how far a finding
 * reaches.
 */
export function policyAttachments({ fleet }: CheckContext): Map<Resource, Resource[]> {
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
    const policy = reference ? fleet.find(reference) : typeof name === 'string' ? byName.get(nameKey(attachment, name)) : undefined;
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
