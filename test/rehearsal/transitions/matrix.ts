import { disabledChecks } from './real-accounts';
import { danglingPointersOf } from '../../support/rehearsal/account-pointers';
import { AccountState, stateOf } from '../../support/rehearsal/account-state';
import type { StackDefinition } from '../../support/rehearsal/assembly';
import type { OperationResult, RehearsedAccount } from '../../support/rehearsal/rehearsed-account';
import { isSuccess } from '../../support/rehearsal/stack-events';

/** One deployment of a stack that has been deployed before, or is new. */
export interface Transition {
  readonly name: string;
  readonly account: () => Promise<RehearsedAccount>;
  /** What is deployed beforehand, in order. */
  readonly from: readonly StackDefinition[];
  /** What is deployed then, in order: failures are injected into the first. */
  readonly to: readonly StackDefinition[];
  /** Whether a rollback may disable a check and enable it again, without its data. */
  readonly losesData?: boolean;
  /** Why it cannot work; then it is to fail without an injected failure, and to leave the account as it was. */
  readonly cannotWork?: string;
}

interface Cell {
  readonly logicalId: string;
  readonly phase: 'before' | 'after';
  readonly rollbackOrder: 'reverse' | 'dependencies';
  /** Among resources that do not depend on each other: every second cell has the other order. */
  readonly order: 'first' | 'last';
  /** What is wrong, if anything. */
  readonly flaw?: string;
  /** What the account points at and is deleted. */
  readonly dangling: readonly string[];
  /** What the function was not allowed to do. */
  readonly denied: readonly string[];
}

interface Row {
  readonly transition: Transition;
  readonly flaw?: string;
  readonly dangling: readonly string[];
  readonly denied: readonly string[];
  readonly cells: readonly Cell[];
}

const DEFAULT_DAYS: Record<string, string> = { DEVICE_CERTIFICATE_AGE_CHECK: '365', DEVICE_CERTIFICATE_EXPIRING_CHECK: '30' };

/** An account, and what it was set to when it was last looked at. */
interface Looked {
  readonly account: RehearsedAccount;
  readonly state: AccountState;
}

/** A test for each transition, and the matrix of all when they have been run. */
export function testTransitions(transitions: readonly Transition[]): void {
  const rows: Row[] = [];

  test.each(transitions.map((transition) => ({ ...transition, transition })))('$name', async ({ transition }) => {
    const row = await rehearseTransition(transition);
    rows.push(row);

    expect(row.flaw).toBeUndefined();
    expect(row.dangling).toEqual([]);
    expect(row.denied).toEqual([]);
    expect(row.cells.filter(({ flaw, dangling, denied }) => flaw !== undefined || dangling.length + denied.length > 0)).toEqual([]);
  }, 60_000);

  afterAll(() => {
    process.stdout.write(`${describeMatrix(rows).join('\n')}\n`);
  });
}

/** Deploys a transition, and before that every rollback of it: with a failure before and after each resource, in both orders. */
async function rehearseTransition(transition: Transition): Promise<Row> {
  let current = await prepared(transition);
  const { changed } = await (await prepared(transition)).account.deploy(transition.to[0]);
  const cells: Cell[] = [];
  for (const logicalId of transition.cannotWork === undefined ? changed : []) {
    for (const phase of ['before', 'after'] as const) {
      for (const rollbackOrder of isCreation(transition) ? ['reverse'] as const : ['reverse', 'dependencies'] as const) {
        const order = (changed.indexOf(logicalId) + cells.length + (phase === 'after' ? 1 : 0)) % 2 === 0 ? 'first' : 'last';
        const cell = { logicalId, phase, rollbackOrder, order } as const;
        const flaw = await flawOfRollback(current, transition, cell);
        cells.push({ ...cell, flaw, dangling: danglingIn(current), denied: denialsIn(current) });
        // An account that is as it was serves again: what a rollback leaves must not disturb the next deployment.
        if (flaw !== undefined) current = await prepared(transition);
      }
    }
  }
  const flaw = await flawOfDeployment(current, transition);
  return { transition, cells, flaw, dangling: danglingIn(current), denied: denialsIn(current) };
}

/** Whether the rollback deletes everything, always in the reverse order. */
function isCreation({ from, to }: Transition): boolean {
  return !from.some(({ stackName }) => stackName === to[0].stackName);
}

async function prepared({ account: start, from }: Transition): Promise<Looked> {
  const account = await start();
  for (const definition of from) {
    const { outcome, events } = await account.deploy(definition);
    if (!isSuccess(outcome)) throw new Error(`The preparation failed: ${JSON.stringify(events.filter(({ reason }) => reason))}`);
  }
  return { account, state: comparable(await stateOf(account)) };
}

async function flawOfRollback({ account, state }: Looked, transition: Transition, cell: Omit<Cell, 'flaw' | 'dangling' | 'denied'>): Promise<string | undefined> {
  const { to, losesData } = transition;
  const disabledEarlier = disabledChecks(account).length;
  const { logicalId, phase, rollbackOrder, order } = cell;
  const result = await account.deploy(to[0], { failAt: { logicalId, phase }, rollbackOrder, order });
  await account.functions.whenIdle();
  if (result.outcome !== (isCreation(transition) ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE')) return describeFailure(result);
  const interrupted = disabledChecks(account).slice(disabledEarlier).filter((check) => check in state.checks);
  if (interrupted.length > 0 && losesData !== true) return `disabled on the way: ${interrupted.join(', ')}`;
  return difference(state, comparable(await stateOf(account)));
}

async function flawOfDeployment({ account, state }: Looked, { to, cannotWork }: Transition): Promise<string | undefined> {
  const disabledEarlier = disabledChecks(account).length;
  for (const definition of to) {
    const result = await account.deploy(definition);
    await account.functions.whenIdle();
    if (cannotWork !== undefined) {
      if (isSuccess(result.outcome)) return 'works after all';
      return result.outcome.endsWith('ROLLBACK_COMPLETE') ? difference(state, comparable(await stateOf(account))) : result.outcome;
    }
    if (!isSuccess(result.outcome)) return describeFailure(result);
  }
  const { checks } = await stateOf(account);
  const interrupted = disabledChecks(account).slice(disabledEarlier).filter((check) => check in state.checks && check in checks);
  return interrupted.length > 0 ? `disabled on the way: ${interrupted.join(', ')}` : undefined;
}

function danglingIn({ account }: Looked): string[] {
  return danglingPointersOf(account).map(({ what, arn }) => `${what} ${arn}`);
}

/** Those since the last look. */
function denialsIn({ account }: Looked): string[] {
  return [...new Set(account.permissions.denials.splice(0).map(({ action, resource }) => `${action} on ${resource}`))];
}

function describeFailure({ outcome, events }: OperationResult): string {
  const reasons = events.filter(({ reason, status }) => reason && status.endsWith('FAILED')).map(({ reason }) => reason);
  return `${outcome}: ${reasons.join(' | ')}`;
}

/**
 * The API can remove neither a target nor a threshold: a target that is switched off counts as none, and so does AWS's
 * default threshold when it is written out.
 */
export function comparable(state: AccountState): AccountState {
  const checks = Object.entries(state.checks).map(([name, check]) => {
    const [days] = Object.values(check.configuration ?? {});
    return [name, days === DEFAULT_DAYS[name] ? { enabled: check.enabled } : check];
  });
  return {
    ...state, checks: Object.fromEntries(checks), notificationTarget: state.notificationTarget?.enabled ? state.notificationTarget : undefined,
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
  const lines = rows.map(({ transition: { name, cannotWork }, cells, flaw }) => {
    const fine = cells.filter((cell) => cell.flaw === undefined).length;
    const rollbacks = cannotWork === undefined ? `${fine}/${cells.length} rollbacks` : `cannot work: ${cannotWork}`;
    return `${flaw === undefined ? 'ok ' : 'NOT'} ${name.padEnd(70)} ${rollbacks}${flaw === undefined ? '' : ` ${flaw}`}`;
  });
  const cells = rows.flatMap((row) => row.cells);
  const ends = [...cells, ...rows];
  const possible = rows.filter(({ transition }) => transition.cannotWork === undefined);
  return [
    ...lines,
    `${rows.length} transitions: ${possible.length} deploy, ${rows.length - possible.length} are refused and roll back; `
      + `${cells.length} injected failures, ${cells.filter(({ flaw }) => flaw === undefined).length} leave the account as it was`,
    `${ends.filter(({ dangling }) => dangling.length > 0).length} of ${ends.length} leave the account pointing at something deleted`,
    `in ${ends.filter(({ denied }) => denied.length > 0).length} of ${ends.length} the function lacks a permission`,
  ];
}
