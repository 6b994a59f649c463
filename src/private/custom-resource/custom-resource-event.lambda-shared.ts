/**
 * What CloudFormation asks of a custom resource.
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

  /** Where an earlier invocation of this function left off. Not of CloudFormation. */
  readonly Continuation?: unknown;
}

const REQUIRED = ['StackId', 'RequestId', 'ResourceType', 'LogicalResourceId'] as const;

/**
 * What is wrong with an event, or undefined.
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

/** Whether there is somewhere to send an answer to. */
export function canBeAnswered(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && URL.canParse(String((event as CustomResourceEvent).ResponseURL));
}
