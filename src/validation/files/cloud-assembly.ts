import { basename, dirname, join } from 'path';
import { isFile, readText } from './file-text';
import { UnreadableText } from './parsed-text';
import { parseText } from './template-text';
import { isJsonObject, Json, JsonObject, TemplateProps } from '../templates/template';

const MANIFEST = 'manifest.json';

/** Nesting limit of stages; only hostile assemblies reach it. */
const DEEPEST = 20;

/** What is known about a stack beside its template. */
export type KnownStack = Pick<TemplateProps, 'stackConstructPath' | 'stackName' | 'account' | 'region'>;

/** A stack of a cloud assembly. */
export type AssemblyStack = KnownStack & { readonly templatePath: string };

/** True for a folder that CDK wrote an app to (`cdk.out`), and for the manifest in it. */
export function isAssembly(path: string): boolean {
  try {
    const manifestPath = manifestOf(path);
    return isFile(manifestPath) && isJsonObject(manifestAt(manifestPath).artifacts);
  } catch {
    return false;
  }
}

/**
 * The stacks of a cloud assembly, with those of its stages.
 *
 * @throws UnreadableText
 */
export function stacksOfAssembly(path: string): AssemblyStack[] {
  const stacks = stacksOf(manifestOf(path), 0);
  if (stacks.length === 0) throw new UnreadableText('the cloud assembly has no stacks');
  return stacks;
}

function stacksOf(manifestPath: string, depth: number): AssemblyStack[] {
  if (depth > DEEPEST) throw new UnreadableText(`it has more than ${DEEPEST} stages inside each other`);
  const folder = dirname(manifestPath);
  const { artifacts = {} } = manifestAt(manifestPath);
  return Object.entries(isJsonObject(artifacts) ? artifacts : {}).flatMap(([id, artifact]) => {
    if (!isJsonObject(artifact)) return [];
    const properties = isJsonObject(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'cdk:cloud-assembly' && typeof properties.directoryName === 'string') {
      return stacksOf(join(folder, properties.directoryName, MANIFEST), depth + 1);
    }
    if (artifact.type !== 'aws:cloudformation:stack' || typeof properties.templateFile !== 'string') return [];
    return [{
      templatePath: join(folder, properties.templateFile),
      stackConstructPath: textOr(artifact.displayName, id),
      stackName: textOr(properties.stackName, id),
      ...placeOf(artifact.environment),
    }];
  });
}

/** The account and region of `aws://account/region`, as far as known. */
function placeOf(environment: Json | undefined): Pick<KnownStack, 'account' | 'region'> {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(textOr(environment, '')) ?? [];
  return {
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
  };
}

function textOr(json: Json | undefined, otherwise: string): string {
  return typeof json === 'string' ? json : otherwise;
}

function manifestOf(path: string): string {
  return basename(path) === MANIFEST ? path : join(path, MANIFEST);
}

function manifestAt(path: string): JsonObject {
  const { json } = parseText(readText(path));
  if (!isJsonObject(json)) throw new UnreadableText('its manifest is no JSON object');
  return json;
}
