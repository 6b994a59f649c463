import { Component, awscdk } from 'projen';

/** The packages of other languages, and the test that runs apps with them. */
export class Languages extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const test = project.addTask('test:languages', {
      description: 'Make the packages of all languages, and synthesize the apps of examples/ with them',
    });
    test.spawn(project.preCompileTask);
    test.spawn(project.compileTask);
    test.exec('tsx rosetta/translate.ts');
    test.exec('tsx test/languages/run.ts', { receiveArgs: true });
    project.tasks.tryFind('package:go')?.reset('tsx projenrc/package-go.ts');
  }
}
