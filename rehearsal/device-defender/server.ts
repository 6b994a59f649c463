import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Timing } from './account';
import type { ExpiredSuppressions } from './audit-suppressions';
import { Clock, systemClock } from './clock';
import { DeviceDefender } from './device-defender';
import { DISCLAIMER } from './disclaimer';
import { Fault, Faults, errorOfFault } from './faults';
import { Fleet, FleetDescription } from './fleet';
import { validateInput } from './input-validation';
import type { AuditNotification, FindingMessage, Published, SuppressedCountField } from './notifications';
import type { OperationName, Operations } from './operations';
import { REQUEST_SHAPES } from './request-shapes';
import { matchRoute } from './routes';
import { ServiceError } from './service-error';
import { answerWith, copied, parseBody, refuseWith } from './wire-format';
import {
  Authorize, CallEnd, DirectCall, Reply, StandIn, StandInRequest, callerOf, serverOf,
} from '../services/stand-in';

export interface DeviceDefenderOptions {
  readonly accountId?: string;
  readonly region?: string;
  readonly fleet?: FleetDescription;
  readonly clock?: Clock;
  /** Milliseconds a check of an audit takes. */
  readonly auditDuration?: number;
  /** Other durations; see `Timing`. */
  readonly timing?: Partial<Timing>;
  readonly suppressedCountField?: SuppressedCountField;
  /** Whether expired suppressions are still listed: `stay` if absent. They suppress nothing either way. */
  readonly expiredSuppressions?: ExpiredSuppressions;
  /** A port of one's choice, for a rehearsal that configures its endpoint beforehand. */
  readonly port?: number;
}

export interface ReceivedRequest {
  /** The operation, or method and path where there is none. */
  operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds by the clock of the stand-in. */
  readonly time: number;
  /** The access key id that the request was signed with, if it was. */
  readonly caller: string | undefined;
  /** `pending`, `ok`, the code of an error, or the kind of a fault that left the request without an answer. */
  outcome: string;
}

type ServedEnd = Exclude<CallEnd, { readonly error: unknown }> | { readonly error: ServiceError };

/**
 * AWS IoT Device Defender audit as far as this project uses it, over HTTP on the loopback interface.
 *
 * It is a model built from documentation: read `disclaimer` for what is unverified before drawing conclusions from it.
 * Point an SDK client to it with `endpoint`, or a whole process with the environment variable AWS_ENDPOINT_URL_IOT.
 */
export class DeviceDefenderServer implements StandIn {
  static async start(options: DeviceDefenderOptions = {}): Promise<DeviceDefenderServer> {
    const server = new DeviceDefenderServer(options);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  readonly accountId: string;
  readonly region: string;
  readonly disclaimer = DISCLAIMER;
  readonly faults = new Faults();
  /** Every request received, in order. */
  readonly requests: ReceivedRequest[] = [];
  readonly fleet: Fleet;
  readonly timing: Timing;
  /** Called when a request will get no answer. */
  onHang: (() => void) | undefined;
  /** Called when a request has taken effect, before its answer is sent. */
  onAnswered: ((request: ReceivedRequest) => void) | undefined;
  /** Called for a request of an operation that is not modelled. */
  onUnknown: ((caller: string | undefined, operation: string) => void) | undefined;
  /** Every call is allowed if absent. */
  authorize: Authorize | undefined;
  private readonly clock: Clock;
  private readonly service: DeviceDefender;
  private readonly http: Server;
  private readonly delays = new Set<NodeJS.Timeout>();

  private constructor(options: DeviceDefenderOptions) {
    const { accountId = '123456789012', region = 'eu-west-1', clock = systemClock } = options;
    this.accountId = accountId;
    this.region = region;
    this.clock = clock;
    this.fleet = new Fleet(options.fleet ?? {}, clock.now());
    this.timing = {
      auditDuration: options.auditDuration ?? 20,
      checkDurations: {},
      dataCollectionDurations: {},
      mitigationDuration: 10,
      mitigationStep: 1000,
      ...options.timing,
    };
    const account = { accountId, region, fleet: this.fleet, clock, timing: this.timing };
    this.service = new DeviceDefender(
      account, options.suppressedCountField ?? 'suppressedNonCompliantResourcesCount', options.expiredSuppressions ?? 'stay',
    );
    this.http = serverOf(this);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Audit notifications published so far. */
  get notifications(): readonly Published<AuditNotification>[] {
    return this.service.publications.notifications;
  }

  /** Every audit so far, in the order of their starts. */
  get audits(): ReturnType<DeviceDefender['audits']['all']> {
    return this.service.audits.all();
  }

  /** Findings published so far by mitigation actions. */
  get publishedFindings(): readonly Published<FindingMessage>[] {
    return this.service.publications.findings;
  }

  set onNotification(listener: ((notification: Published<AuditNotification>) => void) | undefined) {
    this.service.publications.onNotification = listener;
  }

  set onPublishedFinding(listener: ((finding: Published<FindingMessage>) => void) | undefined) {
    this.service.publications.onFinding = listener;
  }

  /** Called for everything that is published to a topic. */
  set onPublished(listener: ((published: Published<AuditNotification | FindingMessage>) => void) | undefined) {
    this.service.publications.onPublished = listener;
  }

  /** Starts a scheduled audit now and returns its task id; the service would choose the time itself. */
  runScheduledAudit(name: string): string {
    return this.service.audits.runSchedule(name).taskId;
  }

  /** Requests of one operation, in order. */
  requestsOf(operation: string): ReceivedRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  /** The answer to an operation, or its error, without a request: nothing is logged, and no fault is in the way. */
  ask<Name extends OperationName>(operation: Name, input: Operations[Name][0]): Operations[Name][1] {
    return this.service.perform(
      operation, validateInput(REQUEST_SHAPES[operation], { ...input }),
    ) as Operations[Name][1];
  }

  /** Ends at once: hanging requests are cut, running audits and mitigation tasks stay unfinished. */
  async stop(): Promise<void> {
    for (const delay of this.delays) clearTimeout(delay);
    this.service.stop();
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  async exchange({ method, target, headers, body }: StandInRequest): Promise<Reply> {
    const received = this.log(`${method} ${target}`, callerOf(headers));
    const end = await this.carryOut(received, () => {
      const route = matchRoute({ method, target, headers });
      if (route === undefined) {
        this.onUnknown?.(received.caller, `${received.operation} of iot`);
        throw new ServiceError('UnknownOperationException', `No operation has the route ${method} ${target}.`);
      }
      received.operation = route.operation;
      Object.assign(received.input, parseBody(body), route.members);
      return route.operation;
    });
    if (typeof end === 'string') return end;
    return 'error' in end ? refuseWith(end.error) : answerWith(end.output);
  }

  async call({ operation, input, caller }: DirectCall): Promise<CallEnd> {
    const received = this.log(operation, caller);
    const end = await this.carryOut(received, () => {
      Object.assign(received.input, input);
      return operation as OperationName;
    });
    return typeof end === 'string' || 'error' in end ? end : { output: copied(end.output) };
  }

  /** Carries out the operation that a request turns out to ask for. */
  private async carryOut(received: ReceivedRequest, read: () => OperationName): Promise<ServedEnd> {
    try {
      const operation = read();
      const fault = this.faults.take(operation, received.caller);
      return fault === undefined ? this.answer(operation, received) : await this.disturb(fault, operation, received);
    } catch (error) {
      return this.refuse(error, received);
    }
  }

  private async disturb(fault: Fault, operation: OperationName, received: ReceivedRequest): Promise<ServedEnd> {
    fault.onTaken?.();
    const error = errorOfFault(fault, operation);
    if (error !== undefined) throw error;
    switch (fault.kind) {
      case 'hang':
        received.outcome = fault.kind;
        this.onHang?.();
        return 'hangs';
      case 'dropConnection':
        received.outcome = fault.kind;
        return 'dropped';
      case 'dropAfterEffect':
      case 'hangAfterEffect':
        try {
          this.perform(operation, received);
        } catch (refusal) {
          // A refusal gets lost like any other answer.
          if (!(refusal instanceof ServiceError)) throw refusal;
        }
        received.outcome = fault.kind;
        await fault.until?.();
        return fault.kind === 'dropAfterEffect' ? 'dropped' : 'hangs';
      default:
        await (fault.until?.() ?? this.delay(fault.milliseconds!));
        return this.answer(operation, received);
    }
  }

  private async delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const delay = setTimeout(() => {
        this.delays.delete(delay);
        resolve();
      }, milliseconds);
      this.delays.add(delay);
    });
  }

  private answer(operation: OperationName, received: ReceivedRequest): ServedEnd {
    const output = this.perform(operation, received);
    received.outcome = 'ok';
    this.onAnswered?.(received);
    return { output };
  }

  private perform(operation: OperationName, { input, caller }: ReceivedRequest): unknown {
    const denial = this.authorize?.({ service: 'iot', operation, input, caller });
    if (denial !== undefined) throw new ServiceError('AccessDeniedException', denial);
    return this.service.perform(operation, validateInput(REQUEST_SHAPES[operation], input));
  }

  private refuse(error: unknown, received: ReceivedRequest): ServedEnd {
    // Anything else is a mistake of the stand-in itself; it must not look like an answer of the service to the author
    // of
    // a test.
    const known = error instanceof ServiceError ? error : new ServiceError(
      'InternalFailureException', `The stand-in failed: ${error instanceof Error ? error.stack : String(error)}`);
    received.outcome = known.code;
    return { error: known };
  }

  private log(operation: string, caller: string | undefined): ReceivedRequest {
    const received: ReceivedRequest = { operation, input: {}, time: this.clock.now(), caller, outcome: 'pending' };
    this.requests.push(received);
    return received;
  }
}
