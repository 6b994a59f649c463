/**
 * Brings the audit to the accounts of an organization with StackSets, and to those that join it later.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/roll-out-to-an-organization.ts"
 *
 * docs/organizations.md says how to deploy it.
 */
import { join } from 'node:path';
import {
  Annotations, App, Aws, BootstraplessSynthesizer, CfnStackSet, CliCredentialsStackSynthesizer, RemovalPolicy, Stack,
  Stage, Validations,
} from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { OrganizationPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import {
  codeBucketName, DEPLOYMENT_ACCOUNT, EVENT_BUS_NAME, evidenceBucketName, ORGANIZATION_ID, REGIONS, SECURITY_ACCOUNT,
} from './organization';
import { DeploymentAudit, ExistingConfiguration, FleetAudit, FleetAuditFunction } from 'cdk-iot-fleet-audit';

/** Organizational units: those with fleets, and those in which people try things. */
const FLEET_UNITS = ['ou-abcd-11111111'];
const SANDBOX_UNITS = ['ou-abcd-22222222'];

export const app = new App();

// The stacks of a stage of their own are never deployed by the CDK: their templates are what StackSets deploy.
const templates = new Stage(app, 'Templates');

// Accounts with fleets. The function adopts what somebody has configured there before, tells the security account of
// each audit, and archives findings. Its code comes from a bucket of the deployment account.
const fleet = new Stack(templates, 'Fleet', {
  synthesizer: new CliCredentialsStackSynthesizer({ fileAssetsBucketName: codeBucketName('${AWS::Region}') }),
});
const fleetAudit = new FleetAudit(fleet, 'FleetAudit', { existing: ExistingConfiguration.adopt() });
const sender = new Role(fleet, 'Sender', {
  description: 'Lets EventBridge send the events of audits to the security account',
  assumedBy: new ServicePrincipal('events.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': fleet.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) },
    },
  }),
});
const securityBus = EventBus.fromEventBusArn(fleet, 'SecurityBus', fleet.formatArn({
  service: 'events', account: SECURITY_ACCOUNT, resource: 'event-bus', resourceName: EVENT_BUS_NAME,
}));
const toSecurity = fleetAudit.onAuditCompleted('ToSecurity', {
  target: new EventBusTarget(securityBus, { role: sender }),
});
// The audit of the deployment must not end before its event can be sent.
fleetAudit.onDemandAudit?.node.addDependency(toSecurity, sender);
fleetAudit.archiveFindings({
  bucket: Bucket.fromBucketAttributes(fleet, 'Evidence', {
    bucketName: evidenceBucketName(Aws.REGION), account: SECURITY_ACCOUNT,
  }),
});

// Accounts without fleets. This template needs no function, so nothing but itself: it audits an account that nobody has
// configured before, and fails in others. Together with its stack all of it goes, so that the account can come back.
const sandbox = new Stack(templates, 'Sandbox', { synthesizer: new BootstraplessSynthesizer() });
const sandboxAudit = new FleetAudit(sandbox, 'FleetAudit', {
  deploymentAudit: DeploymentAudit.none(), removalPolicy: RemovalPolicy.DESTROY,
});

// Nobody knows the audit roles of 200 accounts. The functions may give back only those that the console makes.
Annotations.of(fleetAudit).acknowledgeWarning('cdk-iot-fleet-audit:previousRolesNotNamed',
  'If an update fails, accounts with a role of their own keep the role of this stack');

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
for (const { configuration } of [fleetAudit, sandboxAudit]) {
  Validations.of(configuration).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
    reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
  });
}
Validations.of(FleetAuditFunction.of(fleet)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Auditing, the audit configuration, and reading what audits found have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'Which audits of others use a check is not known before; the function only reads them',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/service-role/AWSIoTDeviceDefenderAudit_*]',
  reason: 'A rollback gives back the role that the console has made, to AWS IoT alone',
}, ...['checks', 'findings'].map((folder) => ({
  id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${evidenceBucketName('<AWS::Region>')}/${folder}/day=*]`,
  reason: 'A file for each audit; the policy of the bucket lets an account create its own files only',
})));

// The code of the function must be in these buckets before the roll-out begins.
for (const region of REGIONS) {
  const stack = new Stack(app, `Code-${region}`, { env: { account: DEPLOYMENT_ACCOUNT, region } });
  const bucket = new Bucket(stack, 'Bucket', { bucketName: codeBucketName(region), enforceSSL: true, versioned: true });
  bucket.addToResourcePolicy(new PolicyStatement({
    principals: [new OrganizationPrincipal(ORGANIZATION_ID)],
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('*')],
  }));
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1', reason: 'The code is that of a public package; who reads it is no secret',
  });
}

const rollOut = new Stack(app, 'RollOut', { env: { account: DEPLOYMENT_ACCOUNT, region: REGIONS[0] } });
const assembly = templates.synth();
for (const { stack, organizationalUnitIds } of [
  { stack: fleet, organizationalUnitIds: FLEET_UNITS },
  { stack: sandbox, organizationalUnitIds: SANDBOX_UNITS },
]) {
  const { templateFile } = assembly.getStackArtifact(stack.artifactId);
  const template = new Asset(rollOut, `${stack.node.id}Template`, { path: join(assembly.directory, templateFile) });
  new CfnStackSet(rollOut, stack.node.id, {
    stackSetName: `IotFleetAudit-${stack.node.id}`,
    description: 'AWS IoT Device Defender Audit',
    templateUrl: template.httpUrl,
    capabilities: ['CAPABILITY_IAM'],
    permissionModel: 'SERVICE_MANAGED',
    callAs: 'DELEGATED_ADMIN', // SELF in the management account
    // New accounts get it, too. Where an account leaves, its stack is deleted.
    autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
    managedExecution: { Active: true },
    stackInstancesGroup: [{ deploymentTargets: { organizationalUnitIds }, regions: REGIONS }],
    // Ten accounts at a time, one region after the other. More than five failures in a region stop the roll-out.
    operationPreferences: { regionOrder: REGIONS, maxConcurrentCount: 10, failureToleranceCount: 5 },
  });
}
