import { IConstruct } from 'constructs';

/**
 * Whether a construct is still part of its app; `node.tryRemoveChild()` may have taken it or one of its scopes away.
 */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return !scope || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
