import { ALWAYS_FAIL, CHECKS, EVENTS, EventCase, Operation } from './on-demand-audit-events';
import { Fault, FaultKind } from '../../../rehearsal/device-defender/faults';
import { Answer } from '../../../rehearsal/services/surrounding-services';
import { SurroundingOperation } from '../../../rehearsal/services/surrounding-wire-format';
import { directFetch } from '../../../rehearsal/test/support/direct-fetch';
import { FunctionEnvironment } from '../../support/function-environment';

interface FaultShape {
  readonly kind: FaultKind;
  readonly times: number;
}

// Answers to CloudFormation take no socket.
globalThis.fetch = directFetch;

/** The faults that any call may meet. */
const FAULTS: readonly FaultShape[] = [
  { kind: 'throttle', times: 3 }, { kind: 'throttle', times: Infinity },
  { kind: 'internalError', times: 3 }, { kind: 'internalError', times: Infinity },
  { kind: 'hang', times: 1 }, { kind: 'hang', times: Infinity },
  { kind: 'dropConnection', times: 2 }, { kind: 'dropConnection', times: Infinity },
  { kind: 'dropAfterEffect', times: 1 },
  { kind: 'accessDenied', times: 2 }, { kind: 'accessDenied', times: Infinity },
];

/** The other errors that AWS documents for an operation; for the response URL any refusal of S3. */
const REFUSALS: Partial<Record<Operation, readonly FaultKind[]>> = {
  StartOnDemandAuditTask: ['limitExceeded', 'invalidRequest'],
  DescribeAuditTask: ['invalidRequest', 'notFound'],
  CancelAuditTask: ['invalidRequest', 'notFound'],
  ListAuditTasks: ['invalidRequest'],
  DescribeStacks: ['invalidRequest'],
  CreateLogStream: ['invalidRequest', 'limitExceeded', 'notFound'],
  PutLogEvents: ['invalidRequest', 'notFound'],
  GetLogEvents: ['invalidRequest', 'notFound'],
  Invoke: ['invalidRequest', 'notFound'],
  PutAnswer: ['invalidRequest'],
};

function faultsOf(operation: Operation): FaultShape[] {
  return [...FAULTS, ...(REFUSALS[operation] ?? []).map((kind) => ({ kind, times: Infinity }))];
}

/** Long enough for every patience of the function, and shorter than Lambda's limit: each minute costs attempts. */
const FUNCTION_TIME = 300_000;

interface FaultOf extends FaultShape {
  readonly operation: Operation;
}

/** Waiting for a place among ten running audits, and for a check that was enabled a moment ago, is part of starting. */
const PASSING_REFUSALS: readonly FaultOf[] = [
  { operation: 'StartOnDemandAuditTask', kind: 'limitExceeded', times: 5 },
  { operation: 'StartOnDemandAuditTask', kind: 'invalidRequest', times: 2 },
];

/** After a start with a lost answer, the function calls operations that it does not call otherwise. */
const LOST_START: FaultOf = { operation: 'StartOnDemandAuditTask', kind: 'dropAfterEffect', times: 1 };
const AFTER_LOST_START: readonly Operation[] = ['ListAuditTasks', 'DescribeAuditTask'];

interface Cell {
  readonly event: EventCase;
  readonly faults: readonly FaultOf[];
}

const CELLS: readonly Cell[] = EVENTS.flatMap((event) => {
  const startsAudit = event.touches.includes('StartOnDemandAuditTask');
  return [
    { event, faults: [] },
    ...event.touches.flatMap(
      (operation) => faultsOf(operation).map((fault) => ({ event, faults: [{ operation, ...fault }] })),
    ),
    ...startsAudit ? PASSING_REFUSALS.map((fault) => ({ event, faults: [fault] })) : [],
    ...startsAudit ? AFTER_LOST_START.flatMap((operation) => faultsOf(operation).map((fault) => (
      { event, faults: [LOST_START, { operation, ...fault }] }))) : [],
  ];
});

describe('every event with every fault', () => {
  const output: string[] = [];
  let write: jest.SpyInstance;

  beforeEach(() => {
    output.length = 0;
    write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      output.push(String(line));
      return true;
    });
  });

  afterEach(() => write.mockRestore());

  afterAll(() => {
    process.stdout.write(`${CELLS.length} cases: ${EVENTS.length} events, each alone, `
      + 'with every fault of every operation that it needs, '
      + 'and with every fault of what it does after a lost answer\n');
  });

  test.each(
    CELLS.map(({ event, faults }) => ({ event, faults, name: event.name, fault: describeFaults(faults) })),
  )('$name: $fault', async ({ event, faults }) => {
    const environment = await FunctionEnvironment.startDirect();
    environment.functionTime = FUNCTION_TIME;
    try {
      await environment.enableChecks(...CHECKS);
      let requestsBefore = 0;
      let auditsBefore = 0;
      await event.happen(environment, () => {
        requestsBefore = environment.iot.requests.length;
        auditsBefore = environment.iot.audits.length;
        addFaults(environment, faults);
      });

      const expected = expectation(event, faults);
      expectAnswers(environment.answers, expected);

      expect(environment.iot.audits.length - auditsBefore).toBeLessThanOrEqual(expected.started);
      const statuses = environment.iot.audits.map(({ status }) => status);
      expect(statuses.filter((status) => status !== 'CANCELED').length).toBeGreaterThanOrEqual(expected.kept);
      if (!expected.orphan) {
        expect(
          statuses.filter((status) => status === 'IN_PROGRESS').length,
        ).toBeLessThanOrEqual(expected.kept);
      }

      if (faults.length === 0) {
        const requests = [...environment.iot.requests.slice(requestsBefore), ...environment.services.requests];
        expect([...new Set(requests.map(({ operation }) => operation))].sort()).toEqual([...event.touches].sort());
      }
      // Readers of the log must not be able to answer in the function's name.
      expect(output.join('')).not.toContain('/answers/');
    } finally {
      await environment.stop();
    }
  });
});

interface Expectation {
  readonly fails: boolean;
  readonly leastAnswers: number;
  readonly mostAnswers: number;

  /** True if only the first answer is correct, which is the one that CloudFormation takes. */
  readonly firstCounts: boolean;

  /** The numbers of audits that are started at most, and that are left in the end. */
  readonly started: number;
  readonly kept: number;

  /** True if an audit may be left that could not be found or canceled. */
  readonly orphan: boolean;
}

function expectation(event: EventCase, faults: readonly FaultOf[]): Expectation {
  const [first, second] = faults;
  const { operation, kind } = first ?? {};
  const lasting = (fault?: FaultOf) => fault?.times === Infinity;
  // An unknown status of the stack: the audit goes on as in any other stack.
  const blind = lasting(first) && operation === 'DescribeStacks' && event.name === 'create while the stack already '
    + 'rolls back';
  // Nothing noted is no failure: the audit is looked for among those that run.
  const isEmptyMemory = operation === 'GetLogEvents' && kind === 'notFound';
  const fails = !blind && (ALWAYS_FAIL.includes(event.name) || lasting(second)
    || (lasting(first) && event.essential.includes(operation) && !isEmptyMemory));
  const answerLost = lasting(first) && operation === 'PutAnswer';
  const wanted = blind ? 1 : event.wanted;
  // Two invocations that cannot read each other's notes both answer; CloudFormation takes the first answer.
  const unread = Boolean(event.followed && lasting(first) && operation === 'GetLogEvents');
  const repeats = kind === 'dropAfterEffect' && ['PutAnswer', 'Invoke'].includes(operation);
  return {
    fails: fails && !unread,
    leastAnswers: answerLost ? 0 : 1,
    mostAnswers: answerLost ? 0 : repeats || unread || (event.followed && fails) ? 2 : 1,
    firstCounts: unread,
    started: event.leftBehind ? 0 : wanted,
    kept: event.kept + (fails || answerLost ? 0 : wanted),
    orphan: Boolean(lasting(second) || (event.leftBehind && fails) || (
      lasting(first) && operation === 'CancelAuditTask'
    )),
  };
}

function expectAnswers(answers: readonly Answer[], expected: Expectation): void {
  expect(answers.length).toBeGreaterThanOrEqual(expected.leastAnswers);
  expect(answers.length).toBeLessThanOrEqual(expected.mostAnswers);
  for (const answer of expected.firstCounts ? answers.slice(0, 1) : answers) {
    expect(answer.Status).toBe(expected.fails ? 'FAILED' : 'SUCCESS');
    expect(answer.Reason ?? '').toMatch(expected.fails ? /^[a-z].{20,}/ : /^$/);
  }
}

function addFaults(environment: FunctionEnvironment, faults: readonly FaultOf[]): void {
  for (const { operation, kind, times } of faults) {
    if (kind === 'hang') environment.callTimeout = times === Infinity ? FUNCTION_TIME : 10_000;
    const fault = { operation, kind, times };
    environment.iot.faults.add(fault as Fault);
    environment.services.faults.add(fault as Fault<SurroundingOperation>);
  }
}

function describeFaults(faults: readonly FaultOf[]): string {
  const described = faults.map(
    ({ operation, kind, times }) => `${operation} ${kind} ${times === Infinity ? 'for good' : `x${times}`}`,
  );
  return described.join(', then ') || 'no fault';
}
