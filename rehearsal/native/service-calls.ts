import {
  IoTClient, ListTagsForResourceCommand, Tag, TagResourceCommand, UntagResourceCommand,
} from '@aws-sdk/client-iot';
import type { PhysicalNames } from '../cloudformation/generic-resources';
import { Handled, HandlerFailure, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** The surroundings of the handlers of native resources. */
export interface NativeSurroundings {
  readonly iot: IoTClient;
  readonly accountId: string;
  readonly names: PhysicalNames;
}

/** The handlers' answers to the service's errors, as their public code has them. */
const CODES: Readonly<Record<string, string>> = {
  InvalidRequestException: 'InvalidRequest',
  ThrottlingException: 'Throttling',
  LimitExceededException: 'ServiceLimitExceeded',
  ResourceAlreadyExistsException: 'AlreadyExists',
  UnauthorizedException: 'AccessDenied',
};

/** CloudFormation calls a throttled handler again, for hours; that it gives up after a few attempts is made up. */
const MOST_ATTEMPTS = 5;

/**
 * Runs a handler's calls and turns an error of the service into what CloudFormation reports.
 *
 * @param model what the handler's answer to a failure names, so that a rollback deletes it
 */
export async function calling<T>(model: Handled | undefined, calls: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await calls();
    } catch (error) {
      const failure = error instanceof HandlerFailure ? error : failureOf(error as Error & ServiceErrorMembers, model);
      if (!failure.reason.includes('HandlerErrorCode: Throttling') || attempt === MOST_ATTEMPTS) throw failure;
    }
  }
}

interface ServiceErrorMembers {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** True if the service said that something does not exist: success for a handler that deletes. */
export function isNotFound(error: unknown): boolean {
  return (error as Error).name === 'ResourceNotFoundException';
}

/**
 * The model of a resource that is the account's only one, and is named after it.
 *
 * @throws if the template means another account
 */
export function modelOfAccount({ AccountId }: Properties, { accountId }: NativeSurroundings): Handled {
  const model = { physicalId: String(AccountId), attributes: {} };
  if (AccountId !== accountId) {
    throw failed(
      'InvalidRequest', `AccountId in the template (${String(AccountId)}) doesn't match actual: ${accountId}.`, model,
    );
  }
  return model;
}

function failureOf(error: Error & ServiceErrorMembers, model: Handled | undefined): HandlerFailure {
  const status = error.$metadata?.httpStatusCode;
  const code = isNotFound(error)
    ? 'NotFound'
    : (CODES[error.name] ?? (status === 403 ? 'AccessDenied' : 'InternalFailure'));
  // An AlreadyExists carries no model, so that the rollback leaves alone what belongs to someone else: inferred.
  const kept = code === 'AlreadyExists' ? undefined : model;
  // The handlers drop the message of an error that they do not know.
  return failed(code, code === 'InternalFailure' ? 'null' : error.message, kept);
}

/** Tags of the resource, of the stack and of CloudFormation itself. */
export function tagsOf(resource: ResourceIdentity, properties: Properties): Tag[] {
  const own = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return Object.entries({
    ...resource.stackTags,
    ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])),
    'aws:cloudformation:stack-name': resource.stackName,
    'aws:cloudformation:stack-id': resource.stackId,
    'aws:cloudformation:logical-id': resource.logicalId,
  }).map(([Key, Value]) => ({ Key, Value }));
}

/** Adds what is missing, then removes every tag that is not wanted, whoever set it. */
export async function replaceTags(iot: IoTClient, resourceArn: string, wanted: readonly Tag[]): Promise<void> {
  const { tags: live = [] } = await iot.send(new ListTagsForResourceCommand({ resourceArn }));
  const missing = wanted.filter((tag) => !live.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value));
  const surplus = live.filter((tag) => !wanted.some(({ Key }) => Key === tag.Key)).map(({ Key }) => Key!);
  if (missing.length > 0) await iot.send(new TagResourceCommand({ resourceArn, tags: missing }));
  if (surplus.length > 0) await iot.send(new UntagResourceCommand({ resourceArn, tagKeys: surplus }));
}
