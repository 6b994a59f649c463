/**
 * Device Defender's checks on CloudFormation templates that CDK did not write, with a SARIF file for the code host.
 * Several files, in JSON or YAML, are checked together as one deployment. The program exits with 1 if it prints a
 * critical finding, or if a file cannot be read.
 *
 *   npx tsx --tsconfig examples/tsconfig.json examples/check-a-template.ts examples/sample-template.json
 */
import { DeviceDefenderChecks } from 'cdk-iot-fleet-audit';

const report = new DeviceDefenderChecks({
  assumeParameterDefaults: true,
  sarifFile: process.env.SARIF_FILE,
}).checkTemplates(...process.argv.slice(2));

for (const { severity, description, fix, violatingResources } of report.violations) {
  for (const { templatePath, resourceLogicalId } of violatingResources) {
    console.log(`${severity} ${templatePath} ${resourceLogicalId ?? ''}\n  ${description}\n  ${fix}`);
  }
}
const { compliant, nonCompliant, undecided } = report.metadata ?? {};
console.log(`compliant ${compliant}, non-compliant ${nonCompliant}, undecided ${undecided}`);
process.exitCode = report.success ? 0 : 1;
