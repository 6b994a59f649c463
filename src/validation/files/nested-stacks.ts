import { dirname, posix } from 'path';
import { isJsonObject, Json, JsonObject } from '../templates/template';

/** A resource that stands for a nested stack, and the place of its template, as far as it is written out. */
export interface NestedStackResource {
  readonly logicalId: string;

  /** Paths at which the template may be, relative to the folder of the template around it; the first that exists. */
  readonly paths: readonly string[];

  /** The last part of a URL. */
  readonly fileName?: string;

  /** The names of the parameters that it passes; `undefined` if they are not written out. */
  readonly parameterNames?: readonly string[];
}

/** A place is a URL if it has a scheme, or if it begins with what only the deployment knows. */
const URL = /^([a-z][a-z0-9+.-]+:\/\/|\0)/i;

/** Nested stacks of CDK apps have the hash of their template as name. */
const ASSET_HASH = /^([0-9a-f]{64})\.json$/;

/** Finds the nested stacks of a template. */
export function nestedStacksIn(body: JsonObject, assets: () => ReadonlyMap<string, string>): NestedStackResource[] {
  return Object.entries(isJsonObject(body.Resources) ? body.Resources : {}).flatMap(([logicalId, declared]) => {
    if (!isJsonObject(declared) || declared.Type !== 'AWS::CloudFormation::Stack') return [];
    const properties = isJsonObject(declared.Properties) ? declared.Properties : {};
    return [{ logicalId, ...placeOf(declared, properties, assets), parameterNames: namesIn(properties.Parameters) }];
  });
}

/**
 * Takes the applications of the Serverless Application Model for the nested stacks that its transform makes of them. An
 * application of the repository stays what it is.
 */
export function withNestedApplications(body: JsonObject): JsonObject {
  if (!isJsonObject(body.Resources)) return body;
  const isApplication = (declared: Json) => isJsonObject(declared) && declared.Type === 'AWS::Serverless::Application';
  const entries = Object.entries(body.Resources);
  if (!entries.some(([, declared]) => isApplication(declared))) return body;
  return {
    ...body,
    Resources: Object.fromEntries(entries.map(([logicalId, declared]) =>
      [logicalId, isApplication(declared) ? nestedApplication(declared as JsonObject) : declared])),
  };
}

function nestedApplication(declared: JsonObject): JsonObject {
  const { Location, ...properties } = isJsonObject(declared.Properties) ? declared.Properties : {};
  if (Location === undefined || (isJsonObject(Location) && Location.ApplicationId !== undefined)) return declared;
  return { ...declared, Type: 'AWS::CloudFormation::Stack', Properties: { ...properties, TemplateURL: Location } };
}

function placeOf(
  { Metadata }: JsonObject, { TemplateURL }: JsonObject, assets: () => ReadonlyMap<string, string>,
): Pick<NestedStackResource, 'paths' | 'fileName'> {
  const metadata = isJsonObject(Metadata) && Metadata['aws:asset:property'] === 'TemplateURL' ? Metadata : {};
  const ofMetadata = typeof metadata['aws:asset:path'] === 'string' ? [metadata['aws:asset:path']] : [];
  const place = TemplateURL === undefined ? '' : shown(TemplateURL);
  if (place === '') return { paths: ofMetadata };
  if (!URL.test(place)) return { paths: place.includes('\0') ? ofMetadata : [...ofMetadata, place] };
  // A version of a file in a bucket need not be the file that is here.
  const fileName = dirname(place) === '.' || /[?#]/.test(place) ? '' : posix.basename(place);
  if (fileName === '' || fileName.includes('\0')) return { paths: ofMetadata };
  const [, hash] = ASSET_HASH.exec(fileName) ?? [];
  const ofHash = hash === undefined ? undefined : assets().get(hash);
  return { paths: ofHash === undefined ? ofMetadata : [...ofMetadata, ofHash], fileName };
}

/** A text with a mark in the place of each part that only the deployment knows. */
function shown(json: Json): string {
  if (typeof json === 'string') return json;
  const { 'Fn::Sub': sub, 'Fn::Join': join } = isJsonObject(json) ? json : {};
  const text = Array.isArray(sub) ? sub[0] : sub;
  if (typeof text === 'string') return text.replace(/\$\{[^{}]*\}/g, '\0');
  if (Array.isArray(join) && typeof join[0] === 'string' && Array.isArray(join[1])) {
    return join[1].map((item: Json) => typeof item === 'string' ? item : '\0').join(join[0]);
  }
  return '\0';
}

function namesIn(parameters: Json | undefined): readonly string[] | undefined {
  if (parameters === undefined) return [];
  if (!isJsonObject(parameters)) return undefined;
  const names = Object.keys(parameters);
  return names.some((name) => name.startsWith('Fn::')) ? undefined : names;
}

/**
 * True if a template may be that of a nested stack by its parameters: those that the stack passes are declared, and
 * those without a default are passed. CloudFormation deploys no other.
 */
export function takesParameters({ Parameters }: JsonObject, { parameterNames }: NestedStackResource): boolean {
  if (!parameterNames) return false;
  const declared = isJsonObject(Parameters) ? Parameters : {};
  const needed = Object.entries(declared)
    .filter(([, parameter]) => !isJsonObject(parameter) || parameter.Default === undefined).map(([name]) => name);
  return parameterNames.every((name) => Object.hasOwn(declared, name))
    && needed.every((name) => parameterNames.includes(name));
}
