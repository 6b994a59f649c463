import { policiesIn } from './provisioning-templates';
import { IOT_POLICY_LIMIT, Policy, readPolicy, unknownPolicy, withStatements } from '../policies/policy-document';
import { AwsCall, awsCallsIn } from '../templates/custom-resource-calls';
import { FleetTemplates } from '../templates/fleet-templates';
import { JSON_TEXT } from '../templates/json-text';
import { Resolver } from '../templates/resolver';
import { property, Resource } from '../templates/template';
import { entryOf, Unknown } from '../templates/value';

/** Calls that make policies, and the parameter that holds a policy, or else the body of a provisioning template. */
const POLICY_CALLS: Readonly<Record<string, 'policyDocument' | 'templateBody'>> = {
  'iot:createpolicy': 'policyDocument',
  'iot:createpolicyversion': 'policyDocument',
  'iot:createprovisioningtemplate': 'templateBody',
  'iot:createprovisioningtemplateversion': 'templateBody',
};

/** A custom resource, and its calls of AWS IoT that make policies. */
export interface PolicyMaker {
  readonly resource: Resource;
  readonly calls: readonly AwsCall[];
}

/** The custom resources that make AWS IoT policies. */
export function policyMakers(fleet: FleetTemplates): PolicyMaker[] {
  return fleet.templates.flatMap(({ resources }) => resources.flatMap((resource) => {
    const calls = awsCallsIn(resource.type, resource.properties).filter(({ key }) => Object.hasOwn(POLICY_CALLS, key));
    return calls.length === 0 ? [] : [{ resource, calls }];
  }));
}

/** The policies that a custom resource makes; `undefined` if there are none. */
export function policiesMadeBy(
  { resource, calls }: PolicyMaker, resolver: Resolver, validated: boolean,
): Policy[] | undefined {
  const policies = calls.flatMap((call) => policiesOfCall(resource, call, resolver, validated) ?? []);
  return policies.length === 0 ? undefined : policies;
}

function policiesOfCall(
  resource: Resource, call: AwsCall, resolver: Resolver, validated: boolean,
): Policy[] | undefined {
  const read = JSON_TEXT.read(resolver.resolve(resource.template, resource.properties[call.property]));
  if (read instanceof Unknown) return [unknownPolicy(read.reason)];
  const parameter = POLICY_CALLS[call.key];
  const value = entryOf(read, 'parameters', parameter);
  if (parameter === 'templateBody') return policiesIn(value, { resource, path: [call.property] }, validated);
  const path = property(call.property);
  return [withStatements(readPolicy(value, path, IOT_POLICY_LIMIT), () => ({ path }))];
}
