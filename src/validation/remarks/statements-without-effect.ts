import { Finding, Verdict } from '../finding';
import { DeclaredPolicy } from '../fleet/iot-policies';
import { joined, mapped } from '../lists';
import { isForClaims } from '../policies/advice';
import { Judgement, Offence } from '../policies/judgement';
import { Bound } from '../policies/pattern';
import { intersects } from '../policies/pattern-intersection';
import { Policy, Statement } from '../policies/policy-document';
import { arnPattern, resourcePattern, tokens } from '../policies/resource-pattern';
import { CheckContext } from '../template-check';
import { display, partsOf, reasonsIn, some, Value } from '../templates/value';

/** The kind of resource that each action of devices needs, by the beginning of its name. */
const KINDS: Readonly<Record<string, string>> = {
  'iot:Connect': 'client',
  'iot:Publish': 'topic',
  'iot:RetainPublish': 'topic',
  'iot:Receive': 'topic',
  'iot:GetRetainedMessage': 'topic',
  'iot:Subscribe': 'topicfilter',
  'iot:GetThingShadow': 'thing',
  'iot:UpdateThingShadow': 'thing',
  'iot:DeleteThingShadow': 'thing',
  'iot:AssumeRoleWithCertificate': 'rolealias',
};

/** By the action as AWS writes it, and in lower case: other spellings are the same, and are rare. */
const KIND_OF_ACTION = new Map(Object.entries(KINDS).flatMap(([action, kind]) =>
  [[action, kind], [action.toLowerCase(), kind]] as const));

const RESOURCES_OF = new Map([...new Set(Object.values(KINDS))].map((kind) =>
  [kind, arnPattern('iot', tokens(`${kind}/*`))] as const));

/**
 * Finds statements of AWS IoT policies that seem to do what they do not: an action whose resources are of another kind,
 * and a policy variable that never resolves. No audit reports them. A Deny without effect protects nothing.
 *
 * A remark is made only if it holds in every outcome of the conditions, about what is known.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 */
export function statementsWithoutEffect(declared: DeclaredPolicy, { outcomes }: CheckContext): Finding[] {
  const judgements = outcomes
    .each((resolver) => resolver.exists(declared.resource) ? declared.judgeEach(resolver, remarksIn) : undefined)
    .filter((judgement) => judgement !== undefined);
  if (judgements.length === 0 || judgements.some(({ offences }) => offences.length === 0)) return [];
  const { resource } = declared;
  const [first, ...others] = judgements.map(({ offences }) => new Map(offences.map((offence) =>
    [`${offence.statement.path.join('.')} ${offence.why}`, offence])));
  const everywhere = [...first].filter(([key]) => others.every((other) => other.has(key)));
  return everywhere.map(([, { statement, why }]): Finding => ({
    resource, template: resource.template, verdict: Verdict.REMARK, locations: [statement.path], why: why!,
  }));
}

function remarksIn(policy: Policy): Judgement {
  const forClaims = isForClaims(policy);
  const offences = joined(policy.statements, (statement) =>
    mapped([...misfits(statement), ...openVariables(statement, forClaims)], (why): Offence =>
      ({ reasonCode: '', action: '', resource: '', statement, why })));
  return { offences, doubts: [] };
}

/** Actions that none of the statement's resources fits. */
function misfits({ effect, actions, resources }: Statement): string[] {
  if (!effect || !actions || !resources || resources.length === 0) return [];
  return joined(actions, (value) => {
    const kind = typeof value === 'string' ? kindOf(value) : undefined;
    if (kind === undefined || fitsAny(resources, kind)) return [];
    if (resources.some((resource) => reasonsIn(resource).size > 0)) return [];
    const verb = effect === 'Allow' ? 'allows' : 'denies';
    return [`The statement ${verb} nothing with ${display(value)}, which needs a resource such as `
      + `arn:aws:iot:REGION:ACCOUNT:${kind}/NAME, and has ${some(resources.map(display))}`];
  });
}

function kindOf(action: string): string | undefined {
  return KIND_OF_ACTION.get(action) ?? KIND_OF_ACTION.get(action.toLowerCase());
}

function fitsAny(resources: readonly Value[], kind: string): boolean {
  // Cheap pre-check, which most statements pass.
  if (resources.some((resource) => spellsOut(resource, `:${kind}/`) && spellsOut(resource, ':iot:'))) return true;
  return resources.some((resource) => intersects(resourcePattern(resource, Bound.MOST), RESOURCES_OF.get(kind)!));
}

function spellsOut(resource: Value, text: string): boolean {
  return partsOf(resource)?.some((part) => typeof part === 'string' && part.includes(text)) ?? false;
}

/** Variables that policies of AWS IoT have, and keys that all policies have. */
const VARIABLE = new RegExp(`^(${[
  '[*?$]', 'iot:clientid', 'iot:domainname', 'iot:certificateid', 'iot:certificate\\..+', 'iot:connection\\.thing\\.'
  + '(thingname|thingtypename|isattached|billinggroupname|attributes\\[[^\\]]+\\])', 'aws:.+', 'cognito-identity.*:.+',
].join('|')})$`, 'i');

const ABOUT_THINGS = /^iot:connection\.thing\./i;

/** Policy variables that never resolve, so that no request matches the resource. */
function openVariables({ resources, notResources }: Statement, forClaims: boolean): string[] {
  const names = new Set<string>();
  for (const resource of resources ?? notResources ?? []) addVariables(resource, names);
  return joined([...names], (name) => {
    if (!VARIABLE.test(name)) {
      return [`\${${name}} is no policy variable of AWS IoT, so that no request matches a resource with it`];
    }
    return forClaims && ABOUT_THINGS.test(name)
      ? [`\${${name}} never resolves for a claim certificate, which belongs to no thing`]
      : [];
  });
}

/** A policy variable, perhaps with a default value. */
const POLICY_VARIABLE = /\$\{([^${},]*)(?:,[^${}]*)?\}/g;

function addVariables(resource: Value, names: Set<string>): void {
  for (const part of partsOf(resource) ?? []) {
    if (typeof part !== 'string' || !part.includes('${')) continue;
    POLICY_VARIABLE.lastIndex = 0;
    for (let found = POLICY_VARIABLE.exec(part); found; found = POLICY_VARIABLE.exec(part)) names.add(found[1].trim());
  }
}
