/** Draws docs/pictures/*.dot: npx tsx docs/pictures/draw.ts */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// It has no types for CommonJS, only code.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { instance } = require('@viz-js/viz') as typeof import('@viz-js/viz', { with: { 'resolution-mode': 'import' } });

/** The drawings, by the names of their files. */
export async function draw(): Promise<Map<string, string>> {
  const graphviz = await instance();
  const sources = readdirSync(__dirname).filter((name) => name.endsWith('.dot'));
  return new Map(sources.map((name) => [
    name.replace(/dot$/, 'svg'),
    graphviz.renderString(readFileSync(join(__dirname, name), 'utf8'), { format: 'svg' }),
  ]));
}

if (require.main === module) {
  void draw().then((drawings) => drawings.forEach((svg, name) => writeFileSync(join(__dirname, name), svg)));
}
