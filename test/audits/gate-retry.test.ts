import { DAY, KEY, NEW_ONLY, gated, runAudit, verdictOn, weakKey } from './gate-requests';
import { create } from './on-demand-audit-requests';
import { certificateId, endAll } from '../support/device-defender/running-stand-in';
import { FunctionEnvironment } from '../support/function-environment';
import { captureLog } from '../support/function-log';

const NEW = `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 (${certificateId(2)})`;
const REQUEST = gated({ judged: [KEY], gate: NEW_ONLY });

captureLog();

describe('a gate that has stopped a deployment for what is new', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start({ fleet: { plantedFindings: [weakKey(1)] } });
    await environment.enableChecks(KEY);
    await runAudit(environment, KEY);
    environment.time.pass(DAY);
    environment.iot.fleet.plant(weakKey(2));
    expect(await verdictOn(environment, REQUEST)).toBe(NEW);
    environment.time.pass(60_000);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  test('stops it again, however often it is tried', async () => {
    expect(await verdictOn(environment, REQUEST)).toBe(NEW);
    environment.time.pass(DAY);
    expect(await verdictOn(environment, REQUEST)).toBe(NEW);
  });

  test('lets it pass when somebody else has audited what is there', async () => {
    await runAudit(environment, KEY);
    environment.time.pass(60_000);

    expect(await verdictOn(environment, REQUEST)).toBe('passes');
  });

  test('does not guess whether an audit was rejected', async () => {
    environment.services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

    const { Status, Reason } = await create(environment, REQUEST);

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/^audit [0-9a-f]{32} could not be judged \(AccessDeniedException: .*GetLogEvents.*\); allow its role/);
  });
});
