import { findingsIn, verdictOn } from './support/findings';
import { REAL_SHAPED_TEMPLATES } from './support/real-shaped-templates';
import { Verdict } from '../../src/validation/finding';

test.each(REAL_SHAPED_TEMPLATES.map((template) => [template.name, template.verdict, template] as const))(
  '%s: %s', (_, expected, { check, body }) => {
    const findings = findingsIn(check, body);
    expect([verdictOn(findings), findings.map(({ why }) => why)]).toEqual([expected, findings.map(({ why }) => why)]);
    // What no check looked at would be compliant as well.
    expect(findings.length).toBeGreaterThan(0);
  });

test('only what a deployer or a device chooses freely, or what a condition decides, is undecided', () => {
  const undecided = REAL_SHAPED_TEMPLATES.filter(({ check, body }) =>
    verdictOn(findingsIn(check, body)) === Verdict.UNDECIDED);
  process.stdout.write(`Templates as teams write them: ${REAL_SHAPED_TEMPLATES.length}, undecided: ${undecided.length}\n`);
  expect(undecided.map(({ name }) => name)).toEqual([
    'an environment that anybody chooses',
    'debugging in development only',
    'fleet provisioning with a policy for the serial number that the device sends',
    'a gateway with a managed policy that a parameter names',
  ]);
});
