import { Component, awscdk, github } from 'projen';

const { JobPermission } = github.workflows;

/** What the first line of a commit may begin with; the release notes are made of it. */
const TYPES = ['feat', 'fix', 'docs', 'refactor', 'perf', 'test', 'bench', 'chore'];

const TOOLS = {
  node: { version: '24' },
  java: { version: '17' },
  python: { version: '3.12' },
  go: { version: '1.24' },
  dotnet: { version: '8.x' },
};

/**
 * Builds pull requests, which may hold anybody's code, with a token that can only read, and without a secret.
 *
 * projen's own build workflow pushes changed files back, for which its jobs get a token that can write. This one runs
 * what maintainers run, `.ci/run`, and fails if a generated file is not committed.
 */
export class PullRequestWorkflows extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    this.addBuild(project);
    this.addTitle(project);
  }

  private addBuild(project: awscdk.AwsCdkConstructLibrary): void {
    const workflow = project.github!.addWorkflow('build');
    workflow.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
    workflow.addJob('build', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 60,
      tools: TOOLS,
      env: { CI: 'true' },
      steps: [
        {
          name: 'Checkout',
          uses: 'actions/checkout',
          with: { 'persist-credentials': false, 'fetch-depth': 0 },
        },
        { name: 'Run everything that must hold', run: 'bash .ci/run' },
      ],
    });
  }

  private addTitle(project: awscdk.AwsCdkConstructLibrary): void {
    const workflow = project.github!.addWorkflow('pull-request-title');
    workflow.on({ pullRequest: { types: ['opened', 'edited', 'reopened', 'synchronize'] } });
    workflow.addJob('title', {
      runsOn: ['ubuntu-latest'],
      permissions: {},
      timeoutMinutes: 5,
      steps: [{
        name: 'The title says what kind of change it is',
        // Through the environment: a title is anybody's text, and would be code inside of the script.
        env: { TITLE: '${{ github.event.pull_request.title }}' },
        run: [
          `if ! grep -Eq '^(${TYPES.join('|')})(\\([a-z-]+\\))?!?: .+' <<< "$TITLE"; then`,
          `  echo '::error::Begin the title with one of ${TYPES.join(', ')}, a colon and a space.'`,
          '  exit 1',
          'fi',
        ].join('\n'),
      }],
    });
  }
}
