const { App, Stack } = require('aws-cdk-lib');
const { FleetAudit } = require('cdk-iot-fleet-audit');

const app = new App();
new FleetAudit(new Stack(app, 'Stack'), 'FleetAudit');
app.synth();
