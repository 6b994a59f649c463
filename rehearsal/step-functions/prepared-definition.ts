import { Definition, State } from './definition';
import { isObject } from '../cloudformation/template';

/** The resource of a task that stands for a Wait state. */
export const WAIT = 'rehearsal:wait';

/** Stands for the token of a task until the task begins: one for each attempt. */
export const TOKEN_PLACEHOLDER = '<the token of the task that the rehearsal runs>';

/** The member of the context object that stands for `Execution`, which the interpreter fills in as it likes. */
export const EXECUTION = 'RehearsedExecution';

/**
 * The longest that the interpreter's own timer takes, in seconds: it has one for each task, of a minute if the
 * definition gives none. The wrapper of a task watches the rehearsal's time instead, and ends before.
 */
const NEVER = 2_147_000;

/** What a Wait state waits for, as the task that stands for it gets it. */
export interface WaitInput {
  readonly input: unknown;
  readonly seconds?: number;
  readonly timestamp?: string;
}

/** Stands for a backslash in data. */
const HIDDEN_BACKSLASH = '\uE000';

/**
 * Data as the interpreter gets it: its intrinsic functions drop every backslash of a text that they make, also those of
 * data. Functions that read JSON would not know them again, so they stay where nothing is formatted.
 */
export function hidden(definition: Definition, data: unknown): unknown {
  return formats(definition) ? withStrings(data, (text) => text.replaceAll('\\', HIDDEN_BACKSLASH)) : data;
}

/** Data as it is outside of the interpreter. */
export function revealed(definition: Definition, data: unknown): unknown {
  return formats(definition) ? withStrings(data, (text) => text.replaceAll(HIDDEN_BACKSLASH, '\\')) : data;
}

/** Whether definitions format texts: each transition of an execution asks. */
const formatting = new WeakMap<Definition, boolean>();

function formats(definition: Definition): boolean {
  let answer = formatting.get(definition);
  if (answer === undefined) {
    answer = JSON.stringify(definition).includes('States.Format(');
    formatting.set(definition, answer);
  }
  return answer;
}

function withStrings(value: unknown, convert: (text: string) => string): unknown {
  if (typeof value === 'string') return convert(value);
  if (Array.isArray(value)) return value.map((one) => withStrings(one, convert));
  if (!isObject(value)) return value;
  const converted: Record<string, unknown> = {};
  for (const name of Object.keys(value)) converted[name] = withStrings(value[name], convert);
  return converted;
}

/**
 * A definition as the interpreter is to run it. Whatever takes time becomes a task, so that it takes the rehearsal's
 * time: Wait states, the intervals of retriers and timeouts; and what the interpreter gets wrong is put differently.
 */
export function prepared(definition: Definition): Definition {
  // The interpreter puts its own clock and the input of the innermost scope into the context.
  const text = JSON.stringify(definition).replaceAll('$$.Execution', () => `$$.${EXECUTION}`);
  return preparedScope(JSON.parse(text) as Definition);
}

function preparedScope({ StartAt, States }: Definition): Definition {
  return {
    StartAt,
    States: Object.fromEntries(Object.entries(States).map(([name, state]) => [name, preparedState(state)])),
  };
}

function preparedState(original: State): State {
  const { ResultPath, ...rest } = original;
  // The interpreter takes `$` for the name of a member.
  const state: State = ResultPath === undefined || ResultPath === '$' ? rest as State : original;
  switch (state.Type) {
    case 'Wait': return waitingTask(state);
    case 'Task': {
      const { Retry: _repeatedByTheWrapper, ...task } = state;
      return { ...task, Type: 'Task', TimeoutSeconds: NEVER };
    }
    case 'Choice': return { ...state, Choices: (state.Choices as object[]).map(preparedRule) };
    case 'Parallel': return { ...state, Branches: (state.Branches as Definition[]).map(preparedScope) };
    case 'Map': {
      const { Iterator, ItemProcessor = Iterator, ...map } = state;
      return { ...map, Type: 'Map', ItemProcessor: preparedScope(ItemProcessor as Definition) };
    }
    default: return state;
  }
}

function waitingTask({ Seconds, SecondsPath, Timestamp, TimestampPath, ...state }: State): State {
  return {
    ...state,
    Type: 'Task',
    Resource: WAIT,
    TimeoutSeconds: NEVER,
    Parameters: {
      'input.$': '$',
      ...(Seconds === undefined ? {} : { seconds: Seconds }),
      ...(SecondsPath === undefined ? {} : { 'seconds.$': SecondsPath }),
      ...(Timestamp === undefined ? {} : { timestamp: Timestamp }),
      ...(TimestampPath === undefined ? {} : { 'timestamp.$': TimestampPath }),
    },
  };
}

/** The interpreter never matches a test of a type that is to be false, such as IsPresent. */
function preparedRule(rule: object): object {
  const { And, Or, Not, Next, ...test } = rule as {
    And?: object[]; Or?: object[]; Not?: object; Next?: string; [other: string]: unknown;
  };
  const next = Next === undefined ? {} : { Next };
  if (And !== undefined) return { And: And.map(preparedRule), ...next };
  if (Or !== undefined) return { Or: Or.map(preparedRule), ...next };
  if (isObject(Not)) return { Not: preparedRule(Not), ...next };
  const negated = Object.entries(test).find(([name, value]) => name.startsWith('Is') && value === false);
  return negated === undefined ? rule : { Not: { ...test, [negated[0]]: true }, ...next };
}
