import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, CfnResource, CfnStack, IPolicyValidationContext, NestedStack, Stack, Validations } from 'aws-cdk-lib';
import { readStacks } from '../../../src/validation/app/app-templates';
import { TemplateReader } from '../../../src/validation/files/template-reader';
import { FleetTemplates } from '../../../src/validation/templates/fleet-templates';
import { JsonObject, Template } from '../../../src/validation/templates/template';

const KNOWN = { values: {}, defaults: false };

function unreadable(body: object) {
  const template = new Template({
    templateId: 'Fleet', stackConstructPath: 'Fleet', templatePath: 'fleet.json', body: body as JsonObject,
  });
  const found = new FleetTemplates([template], [], KNOWN).unreadable;
  found.forEach((each) => expect(each).toMatchObject({
    template, stackConstructPath: 'Fleet', templatePath: 'fleet.json',
  }));
  return found.map(({ logicalId, reason }) => [logicalId, reason]);
}

test.each<[string, string, unknown]>([
  ['a loop', 'Fn::ForEach::Policies makes resources that it does not show', {
    'Fn::ForEach::Policies': ['Name', ['A'], {}],
  }],
  ['an included file', 'Fn::Transform makes resources that it does not show', {
    'Fn::Transform': { Name: 'AWS::Include', Parameters: {} },
  }],
  ['a module', 'the resources of the module X (Acme::IoT::Fleet::MODULE) are not in it', {
    X: { Type: 'Acme::IoT::Fleet::MODULE' },
  }],
  ['a nested stack', 'the template of the nested stack X is not in it', {
    X: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://a' } },
  }],
  ['a stack set', 'the stacks of the stack set X is not in it', { X: { Type: 'AWS::CloudFormation::StackSet' } }],
  ['a nested application', 'the template of the nested application X is not in it', {
    X: { Type: 'AWS::Serverless::Application' },
  }],
  ['a product', 'the template of the product X is not in it', {
    X: { Type: 'AWS::ServiceCatalog::CloudFormationProvisionedProduct' },
  }],
  ['a macro in a resource', 'Fn::Transform adds to the resource X what it does not show', {
    X: { 'Type': 'AWS::IAM::Role', 'Fn::Transform': {} },
  }],
  ['a macro in properties', 'Fn::Transform adds to the resource X what it does not show', {
    X: { Type: 'AWS::IAM::Role', Properties: { 'Fn::Transform': {} } },
  }],
  ['a loop in properties', 'Fn::ForEach::Y adds to the resource X what it does not show', {
    X: { Type: 'AWS::IAM::Role', Properties: { 'Fn::ForEach::Y': [] } },
  }],
  ['properties behind a condition', 'Fn::If adds to the resource X what it does not show', {
    X: { Type: 'AWS::IAM::Role', Properties: { 'Fn::If': [] } },
  }],
  ['a resource behind a condition', 'the resource X is not written as CloudFormation expects', {
    X: { 'Fn::If': ['C', {}, {}] },
  }],
  ['a resource of an open type', 'the resource X is not written as CloudFormation expects', {
    X: { Type: { Ref: 'P' } },
  }],
])('%s is not read', (_, reason, resources) => {
  const [logicalId] = Object.keys(resources as object);
  expect(unreadable({ Resources: resources })).toEqual([[logicalId, reason]]);
});

test.each<[unknown, string[]]>([
  ['AWS::LanguageExtensions', []],
  [['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'], []],
  ['AWS::SecretsManager-2024-09-16', []],
  ['Acme', ['the macro Acme may change any of its resources']],
  [['AWS::LanguageExtensions', 'Acme', { Name: 'AWS::Include', Parameters: {} }],
    ['the macro Acme may change any of its resources', 'the macro AWS::Include may change any of its resources']],
  [{ Name: { Ref: 'P' } }, ['the macro whose name is not known may change any of its resources']],
])('the macro %j of a template', (Transform, reasons) => {
  expect(unreadable({ Transform, Resources: {} }).map(([, reason]) => reason)).toEqual(reasons);
});

const call = (service: string, action: string, parameters: object = {}) =>
  JSON.stringify({ service, action, parameters });

test.each<[string, object]>([
  ['Iot.createRoleAlias', { Create: call('Iot', 'createRoleAlias') }],
  ['IoT.updateRoleAlias', { Create: call('IoT', 'describeEndpoint'), Update: call('IoT', 'updateRoleAlias') }],
  ['iot.CreateKeysAndCertificate', { Create: call('@aws-sdk/client-iot', 'CreateKeysAndCertificateCommand') }],
  ['iot.RegisterCACertificate', { Create: call('iot', 'RegisterCACertificate') }],
  ['Iot.attachThingPrincipal', { Create: call('Iot', 'attachThingPrincipal') }],
  ['Iot.setV2LoggingOptions', { Create: call('Iot', 'setV2LoggingOptions') }],
  ['Iot.setDefaultPolicyVersion', { Create: call('Iot', 'setDefaultPolicyVersion') }],
  ['Iot.registerThing', { Create: call('Iot', 'registerThing', { templateBody: '{}' }) }],
  ['IAM.putRolePolicy', { Create: call('IAM', 'putRolePolicy') }],
  ['CognitoIdentity.setIdentityPoolRoles', { Create: call('CognitoIdentity', 'setIdentityPoolRoles') }],
  ['cognito-identity.SetIdentityPoolRoles', {
    Create: call('@aws-sdk/client-cognito-identity', 'SetIdentityPoolRolesCommand'),
  }],
  ['Iot.createRoleAlias and Iot.updateRoleAlias', {
    Create: call('Iot', 'createRoleAlias'), Update: call('Iot', 'updateRoleAlias'),
  }],
  ['Iot.createRoleAlias', {
    Create: call('Iot', 'createRoleAlias'), Update: call('Iot', 'createRoleAlias'),
  }],
  ['Iot.createRoleAlias', {
    Create: {
      'Fn::Join': ['', ['{"service":"Iot","action":"createRoleAlias","parameters":{"roleArn":"',
        { 'Fn::GetAtt': ['Role', 'Arn'] }, '"}}']],
    },
  }],
  ['Iot.createRoleAlias', {
    Create: {
      'Fn::Join': ['', ['{"parameters":{"tags":', { Ref: 'Tags' }, '},"service":"Iot","action":"createRoleAlias"}']],
    },
  }],
  ['Iot.createRoleAlias', {
    Create: { 'Fn::Sub': '{"parameters":{"service":"${Role}"},"service": "Iot", "action": "createRoleAlias"}' },
  }],
  ['Iot.createRoleAlias', { Create: { 'Fn::If': ['C', call('Iot', 'createRoleAlias'), { Ref: 'AWS::NoValue' }] } }],
  ['Iot.createRoleAlias', { Create: { service: 'Iot', action: 'createRoleAlias' } }],
])('a custom resource that calls %s is not read: %j', (names, Properties) => {
  for (const Type of ['Custom::AWS', 'Custom::Alias', 'AWS::CloudFormation::CustomResource']) {
    expect(unreadable({ Resources: { X: { Type, Properties } } })).toEqual([
      ['X', `the custom resource X calls ${names}, which makes or changes what it does not show`],
    ]);
  }
});

test.each<[string, string, object]>([
  ['that reads', 'Custom::AWS', { Create: call('Iot', 'describeEndpoint') }],
  ['of another service', 'Custom::AWS', { Create: call('ECS', 'updateService', { service: 'Iot', action: 'createRole' }) }],
  ['whose policy is read', 'Custom::AWS', { Create: call('Iot', 'createPolicy'), Update: call('Iot', 'createPolicy') }],
  ['that only deletes', 'Custom::AWS', { Delete: call('Iot', 'updateCertificate') }],
  ['with a call that is open', 'Custom::AWS', { Create: { Ref: 'Call' } }],
  ['of people\'s own code', 'Custom::Fleet', { ServiceToken: 'arn', RoleAlias: 'createRoleAlias' }],
  ['that is none', 'AWS::SSM::Parameter', { Create: call('Iot', 'createRoleAlias') }],
])('a custom resource %s hides nothing', (_, Type, Properties) => {
  expect(unreadable({ Resources: { X: { Type, Properties } } })).toEqual([]);
});

test('an ordinary template is read in full', () => {
  expect(unreadable({
    Resources: {
      X: { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::Sub': 'a' } } }, Y: { Type: 'Custom::Thing' },
    },
  })).toEqual([]);
  expect(unreadable({})).toEqual([]);
});

/** The unreadable parts of an app, one of whose files may be spoilt. CDK refuses plugins that leave files changed. */
function unreadableIn(app: App, spoilt?: () => string) {
  let fleet: FleetTemplates | undefined;
  Validations.of(app).addPlugins({
    name: 'Reader',
    validate(context: IPolicyValidationContext) {
      const file = spoilt && join(app.outdir, spoilt());
      const text = file && readFileSync(file);
      if (file) writeFileSync(file, '{');
      const reader = new TemplateReader();
      readStacks(reader, context.stackTemplates, context.appConstruct);
      fleet = reader.all(KNOWN);
      if (file) writeFileSync(file, text!);
      return { success: true, violations: [] };
    },
  });
  app.synth();
  return fleet!.unreadable.map(({ stackConstructPath, logicalId, reason }) => [stackConstructPath, logicalId, reason]);
}

test('the stacks that an app nests are read, and those it only points at are not', () => {
  const app = new App();
  const stack = new Stack(app, 'Fleet');
  new CfnResource(new NestedStack(stack, 'Nested'), 'Policy', {
    type: 'AWS::IoT::Policy', properties: { PolicyDocument: {} },
  });
  new CfnStack(stack, 'Elsewhere', { templateUrl: 'https://templates/elsewhere.json' });
  expect(unreadableIn(app))
    .toEqual([['Fleet', 'Elsewhere', 'the template of the nested stack Elsewhere is not in it']]);
});

test('a nested stack whose file cannot be read is named once', () => {
  const app = new App();
  const stack = new Stack(app, 'Fleet');
  const nested = new NestedStack(stack, 'Nested');
  new CfnResource(nested, 'Policy', { type: 'AWS::IoT::Policy' });
  const logicalId = stack.resolve(nested.nestedStackResource!.logicalId);
  expect(unreadableIn(app, () => nested.templateFile)).toEqual([['Fleet/Nested', logicalId,
    'it is neither JSON nor YAML: Flow map must end with a }']]);
});

test('every nested stack of files that CDK did not make is not read', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'nested-')), 'fleet.json');
  writeFileSync(file, JSON.stringify({ Resources: { Nested: { Type: 'AWS::CloudFormation::Stack' } } }));
  const reader = new TemplateReader();
  reader.read({ templateId: file, templatePath: file });
  expect(reader.all(KNOWN).unreadable).toMatchObject([{
    templatePath: file, logicalId: 'Nested', reason: 'the template of the nested stack Nested is not in it',
  }]);
});
