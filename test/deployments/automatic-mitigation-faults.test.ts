import { ALL_APPLIED, DAY, LOGS_APPLIED, MitigationLab } from './mitigation-lab';
import type { FaultKind } from '../../rehearsal/device-defender/faults';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { captureLog } from '../support/function-log';

/** A call that the function or the state machine makes after an audit. */
interface Call {
  readonly operation: string;
  readonly isOfFunction: boolean;
}

/** Something that happens to a call, or to the function while it waits for the answer. */
interface Trouble {
  readonly name: string;
  readonly kind: FaultKind;
  readonly isKill?: true;
  readonly onlyFunction?: true;
}

const ERRORS: readonly Trouble[] = (
  ['throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'dropConnection', 'dropAfterEffect'] as const
).map((kind) => ({ name: kind, kind }));

const KILLS: readonly Trouble[] = [
  { name: 'killed before', kind: 'hang', isKill: true, onlyFunction: true },
  { name: 'killed after', kind: 'hangAfterEffect', isKill: true, onlyFunction: true },
];

const ALL_TROUBLES: readonly Trouble[] = [
  ...ERRORS,
  { name: 'hang', kind: 'hang', onlyFunction: true },
  { name: 'hangAfterEffect', kind: 'hangAfterEffect', onlyFunction: true },
  ...KILLS,
];

/** One of each kind: refused before its effect, unanswered after it, and the death of the function around it. */
const FEW_TROUBLES: readonly Trouble[] = [
  ...ERRORS.filter(({ kind }) => kind === 'throttle' || kind === 'dropAfterEffect'), ...KILLS,
];

/** What is done with the question, and how the lab is to end whatever happens on the way. */
interface Story {
  readonly answer?: 'approve' | 'decline';

  /** The number of times that the message about the audit comes. */
  readonly deliveries?: number;

  /** True if only the calls after the question are disturbed. */
  readonly isAfterQuestion?: true;
  readonly troubles: readonly Trouble[];
}

const APPLIED = {
  certificate: 'INACTIVE', groups: [['quarantine'], ['quarantine']], logs: true, applied: ALL_APPLIED,
};
const REFUSED = { certificate: 'ACTIVE', groups: [[], []], logs: true, applied: [LOGS_APPLIED] };

/** Carries out a story again and again, in one account. */
class Rehearsals {
  static async of(story: Story): Promise<Rehearsals> {
    const lab = await MitigationLab.deploy();
    lab.answer = story.answer && lab[story.answer];
    return new Rehearsals(lab, story);
  }

  /** Ends that are not as they should be. */
  readonly problems: string[] = [];
  cases = 0;

  /** Cases in which a report came twice. */
  repeated = 0;

  private constructor(private readonly lab: MitigationLab, private readonly story: Story) {}

  /** Carries out the story undisturbed, and with each trouble of each call. */
  async all(): Promise<void> {
    const { troubles, isAfterQuestion } = this.story;
    const calls = await this.carryOut('undisturbed', -1);
    const first = isAfterQuestion ? calls.map(({ operation }) => operation).lastIndexOf('GetParameters') : 0;
    for (const [index, { operation, isOfFunction }] of calls.entries()) {
      for (const trouble of troubles.filter(({ onlyFunction }) => isOfFunction || !onlyFunction)) {
        if (index < first) continue;
        const caller = isOfFunction ? 'the function' : 'the machine';
        await this.carryOut(`${trouble.name} of call ${index}, ${operation} of ${caller}`, index, trouble);
      }
    }
    if (process.env.PRINT_CASES) {
      const { answer = 'no answer', deliveries = 1 } = this.story;
      process.stderr.write(`${answer}, ${deliveries} deliveries: ${this.cases} cases over ${calls.length} calls, `
        + `${this.repeated} with a report that came twice\n`);
    }
  }

  private async carryOut(what: string, index: number, trouble?: Trouble): Promise<Call[]> {
    const { lab, story: { answer, deliveries = 1 } } = this;
    lab.breakAgain();
    // So that the records of other cases are no longer read.
    lab.time.pass(8 * DAY);
    const calls = this.disturb(index, trouble);
    const taskId = await lab.audit();
    for (let delivery = 1; delivery < deliveries; delivery++) await lab.repeat(taskId);
    await lab.settle();
    const { executions, reports, applied, published } = await lab.end(taskId);
    const found = { ...lab.state, applied, executions, reports: reports.size, deadLetters: lab.deadLetters };
    const wanted = {
      ...answer === 'approve' ? APPLIED : REFUSED, executions: ['SUCCEEDED'], reports: 2, deadLetters: 0,
    };
    this.cases++;
    if (published.length > 2) this.repeated++;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) this.problems.push(`${what}: ${JSON.stringify(found)}`);
    return calls;
  }

  /** Disturbs one call of those that follow an audit, counted from 0, and notes all of them. */
  private disturb(index: number, trouble?: Trouble): Call[] {
    const { deviceDefender, functions, services, stateMachines } = this.lab.account;
    const calls: Call[] = [];
    const concerns = (operation: string, caller: string | undefined) => {
      if (caller === undefined) return false;
      calls.push({ operation, isOfFunction: functions.invocationOf(caller) !== undefined });
      return calls.length - 1 === index;
    };
    for (const faults of [deviceDefender.faults, services.faults, stateMachines.faults]) {
      faults.clear();
      faults.add({
        kind: trouble?.kind ?? 'throttle', concerns, onTaken: trouble?.isKill && (() => functions.kill()),
      } as never);
    }
    return calls;
  }
}

describe('whatever happens once to a call after an audit, nothing is lost and nothing is applied twice', () => {
  captureLog();
  afterEach(stopAccounts);

  test.each<[string, Story, number, number]>([
    ['with a yes', { answer: 'approve', troubles: ALL_TROUBLES }, 261, 2],
    ['with a yes, if the message comes three times at once',
      { answer: 'approve', deliveries: 3, troubles: FEW_TROUBLES }, 123, 2],
    ['with a no', { answer: 'decline', isAfterQuestion: true, troubles: FEW_TROUBLES }, 15, 1],
    ['without an answer', { isAfterQuestion: true, troubles: FEW_TROUBLES }, 15, 1],
  ])('%s', async (_, story, cases, repeated) => {
    const rehearsals = await Rehearsals.of(story);
    await rehearsals.all();

    expect(rehearsals.problems).toEqual([]);
    expect(rehearsals).toMatchObject({ cases, repeated });
  }, 120_000);
});
