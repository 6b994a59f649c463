import { checkLines, failureLine, findingLine, Notice, severityLine, summaryOf } from './notice-wording';
import { paragraphs, section } from '../../function/runtime/message-text';

/** Bytes of a description: a block of text in Slack has room for 3,000 characters. */
const LONGEST_DESCRIPTION = 2_900;

/** Bytes of the lines about checks, so that findings have room. */
const LONGEST_CHECKS = 1_200;

/** Lines of failed checks. */
const MOST_FAILED = 3;

/** What could be a mention, a link or the end of a code span also within one. All other markup is plain text there. */
const MARKUP = /[<>&@`]/g;

/**
 * The notice in the schema for custom notifications of Amazon Q Developer in chat applications.
 *
 * Slack and Microsoft Teams have little markup in common. What devices or people can name is in a code span, without
 * the characters that could mention somebody, link to somewhere or end the span.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function chatMessageOf(notice: Notice): string {
  const { audit: { scheduledAuditName, taskId, taskStatus = '' }, consoleUrl, checks, findings, failedChecks } = notice;
  const summary = inert(summaryOf(notice));
  const worst = checks.find(({ nonCompliantResources }) => nonCompliantResources > 0)?.severity ?? 'NONE';
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id: taskId,
    content: {
      textType: 'client-markdown',
      title: summary,
      description: paragraphs([
        [paragraphs([[severityLine(notice), ...checkLines(notice)].map(inert)], LONGEST_CHECKS).trimEnd()],
        section('The worst findings:', findings.map((finding) => code(findingLine(finding)))),
        section('Not carried out:', failedChecks.slice(0, MOST_FAILED).map((check) => code(failureLine(check)))),
      ], LONGEST_DESCRIPTION).trimEnd(),
      nextSteps: [`Look at the audit: ${consoleUrl}`],
      keywords: [worst, ...scheduledAuditName === undefined ? [] : [inert(scheduledAuditName)]],
    },
    metadata: {
      summary,
      eventType: 'IoT Device Defender Audit Completed',
      additionalContext: { taskId, taskStatus, highestSeverity: worst },
    },
  });
}

function code(line: string): string {
  return `\`${inert(line)}\``;
}

function inert(text: string): string {
  return text.replace(MARKUP, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`);
}
