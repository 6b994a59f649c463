import { TaskError } from './task-error';
import { Faults, errorOfFault } from '../device-defender/faults';
import type { AccountPermissions } from '../iam/account-permissions';
import type { RequiredPermission } from '../iam/policy-document';
import { Refusal } from '../services/stand-in';

/** The operations of services besides AWS IoT that machines call, and that faults can disturb. */
export const MACHINE_OPERATIONS = [
  'GetParameter', 'GetParameters', 'Invoke', 'Publish', 'PutEvents', 'StartExecution',
] as const;

export type MachineOperation = (typeof MACHINE_OPERATIONS)[number];

/** Who calls: an execution, with the role of its machine. */
export interface MachineCaller {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
}

/**
 * The names that a machine sees for errors of a service. That of Lambda's are known from the retries that the CDK
 * writes; the others are inferred from the names of the SDK for Java.
 */
interface ErrorNames {
  readonly prefix: string;
  /** The error of a service's model for what is not allowed, or the one for everything without a name. */
  readonly denied: string;
  readonly throttled: string;
  readonly internal: string;
}

const SSM: ErrorNames = {
  prefix: 'Ssm', denied: 'SsmException', throttled: 'SsmException', internal: 'InternalServerErrorException',
};

const ERROR_NAMES: Readonly<Record<MachineOperation, ErrorNames>> = {
  GetParameter: SSM,
  GetParameters: SSM,
  Invoke: {
    prefix: 'Lambda', denied: 'AWSLambdaException', throttled: 'TooManyRequestsException', internal: 'ServiceException',
  },
  Publish: {
    prefix: 'SNS', denied: 'AuthorizationErrorException', throttled: 'ThrottledException',
    internal: 'InternalErrorException',
  },
  PutEvents: {
    prefix: 'EventBridge', denied: 'AmazonEventBridgeException', throttled: 'AmazonEventBridgeException',
    internal: 'InternalException',
  },
  StartExecution: {
    prefix: 'StepFunctions', denied: 'AWSStepFunctionsException', throttled: 'AWSStepFunctionsException',
    internal: 'AWSStepFunctionsException',
  },
};

/** Calls of machines to services other than AWS IoT: permitted or not, and disturbed by faults. */
export class CalledServices {
  /** Disturb calls of machines; those to AWS IoT are disturbed at its stand-in. */
  readonly faults = new Faults<MachineOperation>();

  constructor(private readonly permissions: AccountPermissions) {}

  /** @throws TaskError */
  async call<T>(
    operation: MachineOperation, caller: MachineCaller, required: readonly RequiredPermission[],
    work: () => T | Promise<T>,
  ): Promise<T> {
    const fault = this.faults.take(operation, caller.arn);
    fault?.onTaken?.();
    const refusal = fault && errorOfFault(fault, operation);
    if (refusal !== undefined) throw errorOf(operation, refusal);
    if (fault?.kind === 'hang' || fault?.kind === 'dropConnection') throw unanswered(operation);
    if (fault?.kind === 'delay') {
      await (fault.until?.() ?? new Promise<void>((resolve) => setTimeout(resolve, fault.milliseconds).unref()));
    }
    for (const permission of required) {
      const denial = this.permissions.reasonToDeny(caller.roleArn, { sessionName: caller.name }, permission);
      if (denial !== undefined) throw errorOf(operation, { code: 'AccessDeniedException', message: denial, status: 403 });
    }
    let result: T;
    try {
      result = await work();
    } catch (error) {
      throw error instanceof Refusal ? errorOf(operation, error) : error;
    }
    if (fault?.kind === 'dropAfterEffect' || fault?.kind === 'hangAfterEffect') throw unanswered(operation);
    return result;
  }
}

function errorOf(
  operation: MachineOperation, { code, message, status }: {
    readonly code: string; readonly message: string; readonly status: number;
  },
): TaskError {
  const names = ERROR_NAMES[operation];
  return new TaskError(`${names.prefix}.${nameOf(code, names)}`, `${message} (Status Code: ${status})`);
}

function nameOf(code: string, { denied, throttled, internal }: ErrorNames): string {
  switch (code) {
    case 'AccessDeniedException': return denied;
    case 'ThrottlingException': return throttled;
    case 'InternalFailureException': case 'ServiceUnavailableException': return internal;
    case 'NotFound': return 'NotFoundException';
    // Services that name errors without the suffix get it from the SDK.
    default: return code.endsWith('Exception') ? code : `${code}Exception`;
  }
}

function unanswered(operation: MachineOperation): TaskError {
  return new TaskError(
    `${ERROR_NAMES[operation].prefix}.SdkClientException`, `Unable to execute HTTP request of ${operation}`,
  );
}
