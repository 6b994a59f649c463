/** HTTP status of every error the stand-in answers with; modelled errors carry the status of the API model. */
export const ERROR_STATUS = {
  InvalidRequestException: 400,
  ThrottlingException: 400,
  TaskAlreadyExistsException: 400,
  ResourceNotFoundException: 404,
  NotConfiguredException: 404,
  ResourceAlreadyExistsException: 409,
  LimitExceededException: 410,
  InternalFailureException: 500,
  ServiceUnavailableException: 503,
  // Answers of the layers in front of the service: not in the API model, so the SDK shows them as plain service errors.
  SerializationException: 400,
  AccessDeniedException: 403,
  UnknownOperationException: 404,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An error to be answered to the client in the REST-JSON form. */
export class ServiceError extends Error {
  readonly status: number;

  constructor(readonly code: ErrorCode, message: string, readonly members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = code;
    this.status = ERROR_STATUS[code];
  }
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message);
}
