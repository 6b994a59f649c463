/** Alarms: those of a scheduled audit, and with every option. */
import { ExpectedResult, IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { auditThatGoes, caseOf, integrationTest } from './account';
import { AuditAlarms, AuditAlarmsOptions, AuditCheck, AuditSchedule, OverdueAlarm, ScheduledAudit } from '../../src';

export const app = new App();

function alarmsOf(options: (stack: Stack) => Partial<AuditAlarmsOptions> & { checks?: AuditCheck[] }) {
  return (stack: Stack): AuditAlarms => {
    const { configuration } = auditThatGoes(stack);
    const scheduledAudit = new ScheduledAudit(stack, 'Daily', { configuration, schedule: AuditSchedule.daily() });
    return new AuditAlarms(stack, 'Alarms', { scheduledAudit, ...options(stack) });
  };
}

function existInTheAccount(assertions: IDeployAssert, { alarms }: AuditAlarms): void {
  for (const { alarmName } of alarms) {
    assertions.awsApiCall('cloudwatch', 'describeAlarms', { AlarmNames: [alarmName] })
      .expect(ExpectedResult.objectLike({ MetricAlarms: [{ AlarmName: alarmName }] }));
  }
}

const standard = caseOf('audit-alarms-default', alarmsOf(() => ({})), existInTheAccount);

const full = caseOf('audit-alarms-full', alarmsOf((stack) => ({
  alarmActions: [new SnsAction(new Topic(stack, 'OnCall'))],
  checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED],
  overdueAlarm: OverdueAlarm.after(Duration.days(2)),
})), existInTheAccount);

integrationTest(app, standard, full);
