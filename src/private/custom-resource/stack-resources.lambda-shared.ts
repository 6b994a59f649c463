import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { AwsCalls } from './aws-calls.lambda-shared';

/** A resource that a stack has at the moment. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;

  /** Whether it is on its way out, or was to be deleted and could not. */
  readonly isLeaving: boolean;
}

/**
 * The resources of a stack, as CloudFormation sees them at the moment.
 */
export async function listStackResources(
  cloudFormation: CloudFormationClient, stackId: string, calls: AwsCalls, until: number,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await calls.persistently({ until }, (options) => cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackId, NextToken }), options));
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
      // A resource that is being created may have none yet.
      if (PhysicalResourceId) {
        const isLeaving = ResourceStatus!.startsWith('DELETE');
        resources.push({ logicalId: LogicalResourceId!, type: ResourceType!, physicalId: PhysicalResourceId, isLeaving });
      }
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return resources;
}
