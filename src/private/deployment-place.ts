import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The account and region that a construct is deployed to. Constructs in places of the same name certainly meet. */
export interface DeploymentPlace {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly known: boolean;
}

const places = new WeakMap<Stack, DeploymentPlace>();

export function placeOf(construct: IConstruct): DeploymentPlace {
  const stack = topLevelStackOf(construct);
  const { account, region } = stack;
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const place = places.get(stack) ?? { account, region, known, name: known ? `${account}/${region}` : stack.node.addr };
  places.set(stack, place);
  return place;
}

/** True if two places with different names can turn out to be the same. */
export function mayMeet(one: DeploymentPlace, other: DeploymentPlace): boolean {
  return !differs(one.account, other.account) && !differs(one.region, other.region);
}

/** True if two accounts, or two regions, are known to differ. */
export function differs(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

/** A nested stack is always deployed to the account and region of its parent. */
function topLevelStackOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}
