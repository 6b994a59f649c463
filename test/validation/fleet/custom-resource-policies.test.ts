import { mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const BROAD = JSON.stringify(document(allow('iot:Connect', '*')));
const NARROW = JSON.stringify(document(allow('iot:Connect', arn('client/${iot:Connection.Thing.ThingName}'))));
const call = (action: string, parameters: object, service = 'Iot') => JSON.stringify({ service, action, parameters });
const policy = (policyDocument: unknown, action = 'createPolicy') => call(action, { policyName: 'P', policyDocument });
const body = (PolicyDocument: unknown) =>
  JSON.stringify({ Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } } } });

const findings = (Properties: object, of = check) => findingsIn(of, {
  Parameters: { Name: { Type: 'String' } },
  Conditions: { Open: { 'Fn::Equals': [{ Ref: 'Name' }, 'a'] } },
  Resources: { Made: { Type: 'Custom::AWS', Properties } },
});

test.each<[string, Verdict[], object]>([
  ['a policy', [NON_COMPLIANT], { Create: policy(BROAD) }],
  ['a policy of version 3 of the SDK', [NON_COMPLIANT], {
    Create: call('CreatePolicyCommand', { policyDocument: BROAD }, '@aws-sdk/client-iot'),
  }],
  ['a policy as an object', [NON_COMPLIANT], { Create: policy(JSON.parse(BROAD)) }],
  ['a narrow policy', [COMPLIANT], { Create: policy(NARROW), Update: policy(NARROW, 'createPolicyVersion') }],
  ['a narrow policy that becomes broad', [NON_COMPLIANT], {
    Create: policy(NARROW), Update: policy(BROAD, 'createPolicyVersion'),
  }],
  ['a provisioning template', [NON_COMPLIANT], {
    Create: call('createProvisioningTemplate', { templateBody: body(JSON.parse(BROAD)) }),
  }],
  ['a version of a provisioning template', [COMPLIANT], {
    Update: call('createProvisioningTemplateVersion', { templateBody: body(NARROW) }),
  }],
  ['a provisioning template without a policy', [], {
    Create: call('createProvisioningTemplate', { templateBody: '{"Resources":{}}' }),
  }],
  ['either in two outcomes', [UNDECIDED], { Create: { 'Fn::If': ['Open', policy(NARROW), policy(BROAD)] } }],
  ['a policy with open parts', [UNDECIDED], {
    Create: { 'Fn::Sub': policy(NARROW).replace('${iot:Connection.Thing.ThingName}', '${Name}') },
  }],
  ['a policy with the name of the stack', [COMPLIANT], {
    Create: { 'Fn::Sub': policy(NARROW).replace('${iot:Connection.Thing.ThingName}', '${AWS::StackName}') },
  }],
  ['a policy that is open', [UNDECIDED], { Create: { 'Fn::Sub': policy('${Name}') } }],
  ['a policy that is not there', [UNDECIDED], { Create: call('createPolicy', {}) }],
  ['a call that is no JSON', [UNDECIDED], { Create: '{"service":"Iot","action":"createPolicy",}' }],
  ['a policy of IAM', [], { Create: call('createPolicy', { policyDocument: BROAD }, 'IAM') }],
])('a custom resource that makes %s: %j', (_, expected, properties) => {
  expect(findings(properties).map(({ verdict }) => verdict)).toEqual(expected);
});

test('the finding names the place of the call', () => {
  expect(findings({ Update: policy(BROAD, 'createPolicyVersion') })).toMatchObject([{
    why: 'A policy that the custom resource makes allows iot:Connect on *',
    locations: [['Properties', 'Update']],
    resource: { logicalId: 'Made' },
  }]);
  expect(findings({ Create: { 'Fn::Sub': policy('${Name}') } })).toMatchObject([{
    why: 'A policy that the custom resource makes cannot be judged for certain: the parameter Name',
  }]);
});

test('the check for misconfiguration looks at it, too', () => {
  const policyDocument = JSON.stringify(document(deny('iot:Subscribe', arn('topicfilter/a/#'))));
  expect(findings({ Create: policy(policyDocument) }, AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION))
    .toMatchObject([{ reasonCode: 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT' }]);
});

test('reads what the CDK writes', () => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'custom-')) });
  const stack = new Stack(app, 'Fleet');
  const name = new CfnParameter(stack, 'Name').valueAsString;
  const made = (id: string, service: string, action: string, parameters: object) => new AwsCustomResource(stack, id, {
    onUpdate: { service, action, parameters, physicalResourceId: PhysicalResourceId.of(id) },
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  });
  const resource = `arn:aws:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:client/*`;
  made('Policy', 'Iot', 'createPolicy', {
    policyName: name, policyDocument: stack.toJsonString(document(allow('iot:Connect', resource))),
  });
  made('Alias', '@aws-sdk/client-iot', 'CreateRoleAliasCommand', { roleAlias: name, roleArn: `arn:aws:iam::1:role/${name}` });
  made('Endpoint', 'Iot', 'describeEndpoint', { endpointType: 'iot:Data-ATS' });
  const { templateFullPath } = app.synth().getStackByName('Fleet');
  const { violations } = new DeviceDefenderChecks({ checks: [check] }).checkTemplates(templateFullPath);
  expect(violations.map(({ description }) => description)).toEqual([
    expect.stringMatching(/UNREAD_TEMPLATE cannot be decided: .*the custom resource Alias\w+ calls iot.CreateRoleAlias/),
    expect.stringMatching(/OVERLY_PERMISSIVE_CHECK non-compliant .*A policy that the custom resource makes allows /),
  ]);
});
