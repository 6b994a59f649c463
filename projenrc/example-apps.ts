import { Component, JsonFile, awscdk } from 'projen';

const MAIN_EXAMPLE = 'examples/audit-your-iot-fleet.ts';
const TSCONFIG = 'examples/tsconfig.json';

/**
 * Runs the apps in `examples/` on the library's sources, as users write them: with its package name.
 *
 * `npx cdk synth` at the root runs the main example.
 */
export class ExampleApps extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    new JsonFile(project, TSCONFIG, {
      marker: true,
      obj: {
        extends: '../tsconfig.json',
        compilerOptions: {
          noEmit: true,
          rootDir: '..',
          paths: { 'cdk-iot-fleet-audit': ['../src/index.ts'] },
        },
        include: ['**/*.ts'],
      },
    });
    new JsonFile(project, 'cdk.json', {
      marker: true,
      obj: {
        app: `npx tsx --tsconfig ${TSCONFIG} ${MAIN_EXAMPLE}`,
        context: {
          '@aws-cdk/core:validateAgainstDefaultRules': true,
          '@aws-cdk/core:strictCfnValidateErrors': true,
        },
      },
    });
    project.eslint?.addOverride({
      files: ['examples/**'],
      rules: { 'import/no-unresolved': ['error', { ignore: [`^${project.name}$`] }] },
    });
    // A test synthesizes the apps.
    project.tryFindObjectFile('test/tsconfig.json')?.addOverride('compilerOptions.paths', { [project.name]: ['../src/index.ts'] });
    project.jest?.addModuleNameMappers({ [`^${project.name}$`]: '<rootDir>/src' });
  }
}
