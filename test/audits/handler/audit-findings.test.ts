import { AuditFindings } from '../../../src/audits/handler/audit-findings';
import { DescribedAudit } from '../../../src/function/runtime/audit-reader';

test('an audit without a start time, or that AWS lists in the wrong place, is no baseline', async () => {
  const described: Record<string, Partial<DescribedAudit>> = {
    undated: { taskStatus: 'COMPLETED', taskType: 'SCHEDULED_AUDIT_TASK' },
    running: { taskStatus: 'IN_PROGRESS', taskType: 'SCHEDULED_AUDIT_TASK', taskStartTime: new Date(5) },
    other: { taskStatus: 'COMPLETED', taskType: 'ON_DEMAND_AUDIT_TASK', taskStartTime: new Date(5) },
    early: { taskStatus: 'COMPLETED', taskType: 'SCHEDULED_AUDIT_TASK', taskStartTime: new Date(0) },
    late: { taskStatus: 'COMPLETED', taskType: 'SCHEDULED_AUDIT_TASK', taskStartTime: new Date(11) },
    right: { taskStatus: 'COMPLETED', taskType: 'SCHEDULED_AUDIT_TASK', taskStartTime: new Date(5) },
  };
  const iot = {
    send: async ({ input }: { input: { taskId?: string } }) =>
      input.taskId ? described[input.taskId] : { tasks: Object.keys(described).map((taskId) => ({ taskId })) },
  };
  const calls = {
    clock: { now: () => 0, sleep: async () => undefined },
    persistently: (_until: object, call: (options: object) => unknown) => call({}),
  };
  const request = { clients: { iot }, calls, workUntil: 1 };
  const findings = new AuditFindings(request as never);

  expect((await findings.scheduledAudits(1, 10)).map(({ taskId }) => taskId)).toEqual(['right']);
});
