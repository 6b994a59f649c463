import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const page = readFileSync(join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');

/** What CloudFormation, IAM or AWS IoT say, or what is seen in the account. */
const NOT_OURS = [
  'The AccountAuditConfiguration already exists',
  'The V2LoggingOptions already exists',
  'is not authorized to perform: iam:PassRole',
  'A check is not run, or INSUFFICIENT_PERMISSIONS',
  'No notification comes',
  'An alarm stays at INSUFFICIENT_DATA',
  'A message is in the dead-letter queue',
];

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8').replaceAll("\\'", "'"))
  .join('\n');

const headlines = [...page.matchAll(/^### (.*)$/gm)].map(([, text]) => text);

test('each headline is a message of this library, or one of those that are not', () => {
  expect(headlines.filter((text) => !sources.includes(text))).toEqual(NOT_OURS);
});

test('each warning is explained, and no other', () => {
  const explained = [...page.matchAll(/^\| `(cdk-iot-fleet-audit:\w+)`/gm)].map(([, id]) => id);
  const warnings = [...sources.matchAll(/'(cdk-iot-fleet-audit:\w+)'/g)].map(([, id]) => id);
  // One id is made of the type of which there are two.
  const made = ['cdk-iot-fleet-audit:secondAccountAuditConfiguration', 'cdk-iot-fleet-audit:secondLogging'];

  expect([...new Set(explained)].sort()).toEqual([...new Set([...warnings, ...made])].sort());
});
