import { settled } from './after-audit';
import { auditsEnded } from './audit-reports';
import type { Patience } from './patience';
import { stateOf } from '../cloudformation/account-state';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

/**
 * Runs each scheduled audit that an alarm watches once, as on the first of its days. It waits until what the deployment
 * has audited, and what followed that, is over.
 */
export async function runWatchedAudits(account: RehearsedAccount, patience: Patience): Promise<void> {
  const watched = namesInAlarms(account);
  if (watched.size === 0) return;
  await auditsEnded(account);
  await patience.waitFor(settled(account));
  const { scheduledAudits } = await stateOf(account);
  for (const name of Object.keys(scheduledAudits)) {
    if (watched.has(name)) account.deviceDefender.runScheduledAudit(name);
  }
}

/** The names of audits in the dimensions of metrics. */
function namesInAlarms({ alarms }: RehearsedAccount): Set<string> {
  const metrics = alarms.all.flatMap(({ properties }) => [
    properties, ...(properties.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
  ]);
  return new Set(metrics.filter(({ Namespace }) => Namespace === 'AWS/IoT').flatMap(({ Dimensions = [] }) =>
    Dimensions.filter(({ Name }) => Name === 'ScheduledAuditName').map(({ Value }) => Value)));
}
