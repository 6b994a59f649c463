import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Answer, sendAnswer } from './answer.lambda-shared';
import { AwsCalls, asError, describeError } from './aws-calls.lambda-shared';
import { CustomResourceEvent, canBeAnswered, findFlaw } from './custom-resource-event.lambda-shared';
import {
  Continuation, CustomResourceHandler, FunctionContext, Invocation, LEFT_TO_ANOTHER_INVOCATION, RequestFailure,
} from './custom-resource-handler.lambda-shared';
import { log } from './log.lambda-shared';

export interface DispatcherProps {
  readonly calls: AwsCalls;
  readonly lambda: LambdaClient;

  /** Handlers by the custom resource's type. */
  readonly handlers: Record<string, CustomResourceHandler>;
}

/** Left for taking back what was begun, and for the answer. */
const RESERVE = 45_000;

/** Left after the answer, for taking back what was begun when the answer did not arrive. */
const LAST_MOMENTS = 15_000;

/** Left for the invocation to end. */
const LAST_MOMENT = 3_000;

/** How many requests of this execution environment are remembered. */
const REMEMBERED_REQUESTS = 100;

/**
 * Carries out CloudFormation's requests: every one gets an answer before the function's time ends.
 */
export class CustomResourceDispatcher {
  private readonly requests = new Map<string, Promise<void>>();

  constructor(private readonly props: DispatcherProps) {}

  public async dispatch(event: unknown, context: FunctionContext): Promise<void> {
    if (!canBeAnswered(event)) {
      log('not an event of CloudFormation');
      return;
    }
    // Lambda may deliver an event twice. The same environment notices here; others do in the request's journal.
    const key = JSON.stringify([event.RequestId ?? event.ResponseURL, event.Continuation]);
    const request = this.requests.get(key) ?? this.carryOut(event, context);
    this.requests.set(key, request);
    if (this.requests.size > REMEMBERED_REQUESTS) {
      this.requests.delete([...this.requests.keys()][0]);
    }
    await request;
  }

  private async carryOut(event: CustomResourceEvent, context: FunctionContext): Promise<void> {
    const { calls, handlers } = this.props;
    const functionEnds = calls.clock.now() + context.getRemainingTimeInMillis();
    const invocation = { calls, context, workUntil: functionEnds - RESERVE, undoUntil: functionEnds - LAST_MOMENT };
    logRequest(event);

    const answer = await this.decide(event, invocation);
    if (!answer) {
      return;
    }
    const hasNothingToTakeBack = answer.status === 'FAILED' || event.RequestType === 'Delete';
    const arrived = await sendAnswer(event, answer, calls, functionEnds - (hasNothingToTakeBack ? LAST_MOMENT : LAST_MOMENTS));
    const handler = handlers[event.ResourceType];
    if (arrived) {
      await handler?.answered(event, invocation);
    } else if (answer.status === 'SUCCESS') {
      await handler?.takeBack(event, answer.physicalResourceId, invocation);
    }
  }

  /** The answer, unless another invocation gives it. */
  private async decide(event: CustomResourceEvent, invocation: Invocation): Promise<Answer | undefined> {
    try {
      const handler = this.props.handlers[event.ResourceType];
      const flaw = findFlaw(event) ?? (handler ? undefined : `this function knows no resource of type ${event.ResourceType}`);
      if (flaw) {
        throw new RequestFailure(flaw);
      }
      const result = await handler.handle(event, invocation);
      if (result === LEFT_TO_ANOTHER_INVOCATION) {
        return undefined;
      }
      if (result instanceof Continuation) {
        await this.handOver(event, result, invocation);
        return undefined;
      }
      return { status: 'SUCCESS', ...result };
    } catch (error) {
      return answerTo(event, asError(error));
    }
  }

  private async handOver(event: CustomResourceEvent, continuation: Continuation, invocation: Invocation): Promise<void> {
    const { calls, lambda, handlers } = this.props;
    try {
      await calls.persistently({ until: invocation.workUntil + RESERVE / 3 }, (options) => lambda.send(new InvokeCommand({
        FunctionName: invocation.context.functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify({ ...event, Continuation: continuation.state }),
      }), options));
      log('another invocation goes on', { continuation: continuation.state });
    } catch (error) {
      await handlers[event.ResourceType].takeBack(event, continuation.physicalResourceId, invocation);
      throw new RequestFailure('the function could not invoke itself to go on waiting after its own time limit '
        + `(${describeError(asError(error))}); allow its role lambda:InvokeFunction on itself, or wait less long`);
    }
  }
}

function logRequest(event: CustomResourceEvent): void {
  log('request', {
    requestType: event.RequestType,
    requestId: event.RequestId,
    stackId: event.StackId,
    resourceType: event.ResourceType,
    logicalResourceId: event.LogicalResourceId,
    physicalResourceId: event.PhysicalResourceId,
    properties: event.ResourceProperties,
    continuation: event.Continuation,
  });
}

function answerTo(event: CustomResourceEvent, error: Error): Answer {
  const physicalResourceId = (error instanceof RequestFailure ? error.physicalResourceId : undefined)
    ?? event.PhysicalResourceId ?? `none-${event.RequestId}`;
  const reason = error instanceof RequestFailure ? error.message : describeError(error);
  log('failed', { reason, stack: error instanceof RequestFailure ? undefined : error.stack });
  // What cannot be deleted must not keep the stack from being deleted or rolled back.
  return event.RequestType === 'Delete' ? { status: 'SUCCESS', physicalResourceId } : { status: 'FAILED', physicalResourceId, reason };
}
