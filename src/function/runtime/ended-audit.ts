import { DescribeAuditTaskCommand } from '@aws-sdk/client-iot';
import { DescribedAudit } from './audit-reader';
import { Invocation } from './invocation';

/** Milliseconds for which AWS IoT may call an audit running although Device Defender has told its end. */
const PATIENCE = 2 * 60_000;

const PAUSE = 5_000;

/**
 * Describes an audit that has ended.
 *
 * @throws if AWS IoT does not know it, or still calls it running after a while: another attempt may help
 */
export async function endedAudit(taskId: string, invocation: Invocation): Promise<DescribedAudit> {
  const { calls: { clock }, clients: { iot }, until } = invocation;
  const patientUntil = Math.min(clock.now() + PATIENCE, until);
  for (;;) {
    const audit = await invocation.ask((options) => iot.send(new DescribeAuditTaskCommand({ taskId }), options));
    if (audit.taskStatus !== 'IN_PROGRESS') {
      return { ...audit, taskId };
    }
    if (clock.now() + PAUSE > patientUntil) {
      throw new Error(`audit ${taskId} is said to have ended, and to be in progress`);
    }
    await clock.sleep(PAUSE);
  }
}
