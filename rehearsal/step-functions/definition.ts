import { isObject } from '../cloudformation/template';

/** A definition in the Amazon States Language, with JSONPath. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

export interface State extends Readonly<Record<string, unknown>> {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

const LONGEST_NAME = 80;

/** Fields that the interpreter ignores or that this model leaves out, which would make a rehearsal prove nothing. */
const UNREHEARSED_FIELDS = [
  'Assign', 'Arguments', 'Credentials', 'HeartbeatSeconds', 'HeartbeatSecondsPath', 'ItemBatcher', 'ItemReader',
  'Output', 'ResultWriter', 'TimeoutSecondsPath', 'ToleratedFailureCount', 'ToleratedFailurePercentage',
];

/**
 * Reads a definition.
 *
 * @throws Error with the problems that CreateStateMachine would refuse it for, as far as they are looked for here
 */
export function readDefinition(text: string, partition: string): Definition {
  let definition: Definition;
  try {
    definition = JSON.parse(text) as Definition;
  } catch {
    throw invalid('INVALID_JSON_DESCRIPTION: the definition is not JSON');
  }
  const problems = problemsOf(definition, '');
  const names = statesOf(definition).map(([name]) => name);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    problems.push(`DUPLICATE_STATE_NAME: ${name}`);
  }
  for (const [name, { Type, Resource }] of statesOf(definition)) {
    if (name.length > LONGEST_NAME) problems.push(`STATE_NAME_TOO_LONG: ${name}`);
    if (Type === 'Task' && !Resource?.startsWith(`arn:${partition}:`)) {
      problems.push(`SCHEMA_VALIDATION_FAILED: ${Resource} is no resource of ${partition} at /States/${name}/Resource`);
    }
  }
  if (problems.length > 0) throw invalid(problems.join(', '));
  return definition;
}

/** Every state at any depth, by name: names are unique within a machine. */
export function statesOf({ States }: Definition): [string, State][] {
  return Object.entries(States ?? {}).flatMap(([name, state]) =>
    [[name, state] as [string, State], ...scopesOf(state).flatMap(statesOf)],
  );
}

/** The catchers that an error of each state can meet: its own, and those of the states around it. */
export function catchersIn({ States }: Definition, around: readonly Catcher[] = []): Map<string, readonly Catcher[]> {
  return new Map(Object.entries(States).flatMap(([name, state]) => {
    const catchers = [...state.Catch ?? [], ...around];
    return [[name, catchers] as const, ...scopesOf(state).flatMap((scope) => [...catchersIn(scope, catchers)])];
  }));
}

/** What a definition needs and the rehearsal lacks, if anything. */
export function unrehearsedIn(definition: Definition): string | undefined {
  for (const [name, state] of [['the machine', definition as unknown as State] as const, ...statesOf(definition)]) {
    if ((state.QueryLanguage ?? 'JSONPath') !== 'JSONPath') return `JSONata, the query language of ${name}`;
    const field = UNREHEARSED_FIELDS.find((one) => one in state);
    if (field !== undefined) return `${field}, which ${name} has`;
    const { ProcessorConfig } = (state.ItemProcessor ?? {}) as { ProcessorConfig?: { Mode?: string } };
    if (ProcessorConfig?.Mode === 'DISTRIBUTED') return `distributed maps such as ${name}`;
    if (name in definition.States && JSON.stringify(state).includes('$$.State.')) return `$$.State, which ${name} reads`;
  }
  return undefined;
}

/** The definitions within a state: branches of a Parallel state, the items' of a Map state. */
export function scopesOf({ Branches, ItemProcessor, Iterator }: State): Definition[] {
  return [...(Branches as Definition[] | undefined) ?? [], ItemProcessor, Iterator].filter(isObject) as
    unknown as Definition[];
}

function problemsOf({ StartAt, States }: Definition, path: string): string[] {
  if (!isObject(States)) return [`SCHEMA_VALIDATION_FAILED: there are no States at ${path || '/'}`];
  const exists = (name: unknown) => typeof name === 'string' && Object.hasOwn(States, name);
  const missing = (name: unknown, at: string) =>
    exists(name) ? [] : [`MISSING_TRANSITION_TARGET: there is no state ${String(name)} at ${at}`];
  return [
    ...missing(StartAt, `${path}/StartAt`),
    ...Object.entries(States).flatMap(([name, state]) => {
      const at = `${path}/States/${name}`;
      const { Type, Next, End, Default, Choices = [], Catch = [] } = state as State & {
        Default?: string; Choices?: readonly { Next?: string }[];
      };
      const targets: [unknown, string][] = [
        ...(Next === undefined ? [] : [[Next, `${at}/Next`] as [unknown, string]]),
        ...(Default === undefined ? [] : [[Default, `${at}/Default`] as [unknown, string]]),
        ...Choices.map(({ Next: to }, index): [unknown, string] => [to, `${at}/Choices[${index}]/Next`]),
        ...Catch.map(({ Next: to }, index): [unknown, string] => [to, `${at}/Catch[${index}]/Next`]),
      ];
      const goesOn = Next !== undefined || End === true || ['Choice', 'Succeed', 'Fail'].includes(Type);
      return [
        ...(goesOn ? [] : [`SCHEMA_VALIDATION_FAILED: there is neither Next nor End at ${at}`]),
        ...targets.flatMap(([to, where]) => missing(to, where)),
        ...scopesOf(state).flatMap((scope, index) => problemsOf(scope, `${at}[${index}]`)),
      ];
    }),
  ];
}

function invalid(problems: string): Error {
  return new Error(`Invalid State Machine Definition: '${problems}'`);
}
