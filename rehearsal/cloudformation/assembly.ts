import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetManifestArtifact, CloudAssembly, CloudFormationStackArtifact, UNKNOWN_ACCOUNT, UNKNOWN_REGION } from 'aws-cdk-lib/cx-api';
import type { Template } from './template';

/** A stack to be deployed. */
export interface StackDefinition {
  readonly stackName: string;
  readonly template: Template;
  readonly tags?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Files and directories to be uploaded first, by object key. */
  readonly assets?: ReadonlyMap<string, string>;
  /** Where it is bound to go; absent where the template leaves that open. */
  readonly account?: string;
  readonly region?: string;
}

/** The stacks of a synthesized app, each after those it depends on. */
export function readAssembly(directory: string): StackDefinition[] {
  if (!existsSync(join(directory, 'manifest.json'))) throw new Error(`${directory} holds no cloud assembly: there is no manifest.json`);
  const artifacts = new CloudAssembly(directory).stacksRecursively;
  const ordered: CloudFormationStackArtifact[] = [];
  const visit = (stack: CloudFormationStackArtifact) => {
    if (ordered.includes(stack)) return;
    stack.dependencies.forEach((dependency) => artifacts.filter(({ id }) => id === dependency.id).forEach(visit));
    ordered.push(stack);
  };
  artifacts.forEach(visit);
  return ordered.map((stack) => ({
    stackName: stack.stackName,
    template: JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as Template,
    tags: stack.tags,
    parameters: stack.parameters,
    assets: assetsOf(stack),
    account: known(stack.environment.account, UNKNOWN_ACCOUNT),
    region: known(stack.environment.region, UNKNOWN_REGION),
  }));
}

function assetsOf(stack: CloudFormationStackArtifact): Map<string, string> {
  const manifests = stack.dependencies.filter((dependency) => AssetManifestArtifact.isAssetManifestArtifact(dependency));
  return new Map(manifests.flatMap(({ assembly, contents }) => Object.values(contents.files ?? {}).flatMap(({ source: { path }, destinations }) =>
    path === undefined ? [] : Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(assembly.directory, path)] as const))));
}

function known(value: string, unknown: string): string | undefined {
  return value === unknown ? undefined : value;
}
