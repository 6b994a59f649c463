import { LogLevel } from '@aws-sdk/client-iot';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingAttribute, AdoptedLoggingEvent, AdoptedLoggingProperties } from './adopted-logging-protocol';
import { AccountLogging, FoundLogging, logs } from './live-logging.lambda-shared';
import { asError, describeError } from '../private/custom-resource/aws-calls.lambda-shared';
import { CreationRecords } from '../private/custom-resource/creation-records.lambda-shared';
import { CustomResourceEvent } from '../private/custom-resource/custom-resource-event.lambda-shared';
import {
  CustomResourceHandler, Invocation, LEFT_TO_ANOTHER_INVOCATION, Outcome, Result,
} from '../private/custom-resource/custom-resource-handler.lambda-shared';
import { failWith } from '../private/custom-resource/fail-with.lambda-shared';
import { FunctionClients } from '../private/custom-resource/function-clients.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';
import { packRecord, requireFittingId, unpackRecord } from '../private/custom-resource/packed-record.lambda-shared';
import { RequestJournal } from '../private/custom-resource/request-journal.lambda-shared';
import { listStackResources } from '../private/custom-resource/stack-resources.lambda-shared';
import { readStackStatus } from '../private/custom-resource/stack-status.lambda-shared';

/** For questions that decide what to do. */
const PATIENCE = 120_000;

const NOTING = 'the function could not note in its log group what it found';

/**
 * Sets the account's logging, or leaves alone what there is, and remembers what it found.
 */
export class AdoptedLoggingHandler implements CustomResourceHandler {
  constructor(private readonly props: FunctionClients) {}

  public async handle(event: CustomResourceEvent, invocation: Invocation): Promise<Result> {
    if (event.RequestType === 'Delete') {
      await this.delete(event, invocation);
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    const known = event.RequestType === 'Update' ? parseId(event.PhysicalResourceId) : undefined;
    if (known) {
      await this.change(event, invocation);
      return outcome(event.PhysicalResourceId!, known.found);
    }
    const [logging, live] = await this.describe(invocation);
    const journal = this.journalOf(event, invocation);
    const entries = await journal.open().catch(failWith(NOTING));
    if (entries === 'taken') {
      return LEFT_TO_ANOTHER_INVOCATION;
    }
    const noted = entries.find((entry) => 'found' in entry);
    const found = noted ? noted.found as FoundLogging | null : live ?? null;
    const physicalResourceId = requireFittingId(`logging.${packRecord(found)}`);
    await journal.note({ found }).catch(failWith(NOTING));
    await new CreationRecords(this.props.logs, event, invocation).add(physicalResourceId).catch(failWith(NOTING));
    log('found', { ...found });
    await this.set(event, live, logging);
    return outcome(physicalResourceId, found);
  }

  public async takeBack(): Promise<void> {
    // CloudFormation will not know the answer, and rolls back: with a delete or an update that finds what was noted.
  }

  public async answered(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    if (event.RequestType === 'Create') {
      await this.journalOf(event, invocation).tryToNote({ answered: true });
    }
  }

  private async change(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    try {
      const [logging, live] = await this.describe(invocation);
      await this.set(event, live, logging);
    } catch (error) {
      // A rollback that is not allowed to succeed leaves a stuck stack, so in doubt it is one.
      if (!/ROLLBACK/.test(await this.statusOfStack(event, invocation) ?? 'ROLLBACK')) {
        throw error;
      }
      log('the rollback goes on without it', { error: describeError(asError(error)) });
    }
  }

  private async describe({ calls, workUntil }: Invocation): Promise<[AccountLogging, FoundLogging | undefined]> {
    const logging = new AccountLogging(this.props.iot, calls, workUntil);
    return [logging, await logging.describe().catch(failWith('the function could not read what the account logs'))];
  }

  private async statusOfStack(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<string | undefined> {
    return readStackStatus(this.props.cloudFormation, event.StackId, calls, Math.min(workUntil, calls.clock.now() + PATIENCE));
  }

  private async set(event: CustomResourceEvent, live: FoundLogging | undefined, logging: AccountLogging): Promise<void> {
    const { RoleArn, DefaultLogLevel, Events, Keep } = propertiesOf(event);
    const ownRoles = [RoleArn, (event.OldResourceProperties as AdoptedLoggingProperties | undefined)?.RoleArn];
    if (Keep === 'true' && logs(live) && !ownRoles.includes(live?.role)) {
      log('the account logs already: left as it is', { role: live?.role });
      return;
    }
    const hadEvents = (event.OldResourceProperties as AdoptedLoggingProperties | undefined)?.Events;
    const events = Events ?? (hadEvents ? [] : undefined);
    await logging.set({
      roleArn: RoleArn, defaultLogLevel: DefaultLogLevel as LogLevel, disableAllLogs: false, eventConfigurations: events?.map(renderEvent),
    }).catch(failWith('AWS IoT did not accept the logging options'));
    log('logging set', { role: RoleArn, level: DefaultLogLevel });
  }

  /** What cannot be done is logged: the deletion of a stack must not hang on it. In doubt the account goes on logging. */
  private async delete(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    const status = await this.statusOfStack(event, invocation);
    const inRollback = status?.includes('ROLLBACK') ?? false;
    const identity = parseId(event.PhysicalResourceId)
      ?? (inRollback ? parseId(await new CreationRecords(this.props.logs, event, invocation).latest()) : undefined);
    const { WhenRemoved, RoleArn } = propertiesOf(event);
    if (!status || !identity || (!inRollback && WhenRemoved === 'LEAVE')) {
      log('left as it is', { status });
      return;
    }
    const [logging, live] = await this.describe(invocation);
    if (live?.role !== RoleArn || (!inRollback && await this.hasSuccessor(event, invocation))) {
      log('left alone: somebody else has set the logging', { role: live?.role });
      return;
    }
    await logging.putBack(inRollback || WhenRemoved === 'PUT_BACK' ? identity.found ?? undefined : undefined);
    log('put back or switched off', { ...identity.found });
  }

  /** Whether another construct of the stack sets the logging by now: the same one under a new name. */
  private async hasSuccessor(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<boolean> {
    const resources = await listStackResources(this.props.cloudFormation, event.StackId, calls, workUntil);
    return resources.some(({ type, logicalId, isLeaving }) => type === ADOPTED_LOGGING_TYPE && logicalId !== event.LogicalResourceId && !isLeaving);
  }

  private journalOf(event: CustomResourceEvent, { calls, context, workUntil }: Invocation): RequestJournal {
    return new RequestJournal(event.RequestId, { calls, logs: this.props.logs, logGroupName: context.logGroupName, until: workUntil });
  }
}

function propertiesOf(event: CustomResourceEvent): AdoptedLoggingProperties {
  return event.ResourceProperties as unknown as AdoptedLoggingProperties;
}

function parseId(physicalResourceId: string | undefined): { readonly found: FoundLogging | null } | undefined {
  const [, packed] = /^logging\.([\w-]+)$/.exec(physicalResourceId ?? '') ?? [];
  return packed === undefined ? undefined : { found: unpackRecord(packed) as FoundLogging | null };
}

function outcome(physicalResourceId: string, found: FoundLogging | null): Outcome {
  return { physicalResourceId, data: { [AdoptedLoggingAttribute.FOUND_LOGGING]: JSON.stringify(found) } };
}

function renderEvent({ EventType, LogLevel: level, LogDestination }: AdoptedLoggingEvent) {
  return { eventType: EventType, logLevel: level as LogLevel | undefined, logDestination: LogDestination };
}
