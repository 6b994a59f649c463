import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Properties } from './template';

/** Made from CloudFormation's resource specification. The bundled command is as deep in the package as this file. */
const CREATE_ONLY_PROPERTIES = join(__dirname, '..', '..', 'assets', 'commands', 'create-only-properties.json');

let createOnly: Readonly<Record<string, readonly string[]>> | undefined;

/** Properties that differ between two versions of a resource. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** True if a change of one of the properties needs a new resource; never for a type that the specification lacks. */
export function needsReplacement(type: string, changed: readonly string[]): boolean {
  createOnly ??= JSON.parse(readFileSync(CREATE_ONLY_PROPERTIES, 'utf8')) as typeof createOnly;
  return changed.some((name) => createOnly![type]?.includes(name));
}
