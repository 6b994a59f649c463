import { randomUUID } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  CancelAuditTaskCommand, IoTClient, StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { OpenCalls, VirtualCalls } from './virtual-calls';
import { DeviceDefenderOptions, DeviceDefenderServer } from '../../rehearsal/device-defender/server';
import { CLIENT_CONFIG } from '../../rehearsal/services/client-config';
import { directClient } from '../../rehearsal/services/direct-client';
import { InProcessTransport } from '../../rehearsal/services/in-process-transport';
import type { StandIn } from '../../rehearsal/services/stand-in';
import { Answer, SurroundingServices } from '../../rehearsal/services/surrounding-services';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { ON_DEMAND_AUDIT_TYPE, OnDemandAuditProperties } from '../../src/audits/protocol';
import { CustomResourceDispatcher } from '../../src/function/runtime/custom-resource-dispatcher';
import { CustomResourceEvent } from '../../src/function/runtime/custom-resource-event';
import { InvocationClients } from '../../src/function/runtime/invocation';
import { InvocationDispatcher } from '../../src/function/runtime/invocation-dispatcher';
import { FunctionContext, Request } from '../../src/function/runtime/request';

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
export const LOG_GROUP = 'FunctionLogs';

const MINUTE = 60_000;

/** An event, as far as a test gives it. */
export type EventParts = Partial<Omit<CustomResourceEvent, 'ResourceProperties'>> & {
  readonly ResourceProperties: object;
};

/** The stand-ins that the clients of the environment in use reach. */
const standIns = {} as { iot: StandIn; services: StandIn };

/** As the function has it for S3. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The clients of one environment after the other, because making them takes longer than using them. */
const CLIENTS = {
  iot: new IoTClient(configFor(() => standIns.iot)),
  lambda: new Lambda(configFor(() => standIns.services)),
  logs: new CloudWatchLogsClient(configFor(() => standIns.services)),
  cloudFormation: new CloudFormationClient(configFor(() => standIns.services)),
  s3: new S3({ ...configFor(() => standIns.services), logger: SILENT }),
};

type Clients = typeof CLIENTS;

/** The clients of services that the environment does not have. */
export type OtherClients = Omit<InvocationClients, 'iot' | 'cloudFormation' | 's3'>;

/** The same for thousands of calls: without the SDK. */
const DIRECT_CLIENTS: Clients = {
  iot: directClient(() => standIns.iot),
  lambda: directClient(() => standIns.services),
  logs: directClient(() => standIns.services),
  cloudFormation: directClient(() => standIns.services),
  s3: directClient(() => standIns.services),
};

function configFor(standIn: () => StandIn) {
  return { ...CLIENT_CONFIG, endpoint: 'http://127.0.0.1', requestHandler: new InProcessTransport(standIn) };
}

/**
 * The surroundings of the function: AWS IoT, the other services, CloudFormation's response URL, and time. Only its
 * answers need a socket.
 */
export class FunctionEnvironment {
  /** @param clients with which the function, and others, reach the stand-ins */
  static async start(options: DeviceDefenderOptions = {}, clients: Clients = CLIENTS): Promise<FunctionEnvironment> {
    const time = new VirtualTime();
    const iot = await DeviceDefenderServer.start({ clock: time.clock, auditDuration: MINUTE, ...options });
    const services = await SurroundingServices.start();
    services.stackStatuses.set(STACK_ID, 'CREATE_IN_PROGRESS');
    services.now = () => time.now();
    Object.assign(standIns, { iot, services });
    return new FunctionEnvironment(iot, services, time, clients);
  }

  /** The same for thousands of calls: see `directClient`. */
  static async startDirect(options?: DeviceDefenderOptions): Promise<FunctionEnvironment> {
    return FunctionEnvironment.start(options, DIRECT_CLIENTS);
  }

  /** Milliseconds that a call may take. */
  callTimeout = 10_000;
  /** Milliseconds that an invocation may take. */
  functionTime = 15 * MINUTE;
  private readonly invocations: Promise<void>[] = [];
  private readonly openCalls = new OpenCalls();

  private constructor(
    readonly iot: DeviceDefenderServer, readonly services: SurroundingServices, readonly time: VirtualTime,
    private readonly clients: Clients,
  ) {
    iot.onHang = services.onHang = () => this.openCalls.hang();
    services.onInvoke = (_name, payload) => {
      this.invocations.push(this.newExecutionEnvironment()(payload));
    };
  }

  async stop(): Promise<void> {
    await this.iot.stop();
    await this.services.stop();
  }

  async enableChecks(...checks: string[]): Promise<void> {
    await this.clients.iot.send(new UpdateAccountAuditConfigurationCommand({
      roleArn: 'arn:aws:iam::123456789012:role/AuditRole',
      auditCheckConfigurations: Object.fromEntries(checks.map((check) => [check, { enabled: true }])),
    }));
  }

  /** Starts an audit as somebody else would. */
  async startAudit(...checks: string[]): Promise<string> {
    const { taskId } = await this.clients.iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: checks }));
    return taskId!;
  }

  /** Cancels an audit as somebody else would. */
  async cancelAudit(taskId: string): Promise<void> {
    await this.clients.iot.send(new CancelAuditTaskCommand({ taskId }));
  }

  /**
   * Begins an execution environment, with nothing in its memory. The result invokes the function there, one or more
   * times at once.
   */
  newExecutionEnvironment(): (event: unknown, options?: { remainingTime?: number; times?: number }) => Promise<void> {
    const dispatcher = new CustomResourceDispatcher({
      origin: { findFault: () => undefined },
      clients: this.clients,
      calls: new VirtualCalls(this.time, this.openCalls, this.callTimeout),
      lambda: () => this.clients.lambda,
    });
    return (event, { remainingTime, times = 1 } = {}) => this.time.during(async () => {
      const context = this.context(remainingTime);
      await Promise.all(Array.from({ length: times }, () => dispatcher.dispatch(event, context)));
    });
  }

  /**
   * Invokes the function as often as events are given, each in an execution environment of its own, and waits for all.
   */
  async invoke(...events: unknown[]): Promise<void> {
    await Promise.all(events.map((event) => this.newExecutionEnvironment()(event)));
    for (let done = 0; done < this.invocations.length; done++) await this.invocations[done];
  }

  /**
   * Invokes the function for messages of a queue, or for a step of a state machine.
   *
   * @param others the clients of services that the environment does not have
   */
  async dispatch(event: unknown, others: OtherClients): Promise<unknown> {
    const { cloudFormation, iot, s3 } = this.clients;
    const dispatcher = new InvocationDispatcher({
      customResources: { dispatch: () => Promise.reject(new Error('This is no request of CloudFormation.')) },
      clients: {
        iot,
        cloudFormation: () => cloudFormation,
        eventBridge: () => others.eventBridge(),
        stepFunctions: () => others.stepFunctions(),
        sns: () => others.sns(),
        s3: () => s3,
      },
      calls: new VirtualCalls(this.time, this.openCalls, this.callTimeout),
      stackId: STACK_ID,
    });
    return this.time.during(() => dispatcher.dispatch(event, this.context()));
  }

  event(event: EventParts): CustomResourceEvent {
    const requestId = randomUUID();
    return {
      RequestType: 'Create',
      ResponseURL: this.services.responseUrl(requestId),
      StackId: STACK_ID,
      RequestId: requestId,
      ResourceType: ON_DEMAND_AUDIT_TYPE,
      LogicalResourceId: 'Audit',
      ...event,
    } as unknown as CustomResourceEvent;
  }

  /** A request as the function sees it, in an execution environment of its own. */
  request(properties: OnDemandAuditProperties): Request {
    const calls = new VirtualCalls(this.time, this.openCalls, this.callTimeout);
    return new Request(this.event({ ResourceProperties: properties }), this.clients, calls, this.context());
  }

  /** The context of an invocation that begins now. */
  private context(remainingTime = this.functionTime): FunctionContext {
    const ends = this.time.now() + remainingTime;
    return {
      functionName: 'Function', logGroupName: LOG_GROUP, getRemainingTimeInMillis: () => ends - this.time.now(),
    };
  }

  get answers(): Answer[] {
    return this.services.answers.map(({ answer }) => answer);
  }
}
