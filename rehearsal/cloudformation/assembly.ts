import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Template } from './template';

/** A stack to be deployed. */
export interface StackDefinition {
  readonly stackName: string;
  readonly template: Template;
  readonly tags?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Files and directories to be uploaded first, by object key. */
  readonly assets?: ReadonlyMap<string, string>;
  /** Its account; absent if the stack leaves it open, and so is `region`. */
  readonly account?: string;
  readonly region?: string;
}

/** An artifact as the manifest of an assembly has it, as far as the rehearsal reads it. */
interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly stackName?: string;
    readonly templateFile?: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    /** The file of an asset manifest. */
    readonly file?: string;
    /** The directory of a nested assembly. */
    readonly directoryName?: string;
  };
}

interface FoundArtifact {
  readonly artifact: Artifact;
  /** The directory of its assembly. */
  readonly directory: string;
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, {
    readonly source: { readonly path?: string };
    readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
  }>>;
}

/** True if a directory holds a cloud assembly. */
export function isAssembly(directory: string): boolean {
  return existsSync(join(directory, 'manifest.json'));
}

/**
 * The stacks of a synthesized app, each after those it depends on, and those of its stages.
 *
 * Reads the files themselves, so that a rehearsal needs no CDK beside it.
 */
export function readAssembly(directory: string): StackDefinition[] {
  if (!isAssembly(directory)) throw new Error(`${directory} holds no cloud assembly: there is no manifest.json`);
  const artifacts = artifactsIn(directory);
  const ordered: string[] = [];
  const visit = (id: string) => {
    const { artifact } = artifacts.get(id) ?? {};
    if (artifact?.type !== 'aws:cloudformation:stack' || ordered.includes(id)) return;
    artifact.dependencies?.forEach(visit);
    ordered.push(id);
  };
  [...artifacts.keys()].forEach(visit);
  return ordered.map((id) => definitionOf(id, artifacts));
}

function definitionOf(id: string, artifacts: ReadonlyMap<string, FoundArtifact>): StackDefinition {
  const { artifact: { environment, dependencies = [], properties = {} }, directory } = artifacts.get(id)!;
  const [, account, region] = /^aws:\/\/([^/]*)\/(.*)$/.exec(environment ?? '') ?? [];
  const manifests = dependencies.flatMap((dependency) => artifacts.get(dependency) ?? [])
    .filter(({ artifact: { type } }) => type === 'cdk:asset-manifest');
  return {
    stackName: properties.stackName ?? id,
    template: readJson(join(directory, properties.templateFile!)),
    tags: properties.tags,
    parameters: properties.parameters,
    assets: new Map(
      manifests.flatMap(({ artifact, directory: folder }) => assetsIn(folder, artifact.properties!.file!)),
    ),
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
  };
}

/** The artifacts of an assembly and of those nested in it, by their ids, which are unique. */
function artifactsIn(directory: string): Map<string, FoundArtifact> {
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(join(directory, 'manifest.json'));
  return new Map(Object.entries(artifacts).flatMap(([id, artifact]) => [
    [id, { artifact, directory }] as const,
    ...artifact.type === 'cdk:cloud-assembly' ? artifactsIn(join(directory, artifact.properties!.directoryName!)) : [],
  ]));
}

/** Paths by object key. */
function assetsIn(directory: string, manifest: string): (readonly [objectKey: string, path: string])[] {
  const { files = {} } = readJson<AssetManifest>(join(directory, manifest));
  return Object.values(files).flatMap(({ source: { path }, destinations }) =>
    path === undefined
      ? []
      : Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(directory, path)] as const),
  );
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
