/** The dashboard: that of a fleet audit, and one of all options. Its widget answers for an audit that has ended. */
import { ExpectedResult, IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Duration } from 'aws-cdk-lib';
import { auditNow, auditThatGoes, caseOf, integrationTest } from './account';
import { AuditDashboard, AuditSchedule } from '../../src';

export const app = new App();

function showsTheAudit(assertions: IDeployAssert, { dashboard, function: widget }: AuditDashboard): void {
  assertions.awsApiCall('cloudwatch', 'getDashboard', { DashboardName: dashboard.dashboardName })
    .expect(ExpectedResult.objectLike({ DashboardName: dashboard.dashboardName }));
  auditNow(assertions)
    .next(assertions.invokeFunction({ functionName: widget.functionName, payload: JSON.stringify({}) })
      .expect(ExpectedResult.objectLike({ Payload: ExpectedResult.stringLikeRegexp('Last audits').result })));
}

const standard = caseOf('audit-dashboard-default', (stack) =>
  auditThatGoes(stack, { schedules: [AuditSchedule.daily()] }).addDashboard(), showsTheAudit);

const full = caseOf('audit-dashboard-full', (stack) => {
  const audit = auditThatGoes(stack, { schedules: [AuditSchedule.daily()] });
  audit.monitor();
  return audit.addDashboard({ dashboardName: 'cdk-iot-fleet-audit-full', defaultInterval: Duration.days(30) });
}, showsTheAudit);

integrationTest(app, standard, full);
