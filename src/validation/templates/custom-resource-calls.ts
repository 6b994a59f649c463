import { JSON_TEXT } from './json-text';
import { isJsonObject, Json, JsonObject } from './template';
import { entryOf, isObject, textOf, Unknown, Value } from './value';

/** A call of an AWS API that a custom resource makes, as `AwsCustomResource` of the CDK writes it. */
export interface AwsCall {
  /** The property of the custom resource that holds the call as JSON text. */
  readonly property: string;

  /** The service and the action, as the template writes them. */
  readonly name: string;

  /** The service and the action, in lower case: `iot:createpolicy`. */
  readonly key: string;
}

/** Properties that hold calls. The one to delete makes nothing. */
const CALLS = ['Create', 'Update'];

/** The calls of AWS APIs that a resource makes; none for all but custom resources. */
export function awsCallsIn(type: string, properties: JsonObject): AwsCall[] {
  if (!type.startsWith('Custom::') && type !== 'AWS::CloudFormation::CustomResource') return [];
  return CALLS.flatMap((property) => {
    const json = properties[property];
    const call = json === undefined ? undefined : callIn(json);
    return call ? [{ property, ...call }] : [];
  });
}

function callIn(json: Json): Omit<AwsCall, 'property'> | undefined {
  const call = JSON_TEXT.read(shown(json));
  const [service, action] = ['service', 'action'].map((key) => {
    const value = isObject(call) ? entryOf(call, key) : undefined;
    return (typeof value === 'string' ? value : firstWritten(key, json))?.replace(/^@aws-sdk\/client-|Command$/g, '');
  });
  if (service === undefined || action === undefined) return undefined;
  return { name: `${service}.${action}`, key: `${service.replace(/[- ]/g, '')}:${action}`.toLowerCase() };
}

/** The first value of a key in JSON texts that cannot be read as a whole, since functions stand between their parts. */
function firstWritten(key: string, json: Json): string | undefined {
  return new RegExp(`"${key}"\\s*:\\s*"([^"]*)"`).exec(JSON.stringify(json).replace(/\\+"/g, '"'))?.[1];
}

/** A text of a template with unknowns in the place of its functions. */
function shown(json: Json): Value {
  const { 'Fn::Join': join, 'Fn::Sub': sub } = isJsonObject(json) ? json : {};
  const open = () => new Unknown('a part that is only known at deployment');
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return textOf(join[1].map((item: Json) => typeof item === 'string' ? item : open()));
  }
  const text: Json | undefined = Array.isArray(sub) ? sub[0] : sub;
  if (typeof text !== 'string') return json as Value;
  return textOf(text.split(/\$\{[^{}]*\}/).flatMap((part, index) => index === 0 ? [part] : [open(), part]));
}
