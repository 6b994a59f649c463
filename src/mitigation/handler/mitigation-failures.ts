import {
  AuditFinding, AuditMitigationActionExecutionMetadata, DescribeAuditFindingCommand,
  ListAuditMitigationActionsExecutionsCommand,
} from '@aws-sdk/client-iot';
import { AuditReader, DESCRIBING_PACE, LARGEST_PAGE } from '../../function/runtime/audit-reader';
import { asError } from '../../function/runtime/log';
import { shorten } from '../../private/printable';
import { MitigationPlan, NamedFailure } from '../protocol';
import { NAMED_RESOURCES, namedResource } from './affected-resources';
import { findingIdsOf, RequestResult } from './mitigation-results';

/** Findings whose executions one report looks up. */
const MOST_LOOKUPS = 250;

/** Bytes of an error. */
const LONGEST_ERROR = 200;

/** Errors that may pass by themselves. AWS documents no codes. */
const PASSING = /throttl|internal|timeout|unavailable/i;

/** A finding that could not be mitigated. */
export interface FailedFinding {
  readonly findingId: string;

  /** Undefined if only its id is known. */
  readonly finding?: AuditFinding;

  /** The place of its check in the plan. */
  readonly check: number;

  /** The action that failed and those after it, which were skipped: the others must not be applied twice. */
  readonly actions: readonly string[];
  readonly error: string;

  /** True if the error may pass by itself. */
  readonly isPassing: boolean;
}

/** Looks up which findings failed, and why: one call for each, so only for some of them. */
export async function readFailures(
  plan: MitigationPlan, results: readonly RequestResult[], reader: AuditReader,
): Promise<readonly FailedFinding[]> {
  const failures: FailedFinding[] = [];
  let lookups = 0;
  for (const result of results) {
    let missing = result.failed;
    if (missing === 0) {
      continue;
    }
    for await (const finding of findingsOf(plan, result, reader)) {
      if (missing === 0 || lookups === MOST_LOOKUPS) {
        break;
      }
      lookups++;
      const failure = await readFailure(result, finding, plan.checks[result.check].actions, reader);
      if (failure) {
        failures.push(failure);
        missing--;
      }
    }
  }
  return failures;
}

/** Failures by name, for people. */
export async function nameFailures(
  plan: MitigationPlan, failures: readonly FailedFinding[], reader: AuditReader,
): Promise<readonly NamedFailure[]> {
  const named: NamedFailure[] = [];
  for (const { finding, findingId, check, error } of failures.slice(0, NAMED_RESOURCES)) {
    const known = finding ?? await describe(findingId, reader);
    named.push({
      ...known ? namedResource(known) : {
        checkName: plan.checks[check].checkName, resource: `finding ${findingId}`, reason: 'no longer kept by AWS',
      },
      error,
    });
  }
  return named;
}

/** The findings of a request; those of a whole check are read from the audit. */
async function *findingsOf(
  plan: MitigationPlan, { request, check }: RequestResult, reader: AuditReader,
): AsyncGenerator<Pick<FailedFinding, 'findingId' | 'finding'>> {
  const findingIds = findingIdsOf(request);
  if (findingIds.length > 0) {
    yield* findingIds.map((findingId) => ({ findingId }));
    return;
  }
  const { checkName } = plan.checks[check];
  for await (const finding of reader.findingsOf(plan.auditTaskId, checkName, { suppressed: false })) {
    if (finding.findingId) {
      yield { findingId: finding.findingId, finding };
    }
  }
}

async function readFailure(
  { request: { TaskId: taskId }, check }: RequestResult,
  { findingId, finding }: Pick<FailedFinding, 'findingId' | 'finding'>, actions: readonly string[],
  reader: AuditReader,
): Promise<FailedFinding | undefined> {
  const executions: AuditMitigationActionExecutionMetadata[] = [];
  for await (const execution of reader.pages(async (nextToken) => {
    const page = await reader.ask((iot, options) => iot.send(new ListAuditMitigationActionsExecutionsCommand({
      taskId, findingId, maxResults: LARGEST_PAGE, nextToken,
    }), options));
    return { items: page.actionsExecutions, nextToken: page.nextToken };
  })) {
    executions.push(execution);
  }
  const failed = executions.find(({ status }) => status === 'FAILED');
  if (!failed) {
    return undefined;
  }
  const error = [failed.errorCode, failed.message].filter(Boolean).join(': ');
  const done = executions.filter(({ status }) => status === 'COMPLETED').map(({ actionName }) => actionName);
  return {
    findingId, finding, check, error: shorten(error || 'no reason given', LONGEST_ERROR),
    actions: actions.filter((name) => !done.includes(name)), isPassing: PASSING.test(error),
  };
}

async function describe(findingId: string, reader: AuditReader): Promise<AuditFinding | undefined> {
  try {
    const { finding } = await reader.ask((iot, options) => iot.send(
      new DescribeAuditFindingCommand({ findingId }), options));
    return finding;
  } catch (error) {
    if (asError(error).name === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  } finally {
    await reader.pause(DESCRIBING_PACE);
  }
}

