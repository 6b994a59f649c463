import { Duration } from 'aws-cdk-lib';

/**
 * Options for starting an audit at deployment.
 */
export interface DeploymentAuditOptions {
  /**
   * Whatever should make another audit run when it changes, for example a commit or the execution of a pipeline.
   *
   * @default - an audit runs when the resource is created, and when its checks or their thresholds change
   */
  readonly trigger?: string;
}

/**
 * Options for waiting for an audit at deployment.
 */
export interface DeploymentWaitOptions extends DeploymentAuditOptions {
  /**
   * How long to wait: 1 to 55 whole minutes.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;

  /**
   * Whether the deployment fails when the audit has not ended by then. If not, the audit goes on beside the deployment.
   *
   * @default true
   */
  readonly failOnTimeout?: boolean;
}
