import { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { MINUTE, START } from '../../audits/handler/on-demand-audit-requests';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const log = captureLog();

describe('the function behind custom resources', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    await environment.enableChecks('DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK');
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await environment.stop();
  });

  /** An event without, or with other, parts. */
  function bad(
    changes: Record<string, unknown>, RequestType: CustomResourceEvent['RequestType'] = 'Create',
  ): Record<string, unknown> {
    return {
      ...environment.event({ RequestType, PhysicalResourceId: 'physical-id', ResourceProperties: START }), ...changes,
    };
  }

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'Create'],
    ['a scheduled event', { 'detail-type': 'Scheduled Event' }],
    ['an event whose response URL is none', { RequestType: 'Create', ResponseURL: 'nowhere' }],
  ])('neither answers nor fails when invoked with %s', async (_, event) => {
    await expect(environment.newExecutionEnvironment()(event)).resolves.toBeUndefined();

    expect(environment.services.requests).toEqual([]);
    expect(log.lines).toEqual(['{"message":"ignored an event","fault":"it is not an event of CloudFormation"}\n']);
  });

  test('neither answers nor fails without a response URL', async () => {
    await environment.invoke(bad({ ResponseURL: undefined }));

    expect(environment.services.requests).toEqual([]);
    expect(environment.iot.audits).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, CustomResourceEvent['RequestType'], string]>([
    ['RequestId', { RequestId: undefined }, 'Create', 'the event has no RequestId'],
    ['LogicalResourceId', { LogicalResourceId: undefined }, 'Create', 'the event has no LogicalResourceId'],
    ['StackId', { StackId: undefined }, 'Create', 'the event has no StackId'],
    ['several ids', { StackId: 7, RequestId: undefined }, 'Create', 'the event has no StackId, no RequestId'],
    ['ResourceType', { ResourceType: undefined }, 'Create', 'the event has no ResourceType'],
    ['ResourceProperties', { ResourceProperties: undefined }, 'Create', 'the event has no ResourceProperties'],
    ['ResourceProperties but null', { ResourceProperties: null }, 'Update', 'the event has no ResourceProperties'],
    ['known RequestType', { RequestType: 'Replace' }, 'Create', 'the event\'s RequestType is "Replace"'],
    ['RequestType', { RequestType: undefined }, 'Create', 'the event\'s RequestType is undefined'],
    [
      'known ResourceType', { ResourceType: 'Custom::Unknown' }, 'Create',
      'this function knows no resource of type Custom::Unknown',
    ],
  ])('fails an event without %s', async (_, changes, requestType, Reason) => {
    await environment.invoke(bad(changes, requestType));

    expect(environment.answers).toMatchObject([{ Status: 'FAILED', Reason, PhysicalResourceId: 'physical-id' }]);
    expect(environment.iot.audits).toEqual([]);
  });

  test('fails an event without PhysicalResourceId under an id that is no other\'s', async () => {
    const event = bad({ PhysicalResourceId: undefined }, 'Update');
    await environment.invoke(event);

    expect(environment.answers).toMatchObject([{
      Status: 'FAILED',
      Reason: 'the event has no PhysicalResourceId',
      PhysicalResourceId: `none-${String(event.RequestId)}`,
    }]);
  });

  test('answers every event without a RequestId, also in one execution environment', async () => {
    const invoke = environment.newExecutionEnvironment();
    await invoke(bad({ RequestId: undefined }));
    await invoke(bad({ RequestId: undefined }));

    expect(environment.answers).toHaveLength(2);
  });

  test('fails with its own mistake as the reason', async () => {
    await environment.invoke(environment.event({ ResourceProperties: {} as typeof START }));

    expect(environment.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(/^TypeError: /) }]);
  });

  test.each([
    ['an unknown type', { ResourceType: 'Custom::Unknown' }],
    ['no properties', { ResourceProperties: undefined }],
  ])('lets a resource of %s be deleted', async (_, changes) => {
    await environment.invoke(bad(changes, 'Delete'));

    expect(environment.answers).toStrictEqual([{
      Status: 'SUCCESS',
      PhysicalResourceId: 'physical-id',
      StackId: STACK_ID,
      RequestId: expect.any(String),
      LogicalResourceId: 'Audit',
    }]);
  });

  test('puts its answer without a content type, which the URL is signed without', async () => {
    await environment.invoke(environment.event({ ResourceProperties: START }));

    expect(environment.services.answers.map(({ contentType }) => contentType)).toEqual(['']);
    expect(environment.services.requests.filter(({ operation }) => operation === 'PutAnswer')).toHaveLength(1);
  });

  test('tries to put its answer again', async () => {
    environment.services.faults.add({ operation: 'PutAnswer', kind: 'throttle', times: 2 });
    await environment.invoke(environment.event({ ResourceProperties: START }));

    expect(environment.answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(log.lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'trying again'))
      .toEqual(Array(2).fill({
        message: 'trying again', error: 'UploadError: HTTP status 503', pauseMilliseconds: expect.any(Number),
      }));
  });

  test('takes back what it did when its answer cannot be put, a quarter of a minute before its time ends', async () => {
    // The pauses between the tries are as short as they can be, so that the last one is known.
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const began = environment.time.now();
    environment.iot.timing.auditDuration = 20 * MINUTE;
    environment.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
    await environment.invoke(environment.event({ ResourceProperties: START }));

    expect(environment.answers).toEqual([]);
    expect(environment.iot.audits.map(({ status }) => status)).toEqual(['CANCELED']);
    const [{ time }] = environment.iot.requestsOf('CancelAuditTask');
    expect(time - began).toBeGreaterThan(14 * MINUTE);
    expect(time - began).toBeLessThan(15 * MINUTE - 15_000);
    expect(log.lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'could not answer', status: 'SUCCESS', error: 'UploadError: no connection' }),
    );
  });

  test('forgets old requests, so that a long-lived environment does not grow', async () => {
    const invoke = environment.newExecutionEnvironment();
    const events = Array.from({ length: 101 }, () => bad({}, 'Delete'));
    for (const event of events) {
      await invoke(event);
    }
    await invoke(events[100]);
    expect(environment.answers).toHaveLength(101);

    await invoke(events[0]);
    expect(environment.answers).toHaveLength(102);
  });

  test('logs lines of JSON about the request, and nothing by which somebody else could answer it', async () => {
    const askedAt = environment.time.now();
    const event = environment.event({ ResourceProperties: START });
    await environment.invoke(event);
    await environment.invoke({
      ...event, RequestType: 'Delete', PhysicalResourceId: environment.answers[0].PhysicalResourceId,
    });

    expect(log.lines.length).toBeGreaterThan(4);
    for (const line of log.lines) {
      expect(line).toMatch(/^\{"message":"[^"]+".*\}\n$/);
      expect(typeof JSON.parse(line)).toBe('object');
    }
    expect(log.lines.join('')).not.toContain('/answers/');
    expect(log.lines.join('')).not.toContain(environment.services.endpoint);
    expect(JSON.parse(log.lines[0])).toEqual({
      message: 'request',
      requestType: 'Create',
      requestId: event.RequestId,
      stackId: STACK_ID,
      resourceType: 'Custom::IotOnDemandAudit',
      logicalResourceId: 'Audit',
      properties: START,
      askedAt,
    });
  });
});
