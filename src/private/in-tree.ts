import { IConstruct } from 'constructs';

/** True if a construct is still part of its app: `node.tryRemoveChild()` may have removed it or one of its scopes. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return !scope || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
