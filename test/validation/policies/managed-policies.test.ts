import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { AWS_MANAGED_POLICIES } from '../../../src/validation/policies/managed-policies';
import { IAM_POLICY_LIMIT, readPolicy } from '../../../src/validation/policies/policy-document';
import { Body, findingsIn, roleAliasTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const SERVICES = 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';
const ADMINISTRATION = 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS';

const findingsFor = (arn: unknown, more: Body = {}) =>
  findingsIn(check, { ...roleAliasTemplate({ ManagedPolicyArns: [arn] }), ...more });
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

test.each<[Verdict, string]>([
  [NON_COMPLIANT, 'AdministratorAccess'],
  [NON_COMPLIANT, 'PowerUserAccess'],
  [NON_COMPLIANT, 'CloudWatchLogsFullAccess'],
  [NON_COMPLIANT, 'service-role/AWSIoTThingsRegistration'],
  [NON_COMPLIANT, 'service-role/AWSGreengrassResourceAccessRolePolicy'],
  [COMPLIANT, 'AmazonS3ReadOnlyAccess'],
  [COMPLIANT, 'service-role/AWSIoTLogging'],
  [NON_COMPLIANT, 'service-role/AWSIoTRuleActions'],
  [NON_COMPLIANT, 'AWSIoTConfigReadOnlyAccess'],
  [NON_COMPLIANT, 'AWSIoTConfigAccess'],
  [NON_COMPLIANT, 'AWSIoTFullAccess'],
  [NON_COMPLIANT, 'AWSIoTDataAccess'],
  [NON_COMPLIANT, 'AWSGreengrassFullAccess'],
  [NON_COMPLIANT, 'AmazonKinesisVideoStreamsFullAccess'],
  [NON_COMPLIANT, 'AmazonDynamoDBFullAccess'],
  [NON_COMPLIANT, 'AWSIoTSiteWiseFullAccess'],
  [COMPLIANT, 'service-role/AWSLambdaBasicExecutionRole'],
  [COMPLIANT, 'CloudWatchAgentServerPolicy'],
  [COMPLIANT, 'AWSXRayDaemonWriteAccess'],
  [COMPLIANT, 'AmazonSSMManagedInstanceCore'],
  [UNDECIDED, 'SomethingThatAwsMadeYesterday'],
])('a role alias is %s with %s', (verdict, name) => {
  expect(verdictOn(findingsFor(managed(name)))).toBe(verdict);
});

test('says which policy allows what', () => {
  expect(findingsFor(managed('CloudWatchLogsFullAccess')).map(({ reasonCode, why }) => [reasonCode, why])).toEqual([
    [SERVICES, 'The role behind the alias allows logs:* on * (Role Properties.ManagedPolicyArns: CloudWatchLogsFullAccess)'],
  ]);
  expect(findingsFor(managed('service-role/AWSIoTThingsRegistration')).map(({ reasonCode }) => reasonCode))
    .toContain(ADMINISTRATION);
});

const PARTITION = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AWSIoTFullAccess' };
const named = (AllowedValues: string[]) => ({ Parameters: { Policy: { Type: 'String', AllowedValues } } });

test.each<[string, Verdict, unknown, Body]>([
  ['of another partition', NON_COMPLIANT, 'arn:aws-cn:iam::aws:policy/AWSIoTFullAccess', {}],
  ['of the partition of the stack', NON_COMPLIANT, PARTITION, {}],
  ['that a parameter allows', NON_COMPLIANT, { 'Fn::Sub': 'arn:aws:iam::aws:policy/${Policy}' },
    named(['AWSIoTFullAccess', 'AWSIoTDataAccess'])],
  ['that a parameter allows, beside a narrow one', UNDECIDED, { 'Fn::Sub': 'arn:aws:iam::aws:policy/${Policy}' },
    named(['AWSIoTFullAccess', 'AWSXRayDaemonWriteAccess'])],
  ['that a parameter allows, all narrow', COMPLIANT, { Ref: 'Policy' },
    named([managed('AmazonS3ReadOnlyAccess'), managed('AWSXRayDaemonWriteAccess')])],
  ['of a customer with the same name', UNDECIDED, 'arn:aws:iam::123456789012:policy/AWSXRayDaemonWriteAccess', {}],
  ['with a name that is not known', UNDECIDED, { 'Fn::Sub': 'arn:aws:iam::aws:policy/${Policy}' },
    { Parameters: { Policy: { Type: 'String' } } }],
  ['in capitals, which is no such policy', UNDECIDED, managed('AWSIOTFULLACCESS'), {}],
])('a managed policy %s: %s', (_, verdict, arn, more) => {
  expect(verdictOn(findingsFor(arn, more))).toBe(verdict);
});

test('each is a document that IAM would take, with its version and date', () => {
  expect(AWS_MANAGED_POLICIES.size).toBeGreaterThan(30);
  for (const [name, { document, version, date }] of AWS_MANAGED_POLICIES) {
    const { statements, unknowns } = readPolicy(document, [], IAM_POLICY_LIMIT);
    expect([name, unknowns, statements.flatMap((statement) => statement.unknowns)]).toEqual([name, [], []]);
    expect(statements.length).toBeGreaterThan(0);
    expect([name, version, date]).toEqual([name, expect.stringMatching(/^v\d+$/), expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
    const actions = statements.flatMap((statement) => [...statement.actions ?? statement.notActions ?? []]);
    expect([name, actions.filter((action) => !/^(\*|[a-z0-9-]+:(\*|[A-Z][A-Za-z0-9]*\*?))$/.test(String(action)))])
      .toEqual([name, []]);
  }
});
