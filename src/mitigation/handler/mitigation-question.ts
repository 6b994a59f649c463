import {
  asciiLine, LONGEST_SUBJECT, paragraphs, plural, section, timeOf,
} from '../../function/runtime/message-text';
import { shorten } from '../../private/printable';
import { DECLINED_ERROR, MitigationOutcome, MitigationPlan, Outcome } from '../protocol';
import { actionsOf, allowanceOf, headOf, LONGEST_TITLE, resourceLine } from './mitigation-wording';

const HOUR = 3_600_000;

/** Bytes of what would be done. What follows must never be cut. */
const LONGEST_DESCRIPTION = 28_000;

export interface QuestionProps {
  readonly consoleUrl: string;
  readonly region: string;

  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The message to approvers, around the two places of the token that answers. */
export function approvalQuestion(
  plan: MitigationPlan, { consoleUrl, region, now }: QuestionProps,
): NonNullable<MitigationOutcome['question']> {
  const asked = plan.checks.filter(({ outcome }) => outcome === Outcome.ASKED);
  const isAsked = ({ checkName }: { readonly checkName: string }) =>
    asked.some((check) => check.checkName === checkName);
  const resources = plan.resources.filter(isAsked);
  const affected = asked.reduce((sum, { affectedResources }) => sum + affectedResources, 0);
  const more = affected - resources.length;
  const title = `${shorten(plan.title, LONGEST_TITLE)}: approve mitigation of ${plural(affected, 'resource')}?`;
  const what = paragraphs([
    [title],
    [
      `Audit ${plan.auditTaskId}${plan.taskStartTime === undefined ? '' : `, started ${timeOf(plan.taskStartTime)}`}`,
      consoleUrl,
    ],
    section('What would be done, the worst first:', asked.map((check) =>
      `  ${headOf(check)}: ${actionsOf(check)}; ${allowanceOf(check)}`)),
    section('To these resources:', [
      ...resources.map(resourceLine), ...more > 0 ? [`  and ${plural(more, 'more resource')}`] : [],
    ]),
  ], LONGEST_DESCRIPTION);
  return {
    subject: asciiLine(title, LONGEST_SUBJECT),
    before: `${what}\n${deadlineOf(plan, now)}\n\nTo approve:\n  aws stepfunctions send-task-success --region ${region} --task-token `,
    between: ' --task-output \'{}\'\n\nTo decline:\n  aws stepfunctions send-task-failure '
      + `--region ${region} --task-token `,
    after: ` --error ${DECLINED_ERROR}\n\nBefore anything is touched, the numbers are read again: what was repaired `
      + 'is left out, and nothing more is added.\n',
  };
}

/** The time until which an answer counts: then the question or the audit is too old. */
function deadlineOf({ approvalHours, outdatedTime }: MitigationPlan, now: number): string {
  const times = [
    approvalHours === undefined ? Infinity : now + approvalHours * HOUR,
    outdatedTime === undefined ? Infinity : Date.parse(outdatedTime),
  ];
  const until = Math.min(...times);
  const lead = Number.isFinite(until) ? `Answer until ${timeOf(new Date(until).toISOString())}. ` : '';
  return `${lead}If nobody answers, nothing is touched.`;
}
