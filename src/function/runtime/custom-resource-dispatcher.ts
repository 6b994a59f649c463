import type { Lambda } from '@aws-sdk/client-lambda';
import { Answer, sendAnswer } from './answer';
import { AwsCalls } from './aws-calls';
import { CustomResourceEvent, EventOrigin, canBeAnswered, failedCreationId, findFlaw } from './custom-resource-event';
import { asError, describeError, log } from './log';
import {
  Continuation, CustomResourceHandler, FunctionClients, FunctionContext, LAST_MOMENT, RESERVE, Request, Result,
} from './request';
import { DeletionFailure, RequestCancelled, RequestFailure, failWith } from './request-failure';
import { OnDemandAuditHandler } from '../../audits/handler/on-demand-audit-handler';
import { ON_DEMAND_AUDIT_TYPE } from '../../audits/protocol';
import { CheckRelease } from '../../configuration/handler/check-release';
import { ConfigurationAdoption } from '../../configuration/handler/configuration-adoption';
import {
  ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationProperties, CHECK_RELEASE_TYPE, CheckReleaseProperties,
} from '../../configuration/protocol';
import { LoggingAdoption } from '../../logging/handler/logging-adoption';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingProperties } from '../../logging/protocol';
import { SuppressionsRequest } from '../../suppressions/handler/suppressions-request';
import { SUPPRESSIONS_TYPE, SuppressionsProperties } from '../../suppressions/protocol';

/** The handlers of all custom resources of the library, by type. */
const HANDLERS: Readonly<Record<string, CustomResourceHandler>> = {
  [ADOPTED_CONFIGURATION_TYPE]: {
    handle: async (request: Request<AdoptedConfigurationProperties>) => new ConfigurationAdoption(request).carryOut(),
  },
  [ADOPTED_LOGGING_TYPE]: {
    handle: async (request: Request<AdoptedLoggingProperties>) => new LoggingAdoption(request).carryOut(),
  },
  [CHECK_RELEASE_TYPE]: {
    handle: async (request: Request<CheckReleaseProperties>) => new CheckRelease(request).carryOut(),
  },
  [ON_DEMAND_AUDIT_TYPE]: new OnDemandAuditHandler(),
  [SUPPRESSIONS_TYPE]: {
    handle: async (request: Request<SuppressionsProperties>) => new SuppressionsRequest(request).carryOut(),
  },
};

export interface DispatcherProps {
  readonly origin: Pick<EventOrigin, 'findFault'>;
  readonly calls: AwsCalls;
  readonly clients: FunctionClients;

  /** Loaded when an invocation hands over to another one, which few do. */
  lambda(): Pick<Lambda, 'invoke'>;
}

/** Milliseconds that are left after an answer, for taking back what was begun if the answer does not arrive. */
const LAST_MOMENTS = 15_000;

/** Milliseconds after which an abandoned call has arrived. */
const TIME_TO_ARRIVE = 15_000;

/** The number of this execution environment's requests that are remembered. */
const REMEMBERED_REQUESTS = 100;

/** Carries out CloudFormation's requests. Each gets an answer before the function's time ends. */
export class CustomResourceDispatcher {
  private readonly requests = new Map<string, Promise<void>>();

  constructor(private readonly props: DispatcherProps) {}

  public async dispatch(event: unknown, context: FunctionContext): Promise<void> {
    const fault = canBeAnswered(event) ? this.props.origin.findFault(event) : 'it is not an event of CloudFormation';
    if (fault) {
      log('ignored an event', { fault });
      return;
    }
    await this.carryOutOnce(event as CustomResourceEvent, context);
  }

  /**
   * Lambda may deliver an event twice. The same environment notices it here, another one in the memory of the resource.
   */
  private async carryOutOnce(event: CustomResourceEvent, context: FunctionContext): Promise<void> {
    const key = JSON.stringify([event.RequestId ?? event.ResponseURL, event.Continuation]);
    const running = this.requests.get(key) ?? this.carryOut(event, context);
    this.requests.set(key, running);
    if (this.requests.size > REMEMBERED_REQUESTS) {
      this.requests.delete([...this.requests.keys()][0]);
    }
    await running;
  }

  private async carryOut(event: CustomResourceEvent, context: FunctionContext): Promise<void> {
    const { calls, clients } = this.props;
    const request = new Request(event, clients, calls, context);
    logRequest(request);

    const answer = await this.decide(request);
    if (!answer) {
      return;
    }
    const hasNothingToTakeBack = answer.status === 'FAILED' || event.RequestType === 'Delete';
    const until = request.undoUntil + LAST_MOMENT - (hasNothingToTakeBack ? LAST_MOMENT : LAST_MOMENTS);
    const arrived = await sendAnswer(event, answer, calls, until);
    if (arrived) {
      await request.memory.tryToNote({ ended: true });
    } else if (answer.status === 'SUCCESS') {
      await HANDLERS[event.ResourceType]?.takeBack?.(request, answer.physicalResourceId);
    }
  }

  /** The answer, unless another invocation gives it. */
  private async decide(request: Request): Promise<Answer | undefined> {
    const { event } = request;
    try {
      const handler = HANDLERS[event.ResourceType];
      const flaw = findFlaw(event)
        ?? (handler ? undefined : `this function knows no resource of type ${event.ResourceType}`);
      if (flaw) {
        throw new RequestFailure(flaw);
      }
      if (await request.begin() === 'taken') {
        return undefined;
      }
      const result = await carryOutSafely(handler, request);
      if (result instanceof Continuation) {
        await this.handOver(request, result);
        return undefined;
      }
      await request.noteAnswer(result.physicalResourceId);
      return { status: 'SUCCESS', ...result };
    } catch (error) {
      if (error instanceof RequestCancelled) {
        await undo(request);
      }
      return answerTo(request, asError(error));
    }
  }

  private async handOver(request: Request, continuation: Continuation): Promise<void> {
    const { calls, lambda } = this.props;
    const { event, context } = request;
    try {
      const client = lambda();
      await calls.persistently({ until: request.workUntil + RESERVE / 3 }, (options) => client.invoke({
        FunctionName: context.functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify({ ...event, AskedAt: request.askedAt, Continuation: continuation.state }),
      }, options));
      log('another invocation goes on', { continuation: continuation.state });
    } catch (error) {
      await HANDLERS[event.ResourceType].takeBack?.(request, continuation.physicalResourceId);
      failWith('the function could not invoke itself to go on waiting after its own time limit')(error);
    }
  }
}

/** Carries out a request; twice if it undoes one that was cut off: that one's last call may arrive only now. */
async function carryOutSafely(handler: CustomResourceHandler, request: Request): Promise<Result> {
  const result = await handler.handle(request);
  const isUndoing = request.event.RequestType === 'Delete' || request.stack.mayGoBack;
  if (request.history.cutOffSince === undefined || !isUndoing) {
    return result;
  }
  await request.calls.clock.sleep(TIME_TO_ARRIVE);
  return handler.handle(request);
}

/** Puts back what came too late: CloudFormation rolled back without waiting for it. */
async function undo(request: Request): Promise<void> {
  const { LogicalResourceId, ResourceType } = request.event;
  try {
    const undoing = await request.undoing();
    if (undoing) {
      log('undoing what came too late');
      await HANDLERS[ResourceType].handle(undoing);
    }
  } catch (error) {
    log('not undone', { logicalResourceId: LogicalResourceId, error });
  }
}

function logRequest({ event, askedAt }: Request): void {
  log('request', {
    requestType: event.RequestType,
    requestId: event.RequestId,
    stackId: event.StackId,
    resourceType: event.ResourceType,
    logicalResourceId: event.LogicalResourceId,
    physicalResourceId: event.PhysicalResourceId,
    properties: event.ResourceProperties,
    continuation: event.Continuation,
    askedAt,
  });
}

function answerTo({ event }: Request, error: Error): Answer {
  const physicalResourceId = (error instanceof RequestFailure ? error.physicalResourceId : undefined)
    ?? event.PhysicalResourceId ?? failedCreationId(event.RequestId);
  const reason = error instanceof RequestFailure ? error.message : describeError(error);
  log('failed', { reason, stack: error instanceof RequestFailure ? undefined : error.stack });
  if (event.RequestType !== 'Delete') {
    return { status: 'FAILED', physicalResourceId, reason };
  }
  // A line to alarm on. Other failures must not keep the stack from being deleted or rolled back.
  log('delete not carried out', { logicalResourceId: event.LogicalResourceId, reason });
  return error instanceof DeletionFailure ? { status: 'FAILED', physicalResourceId, reason }
    : { status: 'SUCCESS', physicalResourceId };
}
