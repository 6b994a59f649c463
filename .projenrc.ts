import { JsonFile, awscdk, javascript, release } from 'projen';
import { ApiCompatibility } from './projenrc/api-compatibility';
import { CommandBundle } from './projenrc/command-bundle';
import { DocumentationLinks } from './projenrc/documentation-links';
import { EngineBoundary } from './projenrc/engine-boundary';
import { ExampleApps } from './projenrc/example-apps';
import { FunctionBoundary } from './projenrc/function-boundary';
import { LambdaBundle } from './projenrc/lambda-bundle';
import { Languages } from './projenrc/languages';
import { PinnedActions } from './projenrc/pinned-actions';
import { PullRequestWorkflows } from './projenrc/pull-request-workflows';
import { FIRST_VERSION_COMMAND, PUBLIB_VERSION, ReleaseWorkflow } from './projenrc/release-workflow';
import { Rosetta } from './projenrc/rosetta';

/** The lowest aws-cdk-lib that works, and the one of the development: docs/adr/0002-aws-cdk-lib-floor.md. */
const AWS_CDK_LIB_FLOOR = '2.262.0';
const AWS_CDK_LIB_NEWEST = '2.276.0';

const LINT_TSCONFIG = './tsconfig.lint.json';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-iot-fleet-audit',
  description: 'AWS IoT Device Defender Audit as CDK constructs: the account\'s audit configuration, schedules, '
    + 'notifications, mitigation actions, audits at deployment and checks at synth',
  author: 'cdk-iot-fleet-audit contributors',
  authorAddress: 'cdk-iot-fleet-audit@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit.git',
  homepage: 'https://github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit#readme',
  bugsUrl: 'https://github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit/issues',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-iot-fleet-audit contributors',
  stability: 'experimental',
  // Construct Hub lists a jsii library with the keyword `cdk` or `aws-cdk`; projen adds `cdk`.
  keywords: [
    'aws-cdk', 'awscdk', 'cdk-construct', 'construct', 'aws', 'aws-iot', 'iot', 'iot-device-defender', 'device-defender',
    'audit', 'security', 'compliance', 'fleet',
  ],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenVersion: '0.103.25',

  cdkVersion: AWS_CDK_LIB_FLOOR,
  constructsVersion: '10.5.1',
  peerDependencyOptions: { pinnedDevDependency: false },
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.0.0',
  // npm publishes for a trusted publisher from 11.5.1 on, which comes with Node.js 24.
  workflowNodeVersion: '24',
  bumpPackage: 'commit-and-tag-version@^12',
  devDeps: [
    '@aws-cdk/aws-iot-alpha@2.214.1-alpha.0',
    '@aws-cdk/aws-service-spec@0.1.216',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@aws-cdk/toolkit-lib@1.43.0',
    '@aws-sdk/client-cloudformation@3.1169.0',
    '@aws-sdk/client-cloudwatch-logs@3.1169.0',
    '@aws-sdk/client-eventbridge@3.1169.0',
    '@aws-sdk/client-iot@3.1169.0',
    '@aws-sdk/client-lambda@3.1164.0',
    '@aws-sdk/client-s3@3.1169.0',
    '@aws-sdk/client-sfn@3.1164.0',
    '@aws-sdk/client-sns@3.1169.0',
    '@cdklabs/cdk-validator-cfnguard@0.0.62',
    '@duckdb/node-api@1.5.6-r.1',
    '@jest/fake-timers@^30',
    '@types/node@^22',
    '@viz-js/viz@3.31.0',
    'asl-validator@4.0.0',
    'aws-cdk@2.1148.1',
    'aws-local-stepfunctions@3.0.0',
    'cdk-nag@3.0.2',
    'jest-mock@^30',
    'jest-runtime@^30',
    'jest-util@^30',
    'remark-cli@12.0.1',
    'remark-validate-links@13.1.0',
    'tinyglobby@0.2.17',
    'tsx@^4',
    'yaml@2.9.1',
  ],

  buildWorkflow: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  // Somebody starts a release, and somebody approves it: the environment says who.
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  releaseEnvironment: 'release',
  nextVersionCommand: FIRST_VERSION_COMMAND,
  jsiiReleaseVersion: PUBLIB_VERSION,
  publishToPypi: {
    distName: 'cdk-iot-fleet-audit',
    module: 'cdk_iot_fleet_audit',
    trustedPublishing: true,
  },
  publishToMaven: {
    mavenGroupId: 'io.github.cdk-iot-fleet-audit',
    mavenArtifactId: 'cdk-iot-fleet-audit',
    javaPackage: 'io.github.cdkiotfleetaudit',
  },
  publishToNuget: {
    packageId: 'CdkIotFleetAudit',
    dotNetNamespace: 'CdkIotFleetAudit',
    trustedPublishing: true,
  },
  publishToGo: {
    moduleName: 'github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit-go',
    packageName: 'cdkiotfleetaudit',
  },
  npmTrustedPublishing: true,
  releaseToNpm: true,

  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    configFilePath: 'jest.config.json',
    jestConfig: {
      // Only on request, as in CI: it takes a third of the time. V8's own would take longer than most of the tests.
      collectCoverage: false,
      coverageProvider: 'babel',
      coverageThreshold: { branches: 95, functions: 95, lines: 95, statements: 95 },
      collectCoverageFrom: ['src/**/*.ts', '!src/function/runtime/entry.ts', '!src/dashboard/handler/entry.ts'],
      coverageReporters: ['lcov'],
      maxWorkers: '100%',
      testTimeout: 30_000,
      globalSetup: '<rootDir>/test/support/jest-global-setup.ts',
      globalTeardown: '<rootDir>/test/support/jest-global-teardown.ts',
      setupFiles: ['<rootDir>/test/support/jest-setup.ts'],
      testEnvironment: '<rootDir>/test/support/jest-environment.js',
      runtime: '<rootDir>/test/support/jest-runtime.js',
    },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'rehearsal', 'commands', 'examples', 'bench', 'docs', 'rosetta', 'projenrc', '.projenrc.ts'],
    commandOptions: { fix: false },
    // One program for all directories; each of its own would read the types of aws-cdk-lib again.
    projectService: false,
    tsconfigPath: LINT_TSCONFIG,
  },
  bundlerOptions: { esbuildVersion: '0.28.2' },
  lambdaAutoDiscover: false,
  typecheckTests: true,
  pullRequestTemplateContents: [
    '## Reason', '', '## What changes', '', '## How it was validated', '',
  ],
  gitignore: ['cdk.out/', 'cdk-integ.out*', '.jsii.tabl.json'],
});

for (const path of [
  '/.ci/', '/bench/', '/docs/', '/examples/', '/rosetta/', '/cdk.json', '/tsconfig.lint.json', '/cdk.out/',
  '/jest.config.json', '/AGENTS.md', '/CONTRIBUTING.md', '/MIGRATION.md', '/SECURITY.md', '/VERSIONS.md', '/.remarkrc.mjs',
]) {
  project.addPackageIgnore(path);
}
// After the project's own, which would pin the floor or nothing.
project.addDevDeps(
  `aws-cdk-lib@${AWS_CDK_LIB_NEWEST}`, 'constructs@10.5.1', 'jsii-docgen@10.12.6', 'jsii-pacmak@1.140.0',
);
// The bindings of 1.13.0 are not published for every platform, so that a lock file with them cannot be installed.
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });

// Source maps beside the code and not in it, where they would be read with every import, and without the sources, which
// would be a third of the npm package: stack traces name TypeScript's lines all the same.
project.tsconfig?.file.addOverride('compilerOptions.inlineSourceMap', false);
project.tsconfig?.file.addOverride('compilerOptions.inlineSources', false);
project.tsconfig?.file.addOverride('compilerOptions.sourceMap', true);

new JsonFile(project, LINT_TSCONFIG, {
  marker: true,
  obj: {
    extends: './test/tsconfig.json',
    compilerOptions: { rootDir: '.' },
    include: ['src', 'test', 'rehearsal', 'commands', 'examples', 'bench', 'docs', 'rosetta', 'projenrc', '.projenrc.ts'],
  },
});
project.eslint?.allowDevDeps('bench/**');
project.eslint?.allowDevDeps('docs/**');
// The benchmark imports the library as users do, from the installation that it makes.
project.eslint?.addOverride({
  files: ['bench/**'], rules: { 'import/no-unresolved': ['error', { ignore: [`^${project.name}$`] }] },
});
// Tables of rows and small literals read better on one line.
project.eslint?.addRules({
  '@stylistic/object-property-newline': 'off',
  '@stylistic/max-len': ['error', {
    code: 120,
    ignoreUrls: true,
    ignoreStrings: true,
    ignoreTemplateLiterals: true,
    ignoreRegExpLiterals: true,
    ignorePattern: 'eslint-disable',
  }],
});
// A file that is longer holds two things, and files that import each other are one.
project.eslint?.addOverride({
  files: ['src/**'], rules: { 'max-lines': ['error', 400], 'import/no-cycle': ['error', { ignoreExternal: true }] },
});

// The type-check and the linter run beside the tests, not before and after them.
project.testTask.reset('tsx test/all.ts --passWithNoTests', { receiveArgs: true });

// What is published is what is compiled: other languages, the benchmark and consumers' tests have it, too.
project.compileTask.exec('tsx projenrc/bundle-library.ts');

const bench = project.addTask('bench', { description: 'Measure what the library costs' });
bench.spawn(project.preCompileTask);
bench.spawn(project.compileTask);
bench.exec('tsx bench/main.ts', { receiveArgs: true });

new LambdaBundle(project, 'src/function/runtime/entry.ts', 'src/dashboard/handler/entry.ts');
new CommandBundle(project);
new FunctionBoundary(project);
new EngineBoundary(project);
new Rosetta(project);
new Languages(project);
new ExampleApps(project);
new ApiCompatibility(project);
new DocumentationLinks(project);
new PinnedActions(project);
new PullRequestWorkflows(project);
new ReleaseWorkflow(project);

project.synth();
