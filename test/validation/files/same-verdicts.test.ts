import { AuditCheck } from '../../../src';
import { readTemplateFiles } from '../../../src/validation/files/template-files';
import { parseText } from '../../../src/validation/files/template-text';
import { auditTemplates } from '../../../src/validation/template-audit';
import { AWS_EXAMPLES } from '../support/aws-examples';
import { GeneratedTemplates } from '../support/generated-templates';
import { writtenInYaml } from '../support/written-in-yaml';

const CHECK_NAMES = AuditCheck.all().map(({ checkName }) => checkName);

/** All that is reported about a template. */
function reportOn(text: string): unknown[] {
  const fleet = readTemplateFiles([{ name: 'fleet', text }], { values: {}, defaults: false });
  const findings = auditTemplates(fleet, {
    checkNames: CHECK_NAMES,
    everywhere: true,
    thresholds: new Map(),
    facts: { loggingEnabledElsewhere: false, provisioningParametersValidated: false },
  });
  return findings.map(({ check, verdict, resource, reasonCode, locations, why, fix }) =>
    [check?.checkName, verdict, resource?.logicalId, reasonCode, locations, why, fix]);
}

const STYLES = [
  { isShort: false, isFlow: false }, { isShort: true, isFlow: false }, { isShort: true, isFlow: true },
];

const generated = new GeneratedTemplates(411);
const TEMPLATES: readonly string[] = [
  ...new Set(AWS_EXAMPLES.map(({ template }) => JSON.stringify(template))),
  ...Array.from({ length: 120 }, () => generated.next()).filter(isReadable),
];

/** True for what is JSON, and no attempt to take long. */
function isReadable(text: string): boolean {
  if (text.length > 20_000) return false;
  try {
    return Object.keys(parseText(text).json as object).length > 0 && text.startsWith('{') && text.endsWith('}');
  } catch {
    return false;
  }
}

/** What is reported about each template in JSON: the same for every style of YAML. */
const inJson = new Map(TEMPLATES.map((text) => [text, reportOn(text)]));

test.each(STYLES)('a template has the same findings in JSON and in YAML: %j', (style) => {
  let findings = 0;
  for (const [text, expected] of inJson) {
    const json = JSON.parse(text);
    const yaml = writtenInYaml(json, style);
    expect({ yaml, report: reportOn(yaml) }).toEqual({ yaml, report: expected });
    if (!style.isShort) expect(parseText(yaml).json).toEqual(json);
    findings += expected.length;
  }
  expect(findings).toBeGreaterThan(TEMPLATES.length);
});

test('the templates in YAML are written with tags', () => {
  const tags = new Set(TEMPLATES.flatMap((text) =>
    writtenInYaml(JSON.parse(text), STYLES[1]).match(/(?<=[ -])![A-Za-z]+(?= |$)/gm) ?? []));
  expect([...tags]).toEqual(expect.arrayContaining(['!Ref', '!GetAtt', '!Sub', '!Join', '!If', '!FindInMap', '!Condition']));
});
