import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { Body, findingsIn, findingsInStacks } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const check = AuditCheck.DEVICE_CERTIFICATE_SHARED;
const CERTIFICATE_ARN = 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:cert/${Certificate}';
const CERTIFICATE = { 'Fn::GetAtt': ['Certificate', 'Arn'] };

const attachment = (Principal: unknown, ThingName: unknown, more: Body = {}) => ({
  Type: 'AWS::IoT::ThingPrincipalAttachment', Properties: { Principal, ThingName }, ...more,
});

function verdicts(...attachments: Body[]) {
  return findingsIn(check, {
    Parameters: { One: { Type: 'String' }, Other: { Type: 'String' }, List: { Type: 'CommaDelimitedList' } },
    Mappings: { Map: { a: { x: 'arn:x', y: 'arn:y' } } },
    Conditions: { Open: { 'Fn::Equals': [{ Ref: 'One' }, 'a'] }, Closed: { 'Fn::Not': [{ Condition: 'Open' }] } },
    Resources: {
      Certificate: { Type: 'AWS::IoT::Certificate' },
      First: { Type: 'AWS::IoT::Thing' },
      Second: { Type: 'AWS::IoT::Thing' },
      ...Object.fromEntries(attachments.map((item, index) => [`Attachment${index}`, item])),
    },
  }).map(({ verdict }) => verdict);
}

test.each<[string, Verdict[], Body[]]>([
  ['one thing', [COMPLIANT], [attachment(CERTIFICATE, 'a')]],
  ['one thing twice', [COMPLIANT, COMPLIANT], [attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, 'a')]],
  ['two names', [NON_COMPLIANT, NON_COMPLIANT], [attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, 'b')]],
  ['two things of the template', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment(CERTIFICATE, { Ref: 'First' }), attachment(CERTIFICATE, { Ref: 'Second' })]],
  ['a name and a thing of the template', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, { Ref: 'Second' })]],
  ['an ARN', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment('arn:cert', 'a'), attachment({ 'Fn::Join': [':', ['arn', 'cert']] }, 'b')]],
  ['a certificate in two ways', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment(CERTIFICATE, 'a'), attachment({ 'Fn::Sub': CERTIFICATE_ARN }, 'b')]],
  ['an id in two ways', [NON_COMPLIANT, NON_COMPLIANT], [
    attachment({ 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:cert/c0ffee' }, 'a'),
    attachment({ 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:cert/c0ffee' }, 'b'),
  ]],
  ['an id in two regions', [COMPLIANT, COMPLIANT], [
    attachment('arn:aws:iot:eu-west-1:123456789012:cert/c0ffee', 'a'),
    attachment('arn:aws:iot:us-east-1:123456789012:cert/c0ffee', 'b'),
  ]],
  ['a thing that may be the same', [UNDECIDED, UNDECIDED],
    [attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, { Ref: 'One' })]],
  ['two things, and one that may be either', [NON_COMPLIANT, NON_COMPLIANT, UNDECIDED], [
    attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, 'b'), attachment(CERTIFICATE, { Ref: 'One' }),
  ]],
  ['the same parameter', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment({ Ref: 'One' }, 'a'), attachment({ Ref: 'One' }, 'b')]],
  ['parameters that may be the same', [UNDECIDED, UNDECIDED],
    [attachment({ Ref: 'One' }, 'a'), attachment({ Ref: 'Other' }, 'b')]],
  ['two of a list', [UNDECIDED, UNDECIDED],
    [attachment({ 'Fn::Select': [0, { Ref: 'List' }] }, 'a'), attachment({ 'Fn::Select': [1, { Ref: 'List' }] }, 'b')]],
  ['two entries of a mapping, which differ in each of its rows', [COMPLIANT, COMPLIANT],
    ['x', 'y'].map((key) => attachment({ 'Fn::FindInMap': ['Map', { Ref: 'One' }, key] }, key))],
  ['two imports with open names', [UNDECIDED, UNDECIDED],
    ['x', 'y'].map((key) => attachment({ 'Fn::ImportValue': { 'Fn::Sub': `\${One}-${key}` } }, key))],
  ['the same import', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment({ 'Fn::ImportValue': 'x' }, 'a'), attachment({ 'Fn::ImportValue': 'x' }, 'b')]],
  ['the same dynamic reference', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment('{{resolve:ssm:x}}', 'a'), attachment('{{resolve:ssm:x}}', 'b')]],
  ['other dynamic references', [UNDECIDED, UNDECIDED],
    [attachment('{{resolve:ssm:x}}', 'a'), attachment('{{resolve:ssm:y}}', 'b')]],
  ['a parameter alone', [COMPLIANT], [attachment({ Ref: 'One' }, 'a')]],
  ['two principals', [COMPLIANT, COMPLIANT], [attachment('arn:one', 'a'), attachment('arn:other', 'b')]],
  ['one under a condition', [UNDECIDED, NON_COMPLIANT],
    [attachment(CERTIFICATE, 'a'), attachment(CERTIFICATE, 'b', { Condition: 'Open' })]],
  ['one or the other', [COMPLIANT, COMPLIANT],
    [attachment(CERTIFICATE, 'a', { Condition: 'Closed' }), attachment(CERTIFICATE, 'b', { Condition: 'Open' })]],
  ['one or the other principal', [UNDECIDED, UNDECIDED],
    [attachment({ 'Fn::If': ['Open', CERTIFICATE, 'arn:other'] }, 'a'), attachment('arn:other', 'b')]],
  ['one or the other thing', [NON_COMPLIANT, NON_COMPLIANT],
    [attachment(CERTIFICATE, { 'Fn::If': ['Open', 'a', 'c'] }), attachment(CERTIFICATE, 'b')]],
  ['no principal', [COMPLIANT], [attachment(undefined, 'a')]],
])('%s: %j', (_, expected, attachments) => {
  expect(verdicts(...attachments)).toEqual(expected);
});

const IDENTITY = 'eu-west-1:7f3c2a10-aaaa-4bbb-8ccc-0123456789ab';
const attached = (principal: unknown) => [attachment(principal, 'a'), attachment(principal, 'b')];

test.each<[string, Verdict, unknown]>([
  ['a Cognito identity', COMPLIANT, IDENTITY],
  ['an identity in the region of the stack', COMPLIANT, { 'Fn::Sub': `\${AWS::Region}:${IDENTITY.split(':')[1]}` }],
  ['an identity whose region is open', COMPLIANT, { 'Fn::Join': [':', [{ Ref: 'One' }, IDENTITY.split(':')[1]]] }],
  ['an identity whose id is open', COMPLIANT, { 'Fn::Sub': 'eu-west-1:${One}' }],
  ['an identity in both outcomes', COMPLIANT, { 'Fn::If': ['Open', IDENTITY, IDENTITY.replace('7f', '8f')] }],
  ['another resource', COMPLIANT, { Ref: 'First' }],
  ['an ARN of another service', COMPLIANT, 'arn:aws:sts::123456789012:federated-user/pump'],
  ['an identity or a certificate', UNDECIDED, { 'Fn::If': ['Open', IDENTITY, CERTIFICATE] }],
  ['text that is open', NON_COMPLIANT, { 'Fn::Sub': '${One}:${Other}' }],
  ['a certificate of another stack', NON_COMPLIANT, 'arn:aws:iot:eu-west-1:123456789012:cert/c0ffee'],
])('a principal of two things that is %s: %s', (_, expected, principal) => {
  expect(verdicts(...attached(principal))).toEqual([expected, expected]);
});

test.each<[unknown, Verdict]>([
  ['ACTIVE', NON_COMPLIANT],
  ['PENDING_TRANSFER', NON_COMPLIANT],
  ['INACTIVE', COMPLIANT],
  ['REVOKED', COMPLIANT],
  ['PENDING_ACTIVATION', COMPLIANT],
  [{ 'Fn::If': ['Open', 'REVOKED', 'INACTIVE'] }, COMPLIANT],
  [{ 'Fn::If': ['Open', 'ACTIVE', 'PENDING_TRANSFER'] }, NON_COMPLIANT],
  [{ 'Fn::If': ['Open', 'ACTIVE', 'INACTIVE'] }, UNDECIDED],
  [{ Ref: 'One' }, UNDECIDED],
  [{ 'Fn::Sub': '${One}ACTIVE' }, UNDECIDED],
  ['Active', UNDECIDED],
])('a certificate of two things whose status is %j: %s', (Status, expected) => {
  const body = {
    Parameters: { One: { Type: 'String' } },
    Conditions: { Open: { 'Fn::Equals': [{ Ref: 'One' }, 'a'] } },
    Resources: {
      Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status } },
      One: attachment(CERTIFICATE, 'a'),
      Two: attachment({ 'Fn::Sub': CERTIFICATE_ARN }, 'b'),
      Other: attachment('arn:aws:iot:eu-west-1:123456789012:cert/c0ffee', 'b'),
    },
  };
  expect(findingsIn(check, body).map(({ verdict }) => verdict)).toEqual([expected, expected, COMPLIANT]);
});

test('says that the status of the certificate is open', () => {
  const why = (Status: unknown) => findingsIn(check, {
    Parameters: { Status: { Type: 'String' } },
    Resources: {
      Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status } },
      One: attachment(CERTIFICATE, 'a'),
      Two: attachment(CERTIFICATE, 'b'),
    },
  })[0].why;
  const start = 'Whether devices connect with the principal of several things (One, Two) depends on';
  expect(why({ Ref: 'Status' })).toBe(`${start} the status of the certificate`);
  expect(why('active')).toBe(`${start} the status 'active', which AWS IoT does not have`);
});

test('a principal that is open is no Cognito identity of other things, nor a certificate that is not active', () => {
  expect(verdicts(attachment({ Ref: 'One' }, 'a'), ...attached(IDENTITY))).toEqual([COMPLIANT, COMPLIANT, COMPLIANT]);
  expect(verdicts(attachment({ Ref: 'One' }, 'a'), attachment(CERTIFICATE, 'b'))).toEqual([UNDECIDED, COMPLIANT]);
});

test('names the attachments, and says what an undecided one depends on', () => {
  const why = (...attachments: Body[]) => findingsIn(check, {
    Parameters: { One: { Type: 'String' } },
    Resources: Object.fromEntries(attachments.map((item, index) => [`Attachment${index}`, item])),
  }).map((finding) => finding.why);
  expect(why(attachment('arn:one', 'a'), attachment('arn:one', 'b'))).toEqual(Array(2).fill(
    'The principal is attached to several things (Attachment0, Attachment1)'));
  expect(why(attachment('arn:one', 'a'), attachment('arn:one', { Ref: 'One' }))).toEqual(Array(2).fill(
    'Whether the principal is attached to several things (Attachment0, Attachment1) depends on conditions or names '
      + 'that are only known at deployment'));
  expect(why(attachment('arn:one', 'a'), attachment({ Ref: 'One' }, 'b'))).toEqual([
    '', 'The principal depends on the parameter One and may be that of another thing',
  ]);
});

test('sees a principal that is shared across stacks', () => {
  const owner = {
    Resources: { Certificate: { Type: 'AWS::IoT::Certificate' }, Attachment: attachment(CERTIFICATE, 'a') },
    Outputs: { Arn: { Value: CERTIFICATE, Export: { Name: 'CertificateArn' } } },
  };
  const findings = findingsInStacks(check, {
    Owner: owner, Other: { Resources: { Attachment: attachment({ 'Fn::ImportValue': 'CertificateArn' }, 'b') } },
  });
  const expected = { verdict: NON_COMPLIANT, locations: [['Properties', 'Principal']] };
  expect(findings).toMatchObject(['Owner', 'Other'].map((stackConstructPath) => ({
    ...expected, template: { stackConstructPath },
  })));
});
