import type { IoTClient } from '@aws-sdk/client-iot';
import { PolicyHandler, ThingGroupHandler } from './fleet-resources';
import { GenericResources, LogGroupHandler, PhysicalNames, Place } from './generic-resources';
import type { ResourceHandler } from './resource-handler';
import { AlarmHandler } from '../cloudwatch/alarm-resources';
import type { Alarms } from '../cloudwatch/alarms';
import type { Fleet } from '../device-defender/fleet';
import { CustomResourceHandler, isCustomResource } from '../functions/custom-resource';
import type { LambdaFunctions } from '../functions/lambda-functions';
import { EventInvokeConfigHandler, LambdaFunctionHandler } from '../functions/lambda-resources';
import type { AccountPermissions } from '../iam/account-permissions';
import { ManagedPolicyHandler, PolicyHandler as IamPolicyHandler, RoleHandler } from '../iam/iam-resources';
import type { Messaging } from '../messaging/messaging';
import { messagingHandlers } from '../messaging/messaging-resources';
import { AccountAuditConfigurationHandler } from '../native/account-audit-configuration';
import { LoggingHandler } from '../native/logging';
import { MitigationActionHandler } from '../native/mitigation-action';
import { ScheduledAuditHandler } from '../native/scheduled-audit';
import { BucketHandler } from '../s3/bucket-resources';
import type { SurroundingServices } from '../services/surrounding-services';
import type { VirtualTime } from '../services/virtual-time';
import { ParameterHandler, Parameters } from '../step-functions/parameters';
import { StateMachineHandler } from '../step-functions/state-machine-resources';
import type { StateMachines } from '../step-functions/state-machines';

export interface HandlerSurroundings {
  readonly iot: IoTClient;
  readonly place: Place;
  readonly names: PhysicalNames;
  readonly fleet: Fleet;
  readonly functions: LambdaFunctions;
  readonly permissions: AccountPermissions;
  readonly generic: GenericResources;
  readonly messaging: Messaging;
  readonly alarms: Alarms;
  readonly services: SurroundingServices;
  readonly stateMachines: StateMachines;
  readonly parameters: Parameters;
  readonly serviceTimeoutScale: number;
  readonly whatIsNotRehearsed: 'fails' | 'is skipped';
  readonly time: VirtualTime | undefined;
}

/** The handler of each resource type. */
export function handlersFor(surroundings: HandlerSurroundings): (type: string) => ResourceHandler {
  const { iot, place, names, fleet, functions, services, permissions, generic } = surroundings;
  const native = { iot, names, accountId: place.accountId };
  const custom = new CustomResourceHandler(functions, services, names, surroundings, surroundings.whatIsNotRehearsed);
  const iamPolicies = new IamPolicyHandler(permissions, names);
  const handlers: Readonly<Record<string, ResourceHandler>> = {
    'AWS::CloudWatch::Alarm': new AlarmHandler(surroundings.alarms, generic),
    'AWS::IAM::ManagedPolicy': new ManagedPolicyHandler(permissions, generic),
    'AWS::IAM::Policy': iamPolicies,
    'AWS::IAM::Role': new RoleHandler(permissions, generic, place),
    'AWS::IAM::RolePolicy': iamPolicies,
    'AWS::IoT::AccountAuditConfiguration': new AccountAuditConfigurationHandler(native),
    'AWS::IoT::Logging': new LoggingHandler(native),
    'AWS::IoT::MitigationAction': new MitigationActionHandler(native),
    'AWS::IoT::ScheduledAudit': new ScheduledAuditHandler(native),
    'AWS::IoT::Policy': new PolicyHandler(fleet, generic, names),
    'AWS::IoT::ThingGroup': new ThingGroupHandler(fleet, generic, names),
    'AWS::Lambda::EventInvokeConfig': new EventInvokeConfigHandler(functions, generic),
    'AWS::Lambda::Function': new LambdaFunctionHandler(functions, generic),
    'AWS::Logs::LogGroup': new LogGroupHandler(services.logs, generic),
    ...messagingHandlers(surroundings),
    'AWS::S3::Bucket': new BucketHandler(services.buckets, generic, names),
    'AWS::SSM::Parameter': new ParameterHandler(surroundings.parameters, names),
    'AWS::StepFunctions::StateMachine': new StateMachineHandler(surroundings.stateMachines, generic, names, place),
  };
  return (type) => isCustomResource(type) ? custom : handlers[type] ?? generic;
}
