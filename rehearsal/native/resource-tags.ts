import { IoTClient, ListTagsForResourceCommand, Tag, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-iot';
import type { ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

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
