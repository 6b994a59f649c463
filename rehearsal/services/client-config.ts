/**
 * The common configuration of the SDK clients.
 *
 * They do not retry, so that a test sees every answer. And they do not sign: nobody looks at signatures here, and
 * making
 * them takes a third of the time of a call.
 */
export const CLIENT_CONFIG = {
  region: 'eu-west-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  signer: { sign: async <Request>(request: Request) => request },
};
