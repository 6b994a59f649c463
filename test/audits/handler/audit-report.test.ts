import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { reportAudit } from '../../../src/audits/handler/audit-report';
import { AuditedCheck } from '../../../src/audits/protocol';

/** A task in which every check is non-compliant. */
function taskOf(...names: string[]) {
  const auditDetails = Object.fromEntries(names.map((name): [string, AuditCheckDetails] => [
    name,
    {
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: 1_000_000, totalResourcesCount: 2_000_000,
    },
  ]));
  return { taskStatus: 'COMPLETED' as const, taskStatistics: { totalChecks: names.length }, auditDetails };
}

function nonComplianceOf(...names: string[]): string {
  return String(reportAudit('task', taskOf(...names), names.map((Name) => ({ Name, Severity: 'HIGH' }))).NonCompliance);
}

describe('the report of an audit', () => {
  test('has an unknown status and no result if AWS tells nothing', () => {
    expect(reportAudit('task', {}, [])).toEqual({
      TaskId: 'task',
      TaskStatus: 'UNKNOWN',
      TotalChecksCount: 0,
      CompliantChecksCount: 0,
      NonCompliantChecksCount: 0,
      FailedChecksCount: 0,
      NonCompliance: '',
      ChecksNotAudited: '',
    });
  });

  test('lists a check that was not asked for last, without a severity', () => {
    const task = taskOf('STRANGE_CHECK', 'KNOWN_CHECK');

    expect(reportAudit('task', task, [{ Name: 'KNOWN_CHECK', Severity: 'LOW' }]).NonCompliance)
      .toBe('LOW KNOWN_CHECK 1000000/2000000; UNKNOWN STRANGE_CHECK 1000000/2000000');
  });

  test('lists a non-compliant check without counts', () => {
    const task = {
      taskStatus: 'COMPLETED' as const,
      auditDetails: { KNOWN_CHECK: { checkRunStatus: 'COMPLETED_NON_COMPLIANT' as const } },
    };

    expect(reportAudit('task', task, [{ Name: 'KNOWN_CHECK', Severity: 'LOW' }]).NonCompliance)
      .toBe('LOW KNOWN_CHECK 0/0');
  });

  test.each(
    ['COMPLETED_COMPLIANT', 'FAILED', 'CANCELED', 'IN_PROGRESS', 'WAITING_FOR_DATA_COLLECTION'] as const,
  )('does not list a check that is %s', (checkRunStatus) => {
    const task = { auditDetails: { KNOWN_CHECK: { checkRunStatus, nonCompliantResourcesCount: 1 } } };

    expect(reportAudit('task', task, [{ Name: 'KNOWN_CHECK', Severity: 'LOW' }]).NonCompliance).toBe('');
  });

  test('takes a list of exactly 1000 characters whole, and cuts a longer one at an entry', () => {
    const [first, second] = ['A', 'B'].map(
      (letter) => letter.repeat(500 - 'HIGH '.length - ' 1000000/2000000'.length - 1),
    );

    expect(nonComplianceOf(first, second)).toHaveLength(1000);
    expect(nonComplianceOf(first, `${second}B`)).toBe(`HIGH ${first} 1000000/2000000; and 1 more`);
  });

  test('counts the checks when not even one name has room', () => {
    expect(nonComplianceOf('A'.repeat(1000))).toBe('1 check');
    expect(nonComplianceOf('A'.repeat(1000), 'B'.repeat(1000), 'C'.repeat(1000))).toBe('3 checks');
  });

  test.each([
    1, 2, 10, 17, 40, 200,
  ])('of %d checks with long names stays within what an answer and an output can hold', (count) => {
    const names = Array.from(
      { length: count },
      (_, number) => `A_CHECK_WITH_A_VERY_LONG_NAME_THAT_THE_LIBRARY_DOES_NOT_KNOW_${'X'.repeat(number)}_CHECK`,
    );

    expect(nonComplianceOf(...names).length).toBeLessThanOrEqual(1000);
    expect(Buffer.byteLength(JSON.stringify(reportAudit('task', taskOf(...names), [])))).toBeLessThan(2000);
  });
});

describe('the checks that a gate was to judge and the audit left out', () => {
  const judged = (Name: string, Severity: string) => ({ Name, Severity, Judged: 'true' });
  const notAuditedOf = (task: object, ...checks: AuditedCheck[]) => reportAudit('task', task, checks).ChecksNotAudited;

  test('are listed, the worst first, and no other', () => {
    expect(notAuditedOf(
      taskOf('A_CHECK'), judged('B_CHECK', 'HIGH'), judged('A_CHECK', 'LOW'), { Name: 'D_CHECK', Severity: 'LOW' },
      judged('C_CHECK', 'CRITICAL'),
    ))
      .toBe('CRITICAL C_CHECK; HIGH B_CHECK');
  });

  test('are none if AWS tells nothing about the audit', () => {
    expect(notAuditedOf({}, judged('A_CHECK', 'LOW'))).toBe('');
  });

  test('are listed in at most 500 characters', () => {
    const checks = Array.from(
      { length: 17 }, (_, number) => judged(`${'X'.repeat(50)}_${String(number).padStart(2, '0')}_CHECK`, 'HIGH'),
    );

    const listed = String(notAuditedOf(taskOf('A_CHECK'), ...checks));
    expect(listed.length).toBeLessThanOrEqual(500);
    expect(listed).toMatch(/; and 10 more$/);
  });
});
