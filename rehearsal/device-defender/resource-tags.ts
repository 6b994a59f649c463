import type { ListTagsForResourceRequest, Tag, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-iot';
import type { Handlers } from './operations';
import { invalidRequest, limitExceeded, notFound } from './service-error';

const MOST_TAGS = 50;

/** Tags of scheduled audits and mitigation actions, by ARN. */
export class ResourceTags implements Handlers<'TagResource' | 'UntagResource' | 'ListTagsForResource'> {
  private readonly resources = new Map<string, Map<string, string>>();

  /** Makes a new resource known, or refuses its tags. */
  register(arn: string, tags: readonly Tag[] | undefined): void {
    this.resources.set(arn, merged(new Map(), tags ?? []));
  }

  forget(arn: string): void {
    this.resources.delete(arn);
  }

  readonly TagResource = ({ resourceArn, tags }: TagResourceRequest) => {
    this.resources.set(resourceArn!, merged(this.require(resourceArn!), tags!));
    return {};
  };

  readonly UntagResource = ({ resourceArn, tagKeys }: UntagResourceRequest) => {
    const tags = this.require(resourceArn!);
    for (const key of tagKeys!) tags.delete(key);
    return {};
  };

  /** At most 50 tags: all in one page, as the request has no page size either. */
  readonly ListTagsForResource = ({ resourceArn }: ListTagsForResourceRequest) => ({
    tags: [...this.require(resourceArn!)].map(([Key, Value]) => ({ Key, Value })),
  });

  private require(arn: string): Map<string, string> {
    const tags = this.resources.get(arn);
    if (tags === undefined) throw notFound(`No resource has the ARN ${arn}.`);
    return tags;
  }
}

function merged(existing: ReadonlyMap<string, string>, given: readonly Tag[]): Map<string, string> {
  const tags = new Map(existing);
  for (const { Key, Value } of given) {
    if (Key!.startsWith('aws:') && !Key!.startsWith('aws:cloudformation:')) {
      throw invalidRequest('Tag keys must not start with aws:.');
    }
    tags.set(Key!, Value ?? '');
  }
  if (tags.size > MOST_TAGS) throw limitExceeded(`A resource has at most ${MOST_TAGS} tags.`);
  return tags;
}
