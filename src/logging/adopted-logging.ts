import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { LoggingAdoption } from './existing-logging';
import { LoggingEvent, LogLevel } from './logging-event';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingAttribute, AdoptedLoggingProperties } from './protocol';
import { AdoptedResource } from '../adoption/adopted-resource';

export interface AdoptedLoggingProps {
  readonly adoption: LoggingAdoption;
  readonly removalPolicy: RemovalPolicy;
  readonly logLevel: LogLevel;
  readonly role: IRole;
  readonly events?: LoggingEvent[];

  /** The constructs that must exist first. */
  readonly dependencies: IDependable[];
}

/**
 * The logging of an account that may already log: a custom resource that leaves it alone, or takes it over.
 */
export class AdoptedLogging extends AdoptedResource {
  public readonly foundLogging = this.resource.getAttString(AdoptedLoggingAttribute.FOUND_LOGGING);

  constructor(scope: Construct, id: string, props: AdoptedLoggingProps) {
    const { adoption, dependencies, removalPolicy, role } = props;
    super(scope, id, {
      adoption,
      removalPolicy,
      dependencies,
      resourceType: ADOPTED_LOGGING_TYPE,
      properties: render(props),
      permission: {
        purpose: 'AdoptLogging',
        // Neither has a resource to narrow it to.
        statements: [
          new PolicyStatement({ actions: ['iot:GetV2LoggingOptions', 'iot:SetV2LoggingOptions'], resources: ['*'] }),
        ],
      },
      roles: { LoggingRole: role },
      previousRoles: {
        use: 'PreviousLoggingRole',
        includeConsoleRoles: false,
        warning: adoption.keep ? undefined : {
          id: 'cdk-iot-fleet-audit:previousLoggingRolesNotNamed',
          message: 'a deployment that fails cannot give the account back the role that it logs with now, so the role '
            + 'of this stack stays and is kept; name the present role in previousRoles of ExistingLogging.adopt(), or '
            + '[] if the account does not log',
        },
      },
    });
  }
}

function render(
  { adoption, events, logLevel, role }: AdoptedLoggingProps,
): Omit<AdoptedLoggingProperties, 'WhenRemoved'> {
  return {
    RoleArn: role.roleArn,
    DefaultLogLevel: logLevel,
    Events: events?.map(({ eventType, logLevel: level, logGroupName }) => ({
      EventType: eventType, LogLevel: level, LogDestination: logGroupName,
    })),
    Keep: adoption.keep ? 'true' : undefined,
  };
}
