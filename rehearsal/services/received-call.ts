/** A call of an operation as a stand-in received it. */
export interface ReceivedCall {
  readonly service: 'iot' | 'cloudformation' | 'logs' | 'lambda';
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The access key id of the caller, if it signed the call: it tells one invocation of a function from another. */
  readonly caller: string | undefined;
}

/** Why a call is not allowed, or undefined if it is. */
export type Authorize = (call: ReceivedCall) => string | undefined;

/** The access key id that a signature names; signatures themselves are not looked at. */
export function callerOf({ authorization }: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  return /Credential=([^/]+)\//.exec(String(authorization))?.[1];
}
