import type { Transition } from './matrix';
import type { OperationResult, RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { Cancellation } from '../../rehearsal/functions/cancelled-request';

/** One way in which a deployment fails, and how CloudFormation goes about it. */
export interface Failing {
  readonly logicalId: string;
  /** A resource that fails by itself, or a request that is cancelled because another resource fails. */
  readonly how: { readonly phase: 'before' | 'after' } | Pick<Cancellation, 'when' | 'until'>;
  readonly rollbackOrder: 'reverse' | 'dependencies';
  /** Among resources that do not depend on each other: every second cell has the other order. */
  readonly order: 'first' | 'last';
}

/** How far a request gets that the rollback does not wait for. */
const OVERLAPS: readonly Pick<Cancellation, 'when' | 'until'>[] = [
  { when: 'throttled', until: 'begun' },
  { when: 'throttled', until: 'read' },
  { when: 'throttled', until: 'over' },
  { when: 'late', until: 'read' },
  { when: 'late', until: 'over' },
  { when: 'answerLost', until: 'begun' },
  { when: 'answerLost', until: 'over' },
  { when: 'killed' },
];

const ASKED_LATE: readonly Pick<Cancellation, 'when' | 'until'>[] = [
  { when: 'asked', until: 'read' }, { when: 'asked', until: 'over' },
];

/**
 * Every way in which the first deployment of a transition can fail: found out by one that does not, in an account of
 * its own.
 */
export async function failingsOf({ from, to }: Transition, account: RehearsedAccount): Promise<Failing[]> {
  const requestsEarlier = account.deviceDefender.requests.length;
  const { changed } = await account.deploy(to[0]);
  await account.functions.whenIdle();
  const changing = requestsThatChange(account, requestsEarlier);
  const isCustom = (logicalId: string) => to[0].template.Resources[logicalId].Type.startsWith('Custom::');
  const phases = (['before', 'after'] as const).map((phase) => ({ phase }));
  const ways = [
    ...changed.flatMap((logicalId) => phases.map((how) => ({ logicalId, how }))),
    ...changed.filter(isCustom).flatMap((logicalId) =>
      [...changing.has(logicalId) ? OVERLAPS : [], ...ASKED_LATE].map((how) => ({ logicalId, how }))),
  ];
  // Everything that a creation made is deleted in one order.
  const isCreation = !from.some(({ stackName }) => stackName === to[0].stackName);
  const rollbackOrders = isCreation ? ['reverse'] as const : ['reverse', 'dependencies'] as const;
  return ways.flatMap((way, index) => rollbackOrders.map((rollbackOrder, second): Failing => (
    { ...way, rollbackOrder, order: (index + second + changed.indexOf(way.logicalId)) % 2 === 0 ? 'first' : 'last' })));
}

export async function deployFailing(
  account: RehearsedAccount, { to }: Transition, failing: Failing,
): Promise<OperationResult> {
  const { logicalId, how, rollbackOrder, order } = failing;
  const failure = 'when' in how ? { cancel: { logicalId, ...how } } : { failAt: { logicalId, ...how } };
  const result = await account.deploy(to[0], { ...failure, rollbackOrder, order });
  await account.functions.whenIdle();
  return result;
}

export function isOverlap({ how }: Failing): boolean {
  return 'when' in how;
}

/**
 * Logical ids of the custom resources whose creation or update changed something in the account, so that it can be held
 * up there.
 */
function requestsThatChange({ deviceDefender, functions }: RehearsedAccount, earlier: number): Set<string> {
  const changes = deviceDefender.requests.slice(earlier).filter(
    ({ operation, outcome }) => outcome === 'ok' && !/^(Describe|Get|List)/.test(operation),
  );
  const events = changes.flatMap(
    ({ caller }) => functions.invocationOf(caller)?.payload as { RequestType: string; LogicalResourceId: string } ?? [],
  );
  return new Set(
    events.filter(({ RequestType }) => RequestType !== 'Delete').map(({ LogicalResourceId }) => LogicalResourceId),
  );
}
