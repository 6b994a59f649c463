import { AsyncLocalStorage } from 'node:async_hooks';
import { CLIENT_CONFIG } from './client-config';

/** An invocation of a function that runs in this process. */
export interface InProcessInvocation {
  /** The access key id of its calls. */
  readonly id: string;
  /** True if it was killed: none of its calls returns any more. */
  isDead: boolean;
}

const invocations = new AsyncLocalStorage<InProcessInvocation>();

/** The invocation that the caller belongs to, if any. */
export function currentInvocation(): InProcessInvocation | undefined {
  return invocations.getStore();
}

export async function duringInvocation<T>(invocation: InProcessInvocation, work: () => Promise<T>): Promise<T> {
  return invocations.run(invocation, work);
}

/** For the clients of functions in this process: each call names the invocation that makes it, as a signature would. */
export const FUNCTION_CLIENT_CONFIG = {
  ...CLIENT_CONFIG,
  signer: {
    sign: async <Request>(request: Request) => {
      const { headers } = request as { headers: Record<string, string> };
      headers.authorization = `Credential=${currentInvocation()?.id}/`;
      return request;
    },
  },
};
