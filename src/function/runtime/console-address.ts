/** The console's host by partition. */
const CONSOLES: Record<string, string> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * The page of an audit in the console.
 *
 * @param arn any ARN of the audit's partition and region
 */
export function consoleAddress(arn: string, taskId: string): string {
  const [, partition, , region] = arn.split(':');
  const console = `https://${region}.${CONSOLES[partition] ?? CONSOLES.aws}`;
  return `${console}/iot/home?region=${region}#/dd/audit/results/${taskId}`;
}
