import * as alpha from '@aws-cdk/aws-iot-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { handWrittenFleet } from './hand-written-fleet';
import { handWrittenL2Fleet } from './hand-written-l2-fleet';
import { AccountAuditConfiguration, AuditCheck, AuditSchedule, FleetAudit, Logging, ScheduledAudit } from 'cdk-iot-fleet-audit';

/** What defines a fleet's audit in a stack. */
export type Definition = (stack: Stack) => void;

const CHECKS_OF_ALPHA = Object.values(alpha.AuditCheck);

/** The directory with the function's code, as the library ships it. */
export function definitions(codeDirectory: string): Record<string, Definition> {
  return {
    'FleetAudit': (stack) => { new FleetAudit(stack, 'FleetAudit'); },
    'hand-written L1s': (stack) => handWrittenFleet(stack, codeDirectory),
    'hand-written L2s': (stack) => handWrittenL2Fleet(stack, codeDirectory),
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
export function appOf(stacks: number, definition: Definition, outdir: string): App {
  const app = new App({ outdir, analyticsReporting: false });
  for (let index = 0; index < stacks; index++) {
    definition(new Stack(app, `Fleet${index}`, { env: { account: String(100_000_000_000 + index), region: 'us-east-1' } }));
  }
  return app;
}
