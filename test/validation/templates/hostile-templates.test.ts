import { AuditCheck } from '../../../src';
import { isTemplateCheck } from '../../../src/validation/template-audit';
import { findingsIn } from '../support/findings';
import { HOSTILE_TEMPLATES } from '../support/hostile-templates';

/** Far more than any takes; the point is that it ends. */
const LONGEST_MS = 20_000;

test.each(Object.keys(HOSTILE_TEMPLATES))('a template with %s gets an answer', (name) => {
  const body = HOSTILE_TEMPLATES[name]();
  const begun = process.cpuUsage();
  const findings = AuditCheck.all().filter(({ checkName }) => isTemplateCheck(checkName))
    .flatMap((check) => findingsIn(check, body));
  expect(findings.map(({ why }) => why).filter((why) => why.includes('could not be carried out'))).toEqual([]);
  const answered = findings.filter(({ resource }) => resource?.logicalId === 'Policy').map(({ check }) => check?.checkName);
  expect(answered).toContain('IOT_POLICY_OVERLY_PERMISSIVE_CHECK');
  expect(answered).toContain('IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK');
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(LONGEST_MS);
}, 2 * LONGEST_MS);
