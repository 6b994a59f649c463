import { App, Stack } from 'aws-cdk-lib';
import * as audit from 'cdk-iot-fleet-audit';
import { DeviceDefenderChecks, FleetAudit, type FleetAuditProps } from 'cdk-iot-fleet-audit';

const props: FleetAuditProps = { schedules: [audit.AuditSchedule.daily()] };
const app = new App();
new FleetAudit(new Stack(app, 'Stack'), 'FleetAudit', props);
const [stack] = app.synth().stacks;
const report = new DeviceDefenderChecks().checkTemplates(stack.templateFullPath);
console.log(JSON.stringify({ resources: Object.keys(stack.template.Resources).length, found: report.metadata }));
