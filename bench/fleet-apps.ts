import * as alpha from '@aws-cdk/aws-iot-alpha';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { handWrittenFleet } from './hand-written-fleet';
import { handWrittenL2Fleet } from './hand-written-l2-fleet';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, FleetAudit, Logging, Mitigation, ScheduledAudit,
  SuppressedResource, SuppressionExpiry,
} from 'cdk-iot-fleet-audit';

/** What defines a fleet's audit in a stack. */
export type Definition = (stack: Stack) => void;

export interface AppOptions {
  readonly stacks: number;
  readonly outdir: string;

  /** True if each stack has a stage of its own. */
  readonly staged: boolean;
}

const CHECKS_OF_ALPHA = Object.values(alpha.AuditCheck);

/** The directory with the function's code, as the library ships it. */
export function definitions(codeDirectory: string): Record<string, Definition> {
  return {
    'FleetAudit': (stack) => { new FleetAudit(stack, 'FleetAudit'); },
    'bare L1s': (stack) => handWrittenFleet(stack, codeDirectory),
    'L1s in a Construct': (stack) => handWrittenFleet(new Construct(stack, 'FleetAudit'), codeDirectory),
    'L2s by hand': (stack) => handWrittenL2Fleet(stack, codeDirectory),
    'FleetAudit with all that follows an audit': whatFollows,
    'our three constructs': (stack) => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration');
      const checks = AuditCheck.all().filter(({ checkName }) => CHECKS_OF_ALPHA.some((known) => known === checkName));
      new ScheduledAudit(stack, 'DailyAudit', { configuration, schedule: AuditSchedule.daily(), checks });
      new Logging(stack, 'Logging');
    },
    'aws-iot-alpha': (stack) => {
      const configuration = new alpha.AccountAuditConfiguration(stack, 'Configuration');
      new alpha.ScheduledAudit(stack, 'DailyAudit', {
        accountAuditConfiguration: configuration, frequency: alpha.Frequency.DAILY, auditChecks: CHECKS_OF_ALPHA,
      });
      new alpha.Logging(stack, 'Logging');
    },
  };
}

/** An app whose stacks are each for an account of its own, since an account has one audit configuration. */
export function appOf(definition: Definition, { stacks, outdir, staged }: AppOptions): App {
  const app = new App({ outdir, analyticsReporting: false });
  for (let index = 0; index < stacks; index++) {
    const env = { account: accountOf(index), region: REGION };
    definition(new Stack(staged ? new Stage(app, `Stage${index}`, { env }) : app, `Fleet${index}`, { env }));
  }
  return app;
}

export const REGION = 'us-east-1';

export function accountOf(index: number): string {
  return String(100_000_000_000 + index);
}

function whatFollows(stack: Stack): void {
  const audit = new FleetAudit(stack, 'FleetAudit');
  const deactivate = audit.addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
  audit.mitigateAutomatically({ checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [deactivate] });
  audit.monitor();
  audit.notifyPeople({ topic: Topic.fromTopicArn(stack, 'Oncall', `arn:aws:sns:${REGION}:123456789012:oncall`) });
  audit.archiveFindings();
  audit.addDashboard();
  audit.addSuppression({
    check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    resource: SuppressedResource.policyName('gateway'),
    description: 'Gateways publish for their sensors',
    expiry: SuppressionExpiry.never(),
  });
}
