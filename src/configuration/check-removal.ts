/**
 * How many deployments it takes to disable a check that a scheduled audit of the stack uses.
 *
 * AWS refuses to disable a check that a scheduled audit uses, and CloudFormation updates the configuration before the
 * scheduled audits.
 */
export enum CheckRemoval {
  /**
   * One: before CloudFormation disables it, a custom resource takes it out of the stack's scheduled audits. A deployment
   * that fails puts it back, though without the data that AWS had collected for it.
   *
   * It takes two custom resources, and the function that the library's custom resources of a stack share.
   */
  IN_ONE_DEPLOYMENT = 'IN_ONE_DEPLOYMENT',

  /**
   * Two: first take it out of the scheduled audits, then out of the configuration. Nothing but CloudFormation's own
   * resources; a deployment that enables and schedules a check and then fails may leave the stack in
   * UPDATE_ROLLBACK_FAILED.
   */
  IN_TWO_DEPLOYMENTS = 'IN_TWO_DEPLOYMENTS',
}
