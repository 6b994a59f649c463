import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import {
  allow, arn, deny, document, findingsIn, identityPoolTemplate, policyTemplate, roleAliasTemplate, verdictOn,
} from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const NAME = '${iot:Connection.Thing.ThingName}';

const judged = (...statements: unknown[]) => verdictOn(findingsIn(check, policyTemplate(document(...statements))));
const allBut = (Action: string, ...resources: string[]) => ({ Effect: 'Deny', Action, NotResource: resources.map(arn) });

test.each<[Verdict, string, string, string[]]>([
  [NON_COMPLIANT, 'iot:Publish', 'topic/$aws/things/*', ['topic/$aws/things/*/shadow/name/config/*']],
  [NON_COMPLIANT, 'iot:Publish', 'topic/$aws/things/*', ['topic/$aws/things/*/shadow/name/config/update']],
  [NON_COMPLIANT, 'iot:Publish', '*', ['topic/a', 'topic/$aws/things/*/shadow/update']],
  [NON_COMPLIANT, 'iot:Publish', 'topic/*', ['topic/*/jobs/job-1/update']],
  [NON_COMPLIANT, 'iot:Subscribe', 'topicfilter/$aws/things/*', ['topicfilter/$aws/things/*/jobs/*']],
  [NON_COMPLIANT, 'iot:Subscribe', 'topicfilter/*', ['topicfilter/$aws/things/+/shadow/name/config/update/delta']],
  [NON_COMPLIANT, 'iot:GetThingShadow', '*', ['thing/*/config']],
  [UNDECIDED, 'iot:GetThingShadow', 'thing/*', ['thing/*-north']],
  [UNDECIDED, 'iot:Publish', 'topic/*', ['topic/$aws/things/*/streams/*']],
  [UNDECIDED, 'iot:Publish', 'topic/$aws/things/*', ['topic/$aws/things/*-north/shadow/name/config/update']],
  [COMPLIANT, 'iot:GetThingShadow', '*', ['thing/pump']],
  [COMPLIANT, 'iot:GetThingShadow', 'thing/*', ['thing/pump-*', 'thing/pump-*/config']],
  [COMPLIANT, 'iot:Publish', 'topic/$aws/things/*', [`topic/$aws/things/${NAME}/*`]],
  [COMPLIANT, 'iot:Publish', 'topic/$aws/things/*', ['topic/$aws/things/pump/shadow/name/config/*']],
  [COMPLIANT, 'iot:Publish', 'topic/*', ['topic/pumps/*']],
  [COMPLIANT, 'iot:Subscribe', '*', ['topic/$aws/things/*']],
])('%s: %s on %s, denied on all but %j', (verdict, action, resource, exceptions) =>
  expect(judged(allow(action, arn(resource)), allBut(action, ...exceptions))).toBe(verdict));

test.each<[string, Verdict, unknown[]]>([
  ['meet', NON_COMPLIANT, [allBut('iot:Publish', 'topic/$aws/things/*/shadow/*'), allBut('iot:*', 'topic/*/update')]],
  ['do not meet', COMPLIANT,
    [allBut('iot:Publish', 'topic/$aws/things/*/shadow/get'), allBut('iot:*', 'topic/$aws/things/*/shadow/delete')]],
  ['meet in topics that AWS does not list', UNDECIDED,
    [allBut('iot:Publish', 'topic/$aws/things/*/shadow/delete'), allBut('iot:*', 'topic/$aws/things/*/jobs/*')]],
  // A shadow may have any name.
  ['meet in a shadow that is called jobs', NON_COMPLIANT,
    [allBut('iot:Publish', 'topic/$aws/things/*/shadow/*'), allBut('iot:*', 'topic/$aws/things/*/jobs/*')]],
  ['meet in what is denied', COMPLIANT, [
    allBut('iot:Publish', 'topic/$aws/things/*/shadow/*'), allBut('iot:*', 'topic/*/update'),
    deny('iot:Publish', arn('topic/$aws/things/*/update')),
  ]],
  ['meet in what is denied in part', NON_COMPLIANT, [
    allBut('iot:Publish', 'topic/$aws/things/*/shadow/*'), allBut('iot:*', 'topic/*/update'),
    deny('iot:Publish', arn('topic/$aws/things/*/name/*')),
  ]],
])('the exceptions of two Denies %s: %s', (_, verdict, denials) =>
  expect(judged(allow('iot:Publish', '*'), ...denials)).toBe(verdict));

test.each<[string, Verdict, unknown[]]>([
  ['all but a topic', NON_COMPLIANT, [
    { Effect: 'Allow', Action: 'iot:Publish', NotResource: arn('topic/$aws/things/*/shadow/update') },
  ]],
  ['all but reserved topics', COMPLIANT, [
    { Effect: 'Allow', Action: 'iot:Publish', NotResource: arn('topic/$aws/*') },
  ]],
  ['all but a topic, and a Deny of all but that topic', COMPLIANT, [
    { Effect: 'Allow', Action: 'iot:Publish', NotResource: arn('topic/$aws/things/*/shadow/update') },
    allBut('iot:Publish', 'topic/$aws/things/*/shadow/update'),
  ]],
  ['everything, and a Deny of other actions on all but a topic', NON_COMPLIANT, [
    allow('iot:*', '*'), deny('iot:Connect', '*'),
    { Effect: 'Deny', NotAction: 'iot:Connect', NotResource: arn('topic/$aws/things/*/shadow/get') },
  ]],
])('an Allow of %s: %s', (_, verdict, statements) => expect(judged(...statements)).toBe(verdict));

test('holds for roles', () => {
  const statements = [
    allow('iot:Publish', arn('topic/$aws/things/*')),
    allBut('iot:Publish', 'topic/$aws/things/*/shadow/name/config/*'),
  ];
  const codes = (other: AuditCheck, template: Record<string, unknown>) =>
    findingsIn(other, template).map(({ reasonCode }) => reasonCode);
  expect(codes(AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    identityPoolTemplate('unauthenticated', ...statements))).toEqual(['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS']);
  expect(codes(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
    roleAliasTemplate({ Policies: [{ PolicyName: 'P', PolicyDocument: document(...statements) }] })))
    .toEqual(['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS']);
});
