import type { Buckets } from './buckets';
import type { GenericResources, PhysicalNames } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** Characters of a bucket's name. */
const LONGEST_NAME = 63;

/** AWS::S3::Bucket. One that holds objects cannot be deleted. */
export class BucketHandler implements ResourceHandler {
  constructor(
    private readonly buckets: Buckets, private readonly generic: GenericResources,
    private readonly names: PhysicalNames,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const handled = await this.generic.create(
      resource, properties, this.names.next(resource, LONGEST_NAME).toLowerCase(),
    );
    this.buckets.create(handled.physicalId);
    return handled;
  }

  async update(resource: ResourceIdentity, physicalId: string): Promise<Handled> {
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    if (this.buckets.objectsOf(physicalId).length > 0) {
      throw failed('GeneralServiceException', 'The bucket you tried to delete is not empty');
    }
    this.buckets.delete(physicalId);
    await this.generic.delete(resource, physicalId);
  }
}
