import { Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction, CfnLogging, CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Definition } from './fleet-apps';
import { handWrittenMinimum, trustOf } from './hand-written-fleet';
import {
  AuditCheck, AuditSchedule, DeploymentAudit, ExistingConfiguration, ExistingLogging, FleetAudit, FleetAuditProps,
  Logging, Mitigation, MitigationMode, SuppressedResource, SuppressionExpiry,
  Weekday,
} from 'cdk-iot-fleet-audit';

/** What can be added to the default `FleetAudit`, or be asked of it. */
export interface FleetPart {
  readonly name: string;

  /** The `FleetAudit` with the part. */
  readonly define: Definition;

  /** The least that a template needs for the same, if CloudFormation has it, beside the least for the rest. */
  readonly minimum?: Definition;
}

function fleetAudit(props?: FleetAuditProps): Definition {
  return (stack) => { new FleetAudit(stack, 'FleetAudit', props); };
}

function withMinimum(define: Definition): Definition {
  return (stack) => {
    handWrittenMinimum(stack);
    define(stack);
  };
}

export const DEFAULT_FLEET: FleetPart = { name: 'the default', define: fleetAudit(), minimum: handWrittenMinimum };

export const FLEET_PARTS: readonly FleetPart[] = [
  { name: '`DeploymentAudit.none()`', define: fleetAudit({ deploymentAudit: DeploymentAudit.none() }), minimum: handWrittenMinimum },
  { name: '`DeploymentAudit.waitForCompletion()`', define: fleetAudit({ deploymentAudit: DeploymentAudit.waitForCompletion() }) },
  { name: '`DeploymentAudit.gate()`', define: fleetAudit({ deploymentAudit: DeploymentAudit.gate() }) },
  { name: '`ExistingConfiguration.adopt()`', define: fleetAudit({ existing: ExistingConfiguration.adopt() }) },
  {
    name: 'a topic of yours',
    define: (stack) => {
      const topic = Topic.fromTopicArn(stack, 'Topic', stack.formatArn({ service: 'sns', resource: 'findings' }));
      new FleetAudit(stack, 'FleetAudit', { notificationTopic: topic });
    },
  },
  {
    name: '`addScheduledAudit()`',
    define: (stack) => {
      new FleetAudit(stack, 'FleetAudit').addScheduledAudit('Weekly', { schedule: AuditSchedule.weekly(Weekday.MONDAY) });
    },
    minimum: withMinimum((stack) => {
      new CfnScheduledAudit(stack, 'Weekly', {
        frequency: 'WEEKLY', dayOfWeek: 'MON', targetCheckNames: AuditCheck.all().map(({ checkName }) => checkName),
      });
    }),
  },
  {
    name: '`addMitigationAction()`',
    define: (stack) => {
      new FleetAudit(stack, 'FleetAudit').addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    },
    minimum: withMinimum((stack) => {
      const role = new CfnRole(stack, 'MitigationRole', { assumeRolePolicyDocument: trustOf('iot.amazonaws.com') });
      new CfnMitigationAction(stack, 'Deactivate', {
        roleArn: role.attrArn, actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
      });
    }),
  },
  {
    name: '`onAuditCompleted()`',
    define: (stack) => { new FleetAudit(stack, 'FleetAudit').onAuditCompleted('Completed'); },
  },
  {
    name: '`mitigateAutomatically()` with `MitigationMode.APPLY`',
    define: (stack) => { mitigateAutomatically(stack, Mitigation.enableIotLogging(), AuditCheck.LOGGING_DISABLED); },
  },
  {
    name: '`mitigateAutomatically()` with `MitigationMode.ASK`',
    define: (stack) => {
      const deactivate = Mitigation.updateDeviceCertificate();
      mitigateAutomatically(stack, deactivate, AuditCheck.DEVICE_CERTIFICATE_SHARED, MitigationMode.ASK);
    },
  },
  {
    name: '`monitor()`',
    define: (stack) => { new FleetAudit(stack, 'FleetAudit').monitor(); },
  },
  {
    name: '`notifyPeople()`',
    define: (stack) => {
      const topic = Topic.fromTopicArn(stack, 'Oncall', 'arn:aws:sns:us-east-1:123456789012:oncall');
      new FleetAudit(stack, 'FleetAudit').notifyPeople({ topic });
    },
  },
  {
    name: '`archiveFindings()`',
    define: (stack) => { new FleetAudit(stack, 'FleetAudit').archiveFindings(); },
  },
  {
    name: '`addDashboard()`',
    define: (stack) => { new FleetAudit(stack, 'FleetAudit').addDashboard(); },
  },
  {
    name: '`sendToSecurityHub()`',
    define: (stack) => { new FleetAudit(stack, 'FleetAudit').sendToSecurityHub(); },
  },
  {
    name: '`addSuppression()`',
    define: (stack) => {
      new FleetAudit(stack, 'FleetAudit').addSuppression({
        check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
        resource: SuppressedResource.policyName('gateway'),
        description: 'Gateways publish for their sensors',
        expiry: SuppressionExpiry.never(),
      });
    },
  },
  {
    name: '`Logging`',
    define: withLogging((stack) => { new Logging(stack, 'Logging'); }),
    minimum: withMinimum((stack) => {
      const role = new CfnRole(stack, 'LoggingRole', { assumeRolePolicyDocument: trustOf('iot.amazonaws.com') });
      new CfnLogging(stack, 'Logging', { accountId: stack.account, defaultLogLevel: 'WARN', roleArn: role.attrArn });
    }),
  },
  { name: '`Logging` with `ExistingLogging.keep()`', define: withLogging((stack) => { new Logging(stack, 'Logging', { existing: ExistingLogging.keep() }); }) },
];

/** With an action, whose own resources are among those that are added. */
function mitigateAutomatically(stack: Stack, mitigation: Mitigation, check: AuditCheck, mode?: MitigationMode): void {
  const audit = new FleetAudit(stack, 'FleetAudit');
  audit.mitigateAutomatically({ checks: [check], actions: [audit.addMitigationAction('Action', { mitigation })], mode });
}

function withLogging(define: (stack: Stack) => void): Definition {
  return (stack) => {
    new FleetAudit(stack, 'FleetAudit');
    define(stack);
  };
}
