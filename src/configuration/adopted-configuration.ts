import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import { Adoption, ConfigurationRemoval } from './existing-configuration';
import {
  ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationAttribute, AdoptedConfigurationProperties,
} from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { renderApiChecks } from '../checks/check-rendering';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource, FunctionBackedResourceProps } from '../function/function-backed-resource';
import { namedInOrder, permitPassing, permitPassingConsoleRoles } from '../function/passing-roles';
import { withoutOwnRoles } from '../private/iot-service-role';

export interface AdoptedConfigurationProps {
  readonly adoption: Adoption;
  readonly checks: AuditCheck[];
  readonly auditRole: IRole;

  /** @default - none */
  readonly notification?: { readonly topic: ITopic; readonly role: IRole };

  /** What must be there first. */
  readonly dependencies: IDependable[];
}

/**
 * The audit configuration of an account that may have one: a custom resource that takes it over.
 */
export class AdoptedConfiguration extends Construct {
  public readonly foundConfiguration: string;
  public readonly otherChecks: string;

  constructor(scope: Construct, id: string, props: AdoptedConfigurationProps) {
    super(scope, id);
    warnWithoutPreviousRoles(this, props.adoption.previousRoles);
    const customResourceFunction = FleetAuditFunction.of(this);
    const resource = new FunctionBackedResource(this, 'Resource', {
      resourceType: ADOPTED_CONFIGURATION_TYPE,
      properties: this.render(props),
      dependencies: [...this.permitAdopting(customResourceFunction, props), ...withoutOwnRoles(props.dependencies)],
      ...removal(props.adoption),
    });
    this.node.defaultChild = resource.node.defaultChild;

    this.foundConfiguration = resource.getAttString(AdoptedConfigurationAttribute.FOUND_CONFIGURATION);
    this.otherChecks = resource.getAttString(AdoptedConfigurationAttribute.OTHER_CHECKS);
  }

  private render({ adoption, auditRole, checks, notification }: AdoptedConfigurationProps): AdoptedConfigurationProperties {
    return {
      RoleArn: auditRole.roleArn,
      Checks: renderApiChecks(Stack.of(this), checks),
      Target: notification && { TargetArn: notification.topic.topicArn, RoleArn: notification.role.roleArn },
      OtherChecks: adoption.otherChecks,
      WhenRemoved: adoption.whenRemoved,
    };
  }

  private permitAdopting(
    customResourceFunction: FleetAuditFunction, { adoption, auditRole, notification }: AdoptedConfigurationProps,
  ): IDependable[] {
    const adopting = customResourceFunction._permit('AdoptAuditConfiguration', [
      new PolicyStatement({
        actions: [
          'iot:DeleteAccountAuditConfiguration',
          'iot:DescribeAccountAuditConfiguration',
          'iot:ListScheduledAudits',
          'iot:UpdateAccountAuditConfiguration',
        ],
        // None of these has a resource to narrow it to.
        resources: ['*'],
      }),
      new PolicyStatement({
        actions: ['iot:DescribeScheduledAudit'],
        resources: [Stack.of(this).formatArn({ service: 'iot', resource: 'scheduledaudit', resourceName: '*' })],
      }),
    ]);
    const roles = {
      AuditRole: auditRole,
      ...notification && { NotificationRole: notification.role },
      ...namedInOrder('PreviousRole', adoption.previousRoles),
    };
    return [
      adopting,
      permitPassing(customResourceFunction, roles),
      ...adoption.previousRoles ? [] : [permitPassingConsoleRoles(customResourceFunction)],
    ];
  }
}

function warnWithoutPreviousRoles(scope: Construct, previousRoles?: IRole[]): void {
  if (!previousRoles) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:previousRolesNotNamed',
      'a deployment that fails can give the account back only an audit role that the AWS IoT console made; with another one, the role of this '
      + 'stack stays and is kept; name the account\'s present roles in previousRoles of ExistingConfiguration.adopt(), or [] if it has none');
  }
}

/**
 * A configuration that is left needs no deletion, except by the rollback of the deployment that adopted it. The
 * deletion of an outdated physical id, which disables checks, must always come.
 */
function removal({ whenRemoved }: Adoption): Partial<FunctionBackedResourceProps> {
  return whenRemoved === ConfigurationRemoval.LEAVE
    ? { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, removalPolicyOptions: { applyToUpdateReplacePolicy: false } }
    : {};
}
