import { Annotations, RemovalPolicy } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { LoggingAdoption, LoggingRemoval } from './existing-logging';
import { LogLevel } from './log-level';
import type { LoggingEvent } from './logging';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingAttribute, AdoptedLoggingProperties } from './protocol';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource } from '../function/function-backed-resource';
import { namedInOrder, permitPassing } from '../function/passing-roles';
import { withoutOwnRoles } from '../private/iot-service-role';

export interface AdoptedLoggingProps {
  readonly adoption: LoggingAdoption;
  readonly logLevel: LogLevel;
  readonly role: IRole;
  readonly events?: LoggingEvent[];

  /** What must be there first. */
  readonly dependencies: IDependable[];
}

/**
 * The logging of an account that may log already: a custom resource that leaves it alone, or takes it over.
 */
export class AdoptedLogging extends Construct {
  public readonly foundLogging: string;

  constructor(scope: Construct, id: string, props: AdoptedLoggingProps) {
    super(scope, id);
    warnWithoutPreviousRoles(this, props.adoption);
    const customResourceFunction = FleetAuditFunction.of(this);
    const resource = new FunctionBackedResource(this, 'Resource', {
      resourceType: ADOPTED_LOGGING_TYPE,
      properties: render(props),
      dependencies: [...permitLogging(customResourceFunction, props), ...withoutOwnRoles(props.dependencies)],
      // One that is left is deleted only by the rollback of the deployment that made it.
      removalPolicy: props.adoption.whenRemoved === LoggingRemoval.LEAVE ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : undefined,
    });
    this.node.defaultChild = resource.node.defaultChild;
    this.foundLogging = resource.getAttString(AdoptedLoggingAttribute.FOUND_LOGGING);
  }
}

function permitLogging(customResourceFunction: FleetAuditFunction, { adoption, role }: AdoptedLoggingProps): IDependable[] {
  return [
    customResourceFunction._permit('AdoptLogging', [
      // Neither has a resource to narrow it to.
      new PolicyStatement({ actions: ['iot:GetV2LoggingOptions', 'iot:SetV2LoggingOptions'], resources: ['*'] }),
    ]),
    permitPassing(customResourceFunction, { LoggingRole: role, ...namedInOrder('PreviousLoggingRole', adoption.previousRoles) }),
  ];
}

function warnWithoutPreviousRoles(scope: Construct, { keep, previousRoles }: LoggingAdoption): void {
  if (!keep && !previousRoles) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:previousLoggingRolesNotNamed',
      'a deployment that fails cannot give the account back the role that it logs with now, so the role of this stack stays and is kept; name the '
      + 'present role in previousRoles of ExistingLogging.adopt(), or [] if the account does not log');
  }
}

function render({ adoption, events, logLevel, role }: AdoptedLoggingProps): AdoptedLoggingProperties {
  return {
    RoleArn: role.roleArn,
    DefaultLogLevel: logLevel,
    Events: events?.map(({ eventType, logLevel: level, logGroupName }) => ({
      EventType: eventType, LogLevel: level, LogDestination: logGroupName,
    })),
    Keep: adoption.keep ? 'true' : undefined,
    WhenRemoved: adoption.whenRemoved,
  };
}
