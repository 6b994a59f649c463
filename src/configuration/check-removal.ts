import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { CHECK_RELEASE_TYPE, ReleasePosition } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { renderApiChecks } from '../checks/check-rendering';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource } from '../function/function-backed-resource';

/**
 * Number of deployments that it takes to disable a check that a scheduled audit of the stack uses.
 *
 * AWS refuses to disable a check while a scheduled audit uses it, and CloudFormation updates the configuration before
 * the scheduled audits.
 */
export enum CheckRemoval {
  /**
   * One deployment: before CloudFormation disables the check, a custom resource takes it out of the stack's scheduled
   * audits. A deployment that fails puts it back, but the data that AWS had collected for it is lost.
   *
   * Uses two custom resources, and the function that all custom resources of this library in a stack share.
   */
  IN_ONE_DEPLOYMENT = 'IN_ONE_DEPLOYMENT',

  /**
   * Two deployments: you take the check out of the scheduled audits first, then out of the configuration.
   *
   * Uses only CloudFormation's own resources. A deployment that enables and schedules a check and then fails may leave
   * the stack in UPDATE_ROLLBACK_FAILED.
   */
  IN_TWO_DEPLOYMENTS = 'IN_TWO_DEPLOYMENTS',
}

/** The ids of the custom resources, by place. */
const IDS: Record<ReleasePosition, string> = { BEFORE: 'Before', AFTER: 'After' };

/**
 * Two custom resources, with which one deployment can disable a check and take it out of the stack's scheduled audits,
 * and can be rolled back.
 *
 * docs/adr/0011-removing-a-check-in-one-deployment.md weighs the design.
 */
export class CheckRelease extends Construct {
  /** The scheduled audits of the stack have to depend on it. */
  public readonly after: Construct;

  constructor(scope: Construct, id: string, configuration: CfnAccountAuditConfiguration, checks: AuditCheck[]) {
    super(scope, id);
    const customResourceFunction = FleetAuditFunction.of(this);
    const permissions = permitReleasing(customResourceFunction);
    const stack = Stack.of(this);
    const [before, after] = [ReleasePosition.BEFORE, ReleasePosition.AFTER].map((position) =>
      new FunctionBackedResource(this, IDS[position], {
        resourceType: CHECK_RELEASE_TYPE,
        dependencies: [permissions],
        properties: {
          Position: position,
          // A reference instead of a dependency, whose position would depend on paths: see withoutOwnRoles().
          Configuration: position === ReleasePosition.AFTER ? configuration.ref : undefined,
          Checks: renderApiChecks(stack, checks),
          // So that an update fails here if CloudFormation would get stuck in it later.
          Watched: { RoleArn: configuration.roleArn, Targets: configuration.auditNotificationTargetConfigurations },
        },
      }));
    configuration.node.addDependency(before);
    this.after = after;
  }
}

function permitReleasing(customResourceFunction: FleetAuditFunction): IDependable {
  const schedules = Stack.of(customResourceFunction)
    .formatArn({ service: 'iot', resource: 'scheduledaudit', resourceName: '*' });
  return customResourceFunction._permit('ReleaseChecks', [
    new PolicyStatement({
      actions: [
        'iot:DescribeAccountAuditConfiguration',
        'iot:ListScheduledAudits',
        'iot:UpdateAccountAuditConfiguration',
      ],
      // None of these has a resource to narrow it to.
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['iot:DescribeScheduledAudit', 'iot:UpdateScheduledAudit'],
      resources: [schedules],
    }),
  ]);
}
