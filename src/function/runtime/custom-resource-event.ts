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

  /** Present on update and delete. CloudFormation makes one up for a creation that was never answered. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;

  /** The state that an earlier invocation of this function hands over. CloudFormation does not send it. */
  readonly Continuation?: unknown;

  /** The time at which CloudFormation asked, as the first invocation saw it. CloudFormation does not send it. */
  readonly AskedAt?: number;
}

const REQUIRED = ['StackId', 'RequestId', 'ResourceType', 'LogicalResourceId'] as const;

/** Names what is wrong with an event, if anything. */
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
  return typeof event === 'object' && event !== null
    && 'ResponseURL' in event && URL.canParse(String(event.ResponseURL));
}

const FAILED = 'none-';

/** The id that a failed creation is answered with, so that its delete names the request. */
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
 * @returns undefined if the URL does not tell a time, or tells one that cannot be
 */
export function timeOfRequest(
  { ResponseURL }: Pick<CustomResourceEvent, 'ResponseURL'>, now: number,
): number | undefined {
  const query = new URL(ResponseURL).searchParams;
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  const [, ...date] = match?.map(Number) ?? [];
  const [year, month, day, hours, minutes, seconds] = date;
  const signed = date.length > 0 ? Date.UTC(year, month - 1, day, hours, minutes, seconds)
    : Number(query.get('Expires') ?? NaN) * 1000 - VALIDITY;
  return signed <= now && signed > now - VALIDITY ? signed : undefined;
}

export interface EventOriginProps {
  /** The stack of the function. Without one, no event is believed. */
  readonly stackId: string | undefined;

  /** The region of the function. */
  readonly region: string;

  /**
   * An endpoint that stands in for CloudFormation, as the SDK's setting AWS_ENDPOINT_URL_CLOUDFORMATION names it.
   *
   * @default - AWS's own
   */
  readonly endpoint?: string;
}

const S3_DOMAINS = [
  'amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu',
  'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov',
];
const S3_HOST = new RegExp(`^(.+\\.)?s3[a-z0-9.-]*\\.(${S3_DOMAINS.join('|').replace(/\./g, '\\.')})$`);

/**
 * Tells events of CloudFormation for the function's own stack from events that somebody else makes up.
 *
 * Callers that may invoke the function must not make it act for them, or send them its answers.
 */
export class EventOrigin {
  constructor(private readonly props: EventOriginProps) {}

  /** Names what shows that an event is not CloudFormation's for this stack, if anything does. */
  public findFault({ StackId, ResponseURL }: CustomResourceEvent): string | undefined {
    if (!StackId || StackId !== this.props.stackId) {
      return 'the event is of another stack';
    }
    return this.isResponseUrl(new URL(ResponseURL)) ? undefined : 'the response URL is not one of CloudFormation';
  }

  /** AWS has a bucket for responses in each region. */
  private isResponseUrl({ protocol, hostname, pathname }: URL): boolean {
    const { endpoint, region } = this.props;
    if (endpoint && hostname === new URL(endpoint).hostname) {
      return true;
    }
    const bucket = `cloudformation-custom-resource-response-${region.replace(/-/g, '')}`;
    const [, prefix] = S3_HOST.exec(hostname) ?? [];
    const isBucket = prefix === `${bucket}.` || (prefix === undefined && pathname.startsWith(`/${bucket}/`));
    return protocol === 'https:' && S3_HOST.test(hostname) && isBucket;
  }
}
