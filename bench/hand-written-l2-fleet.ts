import { Aws, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration, CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { addExpiryThreshold, CHECKS, checkConfigurations } from './hand-written-fleet';

const CHECK_NAMES = CHECKS.map(([name]) => name);
const RETAIN = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

function iotRole(stack: Stack, id: string, description: string, statements: PolicyStatement[]): Role {
  const role = new Role(stack, id, {
    description,
    assumedBy: new ServicePrincipal('iot.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
      },
    }),
    ...statements.length > 0
      ? { inlinePolicies: { Permissions: new PolicyDocument({ statements }) } }
      : { managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSIoTDeviceDefenderAudit')] },
  });
  role.applyRemovalPolicy(RETAIN);
  return role;
}

function policyOf(stack: Stack, policyName: string, fn: Function, ...statements: PolicyStatement[]): Policy {
  return new Policy(stack, policyName, { policyName, roles: [fn.role!], statements });
}

function auditFunction(stack: Stack, codeDirectory: string): Function {
  const logGroup = new LogGroup(stack, 'Logs', {
    retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, 'FunctionRole', {
    description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    inlinePolicies: {
      Permissions: new PolicyDocument({
        statements: [
          allow(['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'], logGroup.logGroupArn),
          allow(['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], Aws.STACK_ID),
        ],
      }),
    },
  });
  return new Function(stack, 'Function', {
    description: 'Carries out the custom resources of cdk-iot-fleet-audit',
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(codeDirectory),
    environment: { STACK_ID: Aws.STACK_ID },
    handler: 'index.handler',
    logGroup,
    maxEventAge: Duration.minutes(10),
    memorySize: 256,
    retryAttempts: 0,
    role,
    runtime: Runtime.NODEJS_24_X,
    timeout: Duration.minutes(15),
  });
}

/** What the default `FleetAudit` makes, with the L2s of aws-cdk-lib where it has some. */
export function handWrittenL2Fleet(stack: Stack, codeDirectory: string): void {
  const key = new Key(stack, 'Key', {
    description: 'Encrypts the notifications of AWS IoT Device Defender audits', enableKeyRotation: true, removalPolicy: RETAIN,
  });
  const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
  topic.applyRemovalPolicy(RETAIN);
  (topic.node.findChild('Policy') as TopicPolicy).applyRemovalPolicy(RETAIN);
  const notificationRole = iotRole(stack, 'NotificationRole', 'Lets AWS IoT Device Defender publish the notifications '
    + 'of its audits', [
    allow(['sns:Publish'], topic.topicArn), allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn),
  ]);
  const role = iotRole(stack, 'AuditRole', 'Lets AWS IoT Device Defender read what it audits', []);
  const fn = auditFunction(stack, codeDirectory);
  const targets = { sns: { enabled: true, roleArn: notificationRole.roleArn, targetArn: topic.topicArn } };
  const configuration = new CfnAccountAuditConfiguration(stack, 'Configuration', {
    accountId: Aws.ACCOUNT_ID,
    roleArn: role.roleArn,
    auditCheckConfigurations: checkConfigurations(),
    auditNotificationTargetConfigurations: targets,
  });
  configuration.applyRemovalPolicy(RETAIN);
  addExpiryThreshold(configuration);
  const schedule = new CfnScheduledAudit(stack, 'DailyAudit', { frequency: 'DAILY', targetCheckNames: CHECK_NAMES });
  const custom = (id: string, type: string, policy: Policy, properties: object): CfnResource => {
    const resource = new CfnResource(stack, id, {
      type, properties: { ServiceToken: fn.functionArn, ServiceTimeout: '1500', ...properties },
    });
    resource.node.addDependency(fn, policy);
    return resource;
  };
  const releasing = policyOf(stack, 'ReleaseChecks', fn,
    allow(
      ['iot:DescribeAccountAuditConfiguration', 'iot:ListScheduledAudits', 'iot:UpdateAccountAuditConfiguration'], '*',
    ),
    allow(
      ['iot:DescribeScheduledAudit', 'iot:UpdateScheduledAudit'],
      stack.formatArn({ service: 'iot', resource: 'scheduledaudit', resourceName: '*' }),
    ));
  const release = (Position: string, rest: object) => custom(`CheckRelease${Position}`, 'Custom::IotAuditCheckRelease', releasing, {
    Position,
    Checks: CHECKS.map(
      ([name, , , threshold]) => ({ Name: name, ...threshold && { Configuration: { [threshold[0]]: threshold[2] } } }),
    ),
    Watched: { RoleArn: role.roleArn, Targets: targets },
    ...rest,
  });
  const [before, after] = [release('BEFORE', {}), release('AFTER', { Configuration: configuration.ref })];
  configuration.node.addDependency(before, role, notificationRole);
  schedule.node.addDependency(after, configuration);
  const starting = policyOf(stack, 'StartAudit', fn, allow([
    'iot:CancelAuditTask', 'iot:DescribeAccountAuditConfiguration', 'iot:DescribeAuditTask', 'iot:ListAuditTasks', 'iot:StartOnDemandAuditTask',
  ], '*'));
  custom('OnDemandAudit', 'Custom::IotOnDemandAudit', starting, {
    Configuration: configuration.ref,
    Checks: CHECKS.map(
      ([name, , severity, threshold]) => ({
        Name: name, Severity: severity, ...threshold && { Threshold: threshold[2] },
      }),
    ),
    Mode: 'START',
  });
}
