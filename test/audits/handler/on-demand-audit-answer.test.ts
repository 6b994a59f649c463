import { AGE, LOGGING, MINUTE, SHARED, START, WAIT, create } from './on-demand-audit-requests';
import { CHECKS as CATALOG, factsOf } from '../../../rehearsal/device-defender/checks/check-catalog';
import { PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { AuditCheck } from '../../../src/checks/audit-check';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

captureLog();

describe('the answer of an on-demand audit', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    await environment.enableChecks(SHARED, LOGGING);
  });

  afterEach(() => environment.stop());

  function find(checkName: string, count: number): void {
    for (let number = 0; number < count; number++) {
      environment.iot.fleet.plant(finding(checkName, number));
    }
  }

  test('comes at once when the deployment does not wait', async () => {
    const event = environment.event({ ResourceProperties: START });
    const began = environment.time.now();
    await environment.invoke(event);

    const [{ taskId, checks, status }] = environment.iot.audits;
    expect({ checks, status }).toEqual({ checks: [SHARED, LOGGING], status: 'IN_PROGRESS' });
    expect(environment.answers).toStrictEqual([{
      Status: 'SUCCESS',
      PhysicalResourceId: `${digestOf(START)}.${taskId}`,
      StackId: STACK_ID,
      RequestId: event.RequestId,
      LogicalResourceId: 'Audit',
      Data: {
        TaskId: taskId,
        TaskStatus: 'IN_PROGRESS',
        TotalChecksCount: 2,
        CompliantChecksCount: 0,
        NonCompliantChecksCount: 0,
        FailedChecksCount: 0,
        NonCompliance: '',
        ChecksNotAudited: '',
      },
    }]);
    expect(environment.services.answers[0].key).toBe(event.RequestId);
    expect(environment.time.now() - began).toBe(0);
  });

  test('comes with the result when the deployment waits', async () => {
    find(SHARED, 3);
    const event = environment.event({ ResourceProperties: WAIT });
    const began = environment.time.now();
    await environment.invoke(event);

    const [{ taskId }] = environment.iot.audits;
    expect(environment.answers).toStrictEqual([{
      Status: 'SUCCESS',
      PhysicalResourceId: `${digestOf(WAIT)}.${taskId}`,
      StackId: STACK_ID,
      RequestId: event.RequestId,
      LogicalResourceId: 'Audit',
      Data: {
        TaskId: taskId,
        TaskStatus: 'COMPLETED',
        TotalChecksCount: 2,
        CompliantChecksCount: 0,
        NonCompliantChecksCount: 2,
        FailedChecksCount: 0,
        NonCompliance: `CRITICAL ${SHARED} 3/3; LOW ${LOGGING} 1/1`,
        ChecksNotAudited: '',
      },
    }]);
    expect(environment.time.now() - began).toBeGreaterThanOrEqual(MINUTE);
    expect(environment.time.now() - began).toBeLessThan(MINUTE + 30_000);
  });

  test('lists nothing when all is well', async () => {
    environment.iot.fleet.logging = {
      roleArn: 'arn:aws:iam::123456789012:role/Logging', defaultLogLevel: 'WARN', disableAllLogs: false,
    };

    expect((await create(environment, WAIT)).Data).toMatchObject({
      TaskStatus: 'COMPLETED', CompliantChecksCount: 2, NonCompliantChecksCount: 0, NonCompliance: '',
    });
  });

  test('counts a check that could not be carried out', async () => {
    environment.iot.fleet.denyPermissions('arn:aws:iam::123456789012:role/AuditRole', SHARED);

    expect((await create(environment, WAIT)).Data).toMatchObject({
      TaskStatus: 'COMPLETED', TotalChecksCount: 2, CompliantChecksCount: 0, NonCompliantChecksCount: 1,
      FailedChecksCount: 1,
      NonCompliance: `LOW ${LOGGING} 1/1`,
    });
  });

  test('tells when every check failed', async () => {
    environment.iot.fleet.denyPermissions('arn:aws:iam::123456789012:role/AuditRole', '*');

    expect(await create(environment, WAIT))
      .toMatchObject({ Status: 'SUCCESS', Data: { TaskStatus: 'FAILED', FailedChecksCount: 2 } });
  });

  test('lists the worst severity first, then the most findings, then by name', async () => {
    const names = [
      AGE, LOGGING, 'CA_CERTIFICATE_EXPIRING_CHECK', 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
      'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
      'CONFLICTING_CLIENT_IDS_CHECK', SHARED,
    ];
    await environment.enableChecks(...names);
    find(AGE, 5);
    find('DEVICE_CERTIFICATE_EXPIRING_CHECK', 2);
    find('REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK', 12);
    find('CA_CERTIFICATE_EXPIRING_CHECK', 2);
    find('CONFLICTING_CLIENT_IDS_CHECK', 1);
    find(SHARED, 1);
    const { Data } = await create(environment, { ...WAIT, Checks: names.map(asChecked) });

    expect(Data?.NonCompliance).toBe([
      `CRITICAL ${SHARED} 1/1`,
      'HIGH CONFLICTING_CLIENT_IDS_CHECK 1/1',
      'MEDIUM REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK 12/12',
      'MEDIUM CA_CERTIFICATE_EXPIRING_CHECK 2/2',
      'MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK 2/2',
      `LOW ${AGE} 5/5`,
      `LOW ${LOGGING} 1/1`,
    ].join('; '));
  });

  test('has room for every check of the service, however much each finds', async () => {
    const names = AuditCheck.all().map(({ checkName }) => checkName);
    await environment.enableChecks(...names);
    names.forEach((name) => find(name, 250));
    const { Data } = await create(environment, { ...WAIT, Checks: names.map(asChecked) });

    const severities = String(Data?.NonCompliance).split('; ').map((entry) => entry.split(' ')[0]);
    expect(severities).toEqual([...Array(9).fill('CRITICAL'), 'HIGH', ...Array(5).fill('MEDIUM'), 'LOW', 'LOW']);
    expect(Data?.NonCompliantChecksCount).toBe(17);
    expect(environment.services.answers[0].size).toBeLessThan(4096);
  });
});

function asChecked(Name: string): { Name: string; Severity: string } {
  return { Name, Severity: factsOf(Name as keyof typeof CATALOG).severity };
}

function finding(checkName: string, number: number): PlantedFinding {
  const { identifierKey } = factsOf(checkName as keyof typeof CATALOG);
  const id = `${checkName}-${number}`;
  const objects: Record<string, object> = {
    policyVersionIdentifier: { policyName: id, policyVersionId: '1' },
    issuerCertificateIdentifier: { issuerCertificateSubject: `CN=${id}` },
  };
  return { checkName, resourceIdentifier: { [identifierKey]: objects[identifierKey] ?? id } };
}
