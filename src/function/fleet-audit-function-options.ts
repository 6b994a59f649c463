import { Token } from 'aws-cdk-lib';
import { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

/** The function's own environment variable, by which it knows its stack. */
export const STACK_ID = 'STACK_ID';

/** One for a request, and one for the request that cancels it. */
const LEAST_CONCURRENT_EXECUTIONS = 2;

/**
 * Options for the function of a stack.
 */
export interface FleetAuditFunctionOptions {
  /**
   * The VPC in which the function runs. From its subnets the function must reach the APIs of AWS IoT, Amazon CloudWatch
   * Logs, AWS CloudFormation and AWS Lambda, and Amazon S3, to which it sends its answers to CloudFormation: through a
   * NAT gateway, or through VPC endpoints. If it does not reach S3, a deployment waits for an hour and then fails. For
   * the events of audits it must reach Amazon EventBridge, too, for automatic mitigation AWS Step Functions, for
   * notices Amazon SNS, and for an archive its bucket.
   *
   * @default - the function runs outside your VPCs
   */
  readonly vpc?: IVpc;

  /**
   * The subnets of the VPC.
   *
   * @default - private subnets with egress
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The security groups of the function in the VPC.
   *
   * @default - a new security group that allows all outbound traffic
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * The architecture of the processor on which the function runs.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;

  /**
   * The number of requests of CloudFormation that are carried out at a time: 2 or more. A request that Lambda cannot
   * run within ten minutes is lost, and its deployment fails after an hour. An audit that a deployment waits for takes
   * one execution for the whole time, and its cancellation takes another. The messages of ended audits take two more:
   * one that finds none free three times ends in the dead-letter queue.
   *
   * @default - the account's unreserved concurrency
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * Additional environment variables, for example for Node.js. `STACK_ID` is reserved for the function.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The key that encrypts the environment variables. The function's role is allowed to decrypt with it; those who
   * deploy need `kms:CreateGrant` and `kms:Encrypt` on the key.
   *
   * @default - a key that AWS Lambda owns
   */
  readonly environmentEncryption?: IKey;

  /**
   * The time for which the function's log is kept. The function itself needs it for one day.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * The key that encrypts the function's log. The policy of a key that the app defines is extended so that CloudWatch
   * Logs may use it; the policy of an imported key must allow that already.
   *
   * @default - a key that Amazon CloudWatch Logs owns
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly logEncryptionKey?: IKey;
}

/**
 * @throws if options do not go together, or would keep the function from doing its work
 */
export function validateFunctionOptions(scope: IConstruct, options: FleetAuditFunctionOptions): void {
  const { environment, reservedConcurrentExecutions: executions, vpc } = options;
  const ofVpc = (['vpcSubnets', 'securityGroups'] as const).find((property) => options[property] && !vpc);
  if (ofVpc) {
    throw invalidInput(scope, {
      property: ofVpc,
      rule: 'needs a VPC',
      given: 'it without vpc',
      fix: 'set vpc as well, or leave it out',
    });
  }
  if (executions !== undefined && !Token.isUnresolved(executions)
    && (!Number.isInteger(executions) || executions < LEAST_CONCURRENT_EXECUTIONS)) {
    throw invalidInput(scope, {
      property: 'reservedConcurrentExecutions',
      rule: `must be a whole number, ${LEAST_CONCURRENT_EXECUTIONS} or more`,
      given: String(executions),
      fix: 'leave room for a request and the one that cancels it, or leave it out',
    });
  }
  if (environment && STACK_ID in environment) {
    throw invalidInput(scope, {
      property: 'environment',
      rule: `must not hold ${STACK_ID}, by which the function knows its stack`,
      given: `'${environment[STACK_ID]}'`,
      fix: 'give the variable another name',
    });
  }
}
