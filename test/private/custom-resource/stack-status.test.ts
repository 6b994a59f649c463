import { CloudFormationClient, StackStatus } from '@aws-sdk/client-cloudformation';
import { AwsCalls } from '../../../src/private/custom-resource/aws-calls.lambda-shared';
import { hasRolledBack, isRollingBack, readStackStatus } from '../../../src/private/custom-resource/stack-status.lambda-shared';
import { CLIENT_CONFIG } from '../../support/client-config';
import { STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';
import { SurroundingServices } from '../../support/surrounding-services';
import { VirtualTime } from '../../support/virtual-time';

const log = captureLog();

/** Whether a stack goes back, and whether it does or has. */
const STATUSES: Record<StackStatus, [isRollingBack: boolean, hasRolledBack: boolean]> = {
  CREATE_COMPLETE: [false, false],
  CREATE_FAILED: [false, false],
  CREATE_IN_PROGRESS: [false, false],
  DELETE_COMPLETE: [true, true],
  DELETE_FAILED: [true, true],
  DELETE_IN_PROGRESS: [true, true],
  IMPORT_COMPLETE: [false, false],
  IMPORT_IN_PROGRESS: [false, false],
  IMPORT_ROLLBACK_COMPLETE: [false, true],
  IMPORT_ROLLBACK_FAILED: [false, true],
  IMPORT_ROLLBACK_IN_PROGRESS: [true, true],
  REVIEW_IN_PROGRESS: [false, false],
  ROLLBACK_COMPLETE: [false, true],
  ROLLBACK_FAILED: [false, true],
  ROLLBACK_IN_PROGRESS: [true, true],
  UPDATE_COMPLETE: [false, false],
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: [false, false],
  UPDATE_FAILED: [false, false],
  UPDATE_IN_PROGRESS: [false, false],
  UPDATE_ROLLBACK_COMPLETE: [false, true],
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: [true, true],
  UPDATE_ROLLBACK_FAILED: [false, true],
  UPDATE_ROLLBACK_IN_PROGRESS: [true, true],
};

describe('the status of a stack', () => {
  test('is one of those that the SDK knows', () => {
    expect(Object.keys(STATUSES).sort()).toEqual(Object.keys(StackStatus).sort());
  });

  test.each(Object.entries(STATUSES))('%s says whether it goes back: %j', (status, expected) => {
    expect([isRollingBack(status), hasRolledBack(status)]).toEqual(expected);
  });

  test('says nothing when it is not known', () => {
    expect([isRollingBack(undefined), hasRolledBack(undefined)]).toEqual([false, false]);
  });
});

describe('reading the status of a stack', () => {
  let services: SurroundingServices;
  let cloudFormation: CloudFormationClient;

  beforeEach(async () => {
    services = await SurroundingServices.start();
    cloudFormation = new CloudFormationClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });
  });

  afterEach(() => services.stop());

  function read(): Promise<string | undefined> {
    const time = new VirtualTime();
    const calls = new AwsCalls({ clock: time, callTimeout: 5_000 });
    return time.during(() => readStackStatus(cloudFormation, STACK_ID, calls, time.now() + 20_000));
  }

  test('tells it', async () => {
    services.stackStatuses.set(STACK_ID, 'UPDATE_IN_PROGRESS');

    expect(await read()).toBe('UPDATE_IN_PROGRESS');
  });

  test('tries again when CloudFormation is busy', async () => {
    services.stackStatuses.set(STACK_ID, 'UPDATE_IN_PROGRESS');
    services.faults.add({ operation: 'DescribeStacks', kind: 'throttle', times: 3 });

    expect(await read()).toBe('UPDATE_IN_PROGRESS');
    expect(services.requests).toHaveLength(4);
  });

  test('tells nothing about a stack that does not exist', async () => {
    expect(await read()).toBeUndefined();
    expect(log.lines).toEqual([`{"message":"stack status not known","error":"ValidationError: Stack with id ${STACK_ID} does not exist"}\n`]);
  });
});
