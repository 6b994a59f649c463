import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, Body, document, findingsIn, policyTemplate, roleAliasTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const REGION = { Ref: 'AWS::Region' };
const inMap = (first: unknown, second: unknown, ...more: unknown[]) => ({ 'Fn::FindInMap': ['Fleet', first, second, ...more] });
const client = (name: unknown) => ({ 'Fn::Join': ['', [arn('client/'), name]] });
const regions = (entry: (index: number) => unknown, count = 2) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`eu-west-${index + 1}`, entry(index)]));

/** The verdict on a policy for a resource that a mapping tells. */
function verdictFor(resource: unknown, Fleet: unknown, more: Body = {}): Verdict {
  return verdictOn(findingsIn(check,
    policyTemplate(document(allow('iot:Connect', resource)), { Mappings: { Fleet }, ...more })));
}

const PREFIX = regions((index) => ({ Prefix: `site${index}`, Any: '*' }));
const MIXED = regions((index) => ({ Prefix: index === 0 ? '*' : 'site' }));

test.each<[string, Verdict, unknown, unknown]>([
  ['names', COMPLIANT, client(inMap(REGION, 'Prefix')), PREFIX],
  ['a wildcard in one region', UNDECIDED, client(inMap(REGION, 'Prefix')), MIXED],
  ['a wildcard in each region', NON_COMPLIANT, client(inMap(REGION, 'Any')), PREFIX],
  ['the same in each region', COMPLIANT, client(inMap(REGION, 'Prefix')), regions(() => ({ Prefix: 'site' }))],
  ['in text', COMPLIANT, { 'Fn::Sub': [arn('client/${P}-*'), { P: inMap(REGION, 'Prefix') }] }, PREFIX],
  ['whole resources', COMPLIANT, inMap(REGION, 'Client'), regions((index) => ({ Client: arn(`client/a${index}`) }))],
  ['lists of resources', COMPLIANT, inMap(REGION, 'Clients'),
    regions((index) => ({ Clients: [arn(`client/a${index}`), arn('client/b')] }))],
  ['lists of resources, one of them broad', UNDECIDED, inMap(REGION, 'Clients'),
    regions((index) => ({ Clients: [arn('client/a'), ...index ? ['*'] : []] }))],
  ['an item of a list', COMPLIANT, { 'Fn::Select': [1, inMap(REGION, 'Clients')] },
    regions((index) => ({ Clients: ['*', arn(`client/${index}`)] }))],
  ['by account', COMPLIANT, client(inMap({ Ref: 'AWS::AccountId' }, 'Prefix')), PREFIX],
  ['by an open row and column', COMPLIANT, client(inMap(REGION, { Ref: 'AWS::Partition' })),
    regions((index) => ({ 'aws': `a${index}`, 'aws-cn': `b${index}` }))],
  ['an open row and column, one of them a wildcard', UNDECIDED, client(inMap(REGION, { Ref: 'AWS::Partition' })),
    regions((index) => ({ 'aws': `a${index}`, 'aws-cn': index ? '*' : 'b' }))],
  ['regions without the entry, in which the deployment fails', COMPLIANT, client(inMap(REGION, 'Prefix')),
    { ...PREFIX, 'us-east-1': { Other: 'a' } }],
  ['a region without the entry, with a default', COMPLIANT, client(inMap(REGION, 'Prefix', { DefaultValue: 'site' })),
    { ...PREFIX, 'us-east-1': { Other: 'a' } }],
  ['a region without the entry, with a wildcard as default', UNDECIDED,
    client(inMap(REGION, 'Prefix', { DefaultValue: '*' })), PREFIX],
  ['a row that does not exist', UNDECIDED, client(inMap('nowhere', 'Prefix')), PREFIX],
  ['a row that every object inherits', UNDECIDED, client(inMap('constructor', 'name')), PREFIX],
  ['an entry that is an object', UNDECIDED, client(inMap(REGION, 'Prefix')), regions(() => ({ Prefix: { a: '*' } }))],
  ['a function, which no mapping may hold', UNDECIDED, client(inMap(REGION, 'Prefix')),
    regions(() => ({ Prefix: { Ref: 'AWS::StackName' } }))],
  ['a mapping that is no object', UNDECIDED, client(inMap(REGION, 'Prefix')), 'site'],
  ['all regions that there are', COMPLIANT, client(inMap(REGION, 'Prefix')),
    regions((index) => ({ Prefix: `site${index}` }), 40)],
  ['all regions that there are, one of them with a wildcard', UNDECIDED, client(inMap(REGION, 'Prefix')),
    regions((index) => ({ Prefix: index === 39 ? '*' : `site${index}` }), 40)],
  ['whole resources of all regions', COMPLIANT, inMap(REGION, 'Client'),
    regions((index) => ({ Client: arn(`client/a${index}`) }), 40)],
  ['lists of resources of all regions', COMPLIANT, inMap(REGION, 'Clients'),
    regions((index) => ({ Clients: [arn(`client/a${index}`), arn('client/b')] }), 40)],
  ['whole resources of all regions, one of them broad', UNDECIDED, inMap(REGION, 'Client'),
    regions((index) => ({ Client: index === 39 ? '*' : arn(`client/a${index}`) }), 40)],
])('a mapping by what the deployment tells is judged for each row: %s: %s', (_, verdict, resource, mapping) => {
  expect(verdictFor(resource, mapping)).toBe(verdict);
});

test('the rows that a parameter allows are the only ones', () => {
  const Parameters = { Env: { Type: 'String', AllowedValues: ['dev', 'prod'] } };
  const mapping = { dev: { Prefix: 'a' }, prod: { Prefix: 'b' }, test: { Prefix: '*' } };
  expect(verdictFor(client(inMap({ Ref: 'Env' }, 'Prefix')), mapping, { Parameters })).toBe(COMPLIANT);
  expect(verdictFor(client(inMap({ Ref: 'Any' }, 'Prefix')), mapping, { Parameters: { Any: { Type: 'String' } } }))
    .toBe(UNDECIDED);
});

test('a region has the same row in all mappings', () => {
  const two = (name: string) => ({ 'Fn::FindInMap': [name, REGION, 'P'] });
  const template = (other: Record<string, unknown>) => policyTemplate(
    document(allow('iot:Connect', { 'Fn::Join': ['', [arn('client/'), two('One'), two('Other')]] })),
    { Mappings: { One: { a: { P: '*' }, b: { P: 'pump' } }, Other: other } });
  // Where one has the wildcard, the other has a name, as far as AWS's page is concerned.
  expect(findingsIn(check, template({ a: { P: '*' }, b: { P: '-1' } })).map(({ verdict }) => verdict)).toEqual([UNDECIDED]);
  const swapped = policyTemplate(document(
    allow({ 'Fn::FindInMap': ['One', REGION, 'Action'] }, { 'Fn::FindInMap': ['Other', REGION, 'Resource'] })), {
    Mappings: {
      One: { a: { Action: 'iot:Connect' }, b: { Action: 'iot:DescribeEndpoint' } },
      Other: { a: { Resource: arn('client/a') }, b: { Resource: '*' } },
    },
  });
  expect(verdictOn(findingsIn(check, swapped))).toBe(COMPLIANT);
});

test('mappings of the actions and services of a role', () => {
  const role = (Action: unknown) =>
    roleAliasTemplate({ Policies: [{ PolicyName: 'P', PolicyDocument: document(allow(Action, '*')) }] });
  const judged = (Action: unknown, Fleet: unknown) =>
    verdictOn(findingsIn(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, { ...role(Action), Mappings: { Fleet } }));
  expect(judged(inMap(REGION, 'Actions'), regions(() => ({ Actions: ['s3:GetObject'] })))).toBe(COMPLIANT);
  expect(judged(inMap(REGION, 'Actions'), regions((index) => ({ Actions: [['s3:*', 'dynamodb:*'][index]] }))))
    .toBe(NON_COMPLIANT);
});
