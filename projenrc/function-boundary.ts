import { Component, awscdk } from 'projen';

/** Code of the function: it runs in Lambda, where there is no CDK. */
const RUNTIME = ['src/function/runtime/**', 'src/**/handler/**'];

/** Plain data and texts that both sides may import. They import nothing but each other. */
const SHARED = ['src/**/protocol.ts', 'src/checks/check-table.ts', 'src/private/printable.ts'];

/** The entry, and the dispatchers with their tables of handlers. */
const ENTRY = [
  'src/function/runtime/entry.ts', 'src/function/runtime/custom-resource-dispatcher.ts',
  'src/function/runtime/invocation-dispatcher.ts',
];

const CDK = { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'This file runs in Lambda, where there is no CDK.' };

const OUTSIDE = { regex: '(^|/)(rehearsal|commands|test)/', message: 'The library knows nothing of what is around it.' };

/**
 * Holds the line between constructs and the function's code, by lint rules.
 *
 * What runs in Lambda imports neither the CDK nor a construct, and no construct imports what runs in Lambda. A handler
 * reaches no other room: it knows its own, the runtime of the function, and what is shared. The library imports neither
 * the rehearsal nor a command nor a test.
 */
export class FunctionBoundary extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    this.restrict(project, ['src/**'], [...RUNTIME, ...SHARED], [
      { regex: '(^|/)(handler|runtime)/', message: 'A construct and its handler share nothing but protocol.ts.' },
    ]);
    this.restrict(project, SHARED, [], [
      CDK,
      {
        regex: '^\\.(?!.*/(protocol|check-table|printable)$)',
        message: 'Both sides import this file, so it imports plain files only.',
      },
    ]);
    this.restrict(project, ['src/**/handler/**'], [], [
      CDK,
      {
        regex: '^\\.\\.(?!/protocol$|/\\.\\./function/runtime/|/\\.\\./checks/check-table$|/\\.\\./private/printable$)',
        message: 'A handler imports its own room\'s protocol.ts, the function\'s runtime, and what both sides share.',
      },
    ]);
    this.restrict(project, ['src/function/runtime/**'], ENTRY, [
      CDK,
      { regex: '^\\.\\.(?!/\\.\\./private/printable$)', message: 'Only the dispatchers know the handlers.' },
    ]);
    this.restrict(project, ENTRY, [], [CDK]);
  }

  private restrict(
    project: awscdk.AwsCdkConstructLibrary, files: string[], excludedFiles: string[], patterns: object[],
  ): void {
    const rule = ['error', { patterns: [...patterns, OUTSIDE] }];
    project.eslint?.addOverride({ files, excludedFiles, rules: { 'no-restricted-imports': rule } });
  }
}
