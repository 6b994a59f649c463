import { cut } from './cut';
import { plural } from './event-words';
import type { NameOf } from './resource-names';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { AlarmState } from '../cloudwatch/alarm-evaluation';
import type { AlarmAction } from '../cloudwatch/alarms';
import { dataPointsOf } from '../cloudwatch/data-points';

/** An alarm after an audit and all that followed it. */
export interface AlarmReport {
  /** The alarm's construct, or its name. */
  readonly alarm: string;
  readonly alarmName: string;
  readonly description: string;
  readonly isEvaluated: boolean;
  readonly state: AlarmState;
  /** The values and the threshold, or why the alarm was not evaluated. */
  readonly reason: string;
  /** What was done since the state has changed: a target is a construct, or its name. */
  readonly actions: readonly (AlarmAction & { readonly target: string })[];
}

/** Characters of a line of a description. */
const LONGEST_LINE = 160;

/** Evaluates the alarms of an account, and carries out their actions. */
export function evaluateAlarms(account: RehearsedAccount, names: NameOf): AlarmReport[] {
  const now = Date.now();
  return account.alarms.evaluate(dataPointsOf(account, now), now).map((alarm) => {
    const { actions, description, isEvaluated, name, reason, state } = alarm;
    return {
      alarm: names(name), alarmName: name, description, isEvaluated, state, reason,
      actions: actions.map((action) => ({ ...action, target: names(action.arn) })),
    };
  });
}

/** True for the message that an alarm publishes. */
export function isAlarmNotification(text: string): boolean {
  try {
    const { AlarmArn, NewStateValue } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return AlarmArn !== undefined && NewStateValue !== undefined;
  } catch {
    return false;
  }
}

/** Those that went off with their descriptions, then the others. */
export function alarmLines(reports: readonly AlarmReport[], verbose: boolean): string[] {
  const others = reports.filter((report) => !hasGoneOff(report));
  return [
    ...reports.filter(hasGoneOff).flatMap((report) => [
      lineOf(report), ...descriptionLines(report, verbose), ...actionLines(report),
    ]),
    ...others.flatMap((report) => [lineOf(report), ...actionLines(report)]),
    ...others.some(({ isEvaluated, state }) => isEvaluated && state === 'INSUFFICIENT_DATA') ? [
      '  Rules on a schedule are not carried out: what they would measure, such as the age of an audit, has no data.',
    ] : [],
  ];
}

/** For the summary: nothing if there are no alarms. */
export function alarmSummary(reports: readonly AlarmReport[]): string[] {
  if (reports.length === 0) return [];
  const notEvaluated = reports.filter(({ isEvaluated }) => !isEvaluated).length;
  return [`  alarms: ${reports.filter(hasGoneOff).length} of ${reports.length} went off`
    + (notEvaluated === 0 ? '' : `, ${plural(notEvaluated, 'alarm')} not evaluated`)];
}

function hasGoneOff({ state }: AlarmReport): boolean {
  return state === 'ALARM';
}

function lineOf({ alarm, isEvaluated, reason, state }: AlarmReport): string {
  return isEvaluated ? `  ${alarm}: ${state} (${reason})` : `  ${alarm}: not evaluated, since ${reason}`;
}

function descriptionLines({ description }: AlarmReport, verbose: boolean): string[] {
  const lines = description.split('\n').filter((line) => line !== '');
  return (verbose ? lines : lines.slice(0, 1).map((line) => cut(line, LONGEST_LINE))).map((line) => `    | ${line}`);
}

function actionLines({ actions }: AlarmReport): string[] {
  return actions.map(({ target, outcome }) => `    to ${target}: ${outcome}`);
}
