import type { AfterAuditReport } from './after-audit';
import { AuditReport, NotificationReport, Place, placeOf } from './audit-reports';
import { DISCLAIMERS } from './disclaimers';
import { AccountState, stateOf } from '../cloudformation/account-state';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import { StackEvent, StackStatus, isSuccess } from '../cloudformation/rehearsed-stack';

/** The result of a rehearsal: the document that `--format json` prints. */
export interface RehearsalReport {
  /** A description of the model, with a list of what is unverified. */
  readonly disclaimer: string;
  /** `failed` if the deployment, or the deletion that was asked for, would fail. */
  readonly outcome: 'succeeded' | 'failed';
  /** The reason why nothing was deployed: the app cannot be synthesized, or the previous assembly fails. */
  readonly reason?: string;
  /** One entry for each operation on a stack, in order: `--delete` adds a second one. */
  readonly stacks: readonly StackReport[];
  readonly audits: readonly AuditReport[];
  readonly notifications: readonly NotificationReport[];
  /** What followed the audits of each account: events, mitigation, and the audit after it. */
  readonly afterAudit: readonly AfterAuditReport[];
  /** The rest of each account after the deletion of the stacks; absent without `--delete`. */
  readonly remains?: readonly RemainsReport[];
}

export interface StackReport {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly operation: 'deploy' | 'delete';
  /** The last status; `REFUSED` if CloudFormation, or the rehearsal, would not begin. */
  readonly status: StackStatus | 'REFUSED';
  /** The reason of a refusal. */
  readonly reason?: string;
  /** Numbers of resources that were created, updated, deleted, or retained by their policies. */
  readonly resources: Readonly<Record<'created' | 'updated' | 'deleted' | 'retained', number>>;
  readonly failures: readonly (ResourceReport & { readonly action: 'create' | 'update' | 'delete' })[];
  /** Custom resources with functions that the rehearsal cannot run; they are taken for done. */
  readonly notRehearsed: readonly ResourceReport[];
}

export interface ResourceReport {
  /** The path of the construct in its stack, or the logical id. */
  readonly resource: string;
  readonly type: string;
  readonly reason: string;
}

export interface RemainsReport extends Place, AccountState {
  readonly resources: readonly (ResourceReport & { readonly physicalId: string })[];
}

const IS_STACK = 'AWS::CloudFormation::Stack';

export function emptyReport(): RehearsalReport {
  return { disclaimer: DISCLAIMERS, outcome: 'succeeded', stacks: [], audits: [], notifications: [], afterAudit: [] };
}

/** @param end the status, or why nothing began */
export function stackReportOf(
  stackName: string, account: RehearsedAccount, operation: StackReport['operation'],
  end: StackStatus | { readonly refusal: string }, events: readonly StackEvent[],
): StackReport {
  const ofResources = events.filter(({ resourceType }) => resourceType !== IS_STACK);
  const count = (status: string) => ofResources.filter((event) => event.status === status).length;
  return {
    stackName,
    ...placeOf(account),
    operation,
    ...(typeof end === 'string' ? { status: end } : { status: 'REFUSED', reason: end.refusal }),
    resources: {
      created: count('CREATE_COMPLETE'), updated: count('UPDATE_COMPLETE'), deleted: count('DELETE_COMPLETE'),
      retained: count('DELETE_SKIPPED'),
    },
    failures: ofResources
      .filter(({ status }) => status.endsWith('FAILED'))
      .map((event) => ({
        action: actionOf(event),
        ...resourceReportOf(event, event.reason ?? ''),
      })),
    notRehearsed: ofResources.flatMap((event) =>
      event.notRehearsed === undefined ? [] : resourceReportOf(event, event.notRehearsed),
    ),
  };
}

export function succeeded({ status }: StackReport): boolean {
  return status !== 'REFUSED' && isSuccess(status);
}

export function actionOf({ status }: Pick<StackEvent, 'status'>): 'create' | 'update' | 'delete' {
  return status.split('_')[0].toLowerCase() as 'create' | 'update' | 'delete';
}

/**
 * The construct as its author knows it: its path without the stack and without the child that is the resource itself.
 */
export function nameOf({ path, logicalId }: Pick<StackEvent, 'path' | 'logicalId'>): string {
  return path?.split('/').slice(1).join('/').replace(/\/(Resource|Default)$/, '') || logicalId;
}

/** The state of an account without its stacks. */
export async function remainsOf(account: RehearsedAccount): Promise<RemainsReport> {
  const resources = account.left.map((resource) => {
    const { type, why, physicalId } = resource;
    return { resource: nameOf(resource), type, reason: why, physicalId };
  });
  return { ...placeOf(account), resources, ...await stateOf(account) };
}

function resourceReportOf(
  event: Pick<StackEvent, 'path' | 'logicalId' | 'resourceType'>, reason: string,
): ResourceReport {
  return { resource: nameOf(event), type: event.resourceType, reason };
}
