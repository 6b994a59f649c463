import type { Evaluation, EvaluationContext } from './evaluation';

/** Level DISABLED counts as disabled logging: inferred, no log-level rule is documented. */
export function loggingDisabled({ fleet, accountId }: EvaluationContext): Evaluation {
  const { logging } = fleet;
  const enabled = logging?.roleArn !== undefined && logging.disableAllLogs !== true && logging.defaultLogLevel !== 'DISABLED';
  return {
    totalResources: 1,
    nonCompliances: enabled ? [] : [{
      resourceIdentifier: { account: accountId }, reasonCode: 'LOGGING_DISABLED', reason: 'AWS IoT logs are not enabled in CloudWatch.',
    }],
  };
}
