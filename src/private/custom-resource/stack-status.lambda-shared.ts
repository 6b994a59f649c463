import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AwsCalls, asError, describeError } from './aws-calls.lambda-shared';
import { log } from './log.lambda-shared';

/**
 * The status of a stack, or undefined when CloudFormation did not tell it until the given time.
 */
export async function readStackStatus(
  cloudFormation: CloudFormationClient, stackId: string, calls: AwsCalls, until: number,
): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await calls.persistently({ until }, (options) => cloudFormation.send(
      new DescribeStacksCommand({ StackName: stackId }), options));
    return stack?.StackStatus;
  } catch (error) {
    log('stack status not known', { error: describeError(asError(error)) });
    return undefined;
  }
}

/** Whether a status says that the stack goes back to what it was, or away. */
export function isRollingBack(status: string | undefined): boolean {
  return status !== undefined && /ROLLBACK.*IN_PROGRESS|DELETE/.test(status);
}

/** The same for a request that has been under way for a while: by now the rollback may be over. */
export function hasRolledBack(status: string | undefined): boolean {
  return status !== undefined && /ROLLBACK|DELETE/.test(status);
}
