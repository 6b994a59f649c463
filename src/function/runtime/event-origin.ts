import { CustomResourceEvent } from './custom-resource-event';

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

const S3_HOST = /^(.+\.)?s3[a-z0-9.-]*\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/**
 * Tells events of CloudFormation for the function's own stack from those that somebody else makes up.
 *
 * Whoever may invoke the function must not get it to act for him, or to send its answers to him.
 */
export class EventOrigin {
  constructor(private readonly props: EventOriginProps) {}

  /** Names what shows that an event is not of CloudFormation for this stack, if anything does. */
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
