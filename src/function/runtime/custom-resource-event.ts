/**
 * A request of CloudFormation for a custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  /** Present on update and delete. Made up by CloudFormation for a creation that was never answered. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;

  /** The state that an earlier invocation of this function hands over. Not of CloudFormation. */
  readonly Continuation?: unknown;

  /** When CloudFormation asked, as the first invocation saw it. Not of CloudFormation. */
  readonly AskedAt?: number;
}

const REQUIRED = ['StackId', 'RequestId', 'ResourceType', 'LogicalResourceId'] as const;

/**
 * Names what is wrong with an event, if anything.
 */
export function findFlaw(event: CustomResourceEvent): string | undefined {
  const missing = REQUIRED.filter((name) => typeof event[name] !== 'string');
  if (missing.length > 0) {
    return `the event has no ${missing.join(', no ')}`;
  }
  if (!['Create', 'Update', 'Delete'].includes(event.RequestType)) {
    return `the event's RequestType is ${JSON.stringify(event.RequestType)}`;
  }
  if (event.RequestType !== 'Create' && typeof event.PhysicalResourceId !== 'string') {
    return 'the event has no PhysicalResourceId';
  }
  if (typeof event.ResourceProperties !== 'object' || event.ResourceProperties === null) {
    return 'the event has no ResourceProperties';
  }
  return undefined;
}

/** Tells events that can be answered from everything else that may reach the function. */
export function canBeAnswered(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && URL.canParse(String((event as CustomResourceEvent).ResponseURL));
}

const FAILED = 'none-';

/** A failed creation is answered with this id, so that its delete names the request. */
export function failedCreationId(requestId: string): string {
  return `${FAILED}${requestId}`;
}

/** The request that an id of a failed creation names; undefined for any other id. */
export function requestOfFailedCreation(physicalResourceId = ''): string | undefined {
  return physicalResourceId.startsWith(FAILED) ? physicalResourceId.slice(FAILED.length) : undefined;
}


/** CloudFormation signs response URLs for two hours. */
const VALIDITY = 2 * 3_600_000;

/**
 * The time at which CloudFormation asked, as the signature of the response URL has it, in milliseconds since 1970.
 *
 * Lambda may deliver an event minutes later, and CloudFormation counts from when it asked.
 *
 * @returns undefined where the URL does not say, or says what cannot be
 */
export function timeOfRequest({ ResponseURL }: Pick<CustomResourceEvent, 'ResponseURL'>, now: number): number | undefined {
  const query = new URL(ResponseURL).searchParams;
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  const signed = date
    ? Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]), Number(date[4]), Number(date[5]), Number(date[6]))
    : Number(query.get('Expires') ?? NaN) * 1000 - VALIDITY;
  return signed <= now && signed > now - VALIDITY ? signed : undefined;
}
