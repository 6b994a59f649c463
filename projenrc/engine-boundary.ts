import { Component, awscdk } from 'projen';

/** The plugin: it knows the CDK, and the engine knows nothing of it. */
const PLUGIN = ['src/validation/device-defender-checks.ts', 'src/validation/app/**'];

const PATTERNS = [
  { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'The command runs this file without the CDK.' },
  {
    regex: '(^|/)(app/|device-defender-checks$|(audit-check|check-rendering|check-availability|validate-checks)$)',
    message: 'This file needs the CDK, and the command runs without it.',
  },
  {
    regex: '^\\.\\./\\.\\./(?!(checks/check-table|private/printable|[a-z]+/protocol)$|\\.\\./assets/)',
    message: 'The engine imports plain data only.',
  },
];

/**
 * Holds the line between the plugin of CDK and the engine that judges templates, by a lint rule.
 *
 * The command `check` carries the engine, too, and runs where there is neither the CDK nor a construct.
 */
export class EngineBoundary extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.eslint?.addOverride({
      files: ['src/validation/**'],
      excludedFiles: PLUGIN,
      rules: { 'no-restricted-imports': ['error', { patterns: PATTERNS }] },
    });
  }
}
