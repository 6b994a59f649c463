import { Component, awscdk, github } from 'projen';

const { JobPermission } = github.workflows;

/** Versions of what publib installs with pip beside a token that can publish. */
const PIP_CONSTRAINT = '${{ github.workspace }}/.repo/.github/publishing-constraints.txt';

/** The job that uploads to NuGet asks for its token with Python, too. */
const TOOLS: Record<string, github.workflows.Tools> = {
  release_pypi: { python: { version: '3.12' } },
  release_nuget: { python: { version: '3.12' }, dotnet: { version: '8.x' } },
};

/** Prints the version of the first release; nothing later, so that the commits decide. */
export const FIRST_VERSION_COMMAND = "node -e \"if (process.env.VERSION === '0.0.0') console.log('0.1.0')\"";

/** The version of publib, the tool that uploads; projen's default is whatever is the latest. */
export const PUBLIB_VERSION = '0.2.1061';

/**
 * Narrows what projen's release workflow may do and may load: tokens can only read unless a job needs more, and the
 * tools beside a token that can publish have versions.
 */
export class ReleaseWorkflow extends Component {
  constructor(private readonly library: awscdk.AwsCdkConstructLibrary) {
    super(library);
  }

  /** Comes after projen's own, which adds the jobs. */
  public override preSynthesize(): void {
    for (const workflow of this.library.github!.workflows) {
      workflow.file?.addOverride('permissions', { contents: 'read' });
    }
    const release = this.library.github!.tryFindWorkflow('release')!;
    const build = this.jobOf(release, 'release');
    release.updateJob('release', { ...build, permissions: { contents: JobPermission.READ } });
    for (const [id, tools] of Object.entries(TOOLS)) {
      const job = this.jobOf(release, id);
      release.updateJob(id, {
        ...job,
        tools: { ...job.tools, ...tools },
        steps: job.steps.map(
          (step) => step.name === 'Release' ? { ...step, env: { ...step.env, PIP_CONSTRAINT } } : step,
        ),
      });
    }
  }

  private jobOf(workflow: github.GithubWorkflow, id: string): github.workflows.Job {
    const job = workflow.getJob(id);
    if (!('steps' in job)) throw new Error(`The job ${id} of the release has no steps.`);
    return job;
  }
}
