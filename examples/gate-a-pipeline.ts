/**
 * A pipeline whose production stage ends with an audit of the fleet. New critical findings stop the release, and what
 * templates already show stops the synth.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/gate-a-pipeline.ts"
 */
import { App, Duration, Stack, StackProps, Stage, StageProps, Validations } from 'aws-cdk-lib';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import {
  AccountAuditConfiguration, AuditSeverity, DeploymentAudit, DeviceDefenderChecks, FleetAuditFunction, KnownFindings,
  OnDemandAudit,
} from 'cdk-iot-fleet-audit';

/** The release: here the policy with which devices connect. */
class DevicesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    new CfnPolicy(this, 'DevicePolicy', {
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: this.formatArn({
            service: 'iot', resource: 'client', resourceName: '${iot:Connection.Thing.ThingName}',
          }),
          Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
        }],
      },
    });
  }
}

interface GateStackProps extends StackProps {
  readonly trigger?: string;
}

/** A stack of its own, after the stack that it judges: if it fails, only this stack rolls back. */
class GateStack extends Stack {
  constructor(scope: Construct, id: string, props: GateStackProps) {
    super(scope, id, props);
    new OnDemandAudit(this, 'Gate', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(this, 'Configuration'),
      deploymentAudit: DeploymentAudit.gate({
        failOn: AuditSeverity.CRITICAL,
        // The account has older findings: only those that this release adds stop it.
        knownFindings: KnownFindings.ignore(),
        timeout: Duration.minutes(45),
        trigger: props.trigger,
      }),
    });
    Validations.of(FleetAuditFunction.of(this)).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Starting, watching, reading and cancelling an audit have no resource to narrow them to',
    });
  }
}

interface FleetStageProps extends StageProps {
  readonly trigger?: string;
}

class FleetStage extends Stage {
  constructor(scope: Construct, id: string, props: FleetStageProps) {
    super(scope, id, props);
    const devices = new DevicesStack(this, 'Devices', {});
    new GateStack(this, 'AuditGate', { trigger: props.trigger }).addStackDependency(devices);
  }
}

export const app = new App();
Validations.of(app).addPlugins(new DeviceDefenderChecks({ loggingEnabledElsewhere: true }));

const stack = new Stack(app, 'Pipeline', { env: { account: '111122223333', region: 'eu-west-1' } });
const source = new Bucket(stack, 'Source', {
  encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, versioned: true,
});
const pipeline = new CodePipeline(stack, 'Pipeline', {
  pipelineType: PipelineType.V2,
  synth: new ShellStep('Synth', {
    input: CodePipelineSource.s3(source, 'source.zip'),
    commands: ['npm ci', 'npx cdk synth'],
  }),
});
pipeline.addStage(new FleetStage(app, 'Production', {
  env: { account: '111122223333', region: 'eu-west-1' },
  // The build knows the commit. Another commit makes another audit run.
  trigger: process.env.CODEBUILD_RESOLVED_SOURCE_VERSION,
}));
