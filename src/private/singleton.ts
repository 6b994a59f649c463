import { Annotations, IResource } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { mayMeet, placeOf } from './deployment-place';
import { isInTree } from './in-tree';
import { InvalidInput, invalidInput, invalidInputMessage } from './invalid-input';
import { SingletonRivals } from './singleton-rivals';

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

  /** What other code defines. */
  readonly rivals: SingletonRivals;
}

/** The claims, by app and type. */
const claims = new WeakMap<IConstruct, Map<string, Claims>>();

/**
 * Claims the singleton of the construct's account and region, which CloudFormation would refuse to create twice.
 *
 * @throws if another construct of the app has claimed it
 */
export function claimSingleton(construct: IResource, kind: SingletonKind): void {
  const { byPlace, inUnknownPlaces, rivals } = claimsOf(construct.node.root, kind);
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
  construct.node.addValidation({
    validate: () => rivals.of(construct).map((other) => invalidInputMessage(undefined, secondSingleton(kind, other))),
  });
}

function claimsOf(root: IConstruct, kind: SingletonKind): Claims {
  const byType = claims.get(root) ?? new Map<string, Claims>();
  claims.set(root, byType);
  const claimed = byType.get(kind.resourceType) ?? {
    byPlace: new Map(),
    inUnknownPlaces: new Set(),
    rivals: new SingletonRivals(
      kind.resourceType, ({ claim, resource }) => invalidInputMessage(resource, secondSingleton(kind, claim)),
    ),
  };
  byType.set(kind.resourceType, claimed);
  return claimed;
}

function secondSingleton(kind: SingletonKind, rival: IConstruct): InvalidInput {
  return {
    property: kind.name,
    rule: 'exists once per account and region',
    given: `a second one beside ${rival.node.path}`,
    fix: kind.fix,
  };
}
