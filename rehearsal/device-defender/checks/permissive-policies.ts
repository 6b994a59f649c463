import type { Evaluation, EvaluationContext, NonCompliance } from './rule';

/**
 * AWS publishes examples of broad access, not the algorithm, so this is an approximation: it knows the documented
 * examples and their plain generalisations. It weighs each Allow statement alone: Deny, NotAction and NotResource
 * are not considered.
 */
export function permissivePolicies({ fleet }: EvaluationContext): Evaluation {
  const nonCompliances: NonCompliance[] = [];
  for (const { policyName, versions, defaultVersionId } of fleet.policies.values()) {
    const actions = broadActions(versions.find(({ versionId }) => versionId === defaultVersionId)?.document);
    if (actions.length === 0) continue;
    nonCompliances.push({
      resourceIdentifier: { policyVersionIdentifier: { policyName, policyVersionId: defaultVersionId } },
      reasonCode: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
      reason: `Policy allows broad access to IoT data plane actions: [${actions.join(', ')}].`,
    });
  }
  return { totalResources: fleet.policies.size, nonCompliances };
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** True if a resource (the part of the ARN after the account) is broad for an action of a statement. */
type Broad = (resource: string, statement: Statement) => boolean;

const wholeThing: Broad = (resource) => resource === 'thing/*';

const DATA_PLANE_ACTIONS: Readonly<Record<string, Broad>> = {
  'iot:Connect': (resource, statement) =>
    resource === 'client/*' || (resource === 'client/${iot:ClientId}' && !requiresAttachedThing(statement)),
  'iot:Publish': (resource) => /^topic\/(\*|\$aws\/\*|\$aws\/things\/\*.*)$/.test(resource),
  'iot:Subscribe': (resource) => /^topicfilter\/([*#]|\$aws\/[*#]|\$aws\/things\/[*#+].*)$/.test(resource),
  'iot:DeleteThingShadow': wholeThing,
  'iot:GetThingShadow': wholeThing,
  'iot:UpdateThingShadow': wholeThing,
  'iot:DescribeJobExecution': wholeThing,
  'iot:GetPendingJobExecutions': wholeThing,
  'iot:StartNextPendingJobExecution': wholeThing,
  'iot:UpdateJobExecution': wholeThing,
  // Receive is absent on purpose: a client receives only what it may subscribe to.
};

function broadActions(document: unknown): string[] {
  const policy = (typeof document === 'string' ? JSON.parse(document) : document) as
    { Statement?: Statement | readonly Statement[] } | undefined;
  const statements = listOf(policy?.Statement).filter(({ Effect }) => Effect === 'Allow');
  return Object.entries(DATA_PLANE_ACTIONS).filter(([action, isBroad]) => statements.some((statement) =>
    listOf(statement.Action).some((pattern) => covers(pattern, action))
      && listOf(statement.Resource).some((arn) => {
        const resource = arn === '*' ? '*' : arn.split(':').slice(5).join(':');
        return resource === '*' || isBroad(resource, statement);
      }),
  )).map(([action]) => action);
}

function requiresAttachedThing({ Condition }: Statement): boolean {
  const values = listOf(Condition?.Bool?.['iot:Connection.Thing.IsAttached']);
  return values.length > 0 && values.every((value) => String(value) === 'true');
}

function covers(pattern: string, action: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value as readonly T[] : [value as T];
}
