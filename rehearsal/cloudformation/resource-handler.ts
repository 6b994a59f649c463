import type { Properties } from './template';

/** Which resource of which stack a handler deals with. */
export interface ResourceIdentity {
  readonly logicalId: string;
  readonly type: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly stackTags: Readonly<Record<string, string>>;
  /** The request that is cancelled in this operation, if any. */
  readonly cancelled?: RequestToCancel;
}

/** A request for a custom resource that CloudFormation cancels while it is under way. */
export interface RequestToCancel {
  /** Settles when the request is certainly under way. */
  readonly underWay: Promise<void>;
  /** Takes over a request, if it is the one to be cancelled; then `ask` need not be called. */
  sees(logicalId: string, requestId: string, ask: () => void): boolean;
}

/** The identity of a resource: the values of Ref and Fn::GetAtt. */
export interface Handled {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Makes up an attribute, for a resource that nothing is behind. */
  readonly inventAttribute?: (name: string) => string;
  /** The reason why the resource was skipped: it is taken for done. */
  readonly notRehearsed?: string;
}

/** The handler of a resource type: creates, updates and deletes resources. */
export interface ResourceHandler {
  create(resource: ResourceIdentity, properties: Properties): Promise<Handled>;
  update(
    resource: ResourceIdentity, physicalId: string, properties: Properties, oldProperties: Properties,
  ): Promise<Handled>;
  delete(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<void>;
}

/** The end of a handler without success. */
export class HandlerFailure extends Error {
  /**
   * @param reason what the event says
   * @param handled what there is in spite of the failure: a rollback deletes it, or updates it back
   */
  constructor(readonly reason: string, readonly handled?: Handled) {
    super(reason);
  }
}

/** The failure of a handler with one of the error codes that CloudFormation defines. */
export function failed(code: string, message: string, model?: Handled): HandlerFailure {
  return new HandlerFailure(`Resource handler returned message: "${message}" (HandlerErrorCode: ${code})`, model);
}
