import { Failing, deployFailing, failingsOf, isOverlap } from './cells';
import { disabledChecks } from './real-accounts';
import { AccountState, danglingPointersOf, stateOf } from '../../rehearsal/cloudformation/account-state';
import type { StackDefinition } from '../../rehearsal/cloudformation/assembly';
import type {
  OperationResult, RehearsalOptions, RehearsedAccount,
} from '../../rehearsal/cloudformation/rehearsed-account';
import { isSuccess } from '../../rehearsal/cloudformation/rehearsed-stack';
import { GrantedPermission, unusedPermissions } from '../../rehearsal/iam/permission-usage';
import { directFetch } from '../../rehearsal/test/support/direct-fetch';
import { permissionsSoFar } from '../../rehearsal/test/support/running-account';

/** One deployment of a stack that has been deployed before, or is new. */
export interface Transition {
  readonly name: string;
  readonly account: (options?: RehearsalOptions) => Promise<RehearsedAccount>;
  /** What is deployed beforehand, in order. */
  readonly from: readonly StackDefinition[];
  /** What is deployed then, in order: failures are injected into the first. */
  readonly to: readonly StackDefinition[];
  /** The suppressions that the account has in the end, by check and resource. */
  readonly suppressions?: AccountState['suppressions'];
  /** Whether a rollback may disable a check and enable it again, without its data. */
  readonly losesData?: boolean;
  /** Why it cannot work; then it is to fail without an injected failure, and to leave the account as it was. */
  readonly cannotWork?: string;
}

/** How a deployment ended. */
interface End {
  /** What is wrong, if anything. */
  readonly flaw?: string;
  /** What the account points at and is deleted. */
  readonly dangling: readonly string[];
  /** What the function was not allowed to do. */
  readonly denied: readonly string[];
}

interface Row extends End {
  readonly transition: Transition;
  readonly cells: readonly (Failing & End)[];
}

const DEFAULT_DAYS: Record<string, string> = {
  DEVICE_CERTIFICATE_AGE_CHECK: '365', DEVICE_CERTIFICATE_EXPIRING_CHECK: '30',
};

/** An account, and what it was set to when it was last looked at. */
interface Looked {
  readonly account: RehearsedAccount;
  readonly state: AccountState;
}

/**
 * A test for each transition, and the matrix of all when they have been run.
 *
 * @param unneeded kinds of permissions of which these transitions need none
 */
export function testTransitions(transitions: readonly Transition[], unneeded: readonly string[] = []): void {
  const rows: Row[] = [];

  test.each(transitions.map((transition) => ({ ...transition, transition })))('$name', async ({ transition }) => {
    const row = await rehearseTransition(transition);
    rows.push(row);

    expect(row).toMatchObject(FINE);
    expect(row.cells.filter((cell) => !isFine(cell))).toEqual([]);
  }, 120_000);

  test('nothing is permitted that nothing needs', () => {
    expect(rows).toHaveLength(transitions.length);
    expect(unusedKinds()).toEqual(unneeded);
  });

  afterAll(() => {
    process.stdout.write(`${describeMatrix(rows).join('\n')}\n`);
  });
}

const FINE = { flaw: undefined, dangling: [], denied: [] } as const;

function isFine({ flaw, dangling, denied }: End): boolean {
  return flaw === undefined && dangling.length === 0 && denied.length === 0;
}

/**
 * The rollbacks and the last deployment call the stand-ins without the SDK, which would take longer than all else. The
 * deployment that finds out what can fail uses it, and they fail where that one said.
 */
const DIRECT: RehearsalOptions = { isDirect: true };

// Answers to CloudFormation take no socket either.
globalThis.fetch = directFetch;

/**
 * Deploys a transition, and before that every rollback of it, in both orders: with a failure before and after each
 * resource, and
 * with each request of a custom resource still under way.
 */
async function rehearseTransition(transition: Transition): Promise<Row> {
  let current = await prepared(transition, DIRECT);
  const cells: (Failing & End)[] = [];
  for (const failing of transition.cannotWork === undefined ? await failingsOf(
    transition, (await prepared(transition)).account,
  ) : []) {
    const cell = { ...failing, ...await endOf(current, async () => flawOfRollback(current, transition, failing)) };
    cells.push(cell);
    // An account that is as it was serves again: what a rollback leaves must not disturb the next deployment.
    if (!isFine(cell)) current = await prepared(transition, DIRECT);
  }
  return { transition, cells, ...await endOf(current, async () => flawOfDeployment(current, transition)) };
}

async function endOf({ account }: Looked, deploy: () => Promise<string | undefined>): Promise<End> {
  account.permissions.denials.length = 0;
  const flaw = await deploy();
  return {
    flaw,
    dangling: danglingPointersOf(account).map(({ what, arn }) => `${what} ${arn}`),
    // What is cancelled may lack what the rollback has taken back.
    denied: [...new Set(account.permissions.denials.filter(
      ({ requestId }) => !account.cancelledRequests.has(requestId ?? ''),
    )
      .map(({ action, resource }) => `${action} on ${resource}`))],
  };
}

/** Whether the rollback deletes everything. */
function isCreation({ from, to }: Transition): boolean {
  return !from.some(({ stackName }) => stackName === to[0].stackName);
}

async function prepared({ account: start, from }: Transition, options?: RehearsalOptions): Promise<Looked> {
  const account = await start(options);
  for (const definition of from) {
    const { outcome, events } = await account.deploy(definition);
    if (!isSuccess(outcome)) throw new Error(`The preparation failed: ${JSON.stringify(events.filter(({ reason }) => reason))}`);
  }
  return { account, state: comparable(await stateOf(account)) };
}

async function flawOfRollback(
  { account, state }: Looked, transition: Transition, failing: Failing,
): Promise<string | undefined> {
  const disabledEarlier = disabledChecks(account).length;
  const auditsEarlier = account.deviceDefender.audits.length;
  const result = await deployFailing(account, transition, failing);
  if (result.outcome !== (isCreation(transition) ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE')) return describeFailure(result);
  const interrupted = disabledChecks(account).slice(disabledEarlier).filter((check) => check in state.checks);
  if (interrupted.length > 0 && transition.losesData !== true) return `disabled on the way: ${interrupted.join(', ')}`;
  const audits = account.deviceDefender.audits.slice(auditsEarlier).filter(({ status }) => status === 'IN_PROGRESS');
  // Of an audit whose id a killed function never learned, nobody can know; it ends by itself.
  const isUnknown = 'when' in failing.how && failing.how.when === 'killed';
  if (audits.length > 0 && !isUnknown) return 'an audit runs that nobody wants';
  return difference(state, comparable(await stateOf(account)));
}

async function flawOfDeployment(
  { account, state }: Looked, { to, cannotWork, suppressions: promised }: Transition,
): Promise<string | undefined> {
  const disabledEarlier = disabledChecks(account).length;
  for (const definition of to) {
    const result = await account.deploy(definition);
    await account.functions.whenIdle();
    if (cannotWork !== undefined) {
      if (isSuccess(result.outcome)) return 'works after all';
      return result.outcome.endsWith(
        'ROLLBACK_COMPLETE',
      ) ? difference(state, comparable(await stateOf(account))) : result.outcome;
    }
    if (!isSuccess(result.outcome)) return describeFailure(result);
  }
  const { checks, suppressions } = await stateOf(account);
  const ended = JSON.stringify(suppressions);
  if (promised && JSON.stringify(promised) !== ended) return `suppressions not as promised: ${ended}`;
  const interrupted = disabledChecks(account).slice(disabledEarlier).filter(
    (check) => check in state.checks && check in checks,
  );
  return interrupted.length > 0 ? `disabled on the way: ${interrupted.join(', ')}` : undefined;
}

function describeFailure({ outcome, events }: OperationResult): string {
  const reasons = events.filter(({ reason, status }) => reason && status.endsWith('FAILED')).map(
    ({ reason }) => reason,
  );
  return `${outcome}: ${reasons.join(' | ')}`;
}

/**
 * The API can remove neither a target nor logging nor a threshold: what is switched off counts as none, and so does
 * AWS's
 * default threshold when it is written out.
 */
export function comparable(state: AccountState): AccountState {
  const checks = Object.entries(state.checks).map(([name, check]) => {
    const [days] = Object.values(check.configuration ?? {});
    return [name, days === DEFAULT_DAYS[name] ? { enabled: check.enabled } : check];
  });
  return {
    ...state,
    checks: Object.fromEntries(checks),
    notificationTarget: state.notificationTarget?.enabled ? state.notificationTarget : undefined,
    logging: state.logging?.disableAllLogs ? undefined : state.logging,
  };
}

function difference(before: AccountState, after: AccountState): string | undefined {
  const keys = Object.keys(before) as (keyof AccountState)[];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return changed.length === 0 ? undefined
    : changed.map((key) => `${key}: ${JSON.stringify(before[key])} became ${JSON.stringify(after[key])}`).join('; ');
}

/** The matrix as lines of text. */
function describeMatrix(rows: readonly Row[]): string[] {
  const lines = rows.map(({ transition: { name, cannotWork }, cells, ...end }) => {
    const rollbacks = cannotWork === undefined ? `${countFine(cells)} rollbacks` : `cannot work: ${cannotWork}`;
    return `${isFine(end) ? 'ok ' : 'NOT'} ${name.padEnd(70)} ${rollbacks} ${end.flaw ?? ''}`.trimEnd();
  });
  const cells = rows.flatMap((row) => row.cells);
  const ends = [...cells, ...rows];
  const possible = rows.filter(({ transition }) => transition.cannotWork === undefined);
  const overlaps = cells.filter(isOverlap);
  return [
    ...lines,
    `${rows.length} transitions: ${possible.length} deploy, ${rows.length - possible.length} are refused and roll back`,
    `${countFine(cells.filter((cell) => !isOverlap(cell)))} injected failures leave the account as it was`,
    `${countFine(overlaps)} rollbacks that overlap with a request leave the account as it was: ${countPer(overlaps, ({ how }) => Object.values(how).join(' until '))}`,
    `of both, ${countPer(cells, ({ rollbackOrder }) => `rolled back in the order ${rollbackOrder}`)}`,
    `${ends.filter(
      ({ dangling }) => dangling.length > 0,
    ).length} of ${ends.length} leave the account pointing at something deleted`,
    `permissions that nothing needed: ${unusedKinds().join(', ') || 'none'}`,
    `in ${ends.filter(({ denied }) => denied.length > 0).length} of ${ends.length} the function lacks a permission`,
  ];
}

function unusedKinds(): string[] {
  return unusedPermissions(permissionsSoFar, kindOfPermission);
}

/** The policy for a role is named after it. */
function kindOfPermission({ policyName, action }: GrantedPermission): string {
  return `${policyName.replace(/-.*/, '')} ${action}`;
}

function countFine(cells: readonly End[]): string {
  return `${cells.filter(({ flaw }) => flaw === undefined).length}/${cells.length}`;
}

function countPer(cells: readonly (Failing & End)[], kindOf: (failing: Failing) => string): string {
  return [...new Set(cells.map(kindOf))].map(
    (kind) => `${kind} ${countFine(cells.filter((cell) => kindOf(cell) === kind))}`,
  ).join(', ');
}
