import { ArchiveEnvironment, ArchivedRow, BUCKET, PLACE } from './archive-environment';
import type { FaultKind } from '../../../rehearsal/device-defender/faults';
import { Refusal } from '../../../rehearsal/services/stand-in';
import { captureLog } from '../../support/function-log';

const CHECKS = [
  'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK',
];
/** Of the first check: two pages. */
const MANY = 260;
const FEW = 2;
/**
 * The calls of a run without faults: the audit, two lists of objects, two pages of the first check and one of each
 * other, three files of findings, and the audit's own.
 */
const CALLS = 3 + 2 + 2 + 3 + 1;

captureLog();

let account: ArchiveEnvironment;
let taskId: string;

beforeEach(async () => {
  account = await ArchiveEnvironment.start(CHECKS, {
    fleet: {
      plantedFindings: Array.from({ length: MANY + FEW }, (_, number) => ({
        checkName: CHECKS[number < MANY ? 0 : 1],
        resourceIdentifier: { deviceCertificateId: number.toString(16).padStart(64, '0') },
      })),
    },
  });
  account.suppress(CHECKS[0], { deviceCertificateId: '0'.repeat(64) });
  taskId = account.audit();
  account.env.iot.requests.length = 0;
});

afterEach(() => account.stop());

/** Everything that must be in the archive, once. */
function expectWhole(): void {
  const rows = account.rowsOf('findings');
  expect(new Set(rows.map((row) => row.finding_id)).size).toBe(MANY + FEW + 1);
  expect(countsOf(rows)).toEqual({ [CHECKS[0]]: MANY, [CHECKS[1]]: FEW, [CHECKS[2]]: 1 });
  expect(rows.filter((row) => row.is_suppressed)).toHaveLength(1);
  expect(account.rowsOf('checks').map((row) => [row.check_name, row.findings_file]).sort()).toEqual(
    CHECKS.map((name) => [name, `${PLACE}.${taskId}.${name}.json.gz`]));
}

function countsOf(rows: readonly ArchivedRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { check_name: name } of rows) counts[String(name)] = (counts[String(name)] ?? 0) + 1;
  return counts;
}

test('a run makes as many calls as the following tests cut it off at', async () => {
  await account.archive(taskId);

  expect(account.env.iot.requests.length + account.env.services.requests.length).toBe(CALLS);
  expect(account.env.services.requests.map(({ operation }) => operation)).toEqual([
    'ListObjectsV2', 'ListObjectsV2', 'PutObject', 'PutObject', 'PutObject', 'PutObject',
  ]);
  expectWhole();
});

test.each(Array.from({ length: CALLS }, (_, call) => call))(
  'a run that is killed at call %i and started again leaves a whole archive, and never a summary before', async (call) => {
    expect(await account.kill(taskId, call)).toBe('killed');
    await letGo();
    expect(account.rowsOf('checks')).toEqual(call === CALLS - 1 ? expect.any(Array) : []);

    await account.archive(taskId);

    expectWhole();
  });

test('a run goes on where the one before was killed, and reads no check again that is there', async () => {
  await account.kill(taskId, CALLS - 2);
  await letGo();
  account.env.iot.requests.length = 0;

  await account.archive(taskId);

  expect(account.env.iot.requestsOf('ListAuditFindings')).toEqual([]);
  expectWhole();
});

/** A call that was on its way when the process was killed arrives. */
async function letGo(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

type Operation = 'DescribeAuditTask' | 'ListAuditFindings' | 'ListObjectsV2' | 'PutObject';

describe.each<Operation>(['DescribeAuditTask', 'ListAuditFindings', 'ListObjectsV2', 'PutObject'])('%s', (operation) => {
  function disturb(kind: FaultKind, times?: number): void {
    const { iot, services } = account.env;
    if (operation === 'PutObject' || operation === 'ListObjectsV2') services.faults.add({ operation, kind, times });
    else iot.faults.add({ operation, kind, times });
  }

  test.each<FaultKind>([
    'throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'dropConnection', 'dropAfterEffect', 'hang',
    // Reading has no effect that could be lost.
    ...operation === 'PutObject' ? ['hangAfterEffect' as const] : [],
  ])('is repeated after %s', async (kind) => {
    disturb(kind, 2);

    await account.archive(taskId);

    expectWhole();
  });

  test('that stays denied fails the attempt within minutes', async () => {
    const began = account.env.time.now();
    disturb('accessDenied', Infinity);

    await expect(account.archive(taskId)).rejects.toMatchObject({ name: /AccessDenied/ });

    expect(account.env.time.now() - began).toBeLessThan(150_000);
    expect(account.rowsOf('checks')).toEqual([]);
  });

  test('that stays throttled fails the attempt before the function\'s time is over', async () => {
    const began = account.env.time.now();
    disturb('throttle', Infinity);

    await expect(account.archive(taskId)).rejects.toThrow();

    expect(account.env.time.now() - began).toBeLessThan(account.env.functionTime);
    expect(account.rowsOf('checks')).toEqual([]);
  });
});

test('a lost answer to an upload leads to no second object, and no error', async () => {
  account.env.services.faults.add({ operation: 'PutObject', kind: 'dropAfterEffect', times: 8 });

  await account.archive(taskId);

  expect(account.env.services.requests.filter(({ outcome }) => outcome === 'PreconditionFailed')).toHaveLength(4);
  expectWhole();
});

test('an upload that meets another one of the same object is repeated', async () => {
  const { services } = account.env;
  let conflicts = 2;
  services.authorize = ({ operation }) => {
    if (operation === 'PutObject' && conflicts-- > 0) throw new Refusal(409, 'ConditionalRequestConflict', 'Conflict');
    return undefined;
  };

  await account.archive(taskId);

  expectWhole();
});

test('a bucket that is gone fails the attempt at once', async () => {
  account.env.services.buckets.delete(BUCKET);
  const began = account.env.time.now();

  await expect(account.archive(taskId)).rejects.toMatchObject({ name: 'NoSuchBucket' });

  expect(account.env.time.now() - began).toBeLessThan(1000);
});

test('more findings than there is time for are archived in several attempts, check by check', async () => {
  account.env.functionTime = 15 * 60_000;
  // A page takes so long that the two of the first check leave no time for another one.
  const concerns = () => {
    account.env.time.pass(420_000);
    return false;
  };
  account.env.iot.faults.add({ operation: 'ListAuditFindings', kind: 'throttle', concerns });

  await expect(account.archive(taskId)).rejects.toThrow(
    `audit ${taskId} has more findings than can be archived in the time that the function has; `
    + 'another attempt goes on with the checks that are left');
  expect(account.rowsOf('checks')).toEqual([]);
  expect(countsOf(account.rowsOf('findings'))).toEqual({ [CHECKS[0]]: MANY });

  await account.archive(taskId);
  expectWhole();
});
