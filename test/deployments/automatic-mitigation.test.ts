import {
  ALL_APPLIED, CERTIFICATE, DAY, HOUR, LOGGING, LOGS_APPLIED, MitigationLab, fleetOf, idOf,
} from './mitigation-lab';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { MitigationMode } from '../../src';
import { captureLog } from '../support/function-log';

captureLog();
afterEach(stopAccounts);

const [UNTOUCHED, MITIGATED] = [
  { certificate: 'ACTIVE', groups: [[], []], logs: true },
  { certificate: 'INACTIVE', groups: [['quarantine'], ['quarantine']], logs: true },
];

/** What must hold however an audit is dealt with. */
function expectNoTrouble({ account, deadLetters }: MitigationLab): void {
  expect({ deadLetters, denials: account.permissions.denials }).toEqual({ deadLetters: 0, denials: [] });
}

describe('a question', () => {
  test('is answered with yes: logging was enabled at once, and the shared certificate is deactivated now', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = (question) => {
      expect(lab.state).toEqual(UNTOUCHED);
      lab.approve(question);
    };

    const end = await lab.mitigated();

    expect(lab.state).toEqual(MITIGATED);
    expect(end).toMatchObject({
      executions: ['SUCCEEDED'],
      applied: ALL_APPLIED,
      outcomes: [['shared ASKED', 'logging APPLIED'], ['shared APPLIED']],
    });
    expect(end.published).toHaveLength(2);
    expectNoTrouble(lab);
  });

  test('is answered with no', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = lab.decline;

    const end = await lab.mitigated();

    expect(lab.state).toEqual(UNTOUCHED);
    expect(end).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared DECLINED']],
    });
    expectNoTrouble(lab);
  });

  test('is not answered, which is a no: the answer of a day later is refused', async () => {
    const lab = await MitigationLab.deploy();

    const end = await lab.mitigated();

    expect(lab.state).toEqual(UNTOUCHED);
    expect(end).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared UNANSWERED']],
    });
    expect(() => lab.approve(lab.questions[0])).toThrow('Task Timed Out');
    await lab.settle();
    expect(lab.state).toEqual(UNTOUCHED);
    expectNoTrouble(lab);
  });

  test('is answered by two people: the first answer counts', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = (question) => {
      lab.approve(question);
      expect(() => lab.approve(question)).toThrow('Task Timed Out');
      expect(() => lab.decline(question)).toThrow('Task Timed Out');
    };

    expect(await lab.mitigated()).toMatchObject({ executions: ['SUCCEEDED'], applied: ALL_APPLIED });
    expectNoTrouble(lab);
  });

  test('is answered in time, but the audit had begun long before it ended', async () => {
    const lab = await MitigationLab.deploy();
    lab.account.deviceDefender.timing.checkDurations = { [LOGGING.checkName]: 1.5 * DAY };
    lab.answer = (question) => {
      lab.time.pass(0.9 * DAY);
      lab.approve(question);
    };
    const taskId = await lab.audit();
    lab.time.pass(1.5 * DAY);
    await lab.settle();

    expect(await lab.end(taskId)).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared OUTDATED']],
    });
    expect(lab.questions[0].message!.message).toContain('Answer until 2026-01-17 12:');
    expect(lab.state).toEqual(UNTOUCHED);
    expectNoTrouble(lab);
  });

  test('is answered when a newer audit has ended: only that one is acted on', async () => {
    const lab = await MitigationLab.deploy();
    let newer = '';
    lab.answer = async (question) => {
      if (newer === '') {
        lab.time.pass(HOUR);
        newer = await lab.audit();
      }
      lab.approve(question);
    };

    expect(await lab.mitigated()).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared SUPERSEDED']],
    });
    expect(await lab.end(newer)).toMatchObject({
      executions: ['SUCCEEDED'], applied: ALL_APPLIED.slice(0, 2), outcomes: [['shared ASKED'], ['shared APPLIED']],
    });
    expectNoTrouble(lab);
  });

  test('is answered when somebody has deactivated the certificate already', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = (question) => {
      lab.account.deviceDefender.fleet.certificates.get(CERTIFICATE)!.status = 'INACTIVE';
      lab.approve(question);
    };

    expect(await lab.mitigated()).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared NOTHING_LEFT']],
    });
    expectNoTrouble(lab);
  });

  test('is about no more than it said, even if what was repaired has broken again', async () => {
    const lab = await MitigationLab.deploy({ fleet: fleetOf(10, 3), rule: { maximumPercent: 100 } });
    const certificates = lab.account.deviceDefender.fleet.certificates;
    certificates.get(idOf(0))!.status = 'INACTIVE';
    lab.answer = (question) => {
      expect(question.message!.message).toContain('approve mitigation of 2 resources?');
      certificates.get(idOf(0))!.status = 'ACTIVE';
      lab.approve(question);
    };

    expect(await lab.mitigated()).toMatchObject({
      applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared OVER_LIMIT']],
    });
    expect(lab.deactivated).toEqual([]);
  });
});

describe('a rule that only reports', () => {
  test('changes nothing, and says what it would have done', async () => {
    const lab = await MitigationLab.deploy({ rule: { mode: MitigationMode.REPORT } });

    const end = await lab.mitigated();

    expect(lab.state).toEqual(UNTOUCHED);
    expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared REPORTED', 'logging APPLIED']] });
    expect(end.published[0]).toContain(
      'CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK: 1 of 1 resources; the rule only reports: it would apply Isolate, then Deactivate');
    expectNoTrouble(lab);
  });
});

describe('the stop switch', () => {
  const BROKEN = { ...UNTOUCHED, logs: false };

  test('leaves everything as it is', async () => {
    const lab = await MitigationLab.deploy();
    lab.stop();

    const end = await lab.mitigated();

    expect(lab.state).toEqual(BROKEN);
    expect(end).toMatchObject({ executions: ['SUCCEEDED'], applied: [], outcomes: [['shared STOPPED', 'logging STOPPED']] });
    expect(lab.questions).toEqual([]);
    expectNoTrouble(lab);
  });

  test('also counts for what people have approved', async () => {
    const lab = await MitigationLab.deploy();
    lab.answer = (question) => {
      lab.stop();
      lab.approve(question);
    };

    expect(await lab.mitigated()).toMatchObject({
      executions: ['SUCCEEDED'], applied: [LOGS_APPLIED], outcomes: [['shared ASKED', 'logging APPLIED'], ['shared STOPPED']],
    });
    expectNoTrouble(lab);
  });
});

describe('limits', () => {
  const apply = { mode: MitigationMode.APPLY, budget: undefined };

  test('leave 500 of 1,000 certificates alone', async () => {
    const lab = await MitigationLab.deploy({ fleet: fleetOf(1000, 500), rule: apply });

    const end = await lab.mitigated();

    expect(lab.deactivated).toEqual([]);
    expect(end).toMatchObject({ executions: ['SUCCEEDED'], outcomes: [['shared OVER_LIMIT', 'logging APPLIED']] });
    expect(end.published[0]).toContain(
      'CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK: at least 11 of 1,000 resources; at most 10 allowed (10, or 5 % = 50); nothing was touched');
    expectNoTrouble(lab);
  });

  test.each([
    [1, ['shared OVER_LIMIT', 'logging APPLIED'], 0],
    [3, ['shared APPLIED', 'logging APPLIED'], 3],
  ])('of a small fleet allow %i of 10 certificates: 3 are shared', async (smallFleetAllowance, outcomes, deactivated) => {
    const lab = await MitigationLab.deploy({ fleet: fleetOf(10, 3), rule: { ...apply, smallFleetAllowance } });

    expect((await lab.mitigated()).outcomes).toEqual([outcomes]);
    expect(lab.deactivated).toHaveLength(deactivated);
    expectNoTrouble(lab);
  });
});
