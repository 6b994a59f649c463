import { Aws, CfnDeletionPolicy, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration, CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventInvokeConfig, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** What the API and CloudFormation call a threshold. */
type Threshold = readonly [api: string, key: string, days: string];

/** What the API and CloudFormation call the checks. */
export const CHECKS: readonly (readonly [name: string, key: string, severity: string, threshold?: Threshold])[] = [
  ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'authenticatedCognitoRoleOverlyPermissiveCheck', 'CRITICAL'],
  ['CA_CERTIFICATE_EXPIRING_CHECK', 'caCertificateExpiringCheck', 'MEDIUM'],
  ['CA_CERTIFICATE_KEY_QUALITY_CHECK', 'caCertificateKeyQualityCheck', 'CRITICAL'],
  ['CONFLICTING_CLIENT_IDS_CHECK', 'conflictingClientIdsCheck', 'HIGH'],
  [
    'DEVICE_CERTIFICATE_AGE_CHECK',
    'deviceCertificateAgeCheck',
    'LOW',
    ['CERT_AGE_THRESHOLD_IN_DAYS', 'certAgeThresholdInDays', '365'],
  ],
  [
    'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    'deviceCertificateExpiringCheck',
    'MEDIUM',
    ['CERT_EXPIRATION_THRESHOLD_IN_DAYS', 'certExpirationThresholdInDays', '30'],
  ],
  ['DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', 'deviceCertificateKeyQualityCheck', 'CRITICAL'],
  ['DEVICE_CERTIFICATE_SHARED_CHECK', 'deviceCertificateSharedCheck', 'CRITICAL'],
  [
    'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    'intermediateCaRevokedForActiveDeviceCertificatesCheck',
    'CRITICAL',
  ],
  ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'iotPolicyOverlyPermissiveCheck', 'CRITICAL'],
  ['IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK', 'ioTPolicyPotentialMisConfigurationCheck', 'MEDIUM'],
  ['IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK', 'iotRoleAliasAllowsAccessToUnusedServicesCheck', 'MEDIUM'],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'iotRoleAliasOverlyPermissiveCheck', 'CRITICAL'],
  ['LOGGING_DISABLED_CHECK', 'loggingDisabledCheck', 'LOW'],
  ['REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK', 'revokedCaCertificateStillActiveCheck', 'CRITICAL'],
  ['REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK', 'revokedDeviceCertificateStillActiveCheck', 'MEDIUM'],
  [
    'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    'unauthenticatedCognitoRoleOverlyPermissiveCheck',
    'CRITICAL',
  ],
];

const CHECK_NAMES = CHECKS.map(([name]) => name);
const MANAGED_POLICY = Fn.sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit');

function document(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

export function trustOf(service: string, conditions?: object): object {
  return document({
    Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', Condition: conditions,
  });
}

function iotTrust(): object {
  return trustOf('iot.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    ArnLike: { 'aws:SourceArn': Fn.sub('arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:*') },
  });
}

function retain<T extends CfnResource>(resource: T): T {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  return resource;
}

export function checkConfigurations(): Record<string, object> {
  return Object.fromEntries(CHECKS.map(([, key, , threshold]) => [
    key, { enabled: true, ...threshold && { configuration: { [threshold[1]]: threshold[2] } } },
  ]));
}

/** The L1 does not know it. */
export function addExpiryThreshold(configuration: CfnAccountAuditConfiguration): void {
  configuration.addPropertyOverride(
    'AuditCheckConfigurations.DeviceCertificateExpiringCheck.Configuration.CertExpirationThresholdInDays', '30',
  );
}

interface Notified {
  readonly topic: CfnTopic;
  readonly role: CfnRole;
}

function notifications(scope: Construct): Notified {
  const key = retain(new CfnKey(scope, 'Key', {
    description: 'Encrypts the notifications of AWS IoT Device Defender audits',
    enableKeyRotation: true,
    keyPolicy: document({
      Effect: 'Allow', Principal: {
        AWS: Fn.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root'),
      }, Action: 'kms:*', Resource: '*',
    }),
  }));
  const topic = retain(new CfnTopic(scope, 'Topic', { kmsMasterKeyId: key.attrArn }));
  retain(new CfnTopicPolicy(scope, 'TopicPolicy', {
    topics: [topic.ref],
    policyDocument: document({
      Sid: 'AllowPublishThroughSSLOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: topic.ref,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  }));
  const role = retain(new CfnRole(scope, 'NotificationRole', {
    description: 'Lets AWS IoT Device Defender publish the notifications of its audits',
    assumeRolePolicyDocument: iotTrust(),
    policies: [{
      policyName: 'Permissions',
      policyDocument: document(
        { Effect: 'Allow', Action: 'sns:Publish', Resource: topic.ref },
        { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: key.attrArn },
      ),
    }],
  }));
  return { topic, role };
}

function auditRole(scope: Construct): CfnRole {
  return retain(new CfnRole(scope, 'AuditRole', {
    description: 'Lets AWS IoT Device Defender read what it audits',
    assumeRolePolicyDocument: iotTrust(),
    managedPolicyArns: [MANAGED_POLICY],
  }));
}

function allow(actions: string | string[], resource: unknown): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function functionRole(scope: Construct, logGroup: CfnLogGroup): CfnRole {
  return new CfnRole(scope, 'FunctionRole', {
    description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
    assumeRolePolicyDocument: trustOf('lambda.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    }),
    policies: [{
      policyName: 'Permissions',
      policyDocument: document(
        allow(['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'], logGroup.attrArn),
        allow(['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], Aws.STACK_ID),
      ),
    }],
  });
}

/** What the function may do for the custom resources, for each purpose. */
function functionPolicies(scope: Construct, role: CfnRole): { readonly release: CfnPolicy; readonly start: CfnPolicy } {
  const policy = (policyName: string, ...statements: object[]) => new CfnPolicy(scope, policyName, {
    policyName, policyDocument: document(...statements), roles: [role.ref],
  });
  return {
    release: policy('ReleaseChecks',
      allow(
        ['iot:DescribeAccountAuditConfiguration', 'iot:ListScheduledAudits', 'iot:UpdateAccountAuditConfiguration'],
        '*',
      ),
      allow(['iot:DescribeScheduledAudit', 'iot:UpdateScheduledAudit'],
        Fn.sub('arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:scheduledaudit/*'))),
    start: policy('StartAudit', allow([
      'iot:CancelAuditTask', 'iot:DescribeAccountAuditConfiguration', 'iot:DescribeAuditTask', 'iot:ListAuditTasks', 'iot:StartOnDemandAuditTask',
    ], '*')),
  };
}

/** The function, its role, and what has to be there before it is called. */
function auditFunction(
  scope: Construct, codeDirectory: string,
): { readonly arn: string; readonly role: CfnRole; readonly invocations: CfnResource } {
  const logGroup = new CfnLogGroup(scope, 'Logs', { retentionInDays: 30 });
  const role = functionRole(scope, logGroup);
  const code = new Asset(scope, 'Code', { path: codeDirectory });
  const fn = new CfnFunction(scope, 'Function', {
    description: 'Carries out the custom resources of cdk-iot-fleet-audit',
    architectures: ['arm64'],
    code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
    environment: { variables: { STACK_ID: Aws.STACK_ID } },
    handler: 'index.handler',
    loggingConfig: { logGroup: logGroup.ref },
    memorySize: 256,
    role: role.attrArn,
    runtime: 'nodejs24.x',
    timeout: 900,
  });
  const invocations = new CfnEventInvokeConfig(scope, 'Invocations', {
    functionName: fn.ref, maximumEventAgeInSeconds: 600, maximumRetryAttempts: 0, qualifier: '$LATEST',
  });
  return { arn: fn.attrArn, role, invocations };
}

/** What the default `FleetAudit` makes, resource by resource, with the L1s of aws-cdk-lib. */
export function handWrittenFleet(scope: Construct, codeDirectory: string): void {
  const { topic, role: notificationRole } = notifications(scope);
  const role = auditRole(scope);
  const fn = auditFunction(scope, codeDirectory);
  const policies = functionPolicies(scope, fn.role);
  const configuration = retain(new CfnAccountAuditConfiguration(scope, 'Configuration', {
    accountId: Aws.ACCOUNT_ID,
    roleArn: role.attrArn,
    auditCheckConfigurations: checkConfigurations(),
    auditNotificationTargetConfigurations: {
      sns: { enabled: true, roleArn: notificationRole.attrArn, targetArn: topic.ref },
    },
  }));
  addExpiryThreshold(configuration);
  const schedule = new CfnScheduledAudit(scope, 'DailyAudit', { frequency: 'DAILY', targetCheckNames: CHECK_NAMES });
  const custom = (id: string, type: string, policy: CfnPolicy, properties: object): CfnResource => {
    const resource = new CfnResource(scope, id, {
      type, properties: { ServiceToken: fn.arn, ServiceTimeout: '1500', ...properties },
    });
    resource.node.addDependency(fn.invocations, policy);
    return resource;
  };
  const release = (Position: string, rest: object) => custom(`CheckRelease${Position}`, 'Custom::IotAuditCheckRelease', policies.release, {
    Position,
    Checks: CHECKS.map(
      ([name, , , threshold]) => ({ Name: name, ...threshold && { Configuration: { [threshold[0]]: threshold[2] } } }),
    ),
    Watched: {
      RoleArn: role.attrArn,
      Targets: { sns: { enabled: true, targetArn: topic.ref, roleArn: notificationRole.attrArn } },
    },
    ...rest,
  });
  const [before, after] = [release('BEFORE', {}), release('AFTER', { Configuration: configuration.ref })];
  for (const earlier of [before, role, notificationRole]) configuration.node.addDependency(earlier);
  schedule.node.addDependency(after, configuration);
  custom('OnDemandAudit', 'Custom::IotOnDemandAudit', policies.start, {
    Configuration: configuration.ref,
    Checks: CHECKS.map(
      ([name, , severity, threshold]) => ({
        Name: name, Severity: severity, ...threshold && { Threshold: threshold[2] },
      }),
    ),
    Mode: 'START',
  });
}

/** What an account that is audited every day, and somebody who is told of it, cannot do without. */
export function handWrittenMinimum(stack: Stack): void {
  const topic = new CfnTopic(stack, 'Topic');
  const notificationRole = new CfnRole(stack, 'NotificationRole', {
    assumeRolePolicyDocument: trustOf('iot.amazonaws.com'),
    policies: [{
      policyName: 'Publish', policyDocument: document({ Effect: 'Allow', Action: 'sns:Publish', Resource: topic.ref }),
    }],
  });
  const role = new CfnRole(stack, 'AuditRole', {
    assumeRolePolicyDocument: trustOf('iot.amazonaws.com'), managedPolicyArns: [MANAGED_POLICY],
  });
  const configuration = new CfnAccountAuditConfiguration(stack, 'Configuration', {
    accountId: Aws.ACCOUNT_ID,
    roleArn: role.attrArn,
    auditCheckConfigurations: checkConfigurations(),
    auditNotificationTargetConfigurations: {
      sns: { enabled: true, roleArn: notificationRole.attrArn, targetArn: topic.ref },
    },
  });
  new CfnScheduledAudit(stack, 'DailyAudit', { frequency: 'DAILY', targetCheckNames: CHECK_NAMES }).node.addDependency(configuration);
}
