import {
  CustomResourceEvent, EventOrigin, failedCreationId, requestOfFailedCreation, timeOfRequest,
} from '../../../src/function/runtime/custom-resource-event';
import { STACK_ID } from '../../support/function-environment';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const BUCKET = 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/key';

describe('the time at which CloudFormation asked', () => {
  test.each([
    [
      'a date of the signature', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260115T115400Z&X-Amz-Expires=7200',
      NOW - 6 * 60_000,
    ],
    [
      'the end of an older signature', `?AWSAccessKeyId=AKIA&Expires=${(NOW - 6 * 60_000) / 1000 + 7200}&Signature=x`,
      NOW - 6 * 60_000,
    ],
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

function event(rest: Partial<CustomResourceEvent>): CustomResourceEvent {
  return {
    RequestType: 'Create',
    ResponseURL: BUCKET,
    StackId: STACK_ID,
    RequestId: 'one',
    ResourceType: 'Custom::IotLogging',
    LogicalResourceId: 'Logging',
    ResourceProperties: {},
    ...rest,
  };
}

describe('an event', () => {
  const FOREIGN = 'the response URL is not one of CloudFormation';

  test.each([
    [
      'eu-west-1',
      'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/key?X-Amz-Date=1',
    ],
    ['us-east-1', 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/key'],
    ['us-east-1', 'https://cloudformation-custom-resource-response-useast1.s3.dualstack.us-east-1.amazonaws.com/key'],
    ['us-east-1', 'https://cloudformation-custom-resource-response-useast1.s3-us-east-1.amazonaws.com/key'],
    ['cn-north-1', 'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/key'],
    ['us-gov-west-1', 'https://s3.us-gov-west-1.amazonaws.com/cloudformation-custom-resource-response-usgovwest1/key'],
  ])('is believed if CloudFormation of the region asks for an answer: %s, %s', (region, ResponseURL) => {
    expect(new EventOrigin({ stackId: STACK_ID, region }).findFault(event({ ResponseURL }))).toBeUndefined();
  });

  test.each([
    ['somebody else', 'https://example.com/key'],
    ['a bucket of somebody else', 'https://mine.s3.amazonaws.com/key'],
    [
      'a bucket that is named alike',
      'https://cloudformation-custom-resource-response-euwest1-mine.s3.amazonaws.com/key',
    ],
    [
      'a bucket that is named like another region\'s',
      'https://cloudformation-custom-resource-response-nowhere.s3.amazonaws.com/key',
    ],
    [
      'a host that only begins alike',
      'https://cloudformation-custom-resource-response-euwest1.s3.amazonaws.com.example.com/key',
    ],
    [
      'a host that only ends alike',
      'https://example.com/cloudformation-custom-resource-response-euwest1.s3.amazonaws.com',
    ],
    ['a path that is named alike', 'https://mine.s3.amazonaws.com/cloudformation-custom-resource-response-euwest1/key'],
    ['another service', 'https://cloudformation-custom-resource-response-euwest1.execute-api.amazonaws.com/key'],
    ['whoever listens on the way', 'http://cloudformation-custom-resource-response-euwest1.s3.amazonaws.com/key'],
    ['a user of the URL', 'https://cloudformation-custom-resource-response-euwest1.s3.amazonaws.com@example.com/key'],
  ])('is not believed if the answer is to go to %s', (_, ResponseURL) => {
    expect(new EventOrigin({ stackId: STACK_ID, region: 'eu-west-1' }).findFault(event({ ResponseURL }))).toBe(FOREIGN);
  });

  test.each([
    'arn:aws:cloudformation:eu-west-1:123456789012:stack/Other/1', '', undefined,
  ])('is not believed if it is of another stack: %s', (StackId) => {
    expect(
      new EventOrigin({ stackId: STACK_ID, region: 'eu-west-1' }).findFault(event({ StackId })),
    ).toBe('the event is of another stack');
  });

  test('is not believed by a function that does not know its stack', () => {
    const origin = new EventOrigin({ stackId: undefined, region: 'eu-west-1' });

    expect(origin.findFault(event({}))).toBe('the event is of another stack');
    expect(origin.findFault(event({ StackId: undefined }))).toBe('the event is of another stack');
  });

  test('is believed from the stand-in that the function is pointed to, and from nobody else', () => {
    const origin = new EventOrigin({ stackId: STACK_ID, region: 'eu-west-1', endpoint: 'http://127.0.0.1:4566' });

    expect(origin.findFault(event({ ResponseURL: 'http://127.0.0.1:4567/key' }))).toBeUndefined();
    expect(origin.findFault(event({ ResponseURL: 'http://127.0.0.2:4566/key' }))).toBe(FOREIGN);
    // An endpoint may also be one of AWS, in a VPC.
    expect(origin.findFault(event({}))).toBeUndefined();
  });
});
