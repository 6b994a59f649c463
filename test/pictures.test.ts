import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { draw } from '../docs/pictures/draw';

const PICTURES = join(__dirname, '..', 'docs', 'pictures');

test('the pictures are those that their sources describe', async () => {
  const drawings = await draw();
  const pictures = readdirSync(PICTURES).filter((name) => drawings.has(name));

  expect(pictures).toContain('overview.svg');
  expect(new Map(pictures.map((name) => [name, readFileSync(join(PICTURES, name), 'utf8')]))).toEqual(drawings);
});
