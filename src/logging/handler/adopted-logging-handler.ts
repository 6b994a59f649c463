import { LogLevel } from '@aws-sdk/client-iot';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingAttribute, AdoptedLoggingEvent, AdoptedLoggingProperties } from '../protocol';
import { AccountLogging, FoundLogging, logs } from './live-logging';
import { asError, describeError, failureKindOf } from '../../function/runtime/aws-calls';
import { CustomResourceHandler, Outcome } from '../../function/runtime/custom-resource-handler';
import { log } from '../../function/runtime/log';
import { packRecord, requireFittingId, unpackRecord } from '../../function/runtime/packed-record';
import { Request } from '../../function/runtime/request';
import { DeletionFailure, RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';

type LoggingRequest = Request<AdoptedLoggingProperties>;

/** What a physical id remembers. */
interface LoggingIdentity {
  /** What there was; null if nobody had set any. */
  readonly found: FoundLogging | null;
}

const NOTING = 'the function could not note in its log group what it found';

/**
 * Sets the account's logging, or leaves alone what there is, and remembers what it found.
 */
export class AdoptedLoggingHandler implements CustomResourceHandler {
  public async handle(request: LoggingRequest): Promise<Outcome> {
    const { event } = request;
    if (event.RequestType === 'Delete') {
      await this.delete(request);
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    requireRole(request.properties);
    const known = event.RequestType === 'Update' ? parseId(event.PhysicalResourceId) : undefined;
    if (!known) {
      return this.adopt(request);
    }
    await this.change(request).catch((error) => {
      if (!request.mayGoBack || error instanceof RequestCancelled) {
        throw error;
      }
      log('the rollback goes on without it', { error: describeError(asError(error)) });
    });
    return outcome(event.PhysicalResourceId!, known.found);
  }

  public async takeBack(): Promise<void> {
    // CloudFormation will not know the answer, and rolls back: with a delete or an update that finds what was noted.
  }

  private async adopt(request: LoggingRequest): Promise<Outcome> {
    const { memory } = request;
    request.requireMemory();
    const logging = new AccountLogging(request);
    const live = await describe(logging);
    const noted = memory.earlier.find((entry) => 'found' in entry);
    const found = noted ? noted.found as FoundLogging | null : live ?? null;
    const isLeft = isLeftAlone(request, live);
    const physicalResourceId = identify(found, isLeft);
    await memory.note({ found, created: physicalResourceId }).catch(failWith(NOTING));
    log('found', { ...found });
    await this.set(request, live, logging);
    return outcome(physicalResourceId, found);
  }

  private async change(request: LoggingRequest): Promise<void> {
    const logging = new AccountLogging(request);
    await this.set(request, await describe(logging), logging);
  }

  private async set(request: LoggingRequest, live: FoundLogging | undefined, logging: AccountLogging): Promise<void> {
    const { RoleArn, DefaultLogLevel, Events } = request.properties;
    if (isLeftAlone(request, live)) {
      log('the account logs already: left as it is', { role: live?.role });
      return;
    }
    const events = Events ?? (request.formerProperties?.Events ? [] : undefined);
    await logging.set({
      roleArn: RoleArn, defaultLogLevel: DefaultLogLevel as LogLevel, disableAllLogs: false, eventConfigurations: events?.map(renderEvent),
    }).catch(failWith('AWS IoT did not accept the logging options'));
    log('logging set', { role: RoleArn, level: DefaultLogLevel });
  }

  /** Fails rather than leave the account logging with a role that CloudFormation deletes next. */
  private async delete(request: LoggingRequest): Promise<void> {
    const { event, memory, properties: { WhenRemoved, RoleArn }, stack: { status } } = request;
    const identity = parseId(event.PhysicalResourceId) ?? parseId(memory.createdId());
    if (!identity) {
      log('left as it is: nothing was changed');
      return;
    }
    if (!status) {
      throw new DeletionFailure('the function could not ask CloudFormation what the deletion is for, so it changed nothing; delete again');
    }
    const inRollback = status.includes('ROLLBACK');
    const isSuperseded = memory.newestId !== undefined && memory.newestId !== event.PhysicalResourceId && parseId(event.PhysicalResourceId);
    if (isSuperseded) {
      log('left as it is: the resource has another id by now');
      return;
    }
    if (!inRollback && (WhenRemoved === 'LEAVE' || await this.hasSuccessor(request))) {
      log('left as it is', { status });
      return;
    }
    const logging = new AccountLogging(request);
    try {
      const live = await logging.describe();
      if (live?.role !== RoleArn) {
        log('left alone: somebody else has set the logging', { role: live?.role });
        return;
      }
      await this.putBack(logging, inRollback || WhenRemoved === 'PUT_BACK' ? identity.found : null);
    } catch (error) {
      throw new DeletionFailure('the account\'s logging could not be put back, and may still use the role of this stack '
        + `(${describeError(asError(error))}); delete again when AWS IoT lets the function change it, or retain this resource`);
    }
  }

  private async putBack(logging: AccountLogging, found: FoundLogging | null): Promise<void> {
    try {
      await logging.putBack(found?.role ? found : undefined);
      log('put back or switched off', { ...found });
    } catch (error) {
      if (!found?.role || failureKindOf(asError(error)) !== 'denied') {
        throw error;
      }
      // A role that nobody named: level and events go back, the role of this stack stays.
      log('put back except for the role, which the function may not pass: name it in previousRoles', { error: describeError(asError(error)), ...found });
      await logging.putBack({ ...found, role: undefined });
    }
  }

  /** Tells if another construct of the stack sets the logging by now: the same one under a new name. */
  private async hasSuccessor({ event, stack }: LoggingRequest): Promise<boolean> {
    const resources = await stack.resources();
    return resources.some(({ type, logicalId, isLeaving }) => type === ADOPTED_LOGGING_TYPE && logicalId !== event.LogicalResourceId && !isLeaving);
  }
}

/** @throws RequestFailure unless there is a role to log with, as the construct always gives */
function requireRole({ RoleArn, DefaultLogLevel }: Partial<AdoptedLoggingProperties>): void {
  if (typeof RoleArn !== 'string' || typeof DefaultLogLevel !== 'string') {
    throw new RequestFailure('the properties RoleArn and DefaultLogLevel must be given; define the resource with Logging');
  }
}

async function describe(logging: AccountLogging): Promise<FoundLogging | undefined> {
  return logging.describe().catch(failWith('the function could not read what the account logs'));
}

/** True if the template only counts in an account that does not log, and this one logs with a role that is not of the stack. */
function isLeftAlone({ properties, formerProperties }: LoggingRequest, live: FoundLogging | undefined): boolean {
  const ownRoles = [properties.RoleArn, formerProperties?.RoleArn];
  return properties.Keep === 'true' && logs(live) && !ownRoles.includes(live?.role);
}

/** Events of logging that is left alone need no memory, and may be too many for an id. */
function identify(found: FoundLogging | null, isLeft: boolean): string {
  const remembered = isLeft && found ? { ...found, events: undefined } : found;
  return requireFittingId(`logging.${packRecord(remembered)}`);
}

function parseId(physicalResourceId: string | undefined): LoggingIdentity | undefined {
  const [, packed] = /^logging\.([\w-]+)$/.exec(physicalResourceId ?? '') ?? [];
  return packed === undefined ? undefined : { found: unpackRecord(packed) as FoundLogging | null };
}

function outcome(physicalResourceId: string, found: FoundLogging | null): Outcome {
  return { physicalResourceId, data: { [AdoptedLoggingAttribute.FOUND_LOGGING]: found } };
}

function renderEvent({ EventType, LogLevel: level, LogDestination }: AdoptedLoggingEvent) {
  return { eventType: EventType, logLevel: level as LogLevel | undefined, logDestination: LogDestination };
}
