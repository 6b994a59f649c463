import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { Body, findingsIn, findingsInStacks } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const check = AuditCheck.LOGGING_DISABLED;
const THING = { Thing: { Type: 'AWS::IoT::Thing' } };
const logging = (DefaultLogLevel: unknown, more: Body = {}) => ({
  Parameters: { Level: { Type: 'String' } },
  Conditions: { Open: { 'Fn::Equals': [{ Ref: 'Level' }, 'a'] }, Never: { 'Fn::Equals': ['a', 'b'] } },
  Resources: { Logging: { Type: 'AWS::IoT::Logging', Properties: { DefaultLogLevel } }, ...more },
});
const verdicts = (template: Body) => findingsIn(check, template).map(({ verdict }) => verdict);

test.each([
  ['ERROR', COMPLIANT],
  ['DEBUG', COMPLIANT],
  ['DISABLED', NON_COMPLIANT],
  [{ 'Fn::If': ['Open', 'DISABLED', 'ERROR'] }, UNDECIDED],
  [{ 'Fn::If': ['Open', 'INFO', 'ERROR'] }, COMPLIANT],
  [{ Ref: 'Level' }, UNDECIDED],
  [undefined, UNDECIDED],
  ['disabled', UNDECIDED],
  [{ 'Fn::Sub': 'DIS${Level}' }, UNDECIDED],
])('the level %j is %s', (level, expected) => {
  expect(verdicts(logging(level))).toEqual([expected]);
});

test('cannot decide on logs that are enabled for single resources', () => {
  expect(verdicts(logging('DISABLED', { More: { Type: 'AWS::IoT::ResourceSpecificLogging', Properties: {} } })))
    .toEqual([UNDECIDED]);
});

test('cannot decide where no template declares logging', () => {
  const [finding, ...others] = findingsInStacks(check, {
    One: { Resources: {} }, Two: { Resources: THING }, Three: { Resources: THING },
  });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ verdict: UNDECIDED, template: { stackConstructPath: 'Two' } });
  expect(finding.resource).toBeUndefined();
});

test('has nothing to say without resources of AWS IoT, or where logging is enabled elsewhere', () => {
  expect(findingsIn(check, { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } })).toEqual([]);
  expect(findingsIn(check, { Resources: THING }, { loggingEnabledElsewhere: true })).toEqual([]);
});

test('logging that is never made counts as undeclared', () => {
  const never = (more: Body = {}) => {
    const template = logging('ERROR', more);
    Object.assign(template.Resources.Logging, { Condition: 'Never' });
    return findingsIn(check, template).map(({ verdict, why, resource }) => [verdict, why, resource?.logicalId]);
  };
  expect(never()).toEqual([]);
  expect(never(THING)).toEqual([[
    UNDECIDED, 'No template enables the logs of AWS IoT in this account and region (AWS::IoT::Logging); they may be '
      + 'enabled elsewhere', undefined,
  ]]);
});

test('logging under a condition is undecided, unless it is enabled in every outcome', () => {
  const template = (properties: Body, more: Body = {}) => {
    const body = logging('ERROR', more);
    Object.assign(body.Resources.Logging, properties);
    return { ...body, Conditions: { ...body.Conditions, Closed: { 'Fn::Not': [{ Condition: 'Open' }] } } };
  };
  const other = (level: string) => ({
    Other: { Type: 'AWS::IoT::Logging', Condition: 'Closed', Properties: { DefaultLogLevel: level } },
  });
  const open = template({ Condition: 'Open' });
  expect(findingsIn(check, open).map(({ verdict, why }) => [verdict, why]))
    .toEqual([[UNDECIDED, 'Whether logs are enabled depends on a condition or value that is decided at deployment']]);
  expect(findingsIn(check, open, { loggingEnabledElsewhere: true }).map(({ verdict }) => verdict)).toEqual([COMPLIANT]);
  expect(verdicts(template({ Condition: 'Open' }, other('WARN')))).toEqual([COMPLIANT]);
  expect(verdicts(template({ Condition: 'Open' }, other('DISABLED')))).toEqual([UNDECIDED]);
});

test('counts logging that this library adopts', () => {
  const adopted = (DefaultLogLevel: string, more: Body = {}) => verdicts({
    Resources: { Logging: { Type: 'Custom::IotLogging', Properties: { DefaultLogLevel, ...more } }, ...THING },
  });
  expect(adopted('ERROR')).toEqual([COMPLIANT]);
  expect(adopted('DISABLED')).toEqual([NON_COMPLIANT]);
  expect(adopted('DISABLED', { Keep: 'true' })).toEqual([UNDECIDED]);
});
