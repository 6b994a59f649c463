import { awsCallsIn } from './custom-resource-calls';
import { isJsonObject, Json, Template } from './template';

/** A part of a template that makes or changes resources without showing them. */
export interface HiddenResources {
  readonly logicalId?: string;
  readonly reason: string;
}

/** Macros that neither make nor change any resource that a check looks at. */
const KNOWN_MACROS =
  /^AWS::(LanguageExtensions|(Serverless|SecretsManager)-\d{4}-\d{2}-\d{2}|CodeDeployBlueGreen|ServiceCatalog)$/;

/**
 * Types that stand for resources of another template. Nested stacks are not listed, since their templates may be known.
 */
const MADE_ELSEWHERE: Readonly<Record<string, string>> = {
  'AWS::CloudFormation::StackSet': 'the stacks of the stack set',
  'AWS::Serverless::Application': 'the template of the nested application',
  'AWS::Serverless::Connector': 'the policies of the connector',
  'AWS::ServiceCatalog::CloudFormationProvisionedProduct': 'the template of the product',
};

/** Calls of AWS APIs that make or change what checks look at, beside those whose policies are read. */
const MAKING_CALLS = new Set([
  ...['AttachThingPrincipal', 'CreateCertificateFromCsr', 'CreateKeysAndCertificate', 'CreateRoleAlias',
    'RegisterCACertificate', 'RegisterCertificate', 'RegisterCertificateWithoutCA', 'RegisterThing',
    'SetDefaultPolicyVersion', 'SetLoggingOptions', 'SetV2LoggingLevel', 'SetV2LoggingOptions',
    'StartThingRegistrationTask', 'UpdateCACertificate', 'UpdateCertificate', 'UpdateProvisioningTemplate',
    'UpdateRoleAlias'].map((action) => `iot:${action}`),
  ...['AttachRolePolicy', 'CreatePolicy', 'CreatePolicyVersion', 'CreateRole', 'PutRolePolicy',
    'SetDefaultPolicyVersion', 'UpdateAssumeRolePolicy'].map((action) => `iam:${action}`),
  'cognitoidentity:SetIdentityPoolRoles',
].map((call) => call.toLowerCase()));

/**
 * Finds macros, loops, modules, templates elsewhere and calls of AWS APIs, which make resources that the template does
 * not show. Custom resources of people's own code are not among them: nobody knows what they do.
 */
export function hiddenResources(template: Template): HiddenResources[] {
  return [
    ...macrosIn(template.transform).filter((name) => !KNOWN_MACROS.test(name))
      .map((name) => ({ reason: `the macro ${name} may change any of its resources` })),
    ...Object.entries(template.section('Resources')).flatMap(([logicalId, declared]) => hiddenBy(logicalId, declared)),
  ];
}

function macrosIn(transform: Json | undefined): string[] {
  if (transform === undefined) return [];
  return (Array.isArray(transform) ? transform : [transform]).map((item: Json) => {
    const name = isJsonObject(item) ? item.Name : item;
    return typeof name === 'string' ? name : 'whose name is not known';
  });
}

function hiddenBy(logicalId: string, declared: Json): HiddenResources[] {
  const reason = whyHidden(logicalId, declared);
  return reason === undefined ? [] : [{ logicalId, reason }];
}

function whyHidden(logicalId: string, declared: Json): string | undefined {
  if (logicalId.startsWith('Fn::')) return `${logicalId} makes resources that it does not show`;
  if (!isJsonObject(declared) || typeof declared.Type !== 'string') {
    return `the resource ${logicalId} is not written as CloudFormation expects`;
  }
  const { Type: type, Properties: properties } = declared;
  if (type.endsWith('::MODULE')) return `the resources of the module ${logicalId} (${type}) are not in it`;
  if (Object.hasOwn(MADE_ELSEWHERE, type)) return `${MADE_ELSEWHERE[type]} ${logicalId} is not in it`;
  const keys = [declared, properties].flatMap((object) => isJsonObject(object) ? Object.keys(object) : []);
  const added = keys.find((key) => key.startsWith('Fn::'));
  if (added !== undefined) return `${added} adds to the resource ${logicalId} what it does not show`;
  const calls = isJsonObject(properties) ? awsCallsIn(type, properties).filter(({ key }) => MAKING_CALLS.has(key)) : [];
  if (calls.length === 0) return undefined;
  const names = [...new Set(calls.map(({ name }) => name))].join(' and ');
  return `the custom resource ${logicalId} calls ${names}, which makes or changes what it does not show`;
}
