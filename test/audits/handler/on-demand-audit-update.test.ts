import { LOGGING, MINUTE, SHARED, START, WAIT, create, remove, statusesOf, update } from './on-demand-audit-requests';
import { Answer } from '../../../rehearsal/services/surrounding-services';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const AGED: OnDemandAuditProperties = { ...START, Checks: [{ Name: SHARED, Severity: 'CRITICAL', Threshold: '365' }] };
const OTHER: OnDemandAuditProperties = { ...START, Trigger: 'another commit' };

const log = captureLog();

describe('an on-demand audit', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    environment.iot.timing.auditDuration = 30 * MINUTE;
    await environment.enableChecks(SHARED, LOGGING);
  });

  afterEach(() => environment.stop());

  const setStackStatus = (status: string) => environment.services.stackStatuses.set(STACK_ID, status);
  const taskIds = () => environment.iot.audits.map(({ taskId }) => taskId);

  /** Creates the audit, and completes the deployment. */
  async function existing(properties = START): Promise<string> {
    const { PhysicalResourceId } = await create(environment, properties);
    setStackStatus('UPDATE_IN_PROGRESS');
    return PhysicalResourceId!;
  }

  describe('on update', () => {
    test.each<[string, OnDemandAuditProperties, OnDemandAuditProperties]>([
      ['nothing', START, START],
      ['whether the deployment waits', START, WAIT],
      ['how long it waits', { ...WAIT, Mode: WaitMode.START }, { ...WAIT, Mode: WaitMode.START, TimeoutSeconds: '60' }],
      [
        'the mode', { ...WAIT, Mode: WaitMode.START },
        { ...WAIT, Mode: WaitMode.START, FailOnTimeout: 'false' },
      ],
      [
        'the severity of a check', START,
        { ...START, Checks: START.Checks.map((check) => ({ ...check, Severity: 'HIGH' })) },
      ],
      ['the order of the checks', START, { ...START, Checks: [...START.Checks].reverse() }],
    ])('starts nothing when this changes: %s', async (_, before, after) => {
      const id = await existing(before);
      const answer = await update(environment, id, after);

      expect(answer).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: id,
        Data: { TaskId: taskIds()[0], TaskStatus: 'IN_PROGRESS', TotalChecksCount: 2 },
      });
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS']);
    });

    test('reports the present status of the audit', async () => {
      const id = await existing();
      environment.time.pass(40 * MINUTE);

      expect((await update(environment, id, START)).Data).toMatchObject({
        TaskStatus: 'COMPLETED', TotalChecksCount: 2, CompliantChecksCount: 1, NonCompliantChecksCount: 1,
        NonCompliance: `LOW ${LOGGING} 1/1`,
      });
    });

    test('leaves the audit alone when it cannot answer', async () => {
      const id = await existing();
      environment.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
      await environment.invoke(environment.event({
        RequestType: 'Update', PhysicalResourceId: id, ResourceProperties: WAIT,
      }));

      expect(environment.answers).toHaveLength(1);
      expect(environment.iot.requestsOf('CancelAuditTask')).toEqual([]);
    });

    test('does not mind that AWS has forgotten the audit', async () => {
      const id = await existing();
      environment.time.pass(91 * 24 * 60 * MINUTE);

      expect(await update(environment, id, START)).toMatchObject({
        Status: 'SUCCESS', PhysicalResourceId: id,
        Data: { TaskId: taskIds()[0], TaskStatus: 'UNKNOWN', TotalChecksCount: 0 },
      });
    });

    test.each<[string, OnDemandAuditProperties, OnDemandAuditProperties]>([
      ['the trigger', { ...START, Trigger: 'a commit' }, OTHER],
      ['there is a trigger', START, OTHER],
      ['there is no trigger any more', OTHER, START],
      ['a check is left out', START, { ...START, Checks: START.Checks.slice(1) }],
      ['a check is added', { ...START, Checks: START.Checks.slice(1) }, START],
      ['a threshold', AGED, { ...AGED, Checks: [{ ...AGED.Checks[0], Threshold: '366' }] }],
      ['only enabled checks', START, { ...START, EnabledChecksOnly: 'true' }],
    ])('starts another audit when this changes: %s', async (_, before, after) => {
      const id = await existing(before);
      const answer = await update(environment, id, after);

      const [first, second] = taskIds();
      expect(taskIds()).toHaveLength(2);
      expect(answer).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: `${digestOf(after)}.${second}_${digestOf(before)}.${first}`,
        Data: { TaskId: second, TaskStatus: 'IN_PROGRESS' },
      });
    });

    test('cancels the audit that is replaced only when CloudFormation cleans up', async () => {
      const id = await existing();
      await update(environment, id, OTHER);
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);

      setStackStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      expect(await remove(environment, id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(statusesOf(environment)).toEqual(['CANCELED', 'IN_PROGRESS']);
    });

    test('remembers one audit before, however many there were', async () => {
      let id = await existing();
      for (const Trigger of ['first', 'second', 'third']) {
        id = (await update(environment, id, { ...START, Trigger })).PhysicalResourceId!;
      }

      const [, , second, third] = taskIds();
      expect(id).toBe(
        `${digestOf({ ...START, Trigger: 'third' })}.${third}_${digestOf({ ...START, Trigger: 'second' })}.${second}`,
      );
      expect(id.length).toBeLessThan(256);
    });

    test('starts one for an id that it does not know', async () => {
      setStackStatus('UPDATE_IN_PROGRESS');

      expect(await update(environment, 'Fleet-Audit-1ABCDEFGHIJKL', START)).toMatchObject({
        Status: 'SUCCESS', PhysicalResourceId: `${digestOf(START)}.${taskIds()[0]}`,
      });
    });

    test('keeps the id that CloudFormation knows when the other audit cannot be started', async () => {
      const id = await existing();
      const answer = await update(
        environment, id,
        { ...START, Checks: [...START.Checks, { Name: 'CONFLICTING_CLIENT_IDS_CHECK', Severity: 'HIGH' }] },
      );

      expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS']);
    });

    test('keeps the id that CloudFormation knows when the other audit takes too long', async () => {
      const id = await existing();
      const answer = await update(environment, id, { ...WAIT, Trigger: 'another commit', TimeoutSeconds: '60' });

      expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS', 'CANCELED']);
    });
  });

  describe('on a return to the audit before', () => {
    let before: string;
    let id: string;

    beforeEach(async () => {
      before = await existing();
      id = (await update(environment, before, OTHER)).PhysicalResourceId!;
    });

    test('starts another audit when it is the user who returns', async () => {
      const answer = await update(environment, id, START);

      const [, second, third] = taskIds();
      expect(answer)
        .toMatchObject({
          Status: 'SUCCESS', PhysicalResourceId: `${digestOf(START)}.${third}_${digestOf(OTHER)}.${second}`,
        });
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'IN_PROGRESS']);
    });

    test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'])(
      'returns to the audit that was before when the stack is in %s',
      async (status) => {
        setStackStatus(status);
        const answer = await update(environment, id, START);

        expect(answer)
          .toMatchObject({
            Status: 'SUCCESS', PhysicalResourceId: before, Data: { TaskId: taskIds()[0], TaskStatus: 'IN_PROGRESS' },
          });
        expect(statusesOf(environment)).toEqual(['IN_PROGRESS', 'CANCELED']);
      },
    );

    // cdk deploy --no-rollback leaves a stack as it is; the next rollback goes back to the last state that was
    // complete.
    test('succeeds and starts nothing when the stack goes back further', async () => {
      const further = (await update(environment, id, { ...START, Trigger: 'a third commit' })).PhysicalResourceId!;
      setStackStatus('UPDATE_ROLLBACK_IN_PROGRESS');

      expect(await update(environment, further, START)).toMatchObject({
        Status: 'SUCCESS', PhysicalResourceId: further, Data: { TaskId: taskIds()[2], TaskStatus: 'IN_PROGRESS' },
      });
      expect(taskIds()).toHaveLength(3);
    });

    test('takes it for a rollback when CloudFormation does not tell, since that must not fail', async () => {
      environment.services.faults.add({ operation: 'DescribeStacks', kind: 'accessDenied', times: Infinity });
      const answer: Answer = await update(environment, id, START);

      expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: before });
      expect(log.messages).toContain('stack status not known');
      expect(taskIds()).toHaveLength(2);
    });

    test('never fails during a rollback of an audit that has ended', async () => {
      environment.time.pass(40 * MINUTE);
      setStackStatus('UPDATE_ROLLBACK_IN_PROGRESS');

      expect(await update(environment, id, START))
        .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: before, Data: { TaskStatus: 'COMPLETED' } });
      expect(taskIds()).toHaveLength(2);
    });
  });

  describe('on delete', () => {
    test('is canceled, and nothing else is', async () => {
      const id = await existing();
      await environment.startAudit(LOGGING);

      expect(await remove(environment, id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(statusesOf(environment)).toEqual(['CANCELED', 'IN_PROGRESS']);
    });

    test('does not mind having ended', async () => {
      const id = await existing();
      environment.time.pass(40 * MINUTE);

      expect(await remove(environment, id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(statusesOf(environment)).toEqual(['COMPLETED']);
      expect(log.messages).toContain('audit has ended already');
    });

    test.each([
      `${digestOf(START)}.0123456789abcdef0123456789abcdef`, 'Fleet-Audit-1ABCDEFGHIJKL', 'none-0f1e2d3c',
    ])('succeeds with an unknown id: %s', async (id) => {
      expect(await remove(environment, id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    });

    test('leaves alone an audit before, which has a deletion of its own', async () => {
      const before = await existing();
      const { PhysicalResourceId } = await update(environment, before, OTHER);
      await remove(environment, PhysicalResourceId!);

      expect(statusesOf(environment)).toEqual(['IN_PROGRESS', 'CANCELED']);
    });
  });

  test('is canceled when the stack begins to roll back right after the start', async () => {
    jest.spyOn(environment.services.stackStatuses, 'get')
      .mockImplementation(() => taskIds().length > 0 ? 'ROLLBACK_IN_PROGRESS' : 'CREATE_IN_PROGRESS');
    const answer = await create(environment, START);

    const [taskId] = taskIds();
    expect(answer).toMatchObject({
      Status: 'FAILED', Reason: `the stack rolls back (audit ${taskId})`,
      PhysicalResourceId: `${digestOf(START)}.${taskId}`,
    });
    expect(statusesOf(environment)).toEqual(['CANCELED']);
  });
});
