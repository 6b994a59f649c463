import { Body } from './findings';
import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';

const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;
const POLICY = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const DENIES = AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION;
const ALIAS = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
const GUESTS = AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;
const USERS = AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE;

/** A template as teams write them by hand, a check, and what a person would say. */
export interface RealShapedTemplate {
  readonly name: string;
  readonly check: AuditCheck;
  readonly verdict: Verdict;
  readonly body: Body;
}

const IOT = 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}';
const OWN_NAME = '${!iot:Connection.Thing.ThingName}';
const ENVIRONMENT = { Type: 'String', AllowedValues: ['dev', 'staging', 'prod'], Default: 'dev' };
const PROJECT = { Type: 'String', AllowedPattern: '^[a-z][a-z0-9-]{2,20}$' };

const sub = (text: string) => ({ 'Fn::Sub': text });
const iot = (resource: string) => sub(`${IOT}:${resource}`);
const resource = (Type: string, Properties: Body, more: Body = {}) => ({ Type, Properties, ...more });
const allow = (Action: unknown, Resource: unknown, more: Body = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: unknown, Resource: unknown) => ({ Effect: 'Deny', Action, Resource });
const document = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement });
const inline = (PolicyName: unknown, ...statements: unknown[]) =>
  ({ PolicyName, PolicyDocument: document(...statements) });
const iotPolicy = (...statements: unknown[]) => resource('AWS::IoT::Policy', { PolicyDocument: document(...statements) });

const trust = (Service: string) => document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' });
const federated = (amr: string) => document({
  Effect: 'Allow',
  Principal: { Federated: 'cognito-identity.amazonaws.com' },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    'StringEquals': { 'cognito-identity.amazonaws.com:aud': { Ref: 'IdentityPool' } },
    'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
  },
});

/** A role behind an alias, as cameras and gateways have it. */
const credentials = (role: Body, more: Body = {}): Body => ({
  DeviceRole: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust('credentials.iot.amazonaws.com'), ...role }),
  DeviceRoleAlias: resource('AWS::IoT::RoleAlias', {
    RoleAlias: sub('${AWS::StackName}-devices'), RoleArn: { 'Fn::GetAtt': ['DeviceRole', 'Arn'] }, CredentialDurationSeconds: 3600,
  }),
  ...more,
});

/** An identity pool with a role for each kind of identities. */
const pool = (users: unknown[], guests: unknown[] = []): Body => ({
  IdentityPool: resource('AWS::Cognito::IdentityPool', { AllowUnauthenticatedIdentities: guests.length > 0 }),
  UserRole: resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: federated('authenticated'), Policies: [inline('users', ...users)],
  }),
  GuestRole: resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: federated('unauthenticated'), Policies: guests.length > 0 ? [inline('guests', ...guests)] : [],
  }),
  Roles: resource('AWS::Cognito::IdentityPoolRoleAttachment', {
    IdentityPoolId: { Ref: 'IdentityPool' },
    Roles: { authenticated: { 'Fn::GetAtt': 'UserRole.Arn' }, unauthenticated: { 'Fn::GetAtt': 'GuestRole.Arn' } },
  }),
});

const fleetProvisioning = (body: unknown): Body => ({
  ProvisioningRole: resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: trust('iot.amazonaws.com'),
    ManagedPolicyArns: [sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSIoTThingsRegistration')],
  }),
  Provisioning: resource('AWS::IoT::ProvisioningTemplate', {
    Enabled: true, ProvisioningRoleArn: { 'Fn::GetAtt': ['ProvisioningRole', 'Arn'] }, TemplateBody: body,
  }),
});

/** The body of a provisioning template, with a policy of its own or the name of one. */
const provisioningBody = (policy: Body) => ({
  Parameters: { 'SerialNumber': { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { 'Fn::Join': ['', ['pump-', { Ref: 'SerialNumber' }]] } } },
    policy: { Type: 'AWS::IoT::Policy', Properties: policy },
  },
});

const DEVICE = [
  allow('iot:Connect', iot(`client/${OWN_NAME}`), { Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }),
  allow(['iot:Publish', 'iot:Receive'], iot(`topic/fleet/${OWN_NAME}/*`)),
  allow('iot:Subscribe', iot(`topicfilter/fleet/${OWN_NAME}/*`)),
  allow(['iot:Publish', 'iot:Receive'], iot(`topic/$aws/things/${OWN_NAME}/shadow/*`)),
  allow('iot:Subscribe', iot(`topicfilter/$aws/things/${OWN_NAME}/shadow/*`)),
];

const template = (
  name: string, check: AuditCheck, verdict: Verdict, Resources: Body, more: Body = {},
): RealShapedTemplate =>
  ({ name, check, verdict, body: { AWSTemplateFormatVersion: '2010-09-09', ...more, Resources } });

export const REAL_SHAPED_TEMPLATES: readonly RealShapedTemplate[] = [
  template('a device that is a thing, with its shadow', POLICY, COMPLIANT, { Policy: iotPolicy(...DEVICE) }),
  template('the same, where nothing is denied', DENIES, COMPLIANT, { Policy: iotPolicy(...DEVICE) }),
  template('a policy of a getting-started page', POLICY, NON_COMPLIANT, { Policy: iotPolicy(allow('iot:*', '*')) }),
  template('all clients of the account', POLICY, NON_COMPLIANT, {
    Policy: iotPolicy(allow('iot:Connect', iot('client/*')), allow('iot:Publish', iot('topic/telemetry'))),
  }),
  template('an environment in the name of the client', POLICY, COMPLIANT, {
    Policy: iotPolicy(allow('iot:Connect', iot('client/${Environment}-*')),
      allow('iot:Publish', iot('topic/${Environment}/telemetry/*'))),
  }, { Parameters: { Environment: ENVIRONMENT } }),
  template('an environment that anybody chooses', POLICY, UNDECIDED, {
    Policy: iotPolicy(allow('iot:Connect', iot('client/${Environment}-*'))),
  }, { Parameters: { Environment: { Type: 'String', Default: 'dev' } } }),
  template('a project and an environment', POLICY, COMPLIANT, {
    Policy: iotPolicy(allow('iot:Connect', iot('client/${Project}-${Environment}-*')),
      allow(['iot:Publish', 'iot:Receive'], iot('topic/${Project}/${Environment}/*')),
      allow('iot:Subscribe', iot('topicfilter/${Project}/${Environment}/*'))),
  }, { Parameters: { Environment: ENVIRONMENT, Project: PROJECT } }),
  template('a thing whose name is a parameter', POLICY, COMPLIANT, {
    Pump: resource('AWS::IoT::Thing', { ThingName: { Ref: 'PumpName' } }),
    Policy: iotPolicy(allow('iot:Connect', iot('client/${Pump}')),
      allow(['iot:GetThingShadow', 'iot:UpdateThingShadow'], iot('thing/${Pump}')),
      allow('iot:Publish', iot('topic/$aws/things/${Pump}/shadow/update'))),
  }, { Parameters: { PumpName: { Type: 'String' } } }),
  template('topics by region from a mapping', POLICY, COMPLIANT, {
    Policy: iotPolicy(allow('iot:Connect', {
      'Fn::Sub': [`${IOT}:client/\${Site}-*`, {
        Site: { 'Fn::FindInMap': ['Sites', { Ref: 'AWS::Region' }, 'Prefix'] },
      }],
    })),
  }, { Mappings: { Sites: { 'eu-west-1': { Prefix: 'dub' }, 'eu-central-1': { Prefix: 'fra' }, 'us-east-1': { Prefix: 'iad' } } } }),
  template('debugging in development only', POLICY, UNDECIDED, {
    Policy: iotPolicy(...DEVICE,
      { 'Fn::If': ['IsDevelopment', allow(['iot:Subscribe', 'iot:Receive'], '*'), { Ref: 'AWS::NoValue' }] }),
  }, {
    Parameters: { Environment: ENVIRONMENT }, Conditions: { IsDevelopment: { 'Fn::Equals': [{ Ref: 'Environment' }, 'dev'] } },
  }),
  template('a broad policy in each environment', POLICY, NON_COMPLIANT, {
    Policy: iotPolicy(allow('iot:Connect', '*'),
      { 'Fn::If': ['IsProduction', deny('iot:Publish', iot('topic/debug/*')), { Ref: 'AWS::NoValue' }] }),
  }, {
    Parameters: { Environment: ENVIRONMENT }, Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Environment' }, 'prod'] } },
  }),
  template('features that are switched on one by one', POLICY, COMPLIANT, {
    Policy: iotPolicy(...DEVICE, ...['Jobs', 'Video', 'Logs', 'Metrics', 'Tunnel', 'Alarms', 'Audio'].map((feature) => ({
      'Fn::If': [`Has${feature}`, allow('iot:Publish', iot(`topic/fleet/${OWN_NAME}/${feature.toLowerCase()}`)),
        { Ref: 'AWS::NoValue' }],
    }))),
  }, {
    Parameters: Object.fromEntries(['Jobs', 'Video', 'Logs', 'Metrics', 'Tunnel', 'Alarms', 'Audio'].map((feature) =>
      [feature, { Type: 'String', AllowedValues: ['true', 'false'], Default: 'false' }])),
    Conditions: Object.fromEntries(['Jobs', 'Video', 'Logs', 'Metrics', 'Tunnel', 'Alarms', 'Audio'].map((feature) =>
      [`Has${feature}`, { 'Fn::Equals': [{ Ref: feature }, 'true'] }])),
  }),
  template('a policy of the serverless application model', POLICY, NON_COMPLIANT, {
    Ingest: resource('AWS::Serverless::Function', {
      Handler: 'index.handler', Runtime: 'nodejs20.x', CodeUri: './src',
      Events: { Telemetry: { Type: 'IoTRule', Properties: { Sql: { 'Fn::Sub': "SELECT * FROM '${Environment}/telemetry'" } } } },
    }),
    DevicePolicy: iotPolicy(allow(['iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive'], iot('*'))),
  }, {
    Transform: 'AWS::Serverless-2016-10-31', Parameters: { Environment: ENVIRONMENT },
    Globals: { Function: { Timeout: 10 } },
  }),
  template('a claim certificate of fleet provisioning', POLICY, NON_COMPLIANT, {
    ClaimPolicy: iotPolicy(allow('iot:Connect', '*'),
      allow(['iot:Publish', 'iot:Receive'], [iot('topic/$aws/certificates/create/*'),
        iot('topic/$aws/provisioning-templates/${TemplateName}/provision/*')]),
      allow('iot:Subscribe', [iot('topicfilter/$aws/certificates/create/*'),
        iot('topicfilter/$aws/provisioning-templates/${TemplateName}/provision/*')])),
  }, { Parameters: { TemplateName: { Type: 'String', AllowedPattern: '^[0-9A-Za-z_-]+$', MaxLength: 36 } } }),
  template('a claim certificate for a prefix of clients', POLICY, COMPLIANT, {
    ClaimPolicy: iotPolicy(allow('iot:Connect', iot('client/${Project}-claim-*')),
      allow(['iot:Publish', 'iot:Receive'], [iot('topic/$aws/certificates/create/*'),
        iot('topic/$aws/provisioning-templates/${Project}/provision/*')])),
  }, { Parameters: { Project: PROJECT } }),
  template('fleet provisioning with the name of a policy', POLICY, COMPLIANT, {
    DevicePolicy: iotPolicy(...DEVICE),
    ...fleetProvisioning(sub(JSON.stringify(provisioningBody({ PolicyName: '${DevicePolicy}' })))),
  }),
  template('fleet provisioning with a policy of its own', POLICY, NON_COMPLIANT, fleetProvisioning(JSON.stringify(provisioningBody({
    PolicyDocument: JSON.stringify(document(allow('iot:Connect', '*'), allow('iot:Publish', 'arn:aws:iot:*:*:topic/*'))),
  })))),
  template('fleet provisioning with a policy for the serial number that the device sends', POLICY, UNDECIDED, fleetProvisioning({
    'Fn::ToJsonString': provisioningBody({
      PolicyDocument: {
        Version: '2012-10-17', Statement: [
          { Effect: 'Allow', Action: 'iot:Connect', Resource: { 'Fn::Join': ['', ['arn:aws:iot:eu-west-1:111122223333:client/', { Ref: 'SerialNumber' }]] } },
        ],
      },
    }),
  })),
  template('a camera that sends video', ALIAS, COMPLIANT, credentials({
    Policies: [inline('video', allow(['kinesisvideo:DescribeStream', 'kinesisvideo:PutMedia', 'kinesisvideo:GetDataEndpoint'],
      sub('arn:${AWS::Partition}:kinesisvideo:${AWS::Region}:${AWS::AccountId}:stream/${!credentials-iot:ThingName}/*')))],
  })),
  template('a camera that may do everything with video', ALIAS, NON_COMPLIANT, credentials({
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonKinesisVideoStreamsFullAccess'],
  })),
  template('a core of Greengrass that reads artifacts', ALIAS, COMPLIANT, credentials({
    Policies: [inline('core', allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'], '*'),
      allow('s3:GetObject', sub('arn:${AWS::Partition}:s3:::${Artifacts}/*')), allow('s3:GetBucketLocation', '*'))],
  }, { Artifacts: resource('AWS::S3::Bucket', {}) })),
  template('a core of Greengrass with the policy of version 1', ALIAS, NON_COMPLIANT, credentials({
    ManagedPolicyArns: [sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSGreengrassResourceAccessRolePolicy')],
  })),
  template('a gateway that writes logs, metrics and traces by policies of AWS', ALIAS, COMPLIANT, credentials({
    ManagedPolicyArns: [sub('arn:${AWS::Partition}:iam::aws:policy/CloudWatchAgentServerPolicy'),
      'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess', 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'],
  })),
  template('a gateway with all of the logs', ALIAS, NON_COMPLIANT, credentials({
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchLogsFullAccess'],
  })),
  template('a gateway whose policies are attached, some in production only', ALIAS, NON_COMPLIANT, credentials({}, {
    Uploads: resource('AWS::IAM::Policy', {
      PolicyName: 'uploads', Roles: [{ Ref: 'DeviceRole' }], PolicyDocument: document(allow('s3:*', '*')),
    }),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((index) => [`Feature${index}`, resource('AWS::IAM::Policy', {
      PolicyName: `feature-${index}`, Roles: [{ Ref: 'DeviceRole' }],
      PolicyDocument: document(allow('sqs:SendMessage', sub(`arn:aws:sqs:\${AWS::Region}:\${AWS::AccountId}:feature-${index}`))),
    }, { Condition: `Feature${index}` })])),
  }), {
    Parameters: Object.fromEntries([1, 2, 3, 4, 5, 6].map((index) => [`Feature${index}`, { Type: 'String', Default: 'no' }])),
    Conditions: Object.fromEntries([1, 2, 3, 4, 5, 6].map((index) =>
      [`Feature${index}`, { 'Fn::Equals': [{ Ref: `Feature${index}` }, 'yes'] }])),
  }),
  template('a gateway with a managed policy that a parameter names', ALIAS, UNDECIDED, credentials({
    ManagedPolicyArns: [{ Ref: 'BoundaryArn' }],
  }), { Parameters: { BoundaryArn: { Type: 'String' } } }),
  template('a dashboard that shows the state of things', USERS, COMPLIANT, pool([
    allow('iot:Connect', iot('client/dashboard-${!cognito-identity.amazonaws.com:sub}')),
    allow('iot:Subscribe', iot('topicfilter/${Environment}/status/*')), allow('iot:Receive', iot('topic/${Environment}/status/*')),
  ]), { Parameters: { Environment: ENVIRONMENT } }),
  template('an app whose users attach policies and change things', USERS, NON_COMPLIANT, pool([
    allow(['iot:AttachPolicy', 'iot:AttachPrincipalPolicy'], '*'), allow('iot:UpdateThing', iot('thing/*')),
  ])),
  template('an app whose users do everything with AWS IoT', USERS, NON_COMPLIANT, pool([allow(['iot:*'], ['*'])])),
  template('an app whose guests look on', GUESTS, NON_COMPLIANT, pool([allow('iot:Connect', '*')],
    [allow(['iot:Connect', 'iot:Subscribe', 'iot:Receive'], '*')])),
  template('an app whose guests report to analytics only', GUESTS, COMPLIANT, pool([allow('iot:Connect', '*')],
    [allow(['mobileanalytics:PutEvents', 'cognito-sync:*'], '*')])),
  template('a building whose control room is denied', DENIES, NON_COMPLIANT, {
    Policy: iotPolicy(allow('iot:Subscribe', iot('topicfilter/${Building}/*')), allow('iot:Receive', iot('topic/${Building}/*')),
      deny('iot:Subscribe', iot('topicfilter/${Building}/control_room/*'))),
  }, { Parameters: { Building: { Type: 'String', AllowedValues: ['north', 'south'] } } }),
  template('a Deny with the wildcards of MQTT', DENIES, NON_COMPLIANT, {
    Policy: iotPolicy(...DEVICE, deny('iot:Subscribe', iot('topicfilter/fleet/+/admin/#'))),
  }),
  template('a Deny with the wildcards of policies', DENIES, COMPLIANT, {
    Policy: iotPolicy(...DEVICE, deny(['iot:Subscribe', 'iot:Receive'], [iot('topicfilter/admin/*'), iot('topic/admin/*')])),
  }),
];
