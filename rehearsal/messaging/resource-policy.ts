import { PolicyDocument, concerns, statementsOf } from '../iam/policy-document';

/** A service that does something with a resource on behalf of one of its own, such as a topic that fills a queue. */
export interface ServiceCaller {
  /** Such as sns.amazonaws.com. */
  readonly service: string;
  /** The ARN of the topic or the rule. */
  readonly sourceArn: string;
}

/**
 * True if the policy of a resource lets a service do something: without a statement that allows it, it may not.
 *
 * Calls of services are taken to come over TLS, with the account of their source as aws:SourceAccount.
 */
export function allowsService(
  policy: PolicyDocument | undefined, { service, sourceArn }: ServiceCaller, action: string, resource: string,
): boolean {
  const context = {
    'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceArn.split(':')[4], 'aws:SecureTransport': 'true',
  };
  const found = (policy === undefined ? [] : statementsOf(policy)).filter(
    (statement) => isFor(statement.Principal, service) && concerns(statement, { action, resource, context }),
  );
  return found.length > 0 && found.every(({ Effect }) => Effect === 'Allow');
}

/** A wildcard means services, too: in a statement that allows, conditions limit it. */
function isFor(principal: unknown, service: string): boolean {
  if (principal === '*') return true;
  const { AWS: accounts, Service: services } = (principal ?? {}) as Readonly<Record<string, unknown>>;
  return [accounts].flat().includes('*') || [services].flat().includes(service);
}
