import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What the SDK clients of every stand-in have in common.
 *
 * They do not retry, so that a test sees every answer. And they do not sign: nobody looks at signatures here, and making
 * them takes a third of the time of a call.
 */
export const CLIENT_CONFIG = {
  region: 'eu-west-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  signer: { sign: async <Request>(request: Request) => request },
};

const invocations = new AsyncLocalStorage<string>();

/** For functions that run in this process: as above, but each call names the invocation that makes it, as a signature would. */
export const FUNCTION_CLIENT_CONFIG = {
  ...CLIENT_CONFIG,
  signer: {
    sign: async <Request>(request: Request) => {
      const { headers } = request as { headers: Record<string, string> };
      headers.authorization = `Credential=${invocations.getStore()}/`;
      return request;
    },
  },
};

/** Carries out an invocation in this process, whose access key id its calls have. */
export async function duringInvocation<T>(accessKeyId: string, invocation: () => Promise<T>): Promise<T> {
  return invocations.run(accessKeyId, invocation);
}
