/**
 * Makes random templates, to see if any makes the checks at synth throw or take long:
 * npx tsx bench/synth-checks-fuzz.ts [cases] [seed]
 *
 * Each check is carried out by itself on each template; of every hundredth template the plugin also writes its report
 * and a SARIF file. The longest check of the AWS IoT policies of a template, of which it has up to eight, is an upper
 * bound for one of them; roles have several policies each.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AuditCheck, DeviceDefenderChecks } from '../src';
import { carryOut, isTemplateCheck } from '../src/validation/template-audit';
import { CheckContext } from '../src/validation/template-check';
import { FleetTemplates } from '../src/validation/templates/fleet-templates';
import { Outcomes } from '../src/validation/templates/resolver';
import { isJsonObject, Template } from '../src/validation/templates/template';
import { GeneratedTemplates } from '../test/validation/support/generated-templates';

const CASES = Number(process.argv[2] ?? 100_000);
const SEED = Number(process.argv[3] ?? 1);
const LONGEST_MS = 100;
const FILES_EVERY = 100;

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
  if (round % FILES_EVERY === 0) checkFile(text, round);
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
  const template = new Template({ templateId: 'Fleet', body });
  const fleet = new FleetTemplates([template], [], { values: {}, defaults: round % 7 === 0 });
  const context: CheckContext = {
    fleet,
    outcomes: new Outcomes(fleet),
    thresholds: new Map(),
    now: new Date(),
    facts: { loggingEnabledElsewhere: false, provisioningParametersValidated: round % 2 === 0 },
  };
  for (const check of checks) {
    const checkBegun = process.cpuUsage();
    for (const { verdict, why } of carryOut(check.checkName, context)) {
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (!why.includes('could not be carried out')) continue;
      crashes++;
      console.log(`case ${round}: ${check.checkName}: ${why}`);
    }
    const milliseconds = process.cpuUsage(checkBegun).user / 1000;
    const kind = POLICY_CHECKS.includes(check) ? 'policies' : 'others';
    if (milliseconds > longest[kind].milliseconds && round >= WARM_UP) {
      longest[kind] = {
        milliseconds, round, checkName: check.checkName,
      };
    }
  }
}
rmSync(directory, { recursive: true });

function checkFile(text: string, round: number): void {
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
    console.log(`case ${round}: ${String(error)}`);
  }
  files++;
}

const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${CASES} templates (seed ${SEED}) in ${seconds} s, ${files} of them with report and SARIF file: `
  + `${JSON.stringify(verdicts)}, ${unreadable} unreadable`);
console.log(`crashes: ${crashes}`);
for (const [kind, { milliseconds, round, checkName }] of Object.entries(longest)) {
  console.log(
    `longest check of ${kind}: ${milliseconds.toFixed(1)} ms of processor time (case ${round}, ${checkName})`,
  );
}
if (crashes > 0 || longest.policies.milliseconds > LONGEST_MS) process.exitCode = 1;
