import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import { ConfigurationAdoption } from './existing-configuration';
import {
  ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationAttribute, AdoptedConfigurationProperties,
} from './protocol';
import { AdoptedResource } from '../adoption/adopted-resource';
import { AuditCheck } from '../checks/audit-check';
import { renderApiChecks } from '../checks/check-rendering';

export interface AdoptedConfigurationProps {
  readonly adoption: ConfigurationAdoption;
  readonly removalPolicy: RemovalPolicy;
  readonly checks: AuditCheck[];
  readonly auditRole: IRole;
  readonly notificationTopic?: ITopic;

  /** Given if there is a topic. */
  readonly notificationRole?: IRole;

  /** The constructs that must exist first. */
  readonly dependencies: IDependable[];
}

/**
 * The audit configuration of an account that may already have one.
 */
export class AdoptedConfiguration extends AdoptedResource {
  public readonly foundConfiguration = this.resource.getAttString(AdoptedConfigurationAttribute.FOUND_CONFIGURATION);
  public readonly otherChecks = this.resource.getAttString(AdoptedConfigurationAttribute.OTHER_CHECKS);

  constructor(scope: Construct, id: string, props: AdoptedConfigurationProps) {
    const { adoption, auditRole, dependencies, notificationRole, removalPolicy } = props;
    super(scope, id, {
      adoption,
      removalPolicy,
      dependencies,
      resourceType: ADOPTED_CONFIGURATION_TYPE,
      properties: render(scope, props),
      // The deletion of an outdated physical id disables checks, so it must always come.
      removalPolicyOptions: { applyToUpdateReplacePolicy: false },
      permission: { purpose: 'AdoptAuditConfiguration', statements: statements(scope) },
      roles: { AuditRole: auditRole, ...notificationRole && { NotificationRole: notificationRole } },
      previousRoles: {
        use: 'PreviousRole',
        includeConsoleRoles: true,
        warning: {
          id: 'cdk-iot-fleet-audit:previousRolesNotNamed',
          message: 'a deployment that fails can give the account back only an audit role that the AWS IoT console '
            + 'made; with another one, the role of this stack stays and is kept; name the account\'s present roles in '
            + 'previousRoles of ExistingConfiguration.adopt(), or [] if it has none',
        },
      },
    });
  }
}

function render(
  scope: Construct, { adoption, auditRole, checks, notificationTopic, notificationRole }: AdoptedConfigurationProps,
): Omit<AdoptedConfigurationProperties, 'WhenRemoved'> {
  return {
    RoleArn: auditRole.roleArn,
    Checks: renderApiChecks(Stack.of(scope), checks),
    Target: notificationTopic && notificationRole && {
      TargetArn: notificationTopic.topicArn,
      RoleArn: notificationRole.roleArn,
    },
    OtherChecks: adoption.otherChecks,
  };
}

function statements(scope: Construct): PolicyStatement[] {
  return [
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
      resources: [Stack.of(scope).formatArn({ service: 'iot', resource: 'scheduledaudit', resourceName: '*' })],
    }),
  ];
}
