import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PINNED_ACTIONS } from '../projenrc/pinned-actions';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly permissions: Record<string, string>;
  readonly environment?: string;
  readonly steps: Step[];
}

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const DIRECTORY = join(__dirname, '..', '.github', 'workflows');

const workflows = readdirSync(DIRECTORY)
  .map((file): [string, Workflow] => [file, parse(readFileSync(join(DIRECTORY, file), 'utf8'))]);

const release = new Map(workflows).get('release.yml')!;

function stepsOf(workflow: Workflow): Step[] {
  return Object.values(workflow.jobs).flatMap(({ steps }) => steps);
}

/** The rights beyond reading, by job. */
function rightsOf(workflow: Workflow): Record<string, string[]> {
  return Object.fromEntries(Object.entries(workflow.jobs)
    .map(([id, { permissions }]): [string, string[]] => [
      id, Object.entries(permissions).filter(([, right]) => right !== 'read').map((right) => right.join(': ')),
    ])
    .filter(([, rights]) => rights.length > 0));
}

test('there are the workflows that this test knows', () => {
  expect(workflows.map(([file]) => file)).toEqual([
    'build.yml', 'pull-request-title.yml', 'release.yml', 'upgrade-main.yml',
  ]);
});

describe.each(workflows)('%s', (file, workflow) => {
  test('starts from a token that can only read', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test('uses actions by their pinned commits', () => {
    const used = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
    const pinned = Object.entries(PINNED_ACTIONS).map(([action, { commit }]) => `${action}@${commit}`);

    expect(used.filter((action) => !pinned.includes(action))).toEqual([]);
    expect(pinned.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  test('runs no tool of whatever version is the latest', () => {
    const scripts = stepsOf(workflow).flatMap(({ run }) => run ?? []);

    expect(scripts.filter((script) => /@latest|lts\/|npm install\b(?!.*@\d)/.test(script))).toEqual([]);
    expect(scripts.filter((script) => /\bnpx\b.*-p/.test(script) && !/@\d+\.\d+\.\d+/.test(script))).toEqual([]);
  });

  test('has no job that anybody\'s pull request reaches with a right or a secret', () => {
    expect(workflow.on).not.toHaveProperty('pull_request_target');
    expect(workflow.on).not.toHaveProperty('workflow_run');
    const reached = 'pull_request' in workflow.on;
    expect(reached ? rightsOf(workflow) : {}).toEqual({});
    expect(reached && /secrets\./.test(readFileSync(join(DIRECTORY, file), 'utf8'))).toBe(false);
  });

  test('puts no text of a pull request into a script', () => {
    const scripts = stepsOf(workflow).flatMap(({ run }) => run ?? []);

    expect(scripts.filter((script) => /\$\{\{\s*github\.(event|head_ref)/.test(script))).toEqual([]);
  });
});

test('a release is started by a person, and every job that publishes waits for the environment', () => {
  expect(Object.keys(release.on)).toEqual(['workflow_dispatch']);
  expect(Object.entries(release.jobs).filter(([, { environment }]) => environment !== 'release').map(([id]) => id))
    .toEqual(['release']);
});

test('a job of the release has the rights that its registry needs', () => {
  expect(rightsOf(release)).toEqual({
    release_github: ['contents: write'],
    release_npm: ['id-token: write'],
    release_pypi: ['id-token: write'],
    release_nuget: ['id-token: write'],
  });
});

test('npm, PyPI and NuGet know the publisher by its identity, Maven and Go by secrets', () => {
  const text = readFileSync(join(DIRECTORY, 'release.yml'), 'utf8');

  expect([...new Set([...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name))].sort()).toEqual([
    'GITHUB_TOKEN', 'GO_GITHUB_TOKEN', 'MAVEN_GPG_PRIVATE_KEY', 'MAVEN_GPG_PRIVATE_KEY_PASSPHRASE', 'MAVEN_PASSWORD',
    'MAVEN_STAGING_PROFILE_ID', 'MAVEN_USERNAME', 'NUGET_USERNAME',
  ]);
});

test.each(['release_pypi', 'release_nuget'])('%s installs what publishes by version', (id) => {
  const publishing = release.jobs[id].steps.find(({ name }) => name === 'Release');
  const constraints = readFileSync(join(__dirname, '..', '.github', 'publishing-constraints.txt'), 'utf8')
    .split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  expect(publishing?.env?.PIP_CONSTRAINT)
    .toBe('${{ github.workspace }}/.repo/.github/publishing-constraints.txt');
  expect(constraints.filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
  expect(constraints.map((line) => line.split('==')[0])).toEqual(
    expect.arrayContaining(['twine', 'id', 'pypi-attestations', 'sigstore']),
  );
});
