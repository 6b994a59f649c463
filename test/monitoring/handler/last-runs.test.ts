import type { IoTClient } from '@aws-sdk/client-iot';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { AwsCalls } from '../../../src/function/runtime/aws-calls';
import { Invocation } from '../../../src/function/runtime/invocation';
import { LastRuns } from '../../../src/monitoring/handler/last-runs';
import { STACK_ID } from '../../support/function-environment';

const BEGINNINGS: Record<string, string> = {
  first: '2026-01-12T03:00:00Z', second: '2026-01-13T04:00:00Z', third: '2026-01-14T02:00:00Z',
};

// AWS documents no order.
test.each([
  [['first', 'second', 'third']], [['third', 'second', 'first']], [['second', 'third', 'first']],
])('the last run is the one that began last, in whatever order AWS lists them: %p', async (taskIds) => {
  const time = new VirtualTime();
  const never = () => {
    throw new Error('Only AWS IoT knows audits.');
  };
  const iot = {
    send: async ({ input: { taskId } }: { input: { taskId?: string } }) => taskId === undefined
      ? { tasks: taskIds.map((id) => ({ taskId: id, taskStatus: 'COMPLETED' })) }
      : {
        taskType: 'SCHEDULED_AUDIT_TASK',
        taskStatus: 'COMPLETED',
        scheduledAuditName: 'daily',
        taskStartTime: new Date(BEGINNINGS[taskId]),
      },
  } as unknown as IoTClient;
  const invocation = new Invocation({
    clients: { iot, cloudFormation: never, eventBridge: never, stepFunctions: never, sns: never, s3: never },
    calls: new AwsCalls({ clock: time, callTimeout: 10_000 }),
    context: { getRemainingTimeInMillis: () => 900_000 },
    stackId: STACK_ID,
  });

  const runs = await time.during(() => new LastRuns(invocation).of(['daily']));

  expect(runs).toEqual(new Map([['daily', Date.parse(BEGINNINGS.third)]]));
});
