import { Component, awscdk } from 'projen';

/** Compares the public API with the last release by jsii-diff: `npx projen compat`. */
export class ApiCompatibility extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    // projen's own fails with the registry's answer as long as nothing is released.
    project.tasks.tryFind('compat')?.reset('tsx test/consumers/api-compatibility.ts');
  }
}
