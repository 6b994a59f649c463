import { AuditCheck } from '../../../src';
import { Finding } from '../../../src/validation/finding';
import { allow, arn, document, findingsIn, identityPoolTemplate, policyTemplate, roleAliasTemplate } from '../support/findings';

const PROVISIONING = allow(['iot:Publish', 'iot:Receive'],
  [arn('topic/$aws/certificates/create/*'), arn('topic/$aws/provisioning-templates/Pumps/provision/*')]);

const fixes = (findings: readonly Finding[]) => findings.map(({ fix }) => fix);
const fixesFor = (...statements: unknown[]) =>
  fixes(findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, policyTemplate(document(...statements))));

describe('a policy of devices', () => {
  test('is told to let clients connect as their things', () => {
    expect(fixesFor(allow('iot:Connect', arn('client/*')))).toEqual([
      'put ${iot:Connection.Thing.ThingName} in the place of the wildcard, and let clients connect only where '
      + 'iot:Connection.Thing.IsAttached is true; for devices that are no things, take a variable of their certificate, '
      + 'such as ${iot:Certificate.Subject.CommonName}',
    ]);
  });

  test('that names the client is told what is missing only', () => {
    expect(fixesFor(allow('iot:Connect', arn('client/${iot:ClientId}'))))
      .toEqual(['let clients connect only where iot:Connection.Thing.IsAttached is true']);
  });

  test('is told a variable that resolves over HTTP for requests over HTTP', () => {
    expect(fixesFor(allow(['iot:GetThingShadow', 'iot:UpdateThingShadow'], arn('thing/*')))).toEqual([
      'name the things, or take a variable of the certificate that bears the thing\'s name, such as '
      + '${iot:Certificate.Subject.CommonName}: over HTTP, policy variables about things do not resolve',
    ]);
  });

  test('is told each way out once', () => {
    expect(fixesFor(allow(['iot:Publish', 'iot:Subscribe'],
      [arn('topic/$aws/things/*'), arn('topicfilter/$aws/things/*')])))
      .toEqual(['put ${iot:Connection.Thing.ThingName} in the place of the wildcard']);
  });
});

describe('a policy of claim certificates', () => {
  test('is not told to take variables about things, which would stop provisioning', () => {
    expect(fixesFor(allow('iot:Connect', '*'), PROVISIONING)).toEqual([
      'limit the client ids to a prefix that only devices without a certificate of their own use, such as '
      + 'client/claim-*, or acknowledge the finding with that reason: a claim certificate belongs to no thing, so policy '
      + 'variables about things would stop provisioning',
    ]);
  });

  test('is told to allow nothing but provisioning', () => {
    expect(fixesFor(allow('iot:Publish', arn('topic/$aws/things/*')), PROVISIONING)).toEqual([
      'allow a claim certificate no more than the topics of $aws/certificates/create and of its provisioning template',
    ]);
  });
});

test('a role of identities is told the variable that it has', () => {
  const template = identityPoolTemplate('authenticated', allow('iot:Connect', '*'), allow('iot:CreateThing', '*'));
  expect(fixes(findingsIn(AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, template))).toEqual([
    'leave out the actions that manage AWS IoT, and let a backend with a role of its own carry them out',
    'put ${cognito-identity.amazonaws.com:sub} in the place of the wildcard: policies of IAM have no variables about '
    + 'things',
  ]);
});

test('a role behind an alias is told a way out for each reason', () => {
  const template = roleAliasTemplate({
    Policies: [{
      PolicyName: 'Devices',
      PolicyDocument: document(allow(['iot:Connect', 'iot:CreateThing', 's3:*', 'iam:GetRole'], '*')),
    }],
  });
  expect(fixes(findingsIn(AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, template)).sort()).toEqual([
    'allow the actions that devices perform one by one, on resources narrowed with ${credentials-iot:ThingName}',
    'leave out the actions of services that watch over the account, which no device needs',
    'leave out the actions that manage AWS IoT, and let a backend with a role of its own carry them out',
    'put ${credentials-iot:ThingName} in the place of the wildcard; it resolves for a certificate that is attached to '
    + 'the thing',
  ]);
});
