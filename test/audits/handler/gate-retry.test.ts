import {
  DAY, Deployments, GateRequest, HOUR, KEY, NEW_ONLY, POLICY, createSchedule, gated, named, runAudit, runSchedule,
  suppress, weakKey,
} from './gate-requests';
import { remove } from './on-demand-audit-requests';
import { certificateId, endAll } from '../../../rehearsal/test/support/running-stand-in';
import { WaitMode } from '../../../src/audits/protocol';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const found = (kind: string, numbers: number[], note = '') =>
  `1 check found ${numbers.length} ${kind}non-compliant resource${numbers.length === 1 ? '' : 's'} `
    + '(0 allowed for each check): '
  + `CRITICAL ${KEY} ${numbers.length} (${numbers.map(named).join(', ')}${note})`;
const isNew = (...numbers: number[]) => found('new ', numbers);
const isUncompared = (...numbers: number[]) => found('', numbers, '; no earlier audit to compare with');

const REQUEST = gated({ judged: [KEY], reported: [POLICY], gate: NEW_ONLY });

captureLog();

describe('a gate for new findings', () => {
  let environment: FunctionEnvironment;
  let deployments: Deployments;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start({ fleet: { plantedFindings: [weakKey(1)] } });
    await environment.enableChecks(KEY, POLICY);
    await createSchedule(environment, 'daily', KEY);
    deployments = new Deployments(environment);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  const plant = (number: number) => environment.iot.fleet.plant(weakKey(number));
  const next = (request: Partial<GateRequest> = {}) =>
    deployments.verdictOn(gated({ judged: [KEY], reported: [POLICY], gate: NEW_ONLY, ...request }));

  describe('whose stack could not be created', () => {
    /** CloudFormation deletes the failed resource, and the function's log group with it. */
    async function rollBack(): Promise<void> {
      await remove(environment, environment.answers.at(-1)!.PhysicalResourceId!);
      environment.services.logStreams.clear();
    }

    test('stops the same deployment again, however often it is tried', async () => {
      for (let tries = 0; tries < 3; tries++) {
        expect(await next()).toBe(isUncompared(1));
        await rollBack();
      }
    });

    test('stops it again for findings that are new to a scheduled audit', async () => {
      runSchedule(environment, 'daily');
      plant(2);
      for (let tries = 0; tries < 3; tries++) {
        expect(await next()).toBe(isNew(2));
        await rollBack();
      }
    });

    test('passes the findings of a scheduled audit in between: they were there before the gate', async () => {
      expect(await next()).toBe(isUncompared(1));
      await rollBack();
      runSchedule(environment, 'daily');

      expect(await next()).toBe('passes');
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['an audit of a default FleetAudit', () => runAudit(environment, KEY, POLICY)],
    [
      'a neighbour\'s gate',
      async () => new Deployments(environment).deploy(gated({
        judged: [KEY], gate: { ...NEW_ONLY, CountWithoutEarlierAudit: 'false' },
      })),
    ],
    ['an audit that is started in the console', () => runAudit(environment, KEY)],
  ])('does not compare with %s', async (_what, happen) => {
    await happen();
    expect(await next()).toBe(isUncompared(1));
  });

  describe('that has passed', () => {
    beforeEach(async () => {
      runSchedule(environment, 'daily');
      expect(await next()).toBe('passes');
      environment.time.pass(DAY);
      plant(2);
    });

    test('stops for new findings, however often it is tried', async () => {
      expect(await next()).toBe(isNew(2));
      environment.time.pass(DAY);
      expect(await next()).toBe(isNew(2));
    });

    test('stops for findings between deployments, though scheduled audits have found them', async () => {
      runSchedule(environment, 'daily');
      environment.time.pass(DAY);

      expect(await next()).toBe(isNew(2));
    });

    test('stops for them, though another client has run an audit', async () => {
      await runAudit(environment, KEY);

      expect(await next()).toBe(isNew(2));
    });

    test('passes once it is suppressed, and knows it from then on', async () => {
      await suppress(
        environment, KEY, { deviceCertificateId: certificateId(2) }, new Date(environment.time.now() + DAY),
      );
      expect(await next()).toBe('passes');
      environment.time.pass(2 * DAY);

      expect(await next()).toBe('passes');
    });

    test('compares with the audit that it accepted before, after a rollback', async () => {
      const before = deployments.physicalResourceId!;
      expect(await next({ gate: { ...NEW_ONLY, AllowedPerCheck: '1' } })).toBe('passes');
      // Another resource has failed: CloudFormation sends the former properties.
      environment.services.stackStatuses.set(STACK_ID, 'UPDATE_ROLLBACK_IN_PROGRESS');
      await environment.invoke(environment.event({
        RequestType: 'Update', PhysicalResourceId: deployments.physicalResourceId,
        ResourceProperties: { ...REQUEST, Trigger: '1' }, OldResourceProperties: {},
      }));
      expect(environment.answers.at(-1)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: before });
      deployments.physicalResourceId = before;

      expect(await next()).toBe(isNew(2));
    });

    test('compares with the audit that it accepted, if the gate is another by now', async () => {
      expect(await next({ gate: { ...NEW_ONLY, FailOnIncompleteCheck: 'false' } })).toBe(isNew(2));
    });

    test('compares with scheduled audits of that time for a check that it did not judge nor run then', async () => {
      const policy = (policyName: string) => environment.iot.fleet.policies.set(policyName, {
        policyName,
        versions: [{ versionId: '1', document: { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] } }],
        defaultVersionId: '1',
      });
      const other = new Deployments(environment);
      await createSchedule(environment, 'policies', POLICY);
      policy('Old');
      runSchedule(environment, 'policies');
      expect(await other.verdictOn(gated({ judged: [KEY], gate: { ...NEW_ONLY, AllowedPerCheck: '9' } })))
        .toBe('passes');
      policy('New');
      runSchedule(environment, 'policies');

      expect(await other.verdictOn(gated({ judged: [KEY, POLICY], gate: NEW_ONLY })))
        .toBe(
          `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 `
            + '("New" version 1)',
        );
    });

    test('has not passed with an audit that it could not wait for', async () => {
      environment.iot.timing.auditDuration = 2 * HOUR;
      const answer = await deployments.deploy({ ...REQUEST, FailOnTimeout: 'false' });
      expect([answer.Status, answer.Data!.TaskStatus]).toEqual(['SUCCESS', 'IN_PROGRESS']);
      environment.time.pass(DAY);
      await deployments.deploy({ ...REQUEST, FailOnTimeout: 'false' });
      environment.time.pass(DAY);
      environment.iot.timing.auditDuration = HOUR / 60;

      expect(await next()).toBe(isNew(2));
    });

    test('and is replaced by a wait has nothing to do with a later gate', async () => {
      const waiting = { ...REQUEST, Mode: WaitMode.WAIT, Gate: undefined };
      expect((await deployments.deploy(waiting)).Status).toBe('SUCCESS');
      runSchedule(environment, 'daily');
      plant(3);

      expect(await next()).toBe(isNew(3));
    });

    test('and whose audit AWS has forgotten after 90 days does what was declared', async () => {
      environment.time.pass(88 * DAY);
      expect(await next()).toBe(isNew(2));
      environment.time.pass(2 * DAY);
      runSchedule(environment, 'daily');

      expect(await next()).toBe(isUncompared(1, 2));
    });
  });

  test('that was a wait before has never passed', async () => {
    const waiting = { ...REQUEST, Mode: WaitMode.WAIT, Gate: undefined };
    expect((await deployments.deploy(waiting)).Status).toBe('SUCCESS');
    expect(await next()).toBe(isUncompared(1));
    runSchedule(environment, 'daily');
    plant(2);

    expect(await next()).toBe(isNew(2));
  });
});
