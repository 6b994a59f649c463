/**
 * Device Defender's checks on CloudFormation templates that CDK did not write, with a SARIF file for the code host.
 * Several files are checked together as one deployment. The program exits with 1 if it prints a critical finding, or if
 * a file cannot be read.
 *
 *   npx tsx --tsconfig examples/tsconfig.json examples/check-a-template.ts examples/sample-template.json
 */
import { basename } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { DeviceDefenderChecks } from 'cdk-iot-fleet-audit';

/** CDK reads a template in YAML and writes it in JSON. The lines of findings are then those of the written file. */
function inJson(file: string): string {
  if (!/\.ya?ml$/.test(file)) {
    return file;
  }
  const app = new App();
  const stack = new Stack(app, basename(file).replace(/\W+/g, '-'));
  new CfnInclude(stack, 'Template', { templateFile: file });
  return app.synth().getStackByName(stack.stackName).templateFullPath;
}

const report = new DeviceDefenderChecks({
  assumeParameterDefaults: true,
  sarifFile: process.env.SARIF_FILE,
}).checkTemplates(...process.argv.slice(2).map(inJson));

for (const { severity, description, fix, violatingResources } of report.violations) {
  for (const { templatePath, resourceLogicalId } of violatingResources) {
    console.log(`${severity} ${templatePath} ${resourceLogicalId ?? ''}\n  ${description}\n  ${fix}`);
  }
}
const { compliant, nonCompliant, undecided } = report.metadata ?? {};
console.log(`compliant ${compliant}, non-compliant ${nonCompliant}, undecided ${undecided}`);
process.exitCode = report.success && report.violations.every(({ ruleName }) => ruleName !== 'UNREAD_TEMPLATE') ? 0 : 1;
