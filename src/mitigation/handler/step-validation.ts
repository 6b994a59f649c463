import { Answer, Outcome, PlanStep, ReportStep } from '../protocol';
import { MODE_APPLY, MODE_ASK, MODE_REPORT } from './mitigation-outcome';

/** Tells if a value has the shape that the state machine gives it. */
type Shape = (value: unknown) => boolean;

const text = (pattern = /^[^]+$/): Shape => (value) => typeof value === 'string' && pattern.test(value);
const oneOf = (...values: readonly string[]): Shape => (value) => values.includes(value as string);
const number = (least: number, most = Infinity): Shape => (value) =>
  typeof value === 'number' && value >= least && value <= most;
const list = (of: Shape, least = 0): Shape => (value) =>
  Array.isArray(value) && value.length >= least && value.every((item) => of(item));
const optional = (of: Shape): Shape => (value) => value === undefined || value === null || of(value);

function structure(members: Record<string, Shape>): Shape {
  return (value) => isObject(value) && Object.entries(members).every(([name, of]) => of(value[name]));
}

function map(of: Shape): Shape {
  return (value) => isObject(value) && Object.values(value).every((item) => of(item));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NAME = text(/^[a-zA-Z0-9-]{1,40}$/);
const COUNT = number(0);
const TEXTS = optional(list(text()));
const MODE = oneOf(MODE_REPORT, MODE_ASK, MODE_APPLY);
const LIMIT = { maximumResources: COUNT, maximumPercent: number(0, 100), minimumResources: COUNT };

const RULE = structure({
  checks: list(text(), 1),
  reasonCodes: TEXTS,
  scheduledAudits: TEXTS,
  actions: list(structure({ name: text(), type: optional(text()) }), 1),
  mode: MODE,
  ...LIMIT,
  budget: structure({ resources: COUNT, days: number(1) }),
  exceptions: optional(structure({
    deviceCertificates: TEXTS, caCertificates: TEXTS, policies: TEXTS, things: TEXTS, thingGroups: TEXTS,
  })),
});

const CHECK = structure({
  rule: COUNT,
  checkName: text(),
  severity: text(),
  mode: MODE,
  outcome: oneOf(...Object.values(Outcome)),
  actions: list(text()),
  totalResources: optional(COUNT),
  nonCompliantResources: optional(COUNT),
  affectedResources: COUNT,
  limit: structure(LIMIT),
  allowedResources: COUNT,
  budget: structure({ used: optional(COUNT), resources: COUNT, days: number(1) }),
  obstacle: optional(oneOf(...Object.values(Outcome))),
  batches: optional(COUNT),
});

const RESOURCE = structure({ checkName: text(), resource: text(), reason: text() });

const REQUEST = structure({
  TaskId: text(/^[a-zA-Z0-9_-]{1,128}$/),
  Target: (value) => structure({ AuditTaskId: NAME })(value)
    || structure({ FindingIds: list(text(/^[a-zA-Z0-9_-]{1,128}$/), 1) })(value),
  AuditCheckToActionsMapping: map(list(text(), 1)),
});

const PLAN_STEP: Record<string, Shape> = {
  settings: structure({
    name: NAME, title: text(), switchName: text(),
    rules: list(RULE, 1), maximumAuditAgeHours: number(0), approvalHours: optional(number(0)),
  }),
  taskId: NAME,
  answer: oneOf(...Object.values(Answer)),
  switch: list(structure({ Value: optional((value) => typeof value === 'string') })),
  formerChecks: optional(list(CHECK)),
};

const PLAN: Record<string, Shape> = {
  settingsName: NAME,
  title: text(),
  switchName: text(),
  approvalHours: optional(number(0)),
  auditTaskId: NAME,
  scheduledAuditName: optional(text()),
  taskStartTime: optional(text()),
  outdatedTime: optional(text()),
  answer: oneOf(...Object.values(Answer)),
  checks: list(CHECK),
  resources: list(RESOURCE),
  requests: list(REQUEST),
  formerTasks: list(text()),
  round: number(0, 2),
};

/** @throws if a member has another shape */
export function validPlanStep(step: object): PlanStep {
  validate('the step', step, PLAN_STEP);
  return step as PlanStep;
}

/** @throws if a member has another shape */
export function validReportStep(step: object): ReportStep {
  const { plan } = step as { plan?: unknown };
  if (!isObject(plan)) {
    throw new Error('the step has no plan');
  }
  validate('the plan', plan, PLAN);
  return step as ReportStep;
}

function validate(what: string, value: object, members: Record<string, Shape>): void {
  const wrong = Object.entries(members).filter(([name, of]) => !of((value as Record<string, unknown>)[name]))
    .map(([name]) => name);
  if (wrong.length > 0) {
    throw new Error(`${what} has a wrong ${wrong.join(', ')}: only the state machine makes steps`);
  }
}
