import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Answer, sendAnswer } from './answer';
import { AwsCalls, asError, describeError } from './aws-calls';
import { CustomResourceEvent, canBeAnswered, failedCreationId, findFlaw } from './custom-resource-event';
import { Continuation, CustomResourceHandler, Result } from './custom-resource-handler';
import { EventOrigin } from './event-origin';
import { log } from './log';
import { FunctionClients, FunctionContext, LAST_MOMENT, RESERVE, Request } from './request';
import { DeletionFailure, RequestCancelled, RequestFailure, failWith } from './request-failure';

export interface DispatcherProps {
  readonly origin: Pick<EventOrigin, 'findFault'>;
  readonly calls: AwsCalls;
  readonly clients: FunctionClients;
  readonly lambda: LambdaClient;

  /** Handlers by the custom resource's type. */
  readonly handlers: Record<string, CustomResourceHandler>;
}

/** Left after the answer, for taking back what was begun when the answer did not arrive. */
const LAST_MOMENTS = 15_000;

/** How long a call may be on its way that nobody waits for any more, in milliseconds. */
const TIME_TO_ARRIVE = 15_000;

/** How many requests of this execution environment are remembered. */
const REMEMBERED_REQUESTS = 100;

/**
 * Carries out CloudFormation's requests: every one gets an answer before the function's time ends.
 */
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

  /** Lambda may deliver an event twice. The same environment notices here; others do in the memory of the resource. */
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
    const { calls, clients, handlers } = this.props;
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
      await handlers[event.ResourceType]?.takeBack(request, answer.physicalResourceId);
    }
  }

  /** The answer, unless another invocation gives it. */
  private async decide(request: Request): Promise<Answer | undefined> {
    const { event } = request;
    try {
      const handler = this.props.handlers[event.ResourceType];
      const flaw = findFlaw(event) ?? (handler ? undefined : `this function knows no resource of type ${event.ResourceType}`);
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
        await this.undo(request);
      }
      return answerTo(request, asError(error));
    }
  }

  /** Puts back what came too late: CloudFormation rolled back without waiting for it. */
  private async undo(request: Request): Promise<void> {
    try {
      const undoing = await request.undoing();
      if (undoing) {
        log('undoing what came too late');
        await this.props.handlers[request.event.ResourceType].handle(undoing);
      }
    } catch (error) {
      log('not undone', { logicalResourceId: request.event.LogicalResourceId, error: describeError(asError(error)) });
    }
  }

  private async handOver(request: Request, continuation: Continuation): Promise<void> {
    const { calls, lambda, handlers } = this.props;
    const { event, context } = request;
    try {
      await calls.persistently({ until: request.workUntil + RESERVE / 3 }, (options) => lambda.send(new InvokeCommand({
        FunctionName: context.functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify({ ...event, AskedAt: request.askedAt, Continuation: continuation.state }),
      }), options));
      log('another invocation goes on', { continuation: continuation.state });
    } catch (error) {
      await handlers[event.ResourceType].takeBack(request, continuation.physicalResourceId);
      failWith('the function could not invoke itself to go on waiting after its own time limit')(error);
    }
  }
}

/** Twice where an earlier request was cut off: what it had sent may arrive only now. */
async function carryOutSafely(handler: CustomResourceHandler, request: Request): Promise<Result> {
  const result = await handler.handle(request);
  const isUndone = request.event.RequestType === 'Delete' || request.mayGoBack;
  if (request.memory.cutOffSince === undefined || !isUndone) {
    return result;
  }
  await request.calls.clock.sleep(TIME_TO_ARRIVE);
  return handler.handle(request);
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
  // A line to alarm on. What nothing hangs on must not keep the stack from being deleted or rolled back.
  log('delete not carried out', { logicalResourceId: event.LogicalResourceId, reason });
  return error instanceof DeletionFailure ? { status: 'FAILED', physicalResourceId, reason } : { status: 'SUCCESS', physicalResourceId };
}
