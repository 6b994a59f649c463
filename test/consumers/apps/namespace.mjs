import { App, Stack } from 'aws-cdk-lib';
import * as audit from 'cdk-iot-fleet-audit';

const app = new App();
new audit.FleetAudit(new Stack(app, 'Stack'), 'FleetAudit');
const [stack] = app.synth().stacks;
const report = new audit.DeviceDefenderChecks().checkTemplates(stack.templateFullPath);
console.log(JSON.stringify({ resources: Object.keys(stack.template.Resources).length, found: report.metadata }));
