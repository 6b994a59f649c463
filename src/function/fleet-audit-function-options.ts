import { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * How the function of a stack is made.
 */
export interface FleetAuditFunctionOptions {
  /**
   * The VPC that the function runs in. From its subnets the function must reach the APIs of AWS IoT, Amazon CloudWatch
   * Logs, AWS CloudFormation and AWS Lambda, and Amazon S3, by which CloudFormation takes answers: through a NAT gateway,
   * or through endpoints of the VPC. Where it does not reach S3, a deployment waits for an hour and fails.
   *
   * @default - the function runs in no VPC of yours
   */
  readonly vpc?: IVpc;

  /**
   * The subnets of the VPC.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The security groups of the function in the VPC.
   *
   * @default - a new one that lets everything out
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * The processor that the function runs on.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;

  /**
   * How many requests of CloudFormation are carried out at a time: 2 or more. What Lambda cannot run within ten minutes
   * is lost, and the deployment fails after an hour. An audit that a deployment waits for takes one all that time, and
   * its cancellation another.
   *
   * @default - as many as the account has left
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * Further environment variables. The function reads none of them itself; `STACK_ID` is its own.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The key that encrypts the environment variables. The function's role is given what it needs; whoever deploys needs
   * `kms:CreateGrant` and `kms:Encrypt` on the key.
   *
   * @default - a key of Lambda
   */
  readonly environmentEncryption?: IKey;

  /**
   * How long the function's log is kept. The function itself needs it for a day.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * The key that encrypts the function's log. A key of the app is told to let CloudWatch Logs use it; the policy of an
   * imported key must do so already.
   *
   * @default - a key of Amazon CloudWatch Logs
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly logEncryptionKey?: IKey;
}
