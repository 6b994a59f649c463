/**
 * Makes random templates, to see if any makes the checks at synth throw or take long:
 * npx tsx bench/synth-checks-fuzz.ts [cases] [seed]
 *
 * Each check is carried out by itself on each template; of every hundredth template the plugin also writes its report
 * and a SARIF file. The longest check of the AWS IoT policies of a template, of which it has up to eight, is an upper
 * bound for one of them; roles have several policies each.
 *
 * The hostile templates of the tests follow, which are made to take long: the slowest are named.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AuditCheck, DeviceDefenderChecks } from '../src';
import { carryOut, isTemplateCheck } from '../src/validation/template-audit';
import { CheckContext } from '../src/validation/template-check';
import { FleetTemplates } from '../src/validation/templates/fleet-templates';
import { Outcomes } from '../src/validation/templates/outcomes';
import { isJsonObject, JsonObject, Template } from '../src/validation/templates/template';
import { GeneratedTemplates } from '../test/validation/support/generated-templates';
import { HOSTILE_TEMPLATES } from '../test/validation/support/hostile-templates';

const CASES = Number(process.argv[2] ?? 100_000);
const SEED = Number(process.argv[3] ?? 1);
const LONGEST_MS = 1_000;
const LONGEST_HOSTILE_MS = 20_000;
const FILES_EVERY = 100;

/** Hostile templates to name. */
const SLOWEST = 5;

/** Until then the code is still being compiled. */
const WARM_UP = 200;

const POLICY_CHECKS = [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION];
const checks = AuditCheck.all().filter(({ checkName }) => isTemplateCheck(checkName));
const generated = new GeneratedTemplates(SEED);
const verdicts: Record<string, number> = {};
let unreadable = 0;
let crashes = 0;
let files = 0;
const longest = {
  policies: { milliseconds: 0, round: 0, checkName: '' }, others: { milliseconds: 0, round: 0, checkName: '' },
};
const directory = mkdtempSync(join(tmpdir(), 'synth-checks-fuzz-'));
const started = performance.now();

for (let round = 0; round < CASES; round++) {
  const text = generated.next();
  if (round % FILES_EVERY === 0) checkFile(text, `case ${round}`);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    unreadable++;
    continue;
  }
  if (!isJsonObject(body)) {
    unreadable++;
    continue;
  }
  const context = contextFor(body, round);
  for (const check of checks) {
    const milliseconds = timeOf(check, context, `case ${round}`);
    const kind = POLICY_CHECKS.includes(check) ? 'policies' : 'others';
    if (milliseconds > longest[kind].milliseconds && round >= WARM_UP) {
      longest[kind] = { milliseconds, round, checkName: check.checkName };
    }
  }
}
const generatedSeconds = secondsSince(started);

const hostile = Object.entries(HOSTILE_TEMPLATES).map(([name, make]) => {
  const body = make() as JsonObject;
  const milliseconds = checks.map((check) => timeOf(check, contextFor(body, 0), name));
  checkFile(JSON.stringify(body), name);
  return { name, milliseconds: milliseconds.reduce((sum, each) => sum + each, 0) };
}).sort((one, other) => other.milliseconds - one.milliseconds);
rmSync(directory, { recursive: true });

function contextFor(body: JsonObject, round: number): CheckContext {
  const fleet = new FleetTemplates([new Template({ templateId: 'Fleet', body })], [],
    { values: {}, defaults: round % 7 === 0 });
  return {
    fleet,
    outcomes: new Outcomes(fleet),
    thresholds: new Map(),
    now: new Date(),
    facts: { loggingEnabledElsewhere: false, provisioningParametersValidated: round % 2 === 0 },
  };
}

/** Carries out a check, and returns the milliseconds of processor time that it takes. */
function timeOf(check: AuditCheck, context: CheckContext, name: string): number {
  const begun = process.cpuUsage();
  for (const { verdict, why } of carryOut([check.checkName], context).findings) {
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    if (!why.includes('could not be carried out')) continue;
    crashes++;
    console.log(`${name}: ${check.checkName}: ${why}`);
  }
  return process.cpuUsage(begun).user / 1000;
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(1);
}

function checkFile(text: string, name: string): void {
  const file = join(directory, 'template.json');
  writeFileSync(file, text);
  try {
    const { violations } = new DeviceDefenderChecks({
      sarifFile: join(directory,
        'findings.sarif'),
    }).checkTemplates(file);
    if (violations.some(({ ruleName }) => ruleName === 'SARIF_FILE')) {
      throw new Error('the SARIF file could not be written');
    }
  } catch (error) {
    crashes++;
    console.log(`${name}: ${String(error)}`);
  }
  files++;
}

console.log(`${CASES} templates (seed ${SEED}) in ${generatedSeconds} s, ${files} of them with report and SARIF file: `
  + `${JSON.stringify(verdicts)}, ${unreadable} unreadable`);
console.log(`crashes: ${crashes}`);
for (const [kind, { milliseconds, round, checkName }] of Object.entries(longest)) {
  console.log(
    `longest check of ${kind}: ${milliseconds.toFixed(1)} ms of processor time (case ${round}, ${checkName})`,
  );
}
console.log(`${hostile.length} hostile templates, all checks of each; the slowest:`);
for (const { name, milliseconds } of hostile.slice(0, SLOWEST)) console.log(`  ${milliseconds.toFixed(0)} ms: ${name}`);
const isTooLong = hostile[0].milliseconds > LONGEST_HOSTILE_MS || longest.policies.milliseconds > LONGEST_MS;
if (crashes > 0 || isTooLong) process.exitCode = 1;
