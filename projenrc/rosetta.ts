import { Component, awscdk } from 'projen';

/**
 * Compiles every example in the README and in docstrings when the library is compiled.
 *
 * `rosetta/default.ts-fixture` holds the imports that an example may leave out.
 */
export class Rosetta extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.addDevDeps('jsii-rosetta@~6.0.0');
    project.package.addField('jsii', {
      ...project.package.manifest.jsii,
      metadata: { jsii: { rosetta: { strict: true } } },
    });
    const task = project.addTask('rosetta', {
      description: 'Compile the examples of the README and the docstrings',
      exec: 'jsii-rosetta extract --compile --fail .jsii',
    });
    project.postCompileTask.spawn(task);
  }
}
