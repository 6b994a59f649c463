import { AwsCalls } from './aws-calls';
import { CustomResourceDispatcher } from './custom-resource-dispatcher';
import { Invocation, InvocationClients } from './invocation';
import { log } from './log';
import { FunctionContext } from './request';
import { handleMessage } from '../../events/handler/audit-messages';
import { carryOutStep } from '../../mitigation/handler/mitigation-steps';
import { MitigationStep, STEP } from '../../mitigation/protocol';
import { measureAges } from '../../monitoring/handler/audit-ages';
import { publishNotice } from '../../monitoring/handler/audit-notice';
import { archiveFindings } from '../../monitoring/handler/findings-archiving';
import { ARCHIVE_FINDINGS, AUDIT_AGES, AuditAgesRequest, PUBLISH_NOTICE } from '../../monitoring/protocol';

/** A message in a queue, as Lambda delivers it. */
interface QueueRecord {
  readonly eventSource: 'aws:sqs';
  readonly messageId?: string;
  readonly body: string;
}

/** The handlers of messages that rules of this library send, by their only member. Others tell of an audit. */
const HANDLERS: Readonly<Record<string, (request: unknown, invocation: Invocation) => Promise<void>>> = {
  [PUBLISH_NOTICE]: publishNotice,
  [ARCHIVE_FINDINGS]: archiveFindings,
};

export interface InvocationDispatcherProps {
  readonly customResources: Pick<CustomResourceDispatcher, 'dispatch'>;
  readonly calls: AwsCalls;
  readonly clients: InvocationClients;

  /** Without one, the function does nothing but ignore events. */
  readonly stackId: string | undefined;
}

/**
 * Carries out whatever the function is invoked for: requests of CloudFormation, messages, steps of state machines, and
 * measurements on a schedule.
 */
export class InvocationDispatcher {
  constructor(private readonly props: InvocationDispatcherProps) {}

  /** @throws for messages and steps that could not be carried out: their senders repeat them, or keep them */
  public async dispatch(event: unknown, context: FunctionContext): Promise<unknown> {
    const { calls, clients, customResources, stackId = '' } = this.props;
    if (hasRecords(event)) {
      for (const { body, messageId } of event.Records) {
        log('message', { messageId });
        await handleRecord(body, new Invocation({ clients, calls, context, stackId }));
      }
      return undefined;
    }
    if (isStep(event)) {
      log('step', { step: event[STEP] });
      return carryOutStep(event, new Invocation({ clients, calls, context, stackId }));
    }
    if (isAgesRequest(event)) {
      return measureAges(event, new Invocation({ clients, calls, context, stackId }));
    }
    return customResources.dispatch(event, context);
  }
}

async function handleRecord(body: string, invocation: Invocation): Promise<void> {
  const [[member, request] = [], ...others] = membersOf(body);
  const isOwn = member !== undefined && others.length === 0 && Object.hasOwn(HANDLERS, member);
  return isOwn ? HANDLERS[member](request, invocation) : handleMessage(body, invocation);
}

/** None if the message is no JSON object: whoever handles it says so. */
function membersOf(body: string): [name: string, value: unknown][] {
  try {
    return Object.entries(asObject(JSON.parse(body)));
  } catch {
    return [];
  }
}

function hasRecords(event: unknown): event is { readonly Records: readonly QueueRecord[] } {
  const { Records: records } = asObject(event);
  return Array.isArray(records) && records.length > 0
    && records.every((record) => asObject(record).eventSource === 'aws:sqs' && typeof asObject(record).body === 'string');
}

function isStep(event: unknown): event is MitigationStep {
  return typeof asObject(event)[STEP] === 'string';
}

function isAgesRequest(event: unknown): event is AuditAgesRequest {
  const audits = asObject(event)[AUDIT_AGES];
  return Array.isArray(audits) && audits.every((audit) => typeof asObject(audit).scheduledAuditName === 'string');
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
}
