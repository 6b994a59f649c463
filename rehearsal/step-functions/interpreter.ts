import type {
  ExecutionError, RunOptions, StateMachine, StateMachineDefinition,
} from 'aws-local-stepfunctions' with { 'resolution-mode': 'import',
  };

/** The interpreter of state machines: the npm package aws-local-stepfunctions. */
interface Interpreter {
  readonly StateMachine: typeof StateMachine;
  readonly ExecutionError: typeof ExecutionError;
}

export type Run = ReturnType<StateMachine['run']>;
export type Overrides = NonNullable<RunOptions['overrides']>;
export type JsonValue = Parameters<StateMachine['run']>[0];

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}

/** The interpreter calls Promise.withResolvers, which Node.js has since version 22; this package also runs on 20. */
function provideWithResolvers(): void {
  const promises = Promise as unknown as { withResolvers?: <T>() => Resolvers<T> };
  promises.withResolvers ??= <T>() => {
    let resolve!: Resolvers<T>['resolve'];
    let reject!: Resolvers<T>['reject'];
    const promise = new Promise<T>((...both) => [resolve, reject] = both);
    return { promise, resolve, reject };
  };
}

/** Begins to run a definition. The interpreter is loaded only then: most rehearsals have no state machine. */
export function interpret(
  definition: object, input: unknown, context: Readonly<Record<string, unknown>>, overrides: Overrides,
): Run {
  provideWithResolvers();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const interpreter = require('aws-local-stepfunctions') as Interpreter;
  return new interpreter.StateMachine(
    definition as StateMachineDefinition, { validationOptions: { noValidate: true } },
  ).run(input as JsonValue, { overrides, context });
}
