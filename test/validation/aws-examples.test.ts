import { AWS_EXAMPLES } from './support/aws-examples';
import { findingsIn, verdictOn } from './support/findings';

const results = AWS_EXAMPLES.map(({ check, example, template, verdict, reasonCodes }) => {
  const findings = findingsIn(check, template);
  return {
    name: `${check.checkName}: ${example}`,
    verdict,
    reasonCodes,
    found: verdictOn(findings),
    codes: findings.flatMap(({ reasonCode }) => reasonCode ?? []),
  };
});

test.each(results)('$name is $verdict', ({ verdict, found, reasonCodes = [], codes }) => {
  expect(found).toBe(verdict);
  // A role with iot:* has all other faults, too.
  if (codes.length < 3) expect(codes).toEqual(reasonCodes);
  else expect(codes).toEqual(expect.arrayContaining([...reasonCodes]));
});

test('every example of AWS gets the verdict of AWS', () => {
  const disagreements = results.filter(({ verdict, found }) => verdict !== found).map(({ name }) => name);
  process.stdout.write(`AWS's examples: ${results.length}, disagreements: ${disagreements.length}\n`);
  expect(disagreements).toEqual([]);
  expect(results.length).toBe(103);
});
