import { CloudFormationClient, StackStatus } from '@aws-sdk/client-cloudformation';
import { CLIENT_CONFIG } from '../../../rehearsal/services/client-config';
import { SurroundingServices } from '../../../rehearsal/services/surrounding-services';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { StackOperation } from '../../../src/function/runtime/stack-operation';
import { STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

const log = captureLog();

const CANCELLED = 'cancelled';

/**
 * The direction of a creation, an update and a delete, by the status of the stack; an update is the rollback's if its
 * resource is updated.
 */
const DIRECTIONS: Record<StackStatus, [create: string, update: string, remove: string]> = {
  CREATE_COMPLETE: [CANCELLED, CANCELLED, 'forward'],
  CREATE_FAILED: [CANCELLED, CANCELLED, 'forward'],
  CREATE_IN_PROGRESS: ['forward', 'forward', 'forward'],
  DELETE_COMPLETE: [CANCELLED, CANCELLED, 'forward'],
  DELETE_FAILED: [CANCELLED, CANCELLED, 'forward'],
  DELETE_IN_PROGRESS: [CANCELLED, CANCELLED, 'forward'],
  IMPORT_COMPLETE: [CANCELLED, CANCELLED, 'forward'],
  IMPORT_IN_PROGRESS: ['forward', 'forward', 'forward'],
  IMPORT_ROLLBACK_COMPLETE: [CANCELLED, CANCELLED, 'back'],
  IMPORT_ROLLBACK_FAILED: [CANCELLED, CANCELLED, 'back'],
  IMPORT_ROLLBACK_IN_PROGRESS: [CANCELLED, 'back', 'back'],
  REVIEW_IN_PROGRESS: [CANCELLED, CANCELLED, 'forward'],
  ROLLBACK_COMPLETE: [CANCELLED, CANCELLED, 'back'],
  ROLLBACK_FAILED: [CANCELLED, CANCELLED, 'back'],
  ROLLBACK_IN_PROGRESS: [CANCELLED, 'back', 'back'],
  UPDATE_COMPLETE: [CANCELLED, CANCELLED, 'forward'],
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: [CANCELLED, CANCELLED, 'forward'],
  UPDATE_FAILED: [CANCELLED, CANCELLED, 'forward'],
  UPDATE_IN_PROGRESS: ['forward', 'forward', 'forward'],
  UPDATE_ROLLBACK_COMPLETE: [CANCELLED, CANCELLED, 'back'],
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: [CANCELLED, 'back', 'back'],
  UPDATE_ROLLBACK_FAILED: [CANCELLED, CANCELLED, 'back'],
  UPDATE_ROLLBACK_IN_PROGRESS: [CANCELLED, 'back', 'back'],
};

describe('the operation of the stack', () => {
  let services: SurroundingServices;
  let cloudFormation: CloudFormationClient;
  let time: VirtualTime;
  let resourceStatus: string | undefined;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    cloudFormation = new CloudFormationClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });
    time = new VirtualTime();
    resourceStatus = 'UPDATE_IN_PROGRESS';
    services.listStackResources = () => resourceStatus === undefined ? []
      : [{ logicalId: 'Audit', type: 'Custom::IotOnDemandAudit', physicalId: 'id', status: resourceStatus }];
  });

  afterEach(() => services.stop());

  function operation(RequestType: CustomResourceEvent['RequestType']): StackOperation {
    const event: CustomResourceEvent = {
      RequestType,
      ResponseURL: 'https://example.com',
      StackId: STACK_ID,
      RequestId: 'one',
      ResourceType: 'Custom::IotOnDemandAudit',
      LogicalResourceId: 'Audit',
      ResourceProperties: {},
    };
    return new StackOperation(
      event, new VirtualCalls(time, new OpenCalls(), 5_000), cloudFormation, time.now() + 840_000,
    );
  }

  function enter(status: string): void {
    services.stackStatuses.set(STACK_ID, status);
  }

  async function begin(RequestType: CustomResourceEvent['RequestType'], status?: string): Promise<StackOperation> {
    if (status) enter(status);
    const begun = operation(RequestType);
    await time.during(() => begun.begin());
    return begun;
  }

  async function directionOf(RequestType: CustomResourceEvent['RequestType'], status: string): Promise<string> {
    return begin(RequestType, status).then(({ direction }) => direction, () => CANCELLED);
  }

  test('has a status that the SDK knows', () => {
    expect(Object.keys(DIRECTIONS).sort()).toEqual(Object.keys(StackStatus).sort());
  });

  const cases = Object.entries(DIRECTIONS);

  test.each(cases)('in %s: %j for a creation, an update and a delete', async (status, expected) => {
    const directions = [
      await directionOf('Create', status), await directionOf('Update', status), await directionOf('Delete', status),
    ];
    expect(directions).toEqual(expected);
  });

  test.each([
    ['UPDATE_IN_PROGRESS', 'back'], ['UPDATE_FAILED', CANCELLED], ['UPDATE_COMPLETE', CANCELLED], [undefined, 'back'],
  ])('in a rollback is the update\'s own if its resource is in %s: %s', async (status, expected) => {
    resourceStatus = status;

    expect(await directionOf('Update', 'UPDATE_ROLLBACK_IN_PROGRESS')).toBe(expected);
  });

  // A rollback that fails leaves a stuck stack.
  test('in a rollback is in doubt the update\'s own', async () => {
    services.faults.add({ operation: 'ListStackResources', kind: 'accessDenied', times: Infinity });

    expect(await directionOf('Update', 'UPDATE_ROLLBACK_IN_PROGRESS')).toBe('back');
    expect(log.messages).toContain('resources of the stack not known');
  });

  test.each([
    ['ROLLBACK_IN_PROGRESS', 'back'], ['DELETE_IN_PROGRESS', 'forward'], ['UPDATE_ROLLBACK_COMPLETE', 'back'],
  ])('cancels no delete in %s, and tells it the direction: %s', async (status, direction) => {
    const begun = await begin('Delete', status);

    expect(begun.direction).toBe(direction);
    await expect(begun.requireWanted()).resolves.toBeUndefined();
  });

  test.each(['Update', 'Delete'] as const)('is not known if CloudFormation does not tell: %s', async (requestType) => {
    const begun = await begin(requestType);

    expect([begun.direction, begun.mayGoBack, begun.startedAt]).toEqual(['unknown', true, undefined]);
    expect(log.messages).toEqual(['stack status not known']);
    await expect(begun.requireWanted()).resolves.toBeUndefined();
  });

  test('of a creation goes forward also if CloudFormation does not tell', async () => {
    const begun = await begin('Create');

    expect([begun.direction, begun.mayGoBack, begun.startedAt]).toEqual(['forward', false, undefined]);
  });

  test('has resources: the request\'s own, others of its type that stay, and those of any type', async () => {
    services.listStackResources = () => [
      { logicalId: 'Audit', type: 'Custom::IotOnDemandAudit', physicalId: 'own', status: 'UPDATE_IN_PROGRESS' },
      { logicalId: 'Renamed', type: 'Custom::IotOnDemandAudit', physicalId: 'renamed', status: 'CREATE_COMPLETE' },
      { logicalId: 'Leaving', type: 'Custom::IotOnDemandAudit', physicalId: 'leaving', status: 'DELETE_FAILED' },
      { logicalId: 'Topic', type: 'AWS::SNS::Topic', physicalId: 'topic', status: 'CREATE_COMPLETE' },
    ];

    const resources = await time.during(() => operation('Update').resources());

    expect(resources.own?.physicalId).toBe('own');
    expect(resources.alike.map(({ physicalId }) => physicalId)).toEqual(['renamed']);
    expect(resources.ofType('AWS::SNS::Topic').map(({ physicalId }) => physicalId)).toEqual(['topic']);
  });

  test('is asked for again when CloudFormation is busy', async () => {
    services.faults.add({ operation: 'DescribeStacks', kind: 'throttle', times: 3 });

    expect(await directionOf('Create', 'UPDATE_IN_PROGRESS')).toBe('forward');
    expect(services.requests).toHaveLength(4);
  });

  test.each([
    ['ROLLBACK_IN_PROGRESS', 'nothing was done because the stack rolls back'],
    [
      'CREATE_COMPLETE',
      'nothing was done because CloudFormation no longer waits for it, the stack being in CREATE_COMPLETE',
    ],
  ])('says why nothing is done in %s', async (status, message) => {
    await expect(begin('Create', status)).rejects.toThrow(new Error(message));
  });

  describe('at a later look', () => {
    test.each([
      ['UPDATE_IN_PROGRESS', undefined],
      ['UPDATE_ROLLBACK_IN_PROGRESS', 'the stack rolls back'],
      ['UPDATE_ROLLBACK_COMPLETE', 'the stack rolls back'],
      ['DELETE_IN_PROGRESS', 'the stack rolls back'],
      ['UPDATE_COMPLETE', 'CloudFormation no longer waits for it, the stack being in UPDATE_COMPLETE'],
    ])('cancels a request that goes forward, the stack being in %s: %s', async (status, message) => {
      const begun = await begin('Update', 'UPDATE_IN_PROGRESS');
      enter(status);

      const looked = expect(begun.requireWanted());
      await (message ? looked.rejects.toThrow(new Error(message)) : looked.resolves.toBeUndefined());
    });

    test.each([
      ['UPDATE_ROLLBACK_IN_PROGRESS', false],
      ['UPDATE_ROLLBACK_FAILED', true],
      ['UPDATE_ROLLBACK_COMPLETE', true],
      ['UPDATE_IN_PROGRESS', true],
    ])('cancels a request that goes back, the stack being in %s: %s', async (status, isCancelled) => {
      const begun = await begin('Update', 'UPDATE_ROLLBACK_IN_PROGRESS');
      enter(status);

      expect(await begun.requireWanted().then(() => false, () => true)).toBe(isCancelled);
    });

    test('judges a request of which nothing was known', async () => {
      const begun = await begin('Update');
      enter('UPDATE_IN_PROGRESS');
      await begun.requireWanted();

      expect(begun.direction).toBe('forward');
    });

    test('proves nothing if CloudFormation does not tell', async () => {
      const begun = await begin('Create', 'CREATE_IN_PROGRESS');
      services.faults.add({ operation: 'DescribeStacks', kind: 'accessDenied', times: Infinity });

      await expect(begun.requireWanted()).resolves.toBeUndefined();
    });
  });
});
