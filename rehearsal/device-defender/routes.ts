import type { StructureShape } from './input-validation';
import type { OperationName } from './operations';
import { REQUEST_SHAPES } from './request-shapes';
import { invalidRequest } from './service-error';
import type { StandInRequest } from '../services/stand-in';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Method, path and query members of every operation. A test holds them against the SDK's own schemas. */
export const ROUTES: Readonly<
  Record<OperationName, readonly [method: Method, path: string, ...queryMembers: string[]]>
> = {
  DescribeAccountAuditConfiguration: ['GET', '/audit/configuration'],
  UpdateAccountAuditConfiguration: ['PATCH', '/audit/configuration'],
  DeleteAccountAuditConfiguration: ['DELETE', '/audit/configuration', 'deleteScheduledAudits'],
  CreateScheduledAudit: ['POST', '/audit/scheduledaudits/{scheduledAuditName}'],
  UpdateScheduledAudit: ['PATCH', '/audit/scheduledaudits/{scheduledAuditName}'],
  DescribeScheduledAudit: ['GET', '/audit/scheduledaudits/{scheduledAuditName}'],
  DeleteScheduledAudit: ['DELETE', '/audit/scheduledaudits/{scheduledAuditName}'],
  ListScheduledAudits: ['GET', '/audit/scheduledaudits', 'nextToken', 'maxResults'],
  StartOnDemandAuditTask: ['POST', '/audit/tasks'],
  DescribeAuditTask: ['GET', '/audit/tasks/{taskId}'],
  CancelAuditTask: ['PUT', '/audit/tasks/{taskId}/cancel'],
  ListAuditTasks: ['GET', '/audit/tasks', 'startTime', 'endTime', 'taskType', 'taskStatus', 'nextToken', 'maxResults'],
  ListAuditFindings: ['POST', '/audit/findings'],
  DescribeAuditFinding: ['GET', '/audit/findings/{findingId}'],
  ListRelatedResourcesForAuditFinding: ['GET', '/audit/relatedResources', 'findingId', 'nextToken', 'maxResults'],
  CreateMitigationAction: ['POST', '/mitigationactions/actions/{actionName}'],
  UpdateMitigationAction: ['PATCH', '/mitigationactions/actions/{actionName}'],
  DescribeMitigationAction: ['GET', '/mitigationactions/actions/{actionName}'],
  DeleteMitigationAction: ['DELETE', '/mitigationactions/actions/{actionName}'],
  ListMitigationActions: ['GET', '/mitigationactions/actions', 'actionType', 'maxResults', 'nextToken'],
  StartAuditMitigationActionsTask: ['POST', '/audit/mitigationactions/tasks/{taskId}'],
  DescribeAuditMitigationActionsTask: ['GET', '/audit/mitigationactions/tasks/{taskId}'],
  CancelAuditMitigationActionsTask: ['PUT', '/audit/mitigationactions/tasks/{taskId}/cancel'],
  ListAuditMitigationActionsTasks: [
    'GET', '/audit/mitigationactions/tasks', 'startTime', 'endTime', 'auditTaskId', 'findingId', 'taskStatus',
    'maxResults', 'nextToken',
  ],
  ListAuditMitigationActionsExecutions: [
    'GET', '/audit/mitigationactions/executions', 'taskId', 'findingId', 'actionStatus', 'maxResults', 'nextToken',
  ],
  CreateAuditSuppression: ['POST', '/audit/suppressions/create'],
  UpdateAuditSuppression: ['PATCH', '/audit/suppressions/update'],
  DescribeAuditSuppression: ['POST', '/audit/suppressions/describe'],
  DeleteAuditSuppression: ['POST', '/audit/suppressions/delete'],
  ListAuditSuppressions: ['POST', '/audit/suppressions/list'],
  GetV2LoggingOptions: ['GET', '/v2LoggingOptions', 'verbose'],
  SetV2LoggingOptions: ['POST', '/v2LoggingOptions'],
  DescribeCertificate: ['GET', '/certificates/{certificateId}'],
  GetPolicy: ['GET', '/policies/{policyName}'],
  ListPrincipalThings: ['GET', '/principals/things', 'nextToken', 'maxResults'],
  ListThingGroupsForThing: ['GET', '/things/{thingName}/thing-groups', 'nextToken', 'maxResults'],
  DescribeThingGroup: ['GET', '/thing-groups/{thingGroupName}'],
  TagResource: ['POST', '/tags'],
  UntagResource: ['POST', '/untag'],
  ListTagsForResource: ['GET', '/tags', 'resourceArn', 'nextToken'],
};

/** Members that headers carry. A test holds them against the SDK's own schemas. */
export const HEADERS: Readonly<Partial<Record<OperationName, Readonly<Record<string, string>>>>> = {
  ListPrincipalThings: { principal: 'x-amzn-principal' },
};

export interface RouteMatch {
  readonly operation: OperationName;
  /** Members found in the path, the query and the headers, converted to the types of their shapes. */
  readonly members: Record<string, unknown>;
}

const matchers = (Object.keys(ROUTES) as OperationName[]).map((operation) => {
  const [method, path, ...queryMembers] = ROUTES[operation];
  return { operation, method, pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), queryMembers };
});

/** Finds the operation a request line means, or undefined if there is none. */
export function matchRoute(
  { method, target, headers }: Pick<StandInRequest, 'method' | 'target' | 'headers'>,
): RouteMatch | undefined {
  const url = new URL(target, 'http://stand-in');
  for (const route of matchers) {
    if (route.method !== method) continue;
    const match = route.pattern.exec(url.pathname);
    if (match === null) continue;
    const shape = REQUEST_SHAPES[route.operation];
    const members: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(match.groups ?? {})) members[name] = decode(value);
    for (const name of route.queryMembers) {
      const value = url.searchParams.get(name);
      if (value !== null) members[name] = typed(shape, name, value);
    }
    for (const [name, header] of Object.entries(HEADERS[route.operation] ?? {})) {
      if (headers[header] !== undefined) members[name] = headers[header];
    }
    return { operation: route.operation, members };
  }
  return undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw invalidRequest(`The path segment '${value}' is not valid.`);
  }
}

/** Text that does not fit its type stays text, for the validation to refuse. */
function typed(shape: StructureShape, name: string, value: string): unknown {
  switch (shape.members[name].type) {
    case 'integer': return /^-?\d+$/.test(value) ? Number(value) : value;
    case 'boolean': return value === 'true' ? true : value === 'false' ? false : value;
    default: return value;
  }
}
