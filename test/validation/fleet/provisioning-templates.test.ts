import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, Circumstances, document, findingsIn, verdictOn } from '../support/findings';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

function findings(PolicyDocument: unknown, circumstances?: Circumstances, TemplateBody?: unknown) {
  const body = {
    Parameters: { 'SerialNumber': { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
    Resources: {
      thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } },
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } },
    },
  };
  return findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, {
    Resources: {
      Provisioning: {
        Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateBody: TemplateBody ?? JSON.stringify(body) },
      },
    },
  }, circumstances);
}

test.each<[string, Verdict, unknown]>([
  ['text', NON_COMPLIANT, JSON.stringify(document(allow('iot:Connect', '*')))],
  ['an object', NON_COMPLIANT, document(allow('iot:Connect', '*'))],
  ['the thing\'s name', COMPLIANT, document(allow('iot:Connect', arn('client/${iot:Connection.Thing.ThingName}')))],
  ['what the service fills in', COMPLIANT, document(allow('iot:Connect', {
    'Fn::Join': ['', [arn('client/'), { Ref: 'AWS::IoT::Certificate::Id' }]],
  }))],
  ['what the device chooses', UNDECIDED, document(allow('iot:Connect', {
    'Fn::Join': ['', [arn('client/'), { Ref: 'SerialNumber' }]],
  }))],
])('a policy as %s: %s', (_, expected, policyDocument) => {
  expect(verdictOn(findings(policyDocument))).toBe(expected);
});

test('what the device chooses is a name if something validates it', () => {
  const policyDocument = document(allow('iot:Connect', {
    'Fn::Join': ['', [arn('client/'), { Ref: 'SerialNumber' }]],
  }));
  const [finding] = findings(policyDocument);
  expect(finding.why).toBe('A policy of the provisioning template cannot be judged for certain: the provisioning '
    + 'parameter SerialNumber, which the device chooses');
  expect(finding.locations).toEqual([['Properties', 'TemplateBody']]);
  expect(verdictOn(findings(policyDocument, { provisioningParametersValidated: true }))).toBe(COMPLIANT);
});

test('a default that stands in for what the device does not send is not validated', () => {
  const body = (Default: string) => JSON.stringify({
    Parameters: { Name: { Type: 'String', Default } },
    Resources: {
      policy: {
        Type: 'AWS::IoT::Policy', Properties: {
          PolicyDocument: document(allow('iot:Connect', { 'Fn::Join': ['', [arn('client/'), { Ref: 'Name' }]] })),
        },
      },
    },
  });
  expect(findings('', { provisioningParametersValidated: true }, body('*'))).toMatchObject([{
    verdict: UNDECIDED,
    why: 'A policy of the provisioning template cannot be judged for certain: the provisioning parameter Name, which '
      + 'is \'*\' unless the device chooses it',
  }]);
  expect(verdictOn(findings('', { provisioningParametersValidated: true }, body('pump')))).toBe(COMPLIANT);
});

test('each policy is judged by itself', () => {
  const policy = (...statements: unknown[]) => ({
    Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(...statements) },
  });
  const body = JSON.stringify({
    Resources: {
      devices: policy(allow('iot:Connect', '*')), none: policy({ Effect: 'Deny', Action: '*', Resource: '*' }),
    },
  });
  expect(findings('', {}, body)).toMatchObject([{
    verdict: NON_COMPLIANT, why: 'A policy of the provisioning template allows iot:Connect on *',
  }]);
});

test.each([
  ['resources', { Resources: { Ref: 'Missing' } }],
  ['a resource', { Resources: { policy: { Ref: 'Missing' } } }],
  ['the type of a resource', { Resources: { policy: { Type: { Ref: 'Missing' } } } }],
  ['the properties of a policy', {
    Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { Ref: 'Missing' } } },
  }],
])('%s that the outer template leaves open may be a policy', (_, body) => {
  const text = JSON.stringify(body).replace('{"Ref":"Missing"}', '"${Missing}"');
  expect(findings('', {}, { 'Fn::Sub': text })).toMatchObject([{
    verdict: UNDECIDED, why: 'A policy of the provisioning template cannot be judged for certain: \'Missing\', which '
      + 'the template does not define',
  }]);
});

test('the body may have parts that the outer template leaves open', () => {
  const body = (resource: string) => ({
    'Fn::Sub': `{"Resources":{"policy":{"Type":"AWS::IoT::Policy","Properties":{"PolicyDocument":
      {"Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":
      "arn:aws:iot:\${AWS::Region}:\${AWS::AccountId}:client/${resource}"}]}}}}}`,
  });
  expect(verdictOn(findings('', {}, body('*')))).toBe(NON_COMPLIANT);
  expect(verdictOn(findings('', {}, body('${AWS::StackName}')))).toBe(COMPLIANT);
  expect(verdictOn(findings('', {}, body('${Missing}')))).toBe(UNDECIDED);
});

test.each([
  ['text that is not JSON', 'Resources: {}', [UNDECIDED]],
  ['a parameter', { Ref: 'Body' }, [UNDECIDED]],
  ['no policy', JSON.stringify({ Resources: { thing: { Type: 'AWS::IoT::Thing' } } }), []],
  ['a policy by name',
    JSON.stringify({ Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Devices' } } } }), []],
  ['no resources', JSON.stringify({ Resources: [] }), []],
])('a body of %s', (_, body, expected) => {
  expect(findings('', {}, body).map(({ verdict }) => verdict)).toEqual(expected);
});

describe('just-in-time provisioning', () => {
  const COMMON_NAME = 'AWS::IoT::Certificate::CommonName';
  const client = (Resource: unknown) => JSON.stringify({
    Parameters: { [COMMON_NAME]: { Type: 'String' } },
    Resources: {
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(allow('iot:Connect', Resource)) } },
    },
  });
  const named = (parameter: string) => client({ 'Fn::Join': ['', [arn('client/'), { Ref: parameter }]] });
  const BROAD = client('*');
  const onCa = (RegistrationConfig: unknown, circumstances?: Circumstances, more: object = {}) =>
    findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, {
      Parameters: { Open: { Type: 'String' } },
      Conditions: { IsOpen: { 'Fn::Equals': [{ Ref: 'Open' }, 'a'] } },
      Resources: { Ca: { Type: 'AWS::IoT::CACertificate', Properties: { RegistrationConfig, ...more } } },
    }, circumstances);

  test('is judged where the CA certificate has the body', () => {
    expect(onCa({ RoleArn: 'arn:aws:iam::1:role/Provisioning', TemplateBody: BROAD })).toMatchObject([{
      verdict: NON_COMPLIANT,
      why: 'A policy of the just-in-time provisioning template allows iot:Connect on *',
      locations: [['Properties', 'RegistrationConfig', 'TemplateBody']],
    }]);
    expect(findingsIn(AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION, {
      Resources: {
        Ca: {
          Type: 'AWS::IoT::CACertificate', Properties: {
            RegistrationConfig: { TemplateBody: BROAD.replace('"Allow"', '"Deny"').replace('"*"', '"a/#"') },
          },
        },
      },
    })).toMatchObject([{ reasonCode: 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT' }]);
  });

  test.each<[string, Verdict[], unknown]>([
    ['as an object', [NON_COMPLIANT], { TemplateBody: JSON.parse(BROAD) }],
    ['as JSON of the template', [NON_COMPLIANT], { TemplateBody: { 'Fn::ToJsonString': JSON.parse(BROAD) } }],
    ['with open parts elsewhere', [NON_COMPLIANT], {
      TemplateBody: { 'Fn::Sub': BROAD.replace('"Statement"', '"Id":"${Open}","Statement"') },
    }],
    ['under a condition', [NON_COMPLIANT], { 'Fn::If': ['IsOpen', { TemplateBody: BROAD }, { Ref: 'AWS::NoValue' }] }],
    ['that is broad in one outcome', [UNDECIDED], {
      TemplateBody: { 'Fn::If': ['IsOpen', BROAD, client(arn('client/pump'))] },
    }],
    ['in a parameter', [UNDECIDED], { TemplateBody: { Ref: 'Open' } }],
    ['in a configuration that is open', [UNDECIDED], { 'Fn::GetAtt': ['Custom', 'Configuration'] }],
    ['with the id of the certificate', [COMPLIANT], { TemplateBody: named('AWS::IoT::Certificate::Id') }],
    ['elsewhere, by its name', [], { TemplateName: 'Devices' }],
    ['nowhere', [], { RoleArn: 'arn:aws:iam::1:role/Provisioning' }],
  ])('with a body %s: %j', (_, expected, configuration) => {
    expect(onCa(configuration).map(({ verdict }) => verdict)).toEqual(expected);
  });

  test('does not know what certificates have in their subjects, unless something validates it', () => {
    for (const parameter of [COMMON_NAME, 'AWS::IoT::Certificate::SerialNumber', 'AWS::IoT::Certificate::Country']) {
      expect(onCa({ TemplateBody: named(parameter) })).toMatchObject([{
        verdict: UNDECIDED,
        why: 'A policy of the just-in-time provisioning template cannot be judged for certain: the provisioning '
          + `parameter ${parameter}, which whoever has its certificate signed chooses`,
      }]);
      expect(verdictOn(onCa({ TemplateBody: named(parameter) }, { provisioningParametersValidated: true })))
        .toBe(COMPLIANT);
    }
  });

  test('counts whether or not the CA certificate registers devices yet', () => {
    expect(verdictOn(onCa({ TemplateBody: BROAD }, {}, { AutoRegistrationStatus: 'DISABLE', Status: 'INACTIVE' })))
      .toBe(NON_COMPLIANT);
  });
});
