import { Component, awscdk } from 'projen';

/**
 * Lets `require` of the library load nothing but its list of exports, as aws-cdk-lib does, so that nobody waits for what he
 * does not use.
 */
export class LazyExports extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.compileTask.exec('tsx projenrc/make-exports-lazy.ts lib/index.js');
  }
}
