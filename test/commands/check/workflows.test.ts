import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { check, inDirectoryWith } from './support/running';
import { LOGS, OPEN } from './support/templates';
import { version } from '../../../package.json';

const DIRECTORY = join(__dirname, '..', '..', '..', 'examples', 'workflows');
const FILES = readdirSync(DIRECTORY).sort();

const textOf = (file: string) => readFileSync(join(DIRECTORY, file), 'utf8');

/** All texts in a document. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The arguments of the command in a workflow, as a shell passes them, and the version that it asks for. */
function commandIn(file: string): { args: string[]; asked: string } {
  const [line] = textsIn(parse(textOf(file))).filter((text) => text.includes('npx '));
  const [, asked, rest] = /^npx --yes cdk-iot-fleet-audit@(\S+) check (.*)$/.exec(line.trim())!;
  const args = rest.replace('$AWS_REGION', 'eu-west-1').match(/'[^']*'|"[^"]*"|\S+/g)!.map((arg) => arg.replace(/^(['"])(.*)\1$/, '$2'));
  return { args, asked };
}

test('there is one for each of three services', () => {
  expect(FILES).toEqual([
    'check-templates.buildspec.yml', 'check-templates.github.yml', 'check-templates.gitlab.yml',
  ]);
});

describe.each(FILES)('%s', (file) => {
  const { args, asked } = commandIn(file);

  test.each([['*', 1], ['arn:aws:iot:eu-west-1:123456789012:client/pump-1', 0]])('ends as it should for %s', async (resource, expected) => {
    const template = OPEN.replace('"*"', `"${resource}"`);
    inDirectoryWith({
      'stacks/fleet/a.yaml': template,
      'packaged.yaml': template,
      'parameters.json': { Parameters: {} },
      '.device-defender-ignore': '',
    });
    const { code, error } = await check([...args, LOGS]);
    expect([code, error]).toEqual([expected, '']);
  });

  test('asks for this version, and for nothing beside it', () => {
    expect(version.startsWith(`${asked}.`)).toBe(true);
    expect(textOf(file)).toMatch(/npm_config_omit: peer/);
  });

  test('keeps what the command writes', () => {
    const written = args.filter((_, index) => args[index - 1] === '--output');
    expect(written.length).toBeGreaterThan(0);
    const texts = textsIn(parse(textOf(file)));
    for (const path of written) expect(texts).toContain(path);
  });
});

describe('the workflow of GitHub', () => {
  const { jobs: { check: job }, ...workflow } = parse(textOf('check-templates.github.yml'));

  test('may do no more than it needs', () => {
    expect(workflow.permissions).toEqual({});
    expect(job.permissions).toEqual({ 'contents': 'read', 'security-events': 'write' });
    expect(job.steps[0].with).toEqual({ 'persist-credentials': false });
  });

  test('names actions by commits', () => {
    const used = job.steps.flatMap(({ uses }: { uses?: string }) => uses ?? []);
    expect(used).toHaveLength(2);
    for (const action of used) expect(action).toMatch(/^[\w-]+(\/[\w-]+)+@[0-9a-f]{40}$/);
  });

  test('puts nothing that others write into a shell', () => {
    for (const { run = '' } of job.steps) expect(run).not.toContain('${{');
  });
});
