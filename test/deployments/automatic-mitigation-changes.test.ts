import { ListAuditFindingsCommand, StartAuditMitigationActionsTaskCommand } from '@aws-sdk/client-iot';
import { CfnThing, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  ALL_APPLIED, DAY, ENABLE_LOGGING, HOUR, LOGGING, LOGS_APPLIED, MINUTE, MitigationLab, fleetOf, idOf,
} from './mitigation-lab';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { AuditCheck, Mitigation, MitigationException, MitigationMode } from '../../src';
import { captureLog } from '../support/function-log';

captureLog();
afterEach(stopAccounts);

const WEAK_KEYS = AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY;
const APPLY = { mode: MitigationMode.APPLY };

describe('the stack', () => {
  test('is updated while a question waits: it is answered under the rules under which it was asked', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = async (question) => {
      await lab.time.waitFor(lab.update({ rule: { mode: MitigationMode.REPORT } }));
      lab.approve(question);
    };

    expect(await lab.mitigated()).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    lab.breakAgain();
    lab.time.pass(8 * DAY);
    expect(await lab.mitigated()).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared REPORTED', 'logging APPLIED']],
    });
  });

  test('is deleted while a question waits: nothing is applied any more', async () => {
    const lab = await MitigationLab.deploy();
    let deleted: string | undefined;
    lab.answer = async (question) => {
      deleted = (await lab.time.waitFor(lab.account.delete('Fleet'))).outcome;
      expect(() => lab.approve(question)).toThrow('Task Timed Out');
    };

    expect(await lab.mitigated()).toMatchObject({ executions: ['ABORTED'], applied: [LOGS_APPLIED] });
    expect(deleted).toBe('DELETE_COMPLETE');
    expect(lab.state).toMatchObject({ certificate: 'ACTIVE', groups: [[], []] });
    expect(lab.deadLetters).toBe(0);
  });

  test('is updated while an audit ends, at whichever step of the update', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = lab.approve;
    const ends: unknown[] = [];
    for (let [index, events] = [0, 1]; index < events; index++) {
      lab.breakAgain();
      lab.time.pass(8 * DAY);
      const taskId = await lab.audit(0);
      events = 0;
      lab.account.onEvent = () => {
        if (events++ === index) lab.time.pass(2 * MINUTE);
      };
      await lab.update({ rule: { maximumResources: 20 + index } });
      await lab.settle();
      const { executions, applied, reports } = await lab.end(taskId);
      ends.push({ executions, applied, reports: reports.size });
    }

    expect(ends.length).toBeGreaterThan(3);
    expect(ends).toEqual(ends.map(() => ({ executions: ['SUCCEEDED'], applied: ALL_APPLIED, reports: 2 })));
    expect(lab.deadLetters).toBe(0);
  });
});

describe('an execution', () => {
  test('that must not start tasks fails, and goes on after a redrive', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = lab.approve;
    const { faults } = lab.account.deviceDefender;
    faults.add({ operation: 'StartAuditMitigationActionsTask', kind: 'accessDenied', times: Infinity });
    const taskId = await lab.audit();
    await lab.settle();
    expect(await lab.end(taskId)).toMatchObject({ executions: ['FAILED'], applied: [], published: [] });

    faults.clear();
    const { stateMachines } = lab.account;
    stateMachines.redriveExecution(stateMachines.executions[0].arn);
    await lab.settle();

    const end = await lab.end(taskId);
    expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    expect(end.published).toHaveLength(2);
  });

  test('waits until the account has room for another mitigation task', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = lab.approve;
    const { iot, deviceDefender: { timing } } = lab.account;
    const { events: [{ auditTaskId: taskId }] } = await lab.mitigated();
    const { findings = [] } = await iot.send(new ListAuditFindingsCommand({ taskId, checkName: LOGGING.checkName }));
    const findingIds = findings.map(({ findingId }) => findingId!);
    lab.breakAgain();
    const duration = timing.mitigationDuration;
    timing.mitigationDuration = 3 * HOUR;
    for (let task = 0; task < 10; task++) {
      await iot.send(new StartAuditMitigationActionsTaskCommand({
        taskId: `by-hand-${task}`, clientRequestToken: `by-hand-${task}`, target: { findingIds },
        auditCheckToActionsMapping: { [LOGGING.checkName]: [ENABLE_LOGGING] },
      }));
    }
    timing.mitigationDuration = duration;
    const began = lab.time.now();
    const end = await lab.mitigated();

    expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    expect(lab.time.now() - began).toBeGreaterThan(3 * HOUR);
  });
});

test('an execution for 2,500 findings by id, of which 250 are tried again, has room in its states', async () => {
  const numbers = Array.from({ length: 2500 }, (_, index) => index);
  const reasonCode = 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166';
  const lab = await MitigationLab.deploy({
    fleet: {
      certificates: numbers.map((index) => ({ certificateId: idOf(index), things: [`pump-${index}`] })),
      plantedFindings: numbers.map((index) => ({
        checkName: WEAK_KEYS.checkName, resourceIdentifier: { deviceCertificateId: idOf(index) }, reasonCode,
      })),
    },
    checks: [WEAK_KEYS],
    more: ({ stack, audit, action }) => audit.mitigateAutomatically({
      checks: [WEAK_KEYS], reasonCodes: [reasonCode], maximumResources: 2500, maximumPercent: 100,
      mode: MitigationMode.ASK,
      // The error has its name, and so looks like one that passes.
      actions: [action('Move', Mitigation.addThingsToThingGroup([
        CfnThingGroup.fromThingGroupName(stack, 'Missing', 'internal'),
      ]))],
    }),
  });
  lab.answer = lab.approve;
  await lab.mitigated();

  expect(lab.account.deviceDefender.requestsOf('StartAuditMitigationActionsTask')).toHaveLength(1 + 100 + 10 + 10);
  const [{ history, status }] = lab.account.stateMachines.executions;
  expect(status).toBe('SUCCEEDED');
  const bytes = history.flatMap(({ input, output }) => [input, output])
    .map((data) => Buffer.byteLength(JSON.stringify(data) ?? ''));
  expect(Math.max(...bytes)).toBeGreaterThan(100_000);
  expect(Math.max(...bytes)).toBeLessThan(200_000);
});

test('a budget lasts for its days, however many audits there are', async () => {
  const lab = await MitigationLab.deploy({
    rule: { ...APPLY, maximumResources: 3, maximumPercent: 100, budget: 3 }, fleet: fleetOf(10, 10),
  });
  const certificates = [...lab.account.deviceDefender.fleet.certificates.values()];
  certificates.forEach((certificate) => certificate.status = 'INACTIVE');
  const outcomes: string[] = [];
  for (const certificate of certificates) {
    certificate.status = 'ACTIVE';
    const end = await lab.mitigated();
    outcomes.push(end.outcomes[0][0]);
    certificate.status = 'INACTIVE';
    lab.time.pass(DAY);
  }

  expect(outcomes.map((outcome) => outcome.replace('shared ', ''))).toEqual([
    'APPLIED', 'APPLIED', 'APPLIED', 'OVER_BUDGET', 'OVER_BUDGET', 'OVER_BUDGET', 'OVER_BUDGET', 'APPLIED', 'APPLIED',
    'APPLIED',
  ]);
});

test('a device whose thing is in a group below an excepted one is left alone, and so is one by its name', async () => {
  const lab = await MitigationLab.deploy({
    fleet: {
      ...fleetOf(3, 3),
      thingGroups: [{ thingGroupName: 'hospital' }, { thingGroupName: 'ward', parentGroupName: 'hospital' }],
      things: [{ thingName: 'copy-0', thingGroupNames: ['ward'] }],
    },
    rule: ({ stack }) => ({
      ...APPLY,
      smallFleetAllowance: 1,
      exceptions: [
        MitigationException.thingGroup(CfnThingGroup.fromThingGroupName(stack, 'Hospital', 'hospital')),
        MitigationException.thing(CfnThing.fromThingName(stack, 'Pump', 'pump-2')),
      ],
    }),
  });

  const { outcomes, published } = await lab.mitigated();
  expect(outcomes).toEqual([['shared APPLIED', 'logging APPLIED']]);
  expect(lab.deactivated).toEqual([idOf(1)]);
  expect(published[0]).toContain('1 of 3 resources (2 findings about exceptions left out); Isolate, then Deactivate: '
    + '1 finding mitigated');
});
