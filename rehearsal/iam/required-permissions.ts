import type { RequiredPermission } from './policy-document';
import type { Place } from '../cloudformation/generic-resources';
import { EventEntry, busArn } from '../messaging/event-bus';
import type { ReceivedCall } from '../services/stand-in';

/** Members of requests, at any depth, that name a role which AWS IoT is to assume. */
const ROLE_MEMBERS = ['roleArn', 'roleArnForLogging'];

/** IoT's operations on a resource of a kind, with the member that names it; all others have no resource. */
const IOT_RESOURCES: readonly { readonly operations: RegExp; readonly kind: string; readonly member: string }[] = [
  {
    operations: /^(Create|Update|Describe|Delete)ScheduledAudit$/, kind: 'scheduledaudit', member: 'scheduledAuditName',
  },
  { operations: /^(Create|Update|Describe|Delete)MitigationAction$/, kind: 'mitigationaction', member: 'actionName' },
  { operations: /^DescribeCertificate$/, kind: 'cert', member: 'certificateId' },
  { operations: /^GetPolicy$/, kind: 'policy', member: 'policyName' },
  { operations: /^ListThingGroupsForThing$/, kind: 'thing', member: 'thingName' },
  { operations: /^DescribeThingGroup$/, kind: 'thinggroup', member: 'thingGroupName' },
];

/**
 * The permissions that a call requires: actions and resources as in the service authorization reference.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html
 */
export function requiredPermissions({ service, operation, input }: ReceivedCall, place: Place): RequiredPermission[] {
  switch (service) {
    case 'iot':
      return [
        { action: `iot:${operation}`, resource: iotResource(operation, input, place) },
        ...rolesIn(input).map((resource) => ({
          action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'iot.amazonaws.com' },
        })),
      ];
    case 'cloudformation':
      return [{ action: `cloudformation:${operation}`, resource: String(input.StackName) }];
    case 'logs':
      return [
        {
          action: `logs:${operation}`,
          resource: arn(place, 'logs', `log-group:${input.logGroupName}:log-stream:${input.logStreamName ?? ''}`),
        },
      ];
    case 'lambda':
      return [{ action: 'lambda:InvokeFunction', resource: functionArn(String(input.FunctionName), place) }];
    case 'events':
      return entriesIn(input).map((entry) => ({
        action: 'events:PutEvents', resource: busArn(entry, place),
        context: { 'events:source': entry.Source ?? '', 'events:detail-type': entry.DetailType ?? '' },
      }));
    case 's3': {
      const bucket = `arn:${place.partition}:s3:::${String(input.Bucket)}`;
      return operation === 'ListObjectsV2'
        ? [{ action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': String(input.Prefix ?? '') } }]
        : [{ action: `s3:${operation}`, resource: `${bucket}/${String(input.Key)}` }];
    }
    case 'states':
      return [{ action: `states:${operation}`, resource: String(input.stateMachineArn) }];
    case 'sns':
      return [{ action: `sns:${operation}`, resource: String(input.TopicArn) }];
  }
}

function iotResource(operation: string, input: ReceivedCall['input'], place: Place): string {
  const known = IOT_RESOURCES.find(({ operations }) => operations.test(operation));
  if (known !== undefined) return arn(place, 'iot', `${known.kind}/${input[known.member]}`);
  // Tagging.
  return typeof input.resourceArn === 'string' ? input.resourceArn : '*';
}

function entriesIn({ Entries = [] }: ReceivedCall['input']): readonly EventEntry[] {
  return Entries as readonly EventEntry[];
}

function rolesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, member]) =>
    ROLE_MEMBERS.includes(key) && typeof member === 'string' ? [member] : rolesIn(member),
  );
  return [...new Set(found)];
}

function functionArn(nameOrArn: string, place: Place): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arn(place, 'lambda', `function:${nameOrArn}`);
}

function arn({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
