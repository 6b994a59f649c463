import { App, Stack } from 'aws-cdk-lib';
import { DeviceDefenderChecks, FleetAudit } from 'cdk-iot-fleet-audit';

const app = new App();
new FleetAudit(new Stack(app, 'Stack'), 'FleetAudit');
const [stack] = app.synth().stacks;
const report = new DeviceDefenderChecks().checkTemplates(stack.templateFullPath);
console.log(JSON.stringify({ resources: Object.keys(stack.template.Resources).length, found: report.metadata }));
