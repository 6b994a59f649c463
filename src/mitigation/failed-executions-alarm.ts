import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** The alarm for executions after which nobody was told what was mitigated. */
export function defineFailedExecutionsAlarm(scope: Construct, stateMachine: StateMachine): Alarm {
  return new Alarm(scope, 'FailedExecutionsAlarm', {
    alarmDescription: 'Executions of automatic mitigation that failed or did not end in time, so that nobody was told '
      + 'what was mitigated. Look for the reason in the execution, remove it, and let the execution continue within 14 '
      + 'days: aws stepfunctions redrive-execution --execution-arn <its ARN>. State machine: '
      + stateMachine.stateMachineArn,
    metric: new MathExpression({
      expression: 'SUM(METRICS())',
      label: 'Failed executions',
      usingMetrics: { failed: stateMachine.metricFailed(), timedOut: stateMachine.metricTimedOut() },
    }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
