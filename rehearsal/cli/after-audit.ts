import {
  DescribeAuditMitigationActionsTaskCommand, ListAuditMitigationActionsTasksCommand,
} from '@aws-sdk/client-iot';
import { AlarmReport, evaluateAlarms, isAlarmNotification } from './alarm-reports';
import { AuditReport, Place, auditReportsOf, placeOf } from './audit-reports';
import type { Chronicle, Entry, GivenAnswer } from './chronicle';
import { ExecutionReport, executionReportOf } from './execution-reports';
import type { Patience } from './patience';
import { NameOf, resourceNames } from './resource-names';
import { StoredObjectReport, storedObjectsOf } from './stored-objects';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { FleetChange } from '../device-defender/fleet-change';

/** What followed the audits of an account. */
export interface AfterAuditReport extends Place {
  /** What happened, in order. */
  readonly steps: readonly Step[];
  readonly executions: readonly ExecutionReport[];
  /** The alarms on metrics, after everything else; absent if there are none. */
  readonly alarms?: readonly AlarmReport[];
  /** What functions have put into buckets, such as an archive of findings; absent if there is nothing. */
  readonly storedObjects?: readonly StoredObjectReport[];
  /** Numbers of messages that are left in queues: to be tried again later, or in dead-letter queues. */
  readonly messagesLeft: { readonly inQueues: number; readonly inDeadLetterQueues: number };
  /** Milliseconds after which the rehearsal stopped waiting for executions that go on; absent if all came to rest. */
  readonly stoppedWaitingAfter?: number;
  /** What mitigation changed in the fleet, in order. */
  readonly fleetChanges: readonly FleetChange[];
  /** The audit after the mitigation, of which nobody is notified; absent if nothing was mitigated. */
  readonly nextAudit?: NextAuditReport;
}

export type Step = EventStep | MessageStep | AnswerStep | MitigationTaskStep;

interface Timed {
  /** ISO 8601. */
  readonly time: string;
}

/** An event on the default bus. */
export interface EventStep extends Timed {
  readonly step: 'event';
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** The rules that matched, with their targets: the names are those of constructs, or the last parts of ARNs. */
  readonly deliveries: readonly {
    readonly rule: string; readonly target: string; readonly targetArn: string; readonly outcome: string;
  }[];
}

/** A message to a topic, except for the notifications of audits and of alarms. */
export interface MessageStep extends Timed {
  /**
   * A report is one of automatic mitigation; a notice tells people of an audit; a question is what a state machine asks
   * to get an answer.
   */
  readonly step: 'message' | 'report' | 'notice' | 'question';
  readonly topic: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly text: string;
}

/** The answer to the question before it. */
export interface AnswerStep extends Timed {
  readonly step: 'answer';
  readonly answer: GivenAnswer;
}

/** A mitigation task, at the time of its end. */
export interface MitigationTaskStep extends Timed {
  readonly step: 'mitigation task';
  readonly taskId: string;
  /** The audit whose findings it mitigated. */
  readonly auditTaskId: string;
  readonly status: string;
  readonly checks: readonly {
    readonly checkName: string;
    /** Names of mitigation actions, in order. */
    readonly actions: readonly string[];
    /** Numbers of findings. */
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
    readonly canceled: number;
  }[];
}

export interface NextAuditReport extends AuditReport {
  /** The audit that was mitigated first. */
  readonly before?: Pick<AuditReport, 'taskId' | 'nonCompliantChecks' | 'totalChecks'>;
  /** Ids of certificates with findings although they are inactive by now. */
  readonly inactiveCertificates: readonly string[];
}

const DAY = 86_400_000;
/** Milliseconds of silence after which nothing more is expected. */
const SILENCE = 100;
/** The attribute of the library's messages, with their kind as its value. */
const OWN_MESSAGE = 'cdk-iot-fleet-audit';

/**
 * Waits for whatever follows the audits of an account, and then runs another audit if something was mitigated.
 */
export async function followAudits(
  account: RehearsedAccount, chronicle: Chronicle, audits: readonly AuditReport[], patience: Patience,
): Promise<AfterAuditReport> {
  const hasSettled = await patience.waitFor(settled(account));
  // Faults disturb what follows an audit, not the questions about it.
  account.deviceDefender.faults.clear();
  const names = resourceNames(account);
  const alarms = evaluateAlarms(account, names);
  // What they publish may lead to something.
  const hasCalmedDown = await patience.waitFor(settled(account));
  const tasks = await mitigationTasksOf(account);
  const { messaging: { queues, deadLetters }, stateMachines, services, deviceDefender: { fleet } } = account;
  const storedObjects = storedObjectsOf(services, names);
  const queued = queues.all.reduce((count, queue) => count + queue.inspect().length, 0);
  const report = {
    ...placeOf(account),
    steps: stepsOf(account, chronicle, tasks, names),
    executions: stateMachines.executions.map((execution) => executionReportOf(execution, stateMachines, names)),
    ...alarms.length > 0 && { alarms },
    ...storedObjects.length > 0 && { storedObjects },
    messagesLeft: { inQueues: queued - deadLetters.length, inDeadLetterQueues: deadLetters.length },
    ...hasSettled && hasCalmedDown ? {} : { stoppedWaitingAfter: patience.longest },
    fleetChanges: [...fleet.changes],
  };
  const isMitigated = tasks.some(({ checks }) => checks.some(({ succeeded }) => succeeded > 0));
  return isMitigated ? { ...report, nextAudit: await auditAgain(account, audits, tasks) } : report;
}

export function isEmpty({ alarms = [], steps, executions, messagesLeft }: AfterAuditReport): boolean {
  const { inDeadLetterQueues, inQueues } = messagesLeft;
  return steps.length + executions.length + alarms.length + inQueues + inDeadLetterQueues === 0;
}

/** Until everything rests. */
export async function settled({ functions, stateMachines }: RehearsedAccount): Promise<void> {
  // Messages and executions bring about each other.
  for (let before = -1; before !== stateMachines.executions.length;) {
    before = stateMachines.executions.length;
    await functions.whenSilent(SILENCE);
    await stateMachines.whenSettled();
  }
}

/** Audits what is enabled. Nobody is notified, so that nothing follows. */
async function auditAgain(
  account: RehearsedAccount, audits: readonly AuditReport[], tasks: readonly MitigationTaskStep[],
): Promise<NextAuditReport> {
  const { deviceDefender } = account;
  const { auditCheckConfigurations = {} } = deviceDefender.ask('DescribeAccountAuditConfiguration', {});
  const targetCheckNames = Object.keys(auditCheckConfigurations).filter(
    (name) => auditCheckConfigurations[name].enabled,
  );
  deviceDefender.onPublished = undefined;
  const { taskId } = deviceDefender.ask('StartOnDemandAuditTask', { targetCheckNames });
  const report = (await auditReportsOf(account)).find((audit) => audit.taskId === taskId)!;
  const found = report.findings.flatMap(({ nonCompliantResource }) =>
    nonCompliantResource?.resourceIdentifier?.deviceCertificateId ?? []);
  const before = audits.find(({ taskId: id }) => tasks.some(({ auditTaskId }) => auditTaskId === id));
  return {
    ...report,
    ...before && {
      before: {
        taskId: before.taskId, nonCompliantChecks: before.nonCompliantChecks, totalChecks: before.totalChecks,
      },
    },
    inactiveCertificates: [...new Set(found)].filter(
      (id) => deviceDefender.fleet.certificates.get(id)?.status === 'INACTIVE',
    ),
  };
}

function stepsOf(
  account: RehearsedAccount, { entries }: Chronicle, tasks: readonly MitigationTaskStep[], names: NameOf,
): Step[] {
  const steps: Step[] = [...tasks, ...entries.flatMap((entry) => stepOf(entry, account, names) ?? [])];
  return steps.sort((one, other) => one.time.localeCompare(other.time));
}

/** Nothing for the notification of an audit or of an alarm, which is told elsewhere. */
function stepOf(entry: Entry, { messaging: { targets } }: RehearsedAccount, names: NameOf): Step | undefined {
  const time = timeOf(entry.time);
  if ('answer' in entry) return { step: 'answer', time, answer: entry.answer };
  if ('event' in entry) {
    const { id, source, detail, 'detail-type': detailType } = entry.event;
    const deliveries = targets.deliveries.filter(({ eventId }) => eventId === id)
      .map(({ ruleName, arn, outcome }) => ({ rule: names(ruleName), target: names(arn), targetArn: arn, outcome }));
    return { step: 'event', time, source, detailType, detail, deliveries };
  }
  const { isQuestion, message: { topicArn, subject, message: text, attributes = {} } } = entry;
  const ownKind = attributes[OWN_MESSAGE]?.StringValue === 'notice' ? 'notice' : 'report';
  const kind = Object.hasOwn(attributes, OWN_MESSAGE) ? ownKind : 'message';
  if (subject === undefined ? isAuditNotification(text) : isAlarmNotification(text)) return undefined;
  return {
    step: isQuestion ? 'question' : kind, time, topic: names(topicArn), topicArn,
    ...subject === undefined ? {} : { subject }, text,
  };
}

function isAuditNotification(text: string): boolean {
  try {
    const { taskId, taskType } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return taskId !== undefined && taskType !== undefined;
  } catch {
    return false;
  }
}

async function mitigationTasksOf({ iot }: RehearsedAccount): Promise<MitigationTaskStep[]> {
  const span = { startTime: new Date(Date.now() - DAY), endTime: new Date(Date.now() + DAY) };
  const { tasks = [] } = await iot.send(new ListAuditMitigationActionsTasksCommand({ ...span, maxResults: 250 }));
  return Promise.all(tasks.map(async ({ taskId }) => {
    const {
      auditCheckToActionsMapping: actions = {}, endTime, target, taskStatistics = {}, taskStatus,
    } = await iot.send(new DescribeAuditMitigationActionsTaskCommand({ taskId }));
    const checks = Object.entries(taskStatistics).map(([checkName, counts]) => ({
      checkName, actions: actions[checkName] ?? [], succeeded: counts.succeededFindingsCount ?? 0,
      failed: counts.failedFindingsCount ?? 0, skipped: counts.skippedFindingsCount ?? 0,
      canceled: counts.canceledFindingsCount ?? 0,
    }));
    return {
      step: 'mitigation task', time: timeOf(endTime?.getTime() ?? Date.now()), taskId: taskId!,
      auditTaskId: target!.auditTaskId!, status: taskStatus!, checks,
    } as const;
  }));
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
