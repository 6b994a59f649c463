import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Links to files of this repository, also those to pictures and folders, which the link checker skips. */
const OWN_LINKS = new RegExp(
  String.raw`https://(?:raw\.githubusercontent|github)\.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit/`
  + String.raw`(?:(?:blob|tree)/)?main/([^\s)"'\x60\]#?>]+)`, 'g',
);

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT, encoding: 'utf8',
}).split('\n').filter((file) => /\.(md|ts|yml|yaml|sh)$/.test(file) && existsSync(join(ROOT, file)));

function linksOf(file: string): [string, string][] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(OWN_LINKS)]
    .map(([, path]): [string, string] => [file, path.replace(/[.,;:]+$/, '')]);
}

test('a link to a file of this repository leads to one', () => {
  const links = files.filter((file) => file !== 'test/links.test.ts').flatMap(linksOf);

  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(([, path]) => !existsSync(join(ROOT, path)))).toEqual([]);
});

// npm and Construct Hub show it without the repository around it.
test('the README links by absolute addresses and to its own headings', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...readme.matchAll(/\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]: (\S+)/gm)].map(([, inline, named]) => inline ?? named);

  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter((target) => !/^(https:\/\/|#)/.test(target))).toEqual([]);
});
