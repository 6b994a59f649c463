import type { OperationName } from './operations';
import { ErrorCode, ServiceError } from './service-error';

/** Faults answered as an error of the service, with the usual text of each. */
const ERROR_FAULTS = {
  throttle: { code: 'ThrottlingException', message: 'Rate exceeded' },
  internalError: { code: 'InternalFailureException', message: 'An unexpected error has occurred.' },
  serviceUnavailable: { code: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.' },
  accessDenied: { code: 'AccessDeniedException', message: 'User is not authorized to perform this operation.' },
  limitExceeded: { code: 'LimitExceededException', message: 'A limit has been exceeded.' },
  invalidRequest: { code: 'InvalidRequestException', message: 'The request is not valid.' },
  notFound: { code: 'ResourceNotFoundException', message: 'The resource does not exist.' },
} as const satisfies Record<string, { code: ErrorCode; message: string }>;

export type FaultKind =
  | keyof typeof ERROR_FAULTS
  /** No answer until the client leaves or the server stops. */
  | 'hang'
  /** The connection breaks before any work is done. */
  | 'dropConnection'
  /** The work is done, then the connection breaks: a lost answer. */
  | 'dropAfterEffect'
  /** The work is done, but there is no answer until the client leaves. */
  | 'hangAfterEffect'
  /** The work is done and answered, but only after `milliseconds`. */
  | 'delay'
  /** Of the entries of PutEvents, the first one fails; the request succeeds. */
  | 'entryFailure';

export interface Fault<Operation extends string = OperationName> {
  /** The operation to disturb; every operation if absent. */
  readonly operation?: Operation;
  readonly kind: FaultKind;
  /** The number of requests that it disturbs: 1 if absent, `Infinity` for all. */
  readonly times?: number;
  /** The duration of a `delay`. */
  readonly milliseconds?: number;
  /** The error code of an `entryFailure`; InternalFailure if absent. */
  readonly entryError?: string;
  /** Ends a `delay` instead, or makes known that an answer is lost. */
  readonly until?: () => Promise<void>;
  /** Selects the requests to disturb: all if absent. */
  readonly concerns?: (operation: string, caller: string | undefined) => boolean;
  /** Called each time it disturbs a request, before it does. */
  readonly onTaken?: () => void;
  /** Text of the error in place of the usual one. */
  readonly message?: string;
}

/** The faults still to happen, first added first used; each request meets at most one. */
export class Faults<Operation extends string = OperationName> {
  private waiting: { readonly fault: Fault<Operation>; left: number }[] = [];

  add(fault: Fault<Operation>): this {
    if (fault.kind === 'delay' && fault.milliseconds === undefined && fault.until === undefined) {
      throw new Error('A delay fault needs milliseconds.');
    }
    if (fault.kind === 'entryFailure' && (fault.operation as string | undefined) !== 'PutEvents') {
      throw new Error('Only PutEvents has entries that can fail.');
    }
    this.waiting.push({ fault, left: fault.times ?? 1 });
    return this;
  }

  /** Takes back a fault, however often it was still to happen. */
  remove(fault: Fault<Operation>): void {
    this.waiting = this.waiting.filter((entry) => entry.fault !== fault);
  }

  clear(): void {
    this.waiting = [];
  }

  /** Uses up one occurrence of the first fault that concerns the operation. */
  take(operation: string, caller?: string): Fault<Operation> | undefined {
    const entry = this.waiting.find(
      ({ fault, left }) =>
        left > 0
        && (fault.operation === undefined || fault.operation === operation)
        && (fault.concerns?.(operation, caller) ?? true),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.waiting = this.waiting.filter((other) => other !== entry);
    return entry.fault;
  }
}

/** The service error a fault stands for, or undefined if it disturbs the connection instead. */
export function errorOfFault(fault: Fault<string>, operation: string): ServiceError | undefined {
  if (!(fault.kind in ERROR_FAULTS)) return undefined;
  const { code, message } = ERROR_FAULTS[fault.kind as keyof typeof ERROR_FAULTS];
  const text = code === 'AccessDeniedException' ? `User is not authorized to perform: iot:${operation}` : message;
  return new ServiceError(code, fault.message ?? text);
}
