import { Reach, reachOf, Statement } from './policy-evaluator';
import { randomStatements } from './policy-generator';
import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { SeededRandom } from '../../support/random';
import { document, findingsIn } from '../support/findings';

/** Set by hand for longer trials. */
const POLICIES = Number(process.env.EVALUATED_POLICIES ?? 2_000);
const SEED = Number(process.env.EVALUATION_SEED ?? 1);
const AT_ONCE = 500;

/** The verdicts of the check about policies. */
function verdictsOn(policies: readonly (readonly Statement[])[]): Map<string, Verdict> {
  const Resources = Object.fromEntries(policies.map((statements, index) => [`Policy${index}`, {
    Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(...statements) },
  }]));
  return new Map(findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, { Resources })
    .map(({ resource, verdict }) => [resource!.logicalId, verdict]));
}

test(`agrees with trying out ${POLICIES} random policies`, () => {
  const random = new SeededRandom(SEED);
  const falseAlarms: string[] = [];
  const misses: string[] = [];
  const silent: string[] = [];
  const unsure: string[] = [];
  let undecided = 0;
  let nonCompliant = 0;
  for (let left = POLICIES; left > 0; left -= AT_ONCE) {
    const policies = Array.from({ length: Math.min(left, AT_ONCE) }, () => randomStatements(random));
    const verdicts = verdictsOn(policies);
    policies.forEach((statements, index) => {
      const verdict = verdicts.get(`Policy${index}`)!;
      const reach = reachOf(statements);
      if (verdict === Verdict.UNDECIDED) undecided++;
      if (verdict === Verdict.NON_COMPLIANT) nonCompliant++;
      const list = verdict === Verdict.NON_COMPLIANT ? reach !== Reach.ANY && falseAlarms
        : verdict === Verdict.COMPLIANT ? (reach === Reach.ANY && misses) || (reach === Reach.SOME && silent)
          : reach === Reach.ANY && unsure;
      if (list) list.push(JSON.stringify(statements));
    });
  }
  const disagreements = falseAlarms.length + misses.length + silent.length + unsure.length;
  process.stdout.write(`evaluation: ${POLICIES} policies, seed ${SEED}, ${disagreements} disagreements, `
    + `${falseAlarms.length} false alarms, ${misses.length} misses, ${silent.length} open but silent, ${unsure.length} `
    + `certain but undecided; ${undecided} undecided, ${nonCompliant} non-compliant\n`);
  const shortest = (policies: string[]) => policies.sort((one, other) => one.length - other.length).slice(0, 5);
  expect([falseAlarms, misses, silent, unsure].map(shortest)).toEqual([[], [], [], []]);
  // Each verdict is tried often enough to mean something.
  expect(Math.min(undecided, nonCompliant, POLICIES - undecided - nonCompliant)).toBeGreaterThan(POLICIES / 20);
}, 600_000);
