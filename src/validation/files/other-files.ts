import { isJsonObject, Json, JsonObject } from '../templates/template';

/** Says what a file is that holds no template, and what to do about it. */
export interface OtherFile {
  readonly reason: string;
  readonly fix?: string;
}

/** A kind of file, by what files of this kind hold. */
interface Kind {
  readonly name: string;
  readonly fix?: string;
  is(body: JsonObject): boolean;
}

const has = (...keys: readonly string[]) => (body: JsonObject) => keys.every((key) => Object.hasOwn(body, key));

/** Kinds of files that people take for templates, or that lie beside them. */
const KINDS: readonly Kind[] = [
  {
    name: 'a configuration of the Serverless Framework',
    is: has('service', 'provider'),
    fix: 'package it first: `serverless package` writes .serverless/cloudformation-template-update-stack.json',
  },
  {
    name: 'a policy document',
    is: has('Statement'),
    fix: 'give the template whose AWS::IoT::Policy or role has this document',
  },
  {
    name: 'an answer of the AWS CLI',
    is: has('TemplateBody'),
    fix: 'write only its TemplateBody to the file: --query TemplateBody',
  },
  { name: 'a Terraform configuration', is: (body) => ['resource', 'terraform'].some((key) => has(key)(body)) },
  { name: 'a Kubernetes object', is: has('apiVersion', 'kind') },
  { name: 'a GitHub workflow', is: has('jobs') },
  { name: 'a Docker Compose file', is: has('services') },
  { name: 'an OpenAPI document', is: (body) => ['openapi', 'swagger'].some((key) => has(key)(body)) },
  {
    name: 'a part of a cloud assembly',
    is: (body) => ['artifacts', 'files', 'tree'].some((key) => has('version', key)(body)),
    fix: 'give the folder, which is cdk.out by default',
  },
  { name: 'a configuration of the CDK', is: has('app'), fix: 'synthesize the app first, and give its cdk.out' },
  { name: 'a package.json', is: has('name', 'version') },
];

const PROVISIONING_TEMPLATE: Kind = {
  name: 'the body of a provisioning template',
  is: isProvisioningTemplate,
  fix: 'give the template whose AWS::IoT::ProvisioningTemplate or AWS::IoT::CACertificate has this body',
};

/** What a file looks like that holds no template; `undefined` if it holds one. */
export function otherFile(json: Json): OtherFile | undefined {
  if (json === null || json === '') return { reason: 'it is empty' };
  if (!isJsonObject(json)) return { reason: noTemplate(Array.isArray(json) ? 'it holds a list' : 'it holds one value') };
  const { Resources: resources = null } = json;
  const kind = [...resources === null ? KINDS : [], PROVISIONING_TEMPLATE].find(({ is }) => is(json));
  if (kind) return { reason: noTemplate(`it looks like ${kind.name}`), fix: kind.fix };
  if (isJsonObject(resources) || (resources === null && isMadeByCdk(json))) return undefined;
  return { reason: noTemplate(resources === null ? 'it has no Resources' : 'its Resources are no mapping') };
}

function noTemplate(why: string): string {
  return `no CloudFormation template: ${why}`;
}

/** True for the template of a stack in a CDK app, which may have no resources. */
function isMadeByCdk({ Parameters, Rules }: JsonObject): boolean {
  return [Parameters, Rules].some((section) => isJsonObject(section)
    && (Object.hasOwn(section, 'BootstrapVersion') || Object.hasOwn(section, 'CheckBootstrapVersion')));
}

/** True if AWS IoT reads a template, and not CloudFormation: both call their types alike. */
function isProvisioningTemplate({ Parameters, Resources, DeviceConfiguration }: JsonObject): boolean {
  const resources = Object.values(isJsonObject(Resources) ? Resources : {}).filter(isJsonObject);
  const types = resources.map(({ Type }) => Type);
  if (types.length === 0 || !types.every((type) => PROVISIONED.includes(type))) return false;
  return DeviceConfiguration !== undefined
    || (isJsonObject(Parameters) && Object.keys(Parameters).some((name) => name.includes('::')))
    || resources.some((resource) => resource.OverrideSettings !== undefined || isProvisionedCertificate(resource));
}

const PROVISIONED: readonly (Json | undefined)[] = ['AWS::IoT::Certificate', 'AWS::IoT::Policy', 'AWS::IoT::Thing'];

/** CloudFormation makes no certificate of an id. */
function isProvisionedCertificate({ Type, Properties }: JsonObject): boolean {
  return Type === 'AWS::IoT::Certificate' && isJsonObject(Properties) && Properties.CertificateId !== undefined;
}
