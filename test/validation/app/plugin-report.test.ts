import { AuditSeverity } from '../../../src';
import { CHECK_TABLE } from '../../../src/checks/check-table';
import { unwrittenFileViolation, violationOf } from '../../../src/validation/app/plugin-report';
import { Finding, Verdict } from '../../../src/validation/finding';

const HOSTILE = 'as \u202edesired\u009b31m';
const SHOWN = 'as \\u{202E}desired\\u{9B}31m';

test('a violation shows what a template would hide', () => {
  const finding: Finding = {
    check: CHECK_TABLE.LOGGING_DISABLED, verdict: Verdict.NON_COMPLIANT, why: `'${HOSTILE}' is not logged`,
    fix: `log '${HOSTILE}'`,
    locations: [['Properties', HOSTILE]], templatePath: 'template.json',
  };

  const { description, fix, violatingResources } = violationOf(finding, {
    failOn: AuditSeverity.LOW, failOnUndecided: false,
  });

  expect(description).toBe(`LOW LOGGING_DISABLED_CHECK non-compliant at Properties.${SHOWN}: '${SHOWN}' is not logged`);
  expect(fix).toMatch(`log '${SHOWN}' (https://`);
  expect(violatingResources[0].locations).toEqual([`Properties.${SHOWN}`]);
  expect(unwrittenFileViolation(HOSTILE, new Error(HOSTILE)).description)
    .toBe(`The findings could not be written to ${SHOWN}: ${SHOWN}`);
});

test('a remark never fails', () => {
  const remark: Finding = { verdict: Verdict.REMARK, why: 'The statement allows nothing', locations: [['Properties']] };
  expect(violationOf(remark, { failOn: AuditSeverity.LOW, failOnUndecided: true })).toMatchObject({
    ruleName: 'STATEMENT_WITHOUT_EFFECT',
    severity: 'info',
    description: 'STATEMENT_WITHOUT_EFFECT worth a look at Properties: The statement allows nothing',
  });
});
