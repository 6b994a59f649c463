import { Component, awscdk } from 'projen';

const DIRECTORY = 'assets/commands';

/** Imports that the rehearsal must not have. */
const OF_THE_LIBRARY = [
  { regex: '(^|/)src/(?!private/printable$)', message: 'The model must not know the code that it is to test.' },
];

/** Imports that the command of the checks must not have. */
const BESIDE_THE_ENGINE = [
  {
    regex: '(^|/)src/(?!(private/printable|checks/check-table)$|validation/(?!app/|device-defender-checks$))',
    message: 'The command shares the engine of the checks with the plugin, and nothing else.',
  },
];

/** Imports that no command must have. */
const FORBIDDEN = [
  { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'Commands work without the CDK.' },
  { regex: '(^|/)test/', message: 'Commands are shipped, tests are not.' },
];

/**
 * Bundles the commands of the package, such as `npx cdk-iot-fleet-audit rehearse`, into `assets/`.
 *
 * The sources are `commands/`, the entries, and `rehearsal/`. They read what an app synthesizes, so they need no CDK.
 * Of the library's own code, the rehearsal needs none, and the checks need the engine that judges templates; lint rules
 * hold that.
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
    project.eslint?.addOverride({
      files: ['commands/**', 'rehearsal/**'],
      excludedFiles: ['rehearsal/test/**'],
      rules: { 'no-restricted-imports': ['error', { patterns: [...OF_THE_LIBRARY, ...FORBIDDEN] }] },
    });
    project.eslint?.addOverride({
      files: ['commands/check/**'],
      rules: { 'no-restricted-imports': ['error', { patterns: [...BESIDE_THE_ENGINE, ...FORBIDDEN] }] },
    });
    project.jest?.addTestMatch('<rootDir>/rehearsal/**/*.test.ts');
    project
      .tryFindObjectFile('test/tsconfig.json')
      ?.addOverride('include', ['**/*.ts', '../rehearsal/**/*.ts', '../commands/**/*.ts']);
  }
}
