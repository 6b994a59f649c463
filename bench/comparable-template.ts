/** The part of a template that contenders must have in common. */
interface Template {
  readonly Resources: Record<string, Resource>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly DeletionPolicy?: string;
}

interface Intrinsics {
  readonly 'Fn::Join'?: readonly [separator: '', parts: readonly unknown[]];
  readonly 'Fn::Sub'?: string;
  readonly 'Fn::GetAtt'?: readonly [logicalId: string, attribute: string];
  readonly 'Ref'?: string;
}

/**
 * The resources of a template, sorted, with all of their properties: a contender that left something out would have
 * less to do. What may differ is how a text is put together, the names of what is referred to, and the order.
 */
export function comparableResources({ Resources: resources }: Template, account: string, region: string): string[] {
  const typeOf = (logicalId: string) => resources[logicalId]?.Type ?? logicalId;
  const comparable = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll(account, '${AWS::AccountId}').replaceAll(region, '${AWS::Region}');
    }
    if (Array.isArray(value)) return value.map(comparable);
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::Join': joined, 'Fn::Sub': substituted, 'Fn::GetAtt': attribute, 'Ref': name } = value as Intrinsics;
    if (joined) return joined[1].map(comparable).join('');
    if (substituted !== undefined) return comparable(substituted);
    if (attribute) return `\${${typeOf(attribute[0])}.${attribute[1]}}`;
    if (name !== undefined) return `\${${typeOf(name)}}`;
    return Object.fromEntries(Object.entries(value).sort().map(([key, each]) => [key, comparable(each)]));
  };
  return Object.values(resources).map(({ Type: type, Properties: properties, DeletionPolicy: policy = 'Delete' }) =>
    JSON.stringify([type, policy, comparable(properties)])).sort();
}
