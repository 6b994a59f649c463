import type { FaultKind } from '../../device-defender/faults';
import { SurroundingServices } from '../../services/surrounding-services';
import { directFetch } from '../support/direct-fetch';

const ANSWER = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'id' });

let services: SurroundingServices;

beforeEach(async () => {
  services = await SurroundingServices.start();
});

afterEach(async () => {
  await services.stop();
});

/** The end of an upload, and what the services saw of it. */
async function endOf(send: typeof fetch, fault?: FaultKind, url = services.responseUrl('request')): Promise<unknown> {
  if (fault) services.faults.add({ operation: 'PutAnswer', kind: fault, times: 1 });
  const seen = services.requests.length;
  const answered = services.answers.length;
  // Only what hangs takes too long; a socket may take its time on a busy machine.
  const signal = AbortSignal.timeout(fault === 'hang' ? 200 : 10_000);
  const init = { method: 'PUT', body: ANSWER, headers: { 'content-type': '' }, signal };
  const end = await send(url, init).then(
    async (response) => ({ status: response.status, ok: response.ok, body: await response.text() }),
    (error: Error) => error.name === 'TimeoutError' ? 'takes too long' : 'no connection',
  );
  const answers = services.answers.slice(answered).map(({ answer }) => answer);
  return { end, outcomes: services.requests.slice(seen).map(({ outcome }) => outcome), answers };
}

test.each([
  undefined, 'throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'hang', 'dropConnection', 'dropAfterEffect',
] satisfies (FaultKind | undefined)[])('an answer ends as over a socket, with the fault %s', async (fault) => {
  expect(await endOf(directFetch, fault)).toEqual(await endOf(fetch, fault));
});

test('an answer for services that have stopped goes over a socket, to nobody', async () => {
  const url = services.responseUrl('request');
  await services.stop();
  services = await SurroundingServices.start();

  expect(await endOf(directFetch, undefined, url)).toEqual({ end: 'no connection', outcomes: [], answers: [] });
});
