import { OperationName } from '../../../rehearsal/device-defender/operations';
import { SurroundingOperation } from '../../../rehearsal/services/surrounding-wire-format';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { FunctionEnvironment, LOG_GROUP, STACK_ID } from '../../support/function-environment';

export type Operation = OperationName | SurroundingOperation;

const MINUTE = 60_000;
export const CHECKS = ['DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK'];

const AUDIT: OnDemandAuditProperties = {
  Checks: [{ Name: CHECKS[0], Severity: 'CRITICAL' }, { Name: CHECKS[1], Severity: 'LOW' }],
  Mode: WaitMode.START,
};
const OTHER_AUDIT: OnDemandAuditProperties = { ...AUDIT, Trigger: 'another commit' };
const PATIENT_AUDIT: OnDemandAuditProperties = {
  ...AUDIT, Mode: WaitMode.WAIT, TimeoutSeconds: '1800', FailOnTimeout: 'true',
};

/** An event, its effects without any fault, and the operations that it needs. */
export interface EventCase {
  readonly name: string;

  /** Brings the environment to the point where the event comes, and invokes the function with it. */
  readonly happen: (environment: FunctionEnvironment, addFault: () => void) => Promise<void>;

  /** The number of audits that the event may start. */
  readonly wanted: 0 | 1;

  /** The number of audits of earlier requests that keep running. */
  readonly kept: 0 | 1;

  /** The operations that it calls without any fault. */
  readonly touches: readonly Operation[];

  /** The operations that it fails without. It succeeds even if all others fail for good. */
  readonly essential: readonly Operation[];

  /** True if two invocations work on the event at the same time. */
  readonly followed?: boolean;

  /** True if an earlier try left an audit behind, which cannot be found if listing audits fails for good. */
  readonly leftBehind?: boolean;
}

const STARTING: Operation[] = ['CreateLogStream', 'PutLogEvents', 'StartOnDemandAuditTask'];
const REMEMBERING: Operation[] = ['CreateLogStream', 'PutLogEvents', 'GetLogEvents', 'DescribeStacks', 'PutAnswer'];
const STARTING_TOUCHES: Operation[] = [...REMEMBERING, 'StartOnDemandAuditTask'];
const FOLLOWING: Operation[] = ['CreateLogStream', 'GetLogEvents', 'PutLogEvents', 'DescribeAuditTask'];

export const EVENTS: readonly EventCase[] = [
  {
    name: 'create',
    happen: async (environment, addFault) => {
      addFault();
      await environment.invoke(environment.event({ ResourceProperties: AUDIT }));
    },
    touches: STARTING_TOUCHES,
    wanted: 1, kept: 0, essential: STARTING,
  },
  {
    name: 'create and wait',
    happen: async (environment, addFault) => {
      addFault();
      await environment.invoke(environment.event({ ResourceProperties: PATIENT_AUDIT }));
    },
    touches: [...STARTING_TOUCHES, 'DescribeAuditTask'],
    wanted: 1, kept: 0, essential: [...STARTING, 'DescribeAuditTask'],
  },
  {
    name: 'create and wait beyond the function\'s time',
    happen: async (environment, addFault) => {
      environment.functionTime = 200_000;
      environment.iot.timing.auditDuration = 4 * MINUTE;
      addFault();
      await environment.invoke(environment.event({ ResourceProperties: PATIENT_AUDIT }));
    },
    touches: [...STARTING_TOUCHES, 'DescribeAuditTask', 'Invoke'],
    wanted: 1, kept: 0, essential: [...STARTING, 'DescribeAuditTask', 'Invoke'],
  },
  {
    name: 'update with a relevant change',
    happen: async (environment, addFault) => {
      const PhysicalResourceId = await existingAudit(environment, AUDIT);
      environment.services.stackStatuses.set(STACK_ID, 'UPDATE_IN_PROGRESS');
      addFault();
      await environment.invoke(environment.event({
        RequestType: 'Update', PhysicalResourceId, ResourceProperties: OTHER_AUDIT, OldResourceProperties: { ...AUDIT },
      }));
    },
    touches: STARTING_TOUCHES,
    wanted: 1, kept: 1, essential: STARTING,
  },
  {
    name: 'update without a relevant change',
    happen: async (environment, addFault) => {
      const PhysicalResourceId = await existingAudit(environment, AUDIT);
      addFault();
      await environment.invoke(environment.event({
        RequestType: 'Update', PhysicalResourceId, ResourceProperties: PATIENT_AUDIT,
        OldResourceProperties: { ...AUDIT },
      }));
    },
    touches: [...REMEMBERING, 'DescribeAuditTask'],
    wanted: 0, kept: 1, essential: [],
  },
  {
    name: 'delete, or the rollback of a create',
    happen: async (environment, addFault) => {
      const PhysicalResourceId = await existingAudit(environment, AUDIT);
      environment.services.stackStatuses.set(STACK_ID, 'ROLLBACK_IN_PROGRESS');
      addFault();
      await environment.invoke(environment.event({
        RequestType: 'Delete', PhysicalResourceId, ResourceProperties: AUDIT,
      }));
    },
    touches: ['GetLogEvents', 'DescribeStacks', 'CancelAuditTask', 'PutAnswer'],
    wanted: 0, kept: 0, essential: [],
  },
  {
    name: 'delete of a creation that CloudFormation gave up',
    happen: async (environment, addFault) => {
      addFault();
      await environment.invoke(environment.event({
        RequestType: 'Delete', PhysicalResourceId: 'Fleet-Audit-1ABCDEFGHIJKL', ResourceProperties: AUDIT,
      }));
    },
    touches: ['GetLogEvents', 'DescribeStacks', 'PutAnswer'],
    wanted: 0, kept: 0, essential: [],
  },
  {
    name: 'rollback of an update',
    happen: async (environment, addFault) => {
      const before = await existingAudit(environment, AUDIT);
      const PhysicalResourceId = `${await existingAudit(environment, OTHER_AUDIT)}_${before}`;
      environment.services.stackStatuses.set(STACK_ID, 'UPDATE_ROLLBACK_IN_PROGRESS');
      addFault();
      await environment.invoke(environment.event({
        RequestType: 'Update', PhysicalResourceId, ResourceProperties: AUDIT, OldResourceProperties: { ...OTHER_AUDIT },
      }));
    },
    touches: [...REMEMBERING, 'ListStackResources', 'CancelAuditTask', 'DescribeAuditTask'],
    wanted: 0, kept: 1, essential: [],
  },
  {
    name: 'create while the stack already rolls back',
    happen: async (environment, addFault) => {
      environment.services.stackStatuses.set(STACK_ID, 'ROLLBACK_IN_PROGRESS');
      addFault();
      await environment.invoke(environment.event({ ResourceProperties: PATIENT_AUDIT }));
    },
    touches: REMEMBERING,
    wanted: 0, kept: 0, essential: [],
  },
  {
    name: 'duplicate event in one execution environment',
    happen: async (environment, addFault) => {
      const event = environment.event({ ResourceProperties: AUDIT });
      addFault();
      const invoke = environment.newExecutionEnvironment();
      await invoke(event, { times: 2 });
      await invoke(event);
    },
    touches: STARTING_TOUCHES,
    wanted: 1, kept: 0, essential: STARTING,
  },
  {
    name: 'duplicate event in two execution environments',
    happen: async (environment, addFault) => {
      const event = environment.event({ ResourceProperties: PATIENT_AUDIT });
      addFault();
      await environment.invoke(event, event);
    },
    touches: [...STARTING_TOUCHES, 'DescribeAuditTask'],
    wanted: 1, kept: 0, essential: [...STARTING, 'DescribeAuditTask'], followed: true,
  },
  {
    name: 'event after a try that ended before it noted the audit it started',
    happen: async (environment, addFault) => {
      const event = environment.event({ ResourceProperties: AUDIT });
      note(environment, event.RequestId, { begun: 'Create' });
      await environment.startAudit(...CHECKS);
      environment.time.pass(2 * MINUTE);
      addFault();
      await environment.invoke(event);
    },
    touches: [...FOLLOWING, 'ListAuditTasks', 'DescribeStacks', 'PutAnswer'],
    wanted: 1, kept: 0,
    essential: ['CreateLogStream', 'GetLogEvents', 'PutLogEvents', 'ListAuditTasks', 'DescribeAuditTask'],
    leftBehind: true,
  },
  {
    name: 'event after a try that ended before it answered',
    happen: async (environment, addFault) => {
      const event = environment.event({ ResourceProperties: PATIENT_AUDIT });
      note(environment, event.RequestId, { begun: 'Create' });
      note(environment, event.RequestId, { taskId: await environment.startAudit(...CHECKS) });
      environment.time.pass(2 * MINUTE);
      addFault();
      await environment.invoke(event);
    },
    touches: [...FOLLOWING, 'DescribeStacks', 'PutAnswer'],
    wanted: 1, kept: 0, essential: ['CreateLogStream', 'GetLogEvents', 'PutLogEvents', 'DescribeAuditTask'],
    leftBehind: true,
  },
  {
    name: 'create when the function\'s time is nearly out',
    happen: async (environment, addFault) => {
      addFault();
      await environment.newExecutionEnvironment()(
        environment.event({ ResourceProperties: AUDIT }), { remainingTime: 20_000 },
      );
    },
    touches: REMEMBERING,
    wanted: 0, kept: 0, essential: [],
  },
];

/** The events that fail without any fault. */
export const ALWAYS_FAIL = [
  'create while the stack already rolls back', 'create when the function\'s time is nearly out',
];

async function existingAudit(environment: FunctionEnvironment, properties: OnDemandAuditProperties): Promise<string> {
  const taskId = await environment.startAudit(...CHECKS);
  environment.time.pass(MINUTE);
  return `${digestOf(properties)}.${taskId}`;
}

/** Writes a note of another invocation for a request. */
export function note(environment: FunctionEnvironment, requestId: string, facts: object): void {
  const { logStreams } = environment.services;
  logStreams.set(`${LOG_GROUP}:requests/${requestId}`, []);
  logStreams.set(
    MEMORY, [...logStreams.get(MEMORY) ?? [], JSON.stringify({ time: environment.time.now(), requestId, ...facts })],
  );
}

/** The stream that is the function's memory of the resource of the events. */
export const MEMORY = `${LOG_GROUP}:resources/Audit`;

