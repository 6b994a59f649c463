import { Annotations, CfnResource, IResource, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { isInTree } from './construct-tree';
import { InvalidInput, invalidInput, invalidInputMessage } from './invalid-input';

/** A kind of resource that exists once per account and region. */
export interface SingletonKind {
  /** What it is called in messages. */
  readonly name: string;

  /** Its CloudFormation type. */
  readonly resourceType: string;

  /** What to do about a second one. */
  readonly fix: string;
}

/** Per app and type, the constructs of this library that define the singleton. */
const claims = new WeakMap<IConstruct, Map<string, IResource[]>>();

/**
 * Claims the singleton of the construct's account and region, which CloudFormation would refuse to create twice.
 *
 * @throws if another construct of the app has claimed it
 */
export function claimSingleton(construct: IResource, kind: SingletonKind): void {
  const claimed = claimsOf(construct.node.root, kind);
  const rival = claimed.find((other) => placesMeet(construct, other) === 'certainly');
  if (rival) {
    throw invalidInput(construct, secondSingleton(kind, rival));
  }
  const neighbour = claimed.find((other) => placesMeet(construct, other) === 'perhaps');
  if (neighbour) {
    Annotations.of(construct).addWarningV2(`cdk-iot-fleet-audit:second${kind.name}`,
      `${neighbour.node.path} also defines the ${kind.name}, of which an account has one per region; `
      + 'deploy the two stacks to different accounts or regions, or give them an env so that this can be checked');
  }
  claimed.push(construct);
  construct.node.addValidation({ validate: () => rivalsWithoutClaim(construct, kind) });
}

/** The claims of constructs that are still part of the app; `node.tryRemoveChild()` may have taken some away. */
function claimsOf(root: IConstruct, kind: SingletonKind): IResource[] {
  const byType = claims.get(root) ?? new Map<string, IResource[]>();
  claims.set(root, byType);
  const claimed = (byType.get(kind.resourceType) ?? []).filter(isInTree);
  byType.set(kind.resourceType, claimed);
  return claimed;
}

/** Resources of the type that other libraries or the user's own code define in the account and region of a claim. */
function rivalsWithoutClaim(claim: IResource, kind: SingletonKind): string[] {
  const { root } = claim.node;
  const claimed = claimsOf(root, kind);
  return root.node.findAll()
    .filter((node) => CfnResource.isCfnResource(node) && node.cfnResourceType === kind.resourceType)
    .filter((node) => !claimed.includes(node.node.scope as IResource) && placesMeet(claim, node) === 'certainly')
    .map((node) => invalidInputMessage(undefined, secondSingleton(kind, node)));
}

function secondSingleton(kind: SingletonKind, rival: IConstruct): InvalidInput {
  return {
    property: kind.name,
    rule: 'exists once per account and region',
    given: `a second one beside ${rival.node.path}`,
    fix: kind.fix,
  };
}

/** Whether two constructs are deployed to the same account and region. */
function placesMeet(one: IConstruct, other: IConstruct): 'certainly' | 'perhaps' | 'never' {
  const [a, b] = [topLevelStackOf(one), topLevelStackOf(other)];
  if (a === b) {
    return 'certainly';
  }
  const comparisons = [compare(a.account, b.account), compare(a.region, b.region)];
  if (comparisons.includes('different')) {
    return 'never';
  }
  return comparisons.includes('unknown') ? 'perhaps' : 'certainly';
}

/** A nested stack is always deployed to the account and region of its parent. */
function topLevelStackOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}

function compare(one: string, other: string): 'same' | 'different' | 'unknown' {
  if (Token.isUnresolved(one) || Token.isUnresolved(other)) {
    return 'unknown';
  }
  return one === other ? 'same' : 'different';
}
