import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** A digest of the construct's path within its stack. */
export function digestOf(construct: IConstruct): string {
  const { scopes } = construct.node;
  const path = scopes.slice(scopes.indexOf(Stack.of(construct)) + 1).map(({ node }) => node.id).join('/');
  return createHash('sha256').update(path).digest('hex').slice(0, 8);
}
