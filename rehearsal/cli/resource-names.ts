import { nameOf } from './report';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

/** The name by which people know the resource that has an ARN, or a name that CloudFormation made. */
export type NameOf = (arnOrName: string) => string;

/** The path of the construct, for what a stack of the account has; else the last part of the ARN. */
export function resourceNames({ stacks }: RehearsedAccount): NameOf {
  const byPart = new Map([...stacks.values()].flatMap(({ resources }) =>
    [...resources.values()].map((resource) => [lastPart(resource.physicalId), nameOf(resource)] as const)));
  return (arnOrName) => byPart.get(lastPart(arnOrName)) ?? lastPart(arnOrName);
}

/** Of an ARN, or of a queue's address. */
function lastPart(id: string): string {
  return id.split(/[:/]/).at(-1)!;
}
