import { bypassed, Bypassed, confirms, deniesMqttWildcards, MadeStatement } from './misconfiguration-by-enumeration';
import { MisconfigurationPolicies } from './misconfiguration-policies';
import { AuditCheck } from '../../../src';
import { Finding, Verdict } from '../../../src/validation/finding';
import { SeededRandom } from '../../support/random';
import { document, findingsIn, policyTemplate } from '../support/findings';

/** More by hand: `EVALUATED_POLICIES=50000 EVALUATION_SEED=7 npx jest test/validation/evaluation`. */
const COUNT = Number(process.env.EVALUATED_POLICIES ?? 3_000);
const SEED = Number(process.env.EVALUATION_SEED ?? 1);

const CHECK = AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION;
const WILDCARDS = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';
const BYPASS = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

/** Policies that take too long are undecided, and say so. */
const GIVEN_UP = /more wildcards in its topics than can be compared/;

interface Disagreement {
  readonly kind: 'false alarm' | 'miss' | 'doubt without a reason' | 'missed doubt' | 'other wildcards';
  readonly found: readonly string[];
  readonly statements: readonly MadeStatement[];
}

/** True if a message names a filter and a topic, and a client's name where one decides, that prove it. */
function isProven(statements: readonly MadeStatement[], why: string): boolean {
  const [, filter, topic] = /subscription to '(.*?)'.*? brings messages of '(.*?)'/.exec(why) ?? [];
  const [, client] = /may be '(.*?)'/.exec(why) ?? [];
  return filter !== undefined && confirms(statements, filter, topic, client);
}

function compare(statements: readonly MadeStatement[], findings: readonly Finding[]): Disagreement['kind'] | undefined {
  const codes = findings.map(({ reasonCode }) => reasonCode);
  if (codes.includes(WILDCARDS) !== deniesMqttWildcards(statements)) return 'other wildcards';
  const expected = bypassed(statements);
  const finding = findings.find(({ reasonCode }) => reasonCode === BYPASS);
  // Topics that are longer than those that are tried prove a finding as well.
  if (finding) return isProven(statements, finding.why) ? undefined : 'false alarm';
  if (expected === Bypassed.ALWAYS) return 'miss';
  const open = findings.find(({ verdict }) => verdict === Verdict.UNDECIDED);
  if (open && GIVEN_UP.test(open.why)) return undefined;
  if (open) return isProven(statements, open.why) ? undefined : 'doubt without a reason';
  // What is wrong already is not judged further.
  return expected === Bypassed.SOMETIMES && !codes.includes(WILDCARDS) ? 'missed doubt' : undefined;
}

test(`${COUNT} made policies are judged as trying all filters and topics judges them`, () => {
  const policies = new MisconfigurationPolicies(new SeededRandom(SEED));
  const counts: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  let givenUp = 0;
  for (let index = 0; index < COUNT; index++) {
    const statements = policies.next();
    const findings = findingsIn(CHECK, policyTemplate(document(...statements)));
    const kind = compare(statements, findings);
    if (kind) disagreements.push({ kind, found: findings.map(({ verdict, why }) => `${verdict}: ${why}`), statements });
    if (findings.some(({ why }) => GIVEN_UP.test(why))) givenUp++;
    for (const { verdict } of findings) counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  const count = (kind: string) => disagreements.filter((each) => each.kind === kind).length;
  process.stdout.write(`misconfiguration: ${COUNT} policies, seed ${SEED}, ${JSON.stringify(counts)}, `
    + `${disagreements.length} disagreements, ${count('false alarm')} false alarms, ${count('miss')} misses, `
    + `${count('missed doubt')} missed doubts, `
    + `${givenUp} given up\n`);
  expect(disagreements.slice(0, 3)).toEqual([]);
  expect(givenUp).toBeLessThanOrEqual(COUNT / 1_000);
});
