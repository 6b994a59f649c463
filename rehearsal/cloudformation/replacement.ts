import { isDeepStrictEqual } from 'node:util';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Properties } from './template';

/** Properties whose change needs a new resource, for the types that most rehearsals have: the specification takes a while to load. */
export const CREATE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'AWS::CDK::Metadata': [],
  'AWS::IAM::ManagedPolicy': ['Description', 'ManagedPolicyName', 'Path'],
  'AWS::IAM::Policy': [],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::IoT::AccountAuditConfiguration': ['AccountId'],
  'AWS::IoT::Logging': ['AccountId'],
  'AWS::IoT::MitigationAction': ['ActionName'],
  'AWS::IoT::Policy': ['PolicyName'],
  'AWS::IoT::ScheduledAudit': ['ScheduledAuditName'],
  'AWS::IoT::ThingGroup': ['ParentGroupName', 'ThingGroupName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
};

let specification: ReturnType<typeof loadAwsServiceSpecSync> | undefined;

/** Properties that differ between two versions of a resource. */
export function changedProperties(before: Properties, after: Properties): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** Whether CloudFormation's specification says that a change of one of the properties needs a new resource. */
export function needsReplacement(type: string, changed: readonly string[]): boolean {
  const createOnly = CREATE_ONLY[type] ?? createOnlyOf(type);
  return changed.some((name) => createOnly.includes(name));
}

/** As the resource specification has it; nothing for a type that it does not know. */
export function createOnlyOf(type: string): string[] {
  specification ??= loadAwsServiceSpecSync();
  const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  return Object.entries(resource?.properties ?? {}).filter(([, { causesReplacement }]) => causesReplacement === 'yes').map(([name]) => name).sort();
}
