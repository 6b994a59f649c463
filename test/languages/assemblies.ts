import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AppName } from './language';

interface PluginReport {
  readonly pluginName: string;
  readonly conclusion: string;
  readonly metadata?: object;
  readonly violations: readonly { readonly ruleName: string; readonly description: string }[];
}

/** Throws if an app in another language does not have the template of TypeScript's, and the findings at synth. */
export function compare(app: AppName, expected: string, actual: string): void {
  const parts: [string, (directory: string) => unknown][] = [
    ['template', (directory) => read(directory, `${app}.template.json`)],
    ['report of the checks at synth', findingsIn],
  ];
  for (const [name, readPart] of parts) {
    const differences = differencesOf(readPart(expected), readPart(actual));
    if (differences.length > 0) {
      throw new Error(`${app}: the ${name} is not that of TypeScript:\n${differences.slice(0, 10).join('\n')}`);
    }
  }
}

function read(directory: string, file: string): any {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}

/** What the plugins found, without the places in the source, which differ. */
function findingsIn(directory: string): unknown {
  const { pluginReports } = read(directory, 'validation-report.json') as { pluginReports: PluginReport[] };
  return pluginReports.map(({ conclusion, metadata, pluginName, violations }) => ({
    pluginName, conclusion, metadata,
    violations: violations.map(({ description, ruleName }) => ({ ruleName, description })),
  }));
}

/** The paths at which two values differ, with both values. The order of members does not matter. */
function differencesOf(expected: unknown, actual: unknown, path = ''): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (!isObject(expected) || !isObject(actual)) {
    return [`  ${path}: ${JSON.stringify(expected)} in TypeScript, ${JSON.stringify(actual)} here`];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return keys.flatMap((key) => differencesOf(expected[key], actual[key], `${path}/${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
