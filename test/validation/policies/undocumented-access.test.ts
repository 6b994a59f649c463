import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const judged = (...statements: unknown[]) => verdictOn(findingsIn(check, policyTemplate(document(...statements))));

test.each<[Verdict, string, string]>([
  [UNDECIDED, 'iot:SendDirectMessage', 'client/*'],
  [UNDECIDED, 'iot:Send*', 'client/*'],
  [UNDECIDED, 'iot:DeleteConnection', 'client/*'],
  [UNDECIDED, 'IOT:deleteconnection', 'client/?*'],
  [UNDECIDED, 'iot:DeleteConnection', 'client/*-north'],
  [UNDECIDED, 'iot:GetRetainedMessage', 'topic/*'],
  [UNDECIDED, 'iot:GetRetainedMessage', 'topic/*/status'],
  [UNDECIDED, 'iot:RetainPublish', 'topic/*'],
  [UNDECIDED, 'iot:ListNamedShadowsForThing', 'thing/*'],
  [UNDECIDED, 'iot:AssumeRoleWithCertificate', 'rolealias/*'],
  // Nobody knows this action, as AWS may add one.
  [UNDECIDED, 'iot:DoSomethingNew', 'client/*'],
  [COMPLIANT, 'iot:SendDirectMessage', 'client/pump-1'],
  [COMPLIANT, 'iot:SendDirectMessage', 'client/${iot:Connection.Thing.ThingName}'],
  [COMPLIANT, 'iot:DeleteConnection', 'client/pump-*'],
  [COMPLIANT, 'iot:GetRetainedMessage', 'topic/pumps/*'],
  [COMPLIANT, 'iot:AssumeRoleWithCertificate', 'rolealias/devices'],
  [COMPLIANT, 'iot:DoSomethingNew', 'client/pump-1'],
  // AWS IoT policies do not authorize the control plane.
  [COMPLIANT, 'iot:CreateThing', 'thing/*'],
  [COMPLIANT, 'iot:OpenTunnel', '*'],
])('%s: an action that AWS\'s page does not mention, %s on %s', (verdict, action, resource) =>
  expect(judged(allow(action, arn(resource)))).toBe(verdict));

test.each<[string, Verdict, unknown[]]>([
  ['allowed on any resource', UNDECIDED, [allow('iot:ListRetainedMessages', '*')]],
  ['denied', COMPLIANT, [allow('iot:SendDirectMessage', '*'), deny('iot:*', arn('client/*')), deny('iot:Send*', '*')]],
  ['denied for all but one', COMPLIANT, [allow('iot:SendDirectMessage', arn('client/*')), {
    Effect: 'Deny', Action: 'iot:SendDirectMessage', NotResource: arn('client/pump-1'),
  }]],
  ['denied for one', UNDECIDED,
    [allow('iot:SendDirectMessage', arn('client/*')), deny('iot:SendDirectMessage', arn('client/pump-1'))]],
  ['beside a broad one', NON_COMPLIANT, [allow(['iot:SendDirectMessage', 'iot:Connect'], arn('client/*'))]],
])('such an action, %s: %s', (_, verdict, statements) => expect(judged(...statements)).toBe(verdict));

test('says what AWS leaves open', () => {
  const [finding] = findingsIn(check, policyTemplate(document(allow('iot:SendDirectMessage', arn('client/*')))));
  expect(finding.why).toBe('The policy cannot be judged for certain: AWS does not say whether iot:SendDirectMessage on '
    + `${arn('client/*')} is broad`);
});

test.each<[Verdict, string]>([
  [UNDECIDED, '$aws/commands/*'],
  [UNDECIDED, '$aws/commands/things/*/executions/*/response/json'],
  [UNDECIDED, '$aws/commands/clients/*/executions/*/response/json'],
  [UNDECIDED, '$aws/events/presence/connected/*'],
  [UNDECIDED, '$aws/device_location/*/get_position_estimate'],
  // Nobody knows this family of reserved topics, as AWS may add one.
  [UNDECIDED, '$aws/something/*'],
  [COMPLIANT, '$aws/commands/things/${iot:Connection.Thing.ThingName}/executions/*/response/json'],
  [COMPLIANT, '$aws/commands/things/pump-*/executions/*/response/json'],
  [COMPLIANT, '$aws/something/pump-1'],
  [COMPLIANT, '$aws/rules/*'],
  [COMPLIANT, '$aws/certificates/create/*'],
  [COMPLIANT, '$aws/provisioning-templates/*'],
])('%s: publishing to other reserved topics, %s', (verdict, topic) =>
  expect(judged(allow('iot:Publish', arn(`topic/${topic}`)))).toBe(verdict));

test.each<[Verdict, string]>([
  [UNDECIDED, '$aws/commands/things/+/executions/+/request/json'],
  [UNDECIDED, '$aws/events/#'],
  [UNDECIDED, '$aws/events/presence/+/+'],
  [UNDECIDED, '$aws/events/subscriptions/subscribed/+'],
  [UNDECIDED, '$aws/sitewise/asset-models/+/assets/+/properties/+'],
  [UNDECIDED, '$aws/something/+'],
  [COMPLIANT, '$aws/commands/things/${iot:Connection.Thing.ThingName}/executions/+/request/json'],
  [COMPLIANT, '$aws/events/presence/+/pump-1'],
  [COMPLIANT, '$aws/something/pump-1/#'],
])('%s: subscribing to other reserved topics, %s', (verdict, filter) =>
  expect(judged(allow('iot:Subscribe', arn(`topicfilter/${filter}`)))).toBe(verdict));
