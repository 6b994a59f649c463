import { Component, awscdk } from 'projen';

/**
 * Bundles the code of the Lambda functions into `assets/`, which the npm package carries: users need no bundler.
 *
 * The code lies in `src/function/runtime` and in folders named `handler`. The AWS SDK is that of Lambda's
 * runtime, and nothing is minified, so that whoever reviews a deployment can read what runs.
 */
export class LambdaBundle extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, ...entrypoints: string[]) {
    super(project);
    for (const entrypoint of entrypoints) {
      project.bundler.addBundle(entrypoint, { platform: 'node', target: 'node24', externals: ['@aws-sdk/*'] });
    }
    // On a fresh clone, tests and examples need the bundles before anything is compiled. npm runs this script after it
    // has installed the project's dependencies, and never for a package that others install. `prepare` would warn them.
    project.package.setScript('dependencies', 'projen bundle');
    project.addPackageIgnore('/lib/function/runtime/');
    project.addPackageIgnore('/lib/**/handler/');
    project.eslint?.allowDevDeps('src/function/runtime/**');
    project.eslint?.allowDevDeps('src/**/handler/**');
  }
}
