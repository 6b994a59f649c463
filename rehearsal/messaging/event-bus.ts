import { EventPattern, matches } from './event-pattern';
import { idOf } from './queue';
import type { TargetInput } from './target-input';
import type { Place } from '../cloudformation/generic-resources';
import { isObject } from '../cloudformation/template';
import { Refusal } from '../services/stand-in';

/** An event as rules match it and targets get it. */
export interface BusEvent {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': string;
  readonly 'source': string;
  readonly 'account': string;
  /** ISO 8601, in whole seconds. */
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': Readonly<Record<string, unknown>>;
}

/** An entry of PutEvents. */
export interface EventEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  /** JSON. */
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  readonly EventBusName?: string;
  /** Seconds since 1970. */
  readonly Time?: number;
}

export interface PutEventsOutput {
  readonly FailedEntryCount: number;
  readonly Entries: readonly (
    { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string }
  )[];
}

export interface EntryFailure {
  readonly code: string;
  readonly message: string;
}

export interface RuleTarget extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  /** The role that EventBridge assumes for it, such as to start an execution. */
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: EventPattern;
  readonly targets: readonly RuleTarget[];
  readonly isEnabled: boolean;
}

const MOST_ENTRIES = 10;
/**
 * Bytes of all entries of a request. The documents that could be read say 256 KB; a larger limit has been announced
 * since, which is unverified: what fits here fits there.
 */
const LARGEST_REQUEST = 256 * 1024;
const LONGEST_DETAIL_TYPE = 128;

/**
 * EventBridge's default bus: keeps every event, and hands those that match a rule to its targets.
 *
 * There is no other bus. Texts of errors are those seen in public, or inferred.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export class EventBus {
  /** Every event, in order. */
  readonly events: BusEvent[] = [];
  place: Place = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
  /** Called for each event, before rules look at it. */
  onPublished: ((event: BusEvent) => void) | undefined;
  /** Takes an event that matches a rule, for one of its targets. */
  onMatch: ((event: BusEvent, target: RuleTarget, rule: Rule) => void) | undefined;
  private readonly rules = new Map<string, Rule>();

  /** @param now milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  putRule(rule: Rule): void {
    this.rules.set(rule.name, rule);
  }

  removeRule(name: string): void {
    this.rules.delete(name);
  }

  /**
   * @param first the failure of the first entry, if a test wants it to fail
   * @throws Refusal if the request as a whole is not valid
   */
  putEvents(
    { Entries: entries = [] }: { readonly Entries?: readonly EventEntry[] }, first?: EntryFailure,
  ): PutEventsOutput {
    requireValidRequest(entries);
    const results = entries.map((entry, index) => {
      const failure = (index === 0 ? first : undefined) ?? failureOf(entry, this.place);
      if (failure !== undefined) return { ErrorCode: failure.code, ErrorMessage: failure.message };
      return { EventId: this.publish(entry) };
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  /**
   * Publishes a valid entry, also of a service, whose events nobody else may put.
   *
   * @returns the id of the event
   */
  publish({ Source, DetailType, Detail, Resources = [], Time }: EventEntry): string {
    const { accountId, region } = this.place;
    const time = Time === undefined ? this.now() : Time * 1000;
    const event: BusEvent = {
      'version': '0',
      'id': idOf(`event ${this.events.length}`),
      'detail-type': DetailType!,
      'source': Source!,
      'account': accountId,
      'time': `${new Date(time).toISOString().slice(0, 19)}Z`,
      region,
      'resources': Resources,
      'detail': JSON.parse(Detail!) as BusEvent['detail'],
    };
    this.events.push(event);
    this.onPublished?.(event);
    const matching = [...this.rules.values()].filter(({ isEnabled, pattern }) => isEnabled && matches(pattern, event));
    for (const rule of matching) {
      for (const target of rule.targets) this.onMatch?.(event, target, rule);
    }
    return event.id;
  }
}

/** An entry without source, detail type or detail fails alone; if none has them all, the request does. */
function requireValidRequest(entries: readonly EventEntry[]): void {
  if (entries.length === 0 || entries.length > MOST_ENTRIES) {
    const limit = entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ENTRIES}`;
    throw refused(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${limit}`,
    );
  }
  if (entries.reduce((size, entry) => size + sizeOf(entry), 0) > LARGEST_REQUEST) {
    throw refused('Total size of the entries in the request is over the limit.');
  }
  const missing = entries.map(missingIn);
  if (missing.every((name) => name !== undefined)) throw refused(textForMissing(missing[0]!));
}

function failureOf(entry: EventEntry, place: Place): EntryFailure | undefined {
  const missing = missingIn(entry);
  if (missing !== undefined) return { code: 'InvalidArgument', message: textForMissing(missing) };
  if (entry.Source!.startsWith('aws.')) {
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  }
  if (entry.DetailType!.length > LONGEST_DETAIL_TYPE) {
    return { code: 'InvalidArgument', message: 'Parameter DetailType is not valid.' };
  }
  if (!isJsonObject(entry.Detail!)) return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  if (busArn(entry, place) !== busArn({}, place)) {
    return { code: 'ResourceNotFoundException', message: `Event bus ${entry.EventBusName} does not exist.` };
  }
  return undefined;
}

/** The ARN of the bus that an entry names, or of the default one. */
export function busArn({ EventBusName = 'default' }: EventEntry, { partition, region, accountId }: Place): string {
  if (EventBusName.startsWith('arn:')) return EventBusName;
  return `arn:${partition}:events:${region}:${accountId}:event-bus/${EventBusName}`;
}

function missingIn(entry: EventEntry): string | undefined {
  return (['Source', 'DetailType', 'Detail'] as const).find((name) => !entry[name]);
}

function textForMissing(name: string): string {
  return `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
}

/** As the user guide calculates it. */
function sizeOf({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: EventEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((size, text) => size + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function refused(message: string): Refusal {
  return new Refusal(400, 'ValidationException', message);
}
