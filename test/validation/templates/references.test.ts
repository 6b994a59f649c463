import { App, CfnOutput, CfnParameter, Fn, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { AuditCheck, DeviceDefenderChecks, DeviceDefenderChecksProps } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import {
  allow, arn, Body, document, findingsIn, findingsInStacks, policyTemplate, verdictOn,
} from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const undecided = (reason: string) => `The policy cannot be judged for certain: ${reason}`;

/** A policy for one client if two values are equal, and for all clients if they are not. */
function whereEqual(...operands: unknown[]): Body {
  return {
    Parameters: { One: { Type: 'String' }, Other: { Type: 'String' }, List: { Type: 'CommaDelimitedList' } },
    Conditions: { Equal: { 'Fn::Equals': operands } },
    ...policyTemplate(document(allow('iot:Connect', { 'Fn::If': ['Equal', arn('client/a'), '*'] }))),
  };
}

test.each<[Verdict, unknown, unknown]>([
  [COMPLIANT, { Ref: 'One' }, { 'Fn::Sub': '${One}' }],
  [COMPLIANT, { 'Fn::Sub': 'a-${One}' }, { 'Fn::Join': ['-', ['a', { Ref: 'One' }]] }],
  [COMPLIANT, '{{resolve:ssm:x}}', '{{resolve:ssm:x}}'],
  [COMPLIANT, { 'Fn::ImportValue': 'x' }, { 'Fn::ImportValue': 'x' }],
  [UNDECIDED, { Ref: 'One' }, { Ref: 'Other' }],
  [UNDECIDED, { 'Fn::ImportValue': 'x' }, { 'Fn::ImportValue': 'y' }],
  [UNDECIDED, { 'Fn::ImportValue': { Ref: 'One' } }, { 'Fn::ImportValue': { Ref: 'Other' } }],
  [UNDECIDED, { 'Fn::ImportValue': { 'Fn::Sub': '${One}-x' } }, { 'Fn::ImportValue': { 'Fn::Sub': '${One}-y' } }],
  [UNDECIDED, { 'Fn::Select': [0, { Ref: 'List' }] }, { 'Fn::Select': [1, { Ref: 'List' }] }],
  [UNDECIDED, { 'Fn::Select': [0, { 'Fn::Split': ['-', { Ref: 'One' }] }] }, {
    'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'One' }] }],
  }],
  [UNDECIDED, { 'Fn::Join': ['-', { Ref: 'List' }] }, { 'Fn::Join': ['/', { Ref: 'List' }] }],
  [UNDECIDED, { 'Fn::Transform': { Name: 'x' } }, { 'Fn::Transform': { Name: 'y' } }],
])('%s where %j equals %j', (verdict, one, other) => {
  expect(verdictOn(findingsIn(check, whereEqual(one, other)))).toBe(verdict);
});

test.each([
  ['AWS::ServiceCatalog::CloudFormationProvisionedProduct',
    'the attribute Value of Source (AWS::ServiceCatalog::CloudFormationProvisionedProduct)'],
  ['Acme::Config::Value', 'the attribute Value of Source (Acme::Config::Value)'],
  ['Custom::Value', 'the attribute Value of Source (Custom::Value)'],
])('attributes of %s hold whatever somebody put there', (Type, reason) => {
  const { Resources } = policyTemplate(document(allow('iot:Connect', {
    'Fn::GetAtt': ['Source',
      'Value'],
  }))) as { Resources: Body };
  const findings = findingsIn(check, { Resources: { ...Resources, Source: { Type } } });
  expect(findings.find(({ resource }) => resource)).toMatchObject({ verdict: UNDECIDED, why: undecided(reason) });
});

test('a loop beside other keys may add anything', () => {
  const findings = findingsIn(check, policyTemplate({
    ...document(allow('iot:Receive', '*')), 'Fn::ForEach::Statement': ['Name', ['a'], {}],
  }));
  expect(findings).toMatchObject([{
    verdict: UNDECIDED, why: undecided('the function Fn::ForEach::Statement, which adds what is not known'),
  }]);
});

test('a variable that a text repeats is read once', () => {
  let value: unknown = 'xxxxxxxxxx';
  for (let level = 0; level < 50; level++) value = { 'Fn::Sub': ['${a}${a}${a}${a}${a}${a}${a}${a}', { a: value }] };
  expect(findingsIn(check, policyTemplate(document(allow('iot:Connect', value)))))
    .toMatchObject([{ verdict: UNDECIDED, why: undecided('a text that is too long for any policy') }]);
});

/** The verdicts on the policies of an app. */
function verdictsIn(app: App, props: DeviceDefenderChecksProps = {}): string[] {
  const plugin = new DeviceDefenderChecks({ ...props, checks: [check] });
  let verdicts: string[] = [];
  Validations.of(app).addPlugins({
    name: plugin.name,
    validate(context) {
      const { metadata, violations } = plugin.validate(context);
      verdicts = [...violations.map(({ ruleMetadata }) => ruleMetadata!.verdict),
        ...Array(Number(metadata!.compliant)).fill(COMPLIANT)];
      return { success: true, violations: [] };
    },
  });
  app.synth();
  return verdicts;
}

describe('parameters of nested stacks', () => {
  function nestedPolicy(parameters: Record<string, string>, type = 'String', app = new App()) {
    const nested = new NestedStack(new Stack(app, 'Fleet'), 'Nested', { parameters });
    const parameter = new CfnParameter(nested, 'Client', { type, default: arn('client/default') });
    const client = type === 'String' ? parameter.valueAsString : parameter.valueAsList;
    new CfnPolicy(nested, 'Policy', { policyDocument: document(allow('iot:Connect', client)) });
    return app;
  }

  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['what the stack around it passes on', NON_COMPLIANT, { Client: '*' }, { Client: arn('client/a') }],
    ['what is said of this stack', COMPLIANT, { Client: '*' }, { 'Fleet/Nested/Client': arn('client/a') }],
    ['what is said of all, if nothing is passed on', NON_COMPLIANT, {}, { Client: '*' }],
    ['the default, if nothing is said', COMPLIANT, {}, {}],
  ])('are %s: %s', (_, verdict, given, parameterValues) => {
    expect(verdictsIn(nestedPolicy(given), { parameterValues })).toEqual([verdict]);
  });

  test('are lists where a text with commas is passed to a list', () => {
    expect(verdictsIn(nestedPolicy({ Client: `${arn('client/a')},*` }, 'CommaDelimitedList'))).toEqual([NON_COMPLIANT]);
  });

  test('are unknown where an open text is passed to a list', () => {
    expect(verdictsIn(nestedPolicy({
      Client: Fn.join(',', [arn('client/a'), Fn.ref('AWS::Region'),
        '*']),
    }, 'CommaDelimitedList'))).toEqual([UNDECIDED]);
  });

  test('are unknown where it is not known what is passed on', () => {
    const app = new App();
    nestedPolicy({}, 'String', app);
    const fleet = app.node.findChild('Fleet') as Stack;
    const nested = fleet.node.findChild('Nested') as NestedStack;
    new CfnParameter(fleet, 'P');
    (nested.nestedStackResource as unknown as { addPropertyOverride(path: string, value: unknown): void })
      .addPropertyOverride('Parameters', { 'Fn::Transform': { Name: 'Passed' } });
    expect(verdictsIn(app)).toContain(UNDECIDED);
  });
});

test('imports by the name that a stack is deployed under', () => {
  const app = new App();
  const stage = new Stage(app, 'Prod');
  const producer = new Stack(stage, 'Clients', { stackName: 'all-clients' });
  new CfnOutput(producer, 'Client', { value: '*', exportName: Fn.sub('${AWS::StackName}:Client') });
  new CfnPolicy(new Stack(stage, 'Fleet'), 'Policy', {
    policyDocument: document(allow('iot:Connect', Fn.importValue('all-clients:Client'))),
  });
  expect(verdictsIn(app)).toEqual([NON_COMPLIANT]);
});

test('an import that leads to what depends on a condition is open for everyone who imports it', () => {
  const producer = {
    Parameters: { P: {} },
    Conditions: { Open: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
    Outputs: { Client: { Value: { 'Fn::If': ['Open', '*', arn('client/a')] }, Export: { Name: 'Client' } } },
  };
  const consumer = policyTemplate(document(allow('iot:Connect', { 'Fn::ImportValue': 'Client' })));
  const findings = findingsInStacks(check, { Producer: producer, One: consumer, Other: consumer });
  expect(findings.map(({ verdict }) => verdict)).toEqual([UNDECIDED, UNDECIDED]);
});
