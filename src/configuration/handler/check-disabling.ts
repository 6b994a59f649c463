import { AccountAudits, usersOf } from './live-configuration';
import { asError, describeError } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';

/**
 * Disables checks that no scheduled audit uses, and leaves on the others.
 */
export async function disableUnused(checks: readonly string[], audits: AccountAudits): Promise<void> {
  if (checks.length === 0) {
    return;
  }
  const schedules = await audits.schedules();
  const used = checks.filter((check) => usersOf(check, schedules).length > 0);
  for (const check of used) {
    log('check stays on', { check, usedBy: usersOf(check, schedules) });
  }
  // One at a time: a schedule that is made this moment must not keep the others on.
  for (const check of checks.filter((name) => !used.includes(name))) {
    try {
      await audits.update({ auditCheckConfigurations: { [check]: { enabled: false } } });
      log('check disabled', { check });
    } catch (error) {
      log('check stays on', { check, error: describeError(asError(error)) });
    }
  }
}
