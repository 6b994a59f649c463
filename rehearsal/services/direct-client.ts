import { currentInvocation } from './in-process-invocation';
import { brokenConnection, forever, textOf, whileAlive } from './in-process-transport';
import type { AnsweredError, StandIn } from './stand-in';
import { SURROUNDING_OPERATIONS } from './surrounding-wire-format';
import { REQUEST_SHAPES } from '../device-defender/request-shapes';
import { toJson } from '../device-defender/wire-format';

interface Command {
  readonly input: object;
}

/** Operations by their names as methods of the SDK's aggregated clients, such as `putEvents`. */
const OPERATIONS = [...Object.keys(REQUEST_SHAPES), ...SURROUNDING_OPERATIONS].map(
  (operation) => [operation[0].toLowerCase() + operation.slice(1), operation] as const,
);

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * A client in place of one of the SDK, for thousands of calls to stand-ins of this process.
 *
 * Turning a call into a request and its answer into an output takes the SDK longer than everything else in a rehearsed
 * deployment. Outputs and errors are those that the SDK would make. It sends commands, and has a method for each
 * operation, as aggregated clients have.
 *
 * @param isOfFunction true if its calls name the invocation that makes them
 */
export function directClient<Client>(standIn: () => StandIn, { isOfFunction = false } = {}): Client {
  const call = async (operation: string, input: object, { abortSignal }: SendOptions = {}) => {
    const caller = isOfFunction ? currentInvocation()?.id : undefined;
    try {
      return await whileAlive(abortSignal, async () => outputOf(standIn(), {
        operation, input: JSON.parse(toJson(await withoutStream(input))) as Record<string, unknown>, caller,
      }));
    } catch (error) {
      throw abortSignal?.aborted ? failure('AbortError', 'Request aborted', {}) : error;
    }
  };
  const methods = OPERATIONS.map(([method, operation]) =>
    [method, async (input: object = {}, options?: SendOptions) => call(operation, input, options)] as const);
  return {
    ...Object.fromEntries(methods),
    send: async ({ constructor: { name }, input }: Command, options?: SendOptions) =>
      call(name.replace(/Command$/, ''), input, options),
    destroy: () => undefined,
  } as Client;
}

/** The body of an object as a text with a character for each byte. */
async function withoutStream(input: object): Promise<object> {
  const { Body: body } = input as { readonly Body?: AsyncIterable<Uint8Array> };
  return body === undefined ? input : { ...input, Body: await textOf(body, 'latin1') };
}

async function outputOf(standIn: StandIn, call: Parameters<StandIn['call']>[0]): Promise<object> {
  const end = await standIn.call(call);
  if (end === 'hangs') return forever();
  if (end === 'dropped') throw Object.assign(brokenConnection(), { $metadata: {} });
  if ('error' in end) throw failureOf(end.error);
  return { ...end.output as object | undefined, $metadata: { httpStatusCode: 200 } };
}

function failureOf({ code, message, status }: AnsweredError): Error {
  return failure(code, message, { httpStatusCode: status });
}

function failure(name: string, message: string, $metadata: object): Error {
  return Object.assign(new Error(message), { name, $metadata });
}
