import { Component, awscdk } from 'projen';

/**
 * Compiles every example in the README, in docs/*.md and in docstrings when the library is compiled, and translates
 * them for the other languages. The translations are part of the npm package: Construct Hub shows them, as the packages
 * of the other languages do.
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
      description: 'Compile and translate the examples of the README, docs/*.md and the docstrings',
      exec: 'tsx rosetta/translate.ts',
    });
    project.postCompileTask.spawn(task);
  }
}
