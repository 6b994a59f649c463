import { Annotations, CfnResource, IResource, Stack, Stage, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { InvalidInput, invalidInput, invalidInputMessage } from './invalid-input';

/** A kind of resource that exists once per account and region. */
export interface SingletonKind {
  /** Its name in messages. */
  readonly name: string;

  /** Its CloudFormation type. */
  readonly resourceType: string;

  /** The advice for a second one. */
  readonly fix: string;
}

/** The constructs of this library that define a singleton in an app. */
interface Claims {
  readonly byPlace: Map<string, IResource>;
  readonly inUnknownPlaces: Set<IResource>;
}

/** The claims, by app and type. */
const claims = new WeakMap<IConstruct, Map<string, Claims>>();

/**
 * Claims the singleton of the construct's account and region, which CloudFormation would refuse to create twice.
 *
 * @throws if another construct of the app has claimed it
 */
export function claimSingleton(construct: IResource, kind: SingletonKind): void {
  const { byPlace, inUnknownPlaces } = claimsOf(construct.node.root, kind);
  const place = placeOf(construct);
  const rival = byPlace.get(place.name);
  if (rival && isInTree(rival)) {
    throw invalidInput(construct, secondSingleton(kind, rival));
  }
  const candidates = place.known ? inUnknownPlaces : byPlace.values();
  const neighbour = [...candidates].find((other) => mayMeet(place, placeOf(other)) && isInTree(other));
  if (neighbour) {
    Annotations.of(construct).addWarningV2(`cdk-iot-fleet-audit:second${kind.name}`,
      `${neighbour.node.path} also defines the ${kind.name}, of which an account has one per region; `
      + 'deploy the two stacks to different accounts or regions, or give them an env so that this can be checked');
  }
  byPlace.set(place.name, construct);
  if (!place.known) inUnknownPlaces.add(construct);
  construct.node.addValidation({ validate: () => rivalsWithoutClaim(construct, kind) });
}

function claimsOf(root: IConstruct, { resourceType }: SingletonKind): Claims {
  const byType = claims.get(root) ?? new Map<string, Claims>();
  claims.set(root, byType);
  const claimed = byType.get(resourceType) ?? { byPlace: new Map(), inUnknownPlaces: new Set() };
  byType.set(resourceType, claimed);
  return claimed;
}

/**
 * The claims that have not reported their rivals yet, by app or stage and type.
 *
 * The CDK validates all constructs of a stage in one go. The first claim that it validates searches the app for all of
 * them. If each claim searched, the time would grow with the square of the number of stacks.
 */
const unreportedRivals = new WeakMap<IConstruct, Map<string, Map<IResource, CfnResource[]>>>();

/** Messages about resources of the type that other code defines in the account and region of a claim. */
function rivalsWithoutClaim(claim: IResource, kind: SingletonKind): string[] {
  const validated = Stage.of(claim) ?? claim.node.root;
  const byType = unreportedRivals.get(validated) ?? new Map<string, Map<IResource, CfnResource[]>>();
  unreportedRivals.set(validated, byType);
  let unreported = byType.get(kind.resourceType);
  if (!unreported?.has(claim)) {
    unreported = findRivals(claim.node.root, kind);
    byType.set(kind.resourceType, unreported);
  }
  const rivals = unreported.get(claim) ?? [];
  unreported.delete(claim);
  return rivals.map((rival) => invalidInputMessage(undefined, secondSingleton(kind, rival)));
}

function findRivals(root: IConstruct, kind: SingletonKind): Map<IResource, CfnResource[]> {
  const { byPlace } = claimsOf(root, kind);
  const owners = new Set<IConstruct | undefined>(byPlace.values());
  const rivals = new Map([...byPlace.values()].map((claim): [IResource, CfnResource[]] => [claim, []]));
  for (const node of root.node.findAll()) {
    if (CfnResource.isCfnResource(node) && node.cfnResourceType === kind.resourceType && !owners.has(node.node.scope)) {
      const claim = byPlace.get(placeOf(node).name);
      if (claim) rivals.get(claim)?.push(node);
    }
  }
  return rivals;
}

function secondSingleton(kind: SingletonKind, rival: IConstruct): InvalidInput {
  return {
    property: kind.name,
    rule: 'exists once per account and region',
    given: `a second one beside ${rival.node.path}`,
    fix: kind.fix,
  };
}

/** The place where a construct is deployed. Constructs in places of the same name certainly meet. */
interface Place {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly known: boolean;
}

const places = new WeakMap<Stack, Place>();

function placeOf(construct: IConstruct): Place {
  const stack = topLevelStackOf(construct);
  const { account, region } = stack;
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const place = places.get(stack) ?? { account, region, known, name: known ? `${account}/${region}` : stack.node.addr };
  places.set(stack, place);
  return place;
}

/** True if two places with different names can turn out to be the same. */
function mayMeet(one: Place, other: Place): boolean {
  return mayBeSame(one.account, other.account) && mayBeSame(one.region, other.region);
}

/** A nested stack is always deployed to the account and region of its parent. */
function topLevelStackOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}

function mayBeSame(one: string, other: string): boolean {
  return one === other || Token.isUnresolved(one) || Token.isUnresolved(other);
}

/** True if a construct is still part of its app: `node.tryRemoveChild()` may have removed it or one of its scopes. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return !scope || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
