import {
  BLANK, DAY, EXPIRING, HOUR, KEY, MitigationEnvironment, POLICY, PUBLISH, broadPolicy, certificates, outcomes,
  rule, weakKey, wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { Answer, MitigationOutcome, Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

const ASKING = [rule({ checks: [EXPIRING], mode: 'ASK', maximumPercent: 100 })];

let environment: MitigationEnvironment;

beforeEach(async () => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(10, 3),
    policies: ['Pumps', 'Valves'].map((policyName) => ({
      policyName, versions: [{ versionId: '1', document: {} }, { versionId: '2', document: {} }],
    })),
    plantedFindings: [broadPolicy('Pumps'), broadPolicy('Valves')],
  });
});

afterEach(() => environment.stop());

async function ask(rules = ASKING, ...checks: Parameters<MitigationEnvironment['audit']>): Promise<MitigationOutcome> {
  const taskId = await environment.audit(...checks.length > 0 ? checks : [EXPIRING]);
  return environment.run(taskId, rules, { settings: { approvalHours: 12 } });
}

describe('a rule that asks', () => {
  test('touches nothing, and asks with everything that people need to answer', async () => {
    const { plan, isAsking, subject, text, question } = await ask();
    const { auditTaskId } = plan;

    expect([isAsking, outcomes(plan), environment.inactive()]).toEqual([true, { [EXPIRING]: Outcome.ASKED }, []]);
    expect(subject).toBe('Fleet: 3 resources waiting for approval; nothing was touched');
    expect(text).toContain('approval is asked for Deactivate');
    expect(question!.subject).toBe('Fleet: approve mitigation of 3 resources?');
    const { before, between, after } = question!;
    const certificate = (number: number) => `  "${certificateId(number)}": Certificate is approaching its expiration. `
      + `(CERTIFICATE_APPROACHING_EXPIRATION) [${EXPIRING}]`;
    expect(`${before}TOKEN${between}TOKEN${after}`.split('\n')).toEqual([
      'Fleet: approve mitigation of 3 resources?',
      '',
      `Audit ${auditTaskId}, started 2026-01-15 12:00 UTC`,
      `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${auditTaskId}`,
      '',
      'What would be done, the worst first:',
      `  MEDIUM ${EXPIRING}: 3 of 10 resources: Deactivate; at most 10 allowed (10, or 100 % = 10)`,
      '',
      'To these resources:',
      certificate(1), certificate(2), certificate(3),
      '',
      'Answer until 2026-01-16 00:02 UTC. If nobody answers, nothing is touched.',
      '',
      'To approve:',
      "  aws stepfunctions send-task-success --region eu-west-1 --task-token TOKEN --task-output '{}'",
      '',
      'To decline:',
      '  aws stepfunctions send-task-failure --region eu-west-1 --task-token TOKEN --error Declined',
      '',
      'Before anything is touched, the numbers are read again: what was repaired is left out, and nothing more is added.',
      '',
    ]);
  });

  test('asks only as long as the audit is new enough', async () => {
    const taskId = await environment.audit(EXPIRING);
    environment.time.pass(20 * HOUR);
    const { question } = await environment.run(taskId, ASKING, { settings: { approvalHours: 12 } });

    expect(question!.before).toContain('Answer until 2026-01-16 12:00 UTC.');
  });

  test('names 20 resources, those that it asks about first, and the number of the others', async () => {
    for (let number = 100; number < 130; number++) environment.iot.fleet.plant(weakKey(number));
    const taskId = await environment.audit(KEY, EXPIRING, POLICY);
    const { question, plan } = await environment.run(taskId, [
      wideRule({ mode: 'REPORT' }), wideRule({ checks: [EXPIRING], mode: 'ASK' }),
      wideRule({ checks: [POLICY], mode: 'ASK', actions: [PUBLISH] }),
    ]);

    expect(plan.checks.map(({ checkName }) => checkName)).toEqual([KEY, POLICY, EXPIRING]);
    expect(question!.before.split('\n').filter((line) => line.startsWith('  "'))).toHaveLength(5);
    const { before } = (await environment.run(await environment.audit(KEY), [wideRule({ mode: 'ASK' })])).question!;
    expect(before.split('\n').filter((line) => line.startsWith('  "'))).toHaveLength(20);
    expect(before).toContain('\n  and 10 more resources\n');
  });

  test('does not ask about what is over the limit', async () => {
    const { isAsking, plan, question } = await ask([rule({ checks: [EXPIRING], mode: 'ASK', maximumResources: 2 })]);

    expect([isAsking, question, outcomes(plan)]).toEqual([false, undefined, { [EXPIRING]: Outcome.OVER_LIMIT }]);
  });
});

describe('an answer', () => {
  test('that approves applies what was asked about, in tasks of its own', async () => {
    const asked = await ask();
    const { plan, isAsking, subject } = await environment.answer(asked, ASKING);

    expect([isAsking, outcomes(plan)]).toEqual([false, { [EXPIRING]: Outcome.APPLIED }]);
    expect(subject).toBe('Fleet: 3 findings mitigated');
    expect(plan.formerTasks).toEqual([`Fleet-${plan.auditTaskId}-2`]);
    expect(environment.inactive()).toEqual([1, 2, 3]);
  });

  test.each([[Answer.DECLINED, 'declined'], [Answer.UNANSWERED, 'nobody answered in time']])(
    '%s touches nothing, and asks nobody again', async (answer, words) => {
      const asked = await ask();
      const { plan, isAsking, text } = await environment.answer(asked, ASKING, { answer });

      expect([isAsking, plan.requests, plan.checks.map(({ outcome }) => outcome)]).toEqual([false, [], [answer]]);
      expect(text).toContain(`MEDIUM ${EXPIRING}: 3 of 10 resources; ${words}; nothing was touched`);
    });

  test.each([Answer.DECLINED, Answer.UNANSWERED])('%s counts even if nobody knows what was asked', async (answer) => {
    const asked = await ask();
    const { plan } = await environment.answer(asked, ASKING, { answer, formerChecks: undefined });

    expect(plan.checks.map(({ outcome }) => outcome)).toEqual([answer]);
  });

  test('concerns only rules that ask', async () => {
    environment.iot.fleet.plant(weakKey(1));
    const rules = [...ASKING, wideRule({ actions: [PUBLISH] })];
    const asked = await ask(rules, KEY, EXPIRING);
    expect(outcomes(asked.plan)).toEqual({ [KEY]: Outcome.APPLIED, [EXPIRING]: Outcome.ASKED });

    expect(outcomes((await environment.answer(asked, rules)).plan)).toEqual({ [EXPIRING]: Outcome.APPLIED });
  });

  test('concerns only what was asked about, even if more is within the limit meanwhile', async () => {
    const rules = [wideRule({
      checks: [EXPIRING, POLICY], mode: 'ASK', actions: [PUBLISH], maximumResources: 2,
      exceptions: { deviceCertificates: [certificateId(9)] },
    })];
    const asked = await ask(rules, EXPIRING, POLICY);
    expect(outcomes(asked.plan)).toEqual({ [POLICY]: Outcome.ASKED, [EXPIRING]: Outcome.OVER_LIMIT });
    const more = [{ ...rules[0], exceptions: { deviceCertificates: [certificateId(1)] } }];

    expect(outcomes((await environment.answer(asked, more)).plan)).toEqual({ [POLICY]: Outcome.APPLIED });
  });

  test('is worth nothing once the fleet changed so that more would be touched than was asked', async () => {
    const rules = [wideRule({
      checks: [EXPIRING], mode: 'ASK', exceptions: { thingGroups: ['hospital'] },
    })];
    const { fleet } = environment.iot;
    fleet.groupsOfThing.set('thing-1', new Set(['hospital']));
    fleet.thingGroups.set('hospital', { thingGroupName: 'hospital', dynamic: false });
    const asked = await ask(rules);
    expect(asked.plan.checks).toMatchObject([{ affectedResources: 2 }]);
    fleet.groupsOfThing.set('thing-1', new Set());
    const { plan, text } = await environment.answer(asked, rules);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.OVER_LIMIT, affectedResources: 3, allowedResources: 2 }]);
    expect(text).toContain('at most 2 allowed (as many as were asked about); nothing was touched');
    expect(environment.inactive()).toEqual([]);
  });

  test('that comes after the audit counts anew is over the limit now', async () => {
    const asked = await ask();
    environment.alter = (operation, answer) => operation !== 'DescribeAuditTask' ? answer : {
      ...answer,
      auditDetails: {
        [EXPIRING]: {
          checkRunStatus: 'COMPLETED_NON_COMPLIANT', totalResourcesCount: 1000, nonCompliantResourcesCount: 500,
        },
      },
    };
    const { plan, text } = await environment.answer(asked, ASKING, { formerChecks: undefined });

    expect(outcomes(plan)).toEqual({ [EXPIRING]: Outcome.OVER_LIMIT });
    expect(text).toContain('500 of 1,000 resources; at most 10 allowed (10, or 100 % = 1,000); nothing was touched');
  });

  test('leaves out a policy that was repaired while people thought about it', async () => {
    const rules = [wideRule({ checks: [POLICY], mode: 'ASK', actions: [BLANK] })];
    const asked = await ask(rules, POLICY);
    expect(asked.plan.checks).toMatchObject([{ affectedResources: 2 }]);
    environment.iot.fleet.policies.get('Pumps')!.defaultVersionId = '2';
    const { plan } = await environment.answer(asked, rules);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.APPLIED, affectedResources: 1, repairedFindings: 1 }]);
    expect([...environment.iot.fleet.policies.values()].map(({ defaultVersionId }) => defaultVersionId)).toEqual(['2', '3']);
  });

  test('has nothing left to do if all were repaired', async () => {
    const rules = [wideRule({ checks: [POLICY], mode: 'ASK', actions: [BLANK] })];
    const asked = await ask(rules, POLICY);
    environment.iot.fleet.policies.clear();

    expect(outcomes((await environment.answer(asked, rules)).plan)).toEqual({ [POLICY]: Outcome.NOTHING_LEFT });
  });

  test('about an audit that a newer one replaces is too late', async () => {
    const asked = await ask();
    await environment.audit(EXPIRING);
    const { plan, text } = await environment.answer(asked, ASKING);

    expect([outcomes(plan), environment.inactive()]).toEqual([{ [EXPIRING]: Outcome.SUPERSEDED }, []]);
    expect(text).toContain('a newer audit reports the check; nothing was touched');
  });

  test('about an audit that is too old is too late', async () => {
    const asked = await ask();
    environment.time.pass(DAY);
    const { plan, text } = await environment.answer(asked, ASKING);

    expect([outcomes(plan), environment.inactive()]).toEqual([{ [EXPIRING]: Outcome.OUTDATED }, []]);
    expect(text).toContain('* Too old: let a new audit run, and answer sooner if people were asked.');
  });

  test('that approves does nothing once the stop switch is set', async () => {
    const { plan } = await environment.answer(await ask(), ASKING, { switch: [{ Value: 'report-only' }] });

    expect([outcomes(plan), environment.inactive()]).toEqual([{ [EXPIRING]: Outcome.STOPPED }, []]);
  });
});
