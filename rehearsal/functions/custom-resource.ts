import { randomUUID } from 'node:crypto';
import type { LambdaFunctions } from './lambda-functions';
import type { PhysicalNames } from '../cloudformation/generic-resources';
import { Handled, HandlerFailure, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import { Properties, isObject } from '../cloudformation/template';
import type { Answer, ReceivedAnswer, SurroundingServices } from '../services/surrounding-services';
import type { VirtualTime } from '../services/virtual-time';

/** Seconds that CloudFormation waits, unless the resource has a ServiceTimeout. */
const LONGEST_WAIT = 3600;
const LONGEST_ANSWER = 4096;
/** An answer on its way when its function ends still counts. */
const GRACE = 100;

const CANCELLED = 'cancelled';

/** The answer to a request, or why there will be none; undefined when its time is over. */
type Received = ReceivedAnswer | { readonly notRehearsed: string } | undefined;

export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

type Request = {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly OldResourceProperties?: unknown;
};

/** Custom resources: CloudFormation's side of the protocol between it and a function. */
export class CustomResourceHandler implements ResourceHandler {
  private readonly waiting = new Map<string, (received: Received) => void>();

  /** @param timing with the real time for each unit of ServiceTimeout, or a time of its own */
  constructor(
    private readonly functions: LambdaFunctions, private readonly services: SurroundingServices,
    private readonly names: PhysicalNames,
    private readonly timing: { readonly serviceTimeoutScale: number; readonly time: VirtualTime | undefined },
    private readonly whatIsNotRehearsed: 'fails' | 'is skipped',
  ) {
    // The first answer to a request counts, however many follow.
    services.onAnswer = (received) => this.waiting.get(received.key)?.(received);
    functions.onNotRehearsed = (requestId, reason) => this.waiting.get(requestId)?.({ notRehearsed: reason });
  }

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    // The id that CloudFormation makes up when the function gives none: inferred from events seen in public.
    const madeUp: Handled = { physicalId: this.names.next(resource), attributes: {} };
    return this.exchange(resource, properties, { RequestType: 'Create' }, madeUp);
  }

  async update(
    resource: ResourceIdentity, physicalId: string, properties: Properties, oldProperties: Properties,
  ): Promise<Handled> {
    // Inferred: an id in a failed answer to an update is ignored.
    const before: Handled = { physicalId, attributes: {} };
    if (properties.ServiceToken !== oldProperties.ServiceToken) {
      throw new HandlerFailure('Modifying service token is not allowed.', before);
    }
    const request = {
      RequestType: 'Update', PhysicalResourceId: physicalId, OldResourceProperties: asStrings(oldProperties),
    } as const;
    return this.exchange(resource, properties, request, before);
  }

  async delete(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<void> {
    await this.exchange(
      resource, properties, { RequestType: 'Delete', PhysicalResourceId: physicalId }, { physicalId, attributes: {} },
    );
  }

  private async exchange(
    resource: ResourceIdentity, properties: Properties, request: Request, otherwise: Handled,
  ): Promise<Handled> {
    const requestId = randomUUID();
    const fn = this.functions.find(String(properties.ServiceToken));
    if (fn === undefined) {
      return this.skip(`No function has the service token ${String(properties.ServiceToken)}`, otherwise);
    }
    if (fn.directory === undefined) {
      return this.skip('The rehearsal runs code from directories only, not from archives or images', otherwise);
    }
    if (!fn.runtime.startsWith('nodejs')) {
      return this.skip(`The rehearsal runs Node.js functions only, not ${fn.runtime}`, otherwise);
    }
    const answered = this.answer(requestId, Number(properties.ServiceTimeout ?? LONGEST_WAIT));
    const { time } = this.timing;
    const event = {
      RequestType: request.RequestType,
      ServiceToken: properties.ServiceToken,
      ResponseURL: this.services.responseUrl(requestId),
      StackId: resource.stackId,
      RequestId: requestId,
      LogicalResourceId: resource.logicalId,
      ...(request.PhysicalResourceId === undefined ? {} : { PhysicalResourceId: request.PhysicalResourceId }),
      ResourceType: resource.type,
      ResourceProperties: asStrings(properties),
      ...(request.OldResourceProperties === undefined ? {} : { OldResourceProperties: request.OldResourceProperties }),
    };
    const ask = () => {
      // A function that has been deleted meanwhile gets no event.
      const current = this.functions.find(fn.arn);
      if (current !== undefined) this.functions.invoke(current, event);
    };
    const cancelled = resource.cancelled?.sees(resource.logicalId, requestId, ask) ? resource.cancelled : undefined;
    if (cancelled === undefined) ask();
    const ended = Promise.race([
      answered,
      ...(cancelled === undefined ? [] : [cancelled.underWay.then(() => CANCELLED as typeof CANCELLED)]),
    ]);
    const received = await (time?.waitFor(ended) ?? ended);
    if (received === CANCELLED) {
      this.waiting.delete(requestId);
      throw new HandlerFailure(
        `Resource ${request.RequestType === 'Create' ? 'creation' : 'update'} cancelled`, otherwise,
      );
    }
    if (received === undefined) {
      throw new HandlerFailure(
        'CloudFormation did not receive a response from your Custom Resource. '
          + `Please check your logs for requestId [${requestId}].`,
        otherwise,
      );
    }
    if ('notRehearsed' in received) return this.skip(received.notRehearsed, otherwise);
    return judge(received, { resource, requestId, isCreate: request.RequestType === 'Create', otherwise });
  }

  private skip(reason: string, otherwise: Handled): Handled {
    if (this.whatIsNotRehearsed === 'fails') throw new HandlerFailure(reason, otherwise);
    return { ...otherwise, inventAttribute: (name) => `${otherwise.physicalId}.${name}`, notRehearsed: reason };
  }

  private after(milliseconds: number, callback: () => void): () => void {
    const { time } = this.timing;
    if (time !== undefined) return time.after(milliseconds, callback);
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  }

  /** The answer to a request; undefined when its time is over, or when no function is left that could give one. */
  private async answer(requestId: string, seconds: number): Promise<Received> {
    return new Promise((resolve) => {
      const { serviceTimeoutScale, time } = this.timing;
      const callOff = this.after(seconds * 1000 * serviceTimeoutScale, () => settle(undefined));
      const settle = (received: Received) => {
        callOff();
        this.waiting.delete(requestId);
        resolve(received);
      };
      this.waiting.set(requestId, settle);
      // Waiting costs nothing in virtual time.
      if (time === undefined) setImmediate(() => void this.functions.whenSilent(GRACE).then(() => settle(undefined)));
    });
  }
}

/**
 * Judges an answer as CloudFormation does. The texts for malformed answers are inferred, except the first and the last.
 */
function judge({ answer, size }: ReceivedAnswer, { resource, requestId, isCreate, otherwise }: {
  resource: ResourceIdentity; requestId: string; isCreate: boolean; otherwise: Handled;
}): Handled {
  const refuse = (reason: string) => new HandlerFailure(reason, otherwise);
  if (size > LONGEST_ANSWER) throw refuse('Response object is too long.');
  if (answer.StackId !== resource.stackId) throw refuse('Invalid StackId in the response');
  if (answer.RequestId !== requestId) throw refuse('Invalid RequestId in the response');
  if (answer.LogicalResourceId !== resource.logicalId) throw refuse('Invalid LogicalResourceId in the response');
  const physicalId = answer.PhysicalResourceId;
  const handled: Handled = { physicalId: physicalId ?? otherwise.physicalId, attributes: answer.Data ?? {} };
  if (answer.Status === 'FAILED') {
    if (!answer.Reason) throw refuse('Invalid Reason: a failure needs one');
    throw new HandlerFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${answer.Reason}`,
      isCreate ? handled : otherwise,
    );
  }
  if ((answer.Status as unknown) !== 'SUCCESS') throw refuse(`Invalid Status: ${describe(answer.Status)}`);
  if (typeof physicalId !== 'string' || physicalId === '' || Buffer.byteLength(physicalId) > 1024) {
    throw refuse('Invalid PhysicalResourceId');
  }
  return handled;
}

function describe(status: Answer['Status'] | undefined): string {
  return String(status);
}

/** CloudFormation sends every number and boolean as text. */
function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asStrings(member)]));
  }
  return String(value);
}
