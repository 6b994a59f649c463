import { failedCreationId, requestOfFailedCreation, timeOfRequest } from '../../../src/function/runtime/custom-resource-event';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const BUCKET = 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/key';

describe('the time at which CloudFormation asked', () => {
  test.each([
    ['a date of the signature', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260115T115400Z&X-Amz-Expires=7200', NOW - 6 * 60_000],
    ['the end of an older signature', `?AWSAccessKeyId=AKIA&Expires=${(NOW - 6 * 60_000) / 1000 + 7200}&Signature=x`, NOW - 6 * 60_000],
    ['this very moment', '?X-Amz-Date=20260115T120000Z', NOW],
  ])('is told by the response URL: %s', (_, query, expected) => {
    expect(timeOfRequest({ ResponseURL: BUCKET + query }, NOW)).toBe(expected);
  });

  test.each([
    ['nothing', ''], ['no date', '?X-Amz-Date=yesterday'], ['a time to come', '?X-Amz-Date=20260115T120001Z'],
    ['a time for which no URL is valid', '?X-Amz-Date=20260115T100000Z'], ['no number', '?Expires=soon'],
  ])('is not known from %s', (_, query) => {
    expect(timeOfRequest({ ResponseURL: BUCKET + query }, NOW)).toBeUndefined();
  });
});

test('the id of a failed creation names its request, and no other id does', () => {
  expect(requestOfFailedCreation(failedCreationId('one'))).toBe('one');
  expect(requestOfFailedCreation('Fleet-Audit-1ABC')).toBeUndefined();
  expect(requestOfFailedCreation(undefined)).toBeUndefined();
});
