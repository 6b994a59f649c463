import { KEY, MitigationEnvironment, PUBLISH, numbers, wideRule, weakKey } from './mitigation-environment';
import { READ_ACTIONS } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

let environment: MitigationEnvironment;

beforeAll(async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: numbers(2).map((number) => weakKey(number)) });
});

afterAll(() => environment.stop());

const settings = {
  name: 'Fleet', title: 'Fleet', switchName: '/switch', maximumAuditAgeHours: 24, rules: [wideRule()],
};
const STEP = { automaticMitigation: 'PLAN', taskId: 'a'.repeat(32), answer: 'NOT_ASKED', switch: [], settings };
const PLAN = {
  settingsName: 'Fleet', title: 'Fleet', switchName: '/switch', auditTaskId: 'a'.repeat(32), answer: 'NOT_ASKED',
  checks: [], resources: [], requests: [], formerTasks: [], round: 0,
};

function ruleWith(changes: object) {
  return { ...settings, rules: [{ ...wideRule(), ...changes }] };
}

test.each<[string, object, string]>([
  ['no task', { taskId: undefined }, 'taskId'],
  ['a task that no audit can have', { taskId: '../x' }, 'taskId'],
  ['a task of 41 letters', { taskId: 'a'.repeat(41) }, 'taskId'],
  ['an unknown answer', { answer: 'YES' }, 'answer'],
  ['a switch that is no list', { switch: true }, 'switch'],
  ['a switch whose value is no text', { switch: [{ Value: 1 }] }, 'switch'],
  ['no settings', { settings: undefined }, 'settings'],
  ['a name with a character of expressions', { settings: { ...settings, name: '.*' } }, 'settings'],
  ['no rules', { settings: { ...settings, rules: [] } }, 'settings'],
  ['a negative age', { settings: { ...settings, maximumAuditAgeHours: -1 } }, 'settings'],
  ['a rule without checks', { settings: ruleWith({ checks: [] }) }, 'settings'],
  ['an unknown mode', { settings: ruleWith({ mode: 'apply' }) }, 'settings'],
  ['a rule without actions', { settings: ruleWith({ actions: [] }) }, 'settings'],
  ['a limit that is no number', { settings: ruleWith({ maximumResources: '10' }) }, 'settings'],
  ['more than 100 percent', { settings: ruleWith({ maximumPercent: 101 }) }, 'settings'],
  ['no budget', { settings: ruleWith({ budget: undefined }) }, 'settings'],
  ['exceptions that are no list', { settings: ruleWith({ exceptions: { things: 'a' } }) }, 'settings'],
  ['former checks of another shape', { formerChecks: [{ checkName: KEY }] }, 'formerChecks'],
  ['two flaws', { taskId: 1, answer: 1 }, 'taskId, answer'],
])('a step with %s is refused', async (_what, changes, wrong) => {
  await expect(environment.step({ ...STEP, ...changes }))
    .rejects.toThrow(`the step has a wrong ${wrong}: only the state machine makes steps`);
});

test.each<[string, object, string]>([
  ['a foreign name', { settingsName: 'a b' }, 'settingsName'],
  ['a foreign audit', { auditTaskId: '' }, 'auditTaskId'],
  ['checks of another shape', { checks: [{}] }, 'checks'],
  ['resources of another shape', { resources: [{ resource: 1 }] }, 'resources'],
  ['requests of another shape', { requests: [{ TaskId: 'a b' }] }, 'requests'],
  ['an endless number of rounds', { round: 3 }, 'round'],
])('a plan with %s is refused', async (_what, changes, wrong) => {
  await expect(environment.step({ automaticMitigation: 'REPORT', plan: { ...PLAN, ...changes } }))
    .rejects.toThrow(`the plan has a wrong ${wrong}: only the state machine makes steps`);
});

test('a report without a plan and an unknown step are refused', async () => {
  await expect(environment.step({ automaticMitigation: 'REPORT' })).rejects.toThrow('the step has no plan');
  await expect(environment.step({ automaticMitigation: 'APPLY' })).rejects.toThrow(
    'automaticMitigation must be PLAN or REPORT');
});

test('a forged step only reads', async () => {
  const since = environment.iot.requests.length;
  const taskId = await environment.audit(KEY);
  await environment.plan(taskId, [wideRule({ actions: [PUBLISH] })]);
  await environment.report({ ...PLAN, auditTaskId: taskId } as never);

  expect(Object.keys(environment.calls(since)).filter((operation) => !/^(Describe|List|Get)/.test(operation)))
    .toEqual(['StartOnDemandAuditTask']);
});

test('every operation that steps call is among the permissions of the function', () => {
  const called = Object.keys(environment.calls()).filter((operation) => /^(Describe|List|Get)/.test(operation));

  expect(called.length).toBeGreaterThan(3);
  expect(called.filter((operation) => !(READ_ACTIONS as readonly string[]).includes(`iot:${operation}`))).toEqual([]);
});
