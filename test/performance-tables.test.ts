import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Definition } from '../bench/fleet-apps';
import { DEFAULT_FLEET, FLEET_PARTS } from '../bench/fleet-parts';
import { ENV } from './support/templates';

const DOCUMENT = readFileSync(join(__dirname, '..', 'docs', 'performance.md'), 'utf8');

/** The rows of the table below a heading. */
function rowsBelow(heading: string): string[][] {
  const [, section] = DOCUMENT.split(`\n${heading}\n`);
  const [, ...rows] = section.split(/\n#/)[0].split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|---'));
  return rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}

function resourcesOf(define: Definition): Record<string, number> {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  define(stack);
  const counts: Record<string, number> = {};
  const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

const byDefault = resourcesOf(DEFAULT_FLEET.define);

test('docs/performance.md accounts for every resource of the default FleetAudit', () => {
  const documented: Record<string, number> = {};
  for (const [type, count, why] of rowsBelow('## The resources of the default `FleetAudit`')) {
    const name = type.replaceAll('`', '');
    documented[name] = (documented[name] ?? 0) + Number(count);
    expect(why).not.toBe('');
  }

  expect(documented).toEqual(byDefault);
});

describe('docs/performance.md accounts for the resources of each part', () => {
  const rows = new Map(rowsBelow('## What each part adds').map(([part, ...cells]) => [part, cells]));

  test('and of no other', () => {
    expect([...rows.keys()]).toEqual(FLEET_PARTS.map(({ name }) => name));
  });

  test.each(FLEET_PARTS)('$name', ({ name, define }) => {
    const [resources, changes] = rows.get(name)!;
    const documented: Record<string, number> = { ...byDefault };
    for (const [, change, type] of changes.matchAll(/([+-]\d+) `([^`]+)`/g)) {
      documented[type] = (documented[type] ?? 0) + Number(change);
      if (documented[type] === 0) delete documented[type];
    }

    expect(documented).toEqual(resourcesOf(define));
    expect(Number(resources)).toBe(Object.values(documented).reduce((sum, count) => sum + count, 0));
  });
});
