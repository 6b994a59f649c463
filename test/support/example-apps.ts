import { readdirSync, readFileSync } from 'fs';
import { basename, join } from 'path';
import { App } from 'aws-cdk-lib';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** The apps in `examples/`, by name. */
export const exampleNames = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.ts') && readFileSync(join(EXAMPLES, file), 'utf8').includes('export const app'))
  .map((file) => basename(file, '.ts'))
  .sort();

/** Runs an example, which exports its app. */
export function loadExample(name: string): App {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(EXAMPLES, name)).app;
}
