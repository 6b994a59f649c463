import { AwsCalls } from './aws-calls.lambda-shared';
import { CustomResourceEvent } from './custom-resource-event.lambda-shared';

/** What Lambda tells a function about its invocation. */
export interface FunctionContext {
  readonly functionName: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

/** What a custom resource may use to carry out a request. */
export interface Invocation {
  readonly calls: AwsCalls;
  readonly context: FunctionContext;

  /** When work must be over, in milliseconds since 1970. */
  readonly workUntil: number;

  /** When taking back must be over. */
  readonly undoUntil: number;
}

/** How a request was granted. */
export interface Outcome {
  readonly physicalResourceId: string;
  readonly data?: Record<string, string | number>;
}

/** The invocation's time ends before the request does: another invocation goes on from here. */
export class Continuation {
  constructor(public readonly physicalResourceId: string, public readonly state: object) {}
}

/** Another invocation sees to the request, or has: there is nothing to answer. */
export const LEFT_TO_ANOTHER_INVOCATION = Symbol('left to another invocation');

export type Result = Outcome | Continuation | typeof LEFT_TO_ANOTHER_INVOCATION;

/** A request that cannot be granted, for a reason that a person can act on. */
export class RequestFailure extends Error {
  /**
   * @param message the reason
   * @param physicalResourceId what exists all the same and is to be deleted
   */
  constructor(message: string, public readonly physicalResourceId?: string) {
    super(message);
    this.name = 'RequestFailure';
  }
}

/** A kind of custom resource. */
export interface CustomResourceHandler {
  handle(event: CustomResourceEvent, invocation: Invocation): Promise<Result>;

  /** Undoes what a request did that CloudFormation will not know of. */
  takeBack(event: CustomResourceEvent, physicalResourceId: string, invocation: Invocation): Promise<void>;

  /** Called when CloudFormation has the answer. */
  answered(event: CustomResourceEvent, invocation: Invocation): Promise<void>;
}
