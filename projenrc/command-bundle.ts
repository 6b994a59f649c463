import { Component, awscdk } from 'projen';

const DIRECTORY = 'assets/commands';

/**
 * Bundles the commands of the package, such as `npx cdk-iot-fleet-audit rehearse`, into `assets/`.
 *
 * The sources are `commands/`, the entry, and `rehearsal/`. No construct imports them.
 */
export class CommandBundle extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const task = project.addTask('bundle:commands', {
      description: `Bundle the commands into ${DIRECTORY}`,
      exec: 'tsx commands/bundle.ts',
    });
    project.bundler.bundleTask.spawn(task);
    project.addBins({ [project.name]: `${DIRECTORY}/${project.name}.js` });
    project.addPackageIgnore('/commands/');
    project.addPackageIgnore('/rehearsal/');
    project.addTask('rehearse', {
      description: 'Deploy an app to stand-ins of AWS on this machine; see --help',
      exec: `tsx commands/${project.name}.ts rehearse`,
      receiveArgs: true,
    });
    for (const directory of ['commands', 'rehearsal']) project.eslint?.allowDevDeps(`${directory}/**`);
    project.jest?.addTestMatch('<rootDir>/rehearsal/**/*.test.ts');
    project.tryFindObjectFile('test/tsconfig.json')?.addOverride('include', ['**/*.ts', '../rehearsal/**/*.ts', '../commands/**/*.ts']);
  }
}
