/** Prints the resources of each part of a fleet's audit, and of the least that does the same by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appOf, Definition } from './fleet-apps';
import { DEFAULT_FLEET, FLEET_PARTS } from './fleet-parts';

function templateOf(definition: Definition): { resources: number; bytes: number } {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-template-'));
  try {
    const [{ template }] = appOf(definition, { stacks: 1, outdir, staged: false }).synth().stacks;
    return { resources: Object.keys(template.Resources).length, bytes: JSON.stringify(template).length };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

console.log(JSON.stringify([DEFAULT_FLEET, ...FLEET_PARTS].map(({ name, define, minimum }) => ({
  name, ours: templateOf(define), minimum: minimum && templateOf(minimum),
}))));
