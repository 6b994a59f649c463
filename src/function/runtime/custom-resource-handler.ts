import { Request } from './request';

/** An answer that grants a request. */
export interface Outcome {
  readonly physicalResourceId: string;

  /** The custom resource's attributes. An object is answered as JSON, without some of its members if it is too long. */
  readonly data?: Record<string, string | number | object | null>;
}

/** The invocation's time ends before the request does: another invocation goes on from here. */
export class Continuation {
  constructor(public readonly physicalResourceId: string, public readonly state: object) {}
}

export type Result = Outcome | Continuation;

/** A kind of custom resource. */
export interface CustomResourceHandler {
  handle(request: Request): Promise<Result>;

  /** Undoes what a request did that CloudFormation will not know of. */
  takeBack(request: Request, physicalResourceId: string): Promise<void>;
}
