/**
 * What fails a deployment, as the construct tells its function. CloudFormation turns every scalar into a string.
 */
export interface GateProperties {
  /** How many non-compliant resources a judged check may find. Absent for any number, or for none where nothing else is said. */
  readonly AllowedPerCheck?: string;

  /** How many non-compliant resources all judged checks together may find. Absent for any number. */
  readonly AllowedInAll?: string;

  /** Whether a judged check that could not be carried out fails the deployment. */
  readonly FailOnIncompleteCheck: string;

  /** Whether a judged check that the account does not enable fails the deployment. Absent for no. */
  readonly FailOnDisabledCheck?: string;

  /** Whether resources that were non-compliant before do not count. */
  readonly AllowKnown: string;

  /** Whether every resource counts as long as no earlier audit is known. */
  readonly CountWithoutEarlierAudit: string;
}
