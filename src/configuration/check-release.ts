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
 * Lets a check be disabled and taken out of the stack's scheduled audits in one deployment, and lets that be rolled back.
 *
 * docs/adr/0011-removing-a-check-in-one-deployment.md weighs the design.
 */
export class CheckRelease extends Construct {
  /** What the stack's scheduled audits have to depend on. */
  public readonly after: Construct;

  constructor(scope: Construct, id: string, configuration: CfnAccountAuditConfiguration, checks: AuditCheck[]) {
    super(scope, id);
    const customResourceFunction = FleetAuditFunction.of(this);
    const permissions = permitReleasing(customResourceFunction);
    const stack = Stack.of(this);
    const [before, after] = [ReleasePosition.BEFORE, ReleasePosition.AFTER].map((position) =>
      new FunctionBackedResource(this, capitalize(position), {
        resourceType: CHECK_RELEASE_TYPE,
        dependencies: [permissions],
        properties: {
          Position: position,
          // A reference, where a dependency would come in the order of paths: see withoutOwnRoles().
          Configuration: position === ReleasePosition.AFTER ? configuration.ref : undefined,
          Checks: renderApiChecks(stack, checks),
          // An update that CloudFormation would get stuck in is to fail before.
          Watched: { RoleArn: configuration.roleArn, Targets: configuration.auditNotificationTargetConfigurations },
        },
      }));
    configuration.node.addDependency(before);
    this.after = after;
  }
}

function permitReleasing(customResourceFunction: FleetAuditFunction): IDependable {
  const schedules = Stack.of(customResourceFunction).formatArn({ service: 'iot', resource: 'scheduledaudit', resourceName: '*' });
  return customResourceFunction._permit('ReleaseChecks', [
    new PolicyStatement({
      actions: ['iot:DescribeAccountAuditConfiguration', 'iot:ListScheduledAudits', 'iot:UpdateAccountAuditConfiguration'],
      // None of these has a resource to narrow it to.
      resources: ['*'],
    }),
    new PolicyStatement({ actions: ['iot:DescribeScheduledAudit', 'iot:UpdateScheduledAudit'], resources: [schedules] }),
  ]);
}

function capitalize(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
