import { Value } from '../templates/value';

/** A policy that AWS writes and keeps, in the version that was the default one at a time. */
export interface ManagedPolicy {
  readonly name: string;

  /** The version, and the day on which AWS made it. */
  readonly version: string;
  readonly date: string;

  readonly document: Value;
}

/** Actions of a service, from their names. */
const of = (service: string, names: string) => names.trim().split(/\s+/).map((name) => `${service}:${name}`);

const allow = (actions: readonly string[], resources: readonly string[] = ['*'], condition?: Value): Value => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...condition === undefined ? {} : { Condition: condition },
});

function policy(name: string, version: string, date: string, ...statements: readonly Value[]): ManagedPolicy {
  return { name, version, date, document: { Version: '2012-10-17', Statement: statements } };
}

/** Reading the configuration of AWS IoT, as `AWSIoTConfigReadOnlyAccess` allows it. */
const READ_CONFIGURATION = of('iot', `
  DescribeAuthorizer DescribeCACertificate DescribeCertificate DescribeDefaultAuthorizer DescribeEndpoint
  DescribeEventConfigurations DescribeIndex DescribeJob DescribeJobExecution DescribeRoleAlias DescribeStream
  DescribeThing DescribeThingGroup DescribeThingRegistrationTask DescribeThingType GetEffectivePolicies
  GetIndexingConfiguration GetJobDocument GetLoggingOptions GetOTAUpdate GetPolicy GetPolicyVersion GetRegistrationCode
  GetTopicRule GetV2LoggingOptions ListAttachedPolicies ListAuthorizers ListCACertificates ListCertificates
  ListCertificatesByCA ListIndices ListJobExecutionsForJob ListJobExecutionsForThing ListJobs ListOTAUpdates
  ListOutgoingCertificates ListPolicies ListPolicyPrincipals ListPolicyVersions ListPrincipalPolicies
  ListPrincipalThings ListRoleAliases ListStreams ListTargetsForPolicy ListThingGroups ListThingGroupsForThing
  ListThingPrincipals ListThingRegistrationTaskReports ListThingRegistrationTasks ListThings ListThingsInThingGroup
  ListThingTypes ListTopicRules ListV2LoggingLevels SearchIndex TestAuthorization TestInvokeAuthorizer
  DescribeAccountAuditConfiguration DescribeAuditTask ListAuditTasks DescribeScheduledAudit ListScheduledAudits
  ListAuditFindings DescribeSecurityProfile ListSecurityProfiles ListSecurityProfilesForTarget
  ListTargetsForSecurityProfile ListActiveViolations ListViolationEvents ValidateSecurityProfileBehaviors
`);

/** What `AWSIoTConfigAccess` allows beside reading. */
const CHANGE_CONFIGURATION = of('iot', `
  AcceptCertificateTransfer AddThingToThingGroup AssociateTargetsWithJob AttachPolicy AttachPrincipalPolicy
  AttachThingPrincipal CancelCertificateTransfer CancelJob CancelJobExecution ClearDefaultAuthorizer CreateAuthorizer
  CreateCertificateFromCsr CreateJob CreateKeysAndCertificate CreateOTAUpdate CreatePolicy CreatePolicyVersion
  CreateRoleAlias CreateStream CreateThing CreateThingGroup CreateThingType CreateTopicRule DeleteAuthorizer
  DeleteCACertificate DeleteCertificate DeleteJob DeleteJobExecution DeleteOTAUpdate DeletePolicy DeletePolicyVersion
  DeleteRegistrationCode DeleteRoleAlias DeleteStream DeleteThing DeleteThingGroup DeleteThingType DeleteTopicRule
  DeleteV2LoggingLevel DeprecateThingType DetachPolicy DetachPrincipalPolicy DetachThingPrincipal DisableTopicRule
  EnableTopicRule RegisterCACertificate RegisterCertificate RegisterThing RejectCertificateTransfer
  RemoveThingFromThingGroup ReplaceTopicRule SetDefaultAuthorizer SetDefaultPolicyVersion SetLoggingOptions
  SetV2LoggingLevel SetV2LoggingOptions StartThingRegistrationTask StopThingRegistrationTask TransferCertificate
  UpdateAuthorizer UpdateCACertificate UpdateCertificate UpdateEventConfigurations UpdateIndexingConfiguration
  UpdateRoleAlias UpdateStream UpdateThing UpdateThingGroup UpdateThingGroupsForThing UpdateAccountAuditConfiguration
  DeleteAccountAuditConfiguration StartOnDemandAuditTask CancelAuditTask CreateScheduledAudit UpdateScheduledAudit
  DeleteScheduledAudit CreateSecurityProfile UpdateSecurityProfile DeleteSecurityProfile AttachSecurityProfile
  DetachSecurityProfile
`);

/**
 * Policies of AWS that people give to devices, to identity pools and to what works for them. The content of others is
 * unknown here.
 *
 * AWS's reference has a page for each, with its version, date and document, from which a row is refreshed:
 * `https://docs.aws.amazon.com/aws-managed-policy/latest/reference/NAME.html`. `aws iam get-policy-version` prints the
 * same. The rows were taken from the public archive zoph-io/MAMIP (`policies/NAME`) and from AWS's reference, as they
 * stood on 2026-11-26; the order of actions and the ids of statements are left out.
 */
const ALL: readonly ManagedPolicy[] = [
  // For everything.
  policy('AdministratorAccess', 'v1', '2015-02-06', allow(['*'])),
  policy('PowerUserAccess', 'v12', '2026-02-12',
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: ['*'] },
    allow([
      ...of('account', 'GetAccountInformation GetGovCloudAccountInformation GetPrimaryEmail ListRegions'),
      ...of('iam', 'CreateServiceLinkedRole DeleteServiceLinkedRole ListRoles'),
      ...of('organizations', 'DescribeEffectivePolicy DescribeOrganization'),
    ])),
  policy('IAMFullAccess', 'v2', '2019-06-21', allow(['iam:*', ...of('organizations', `
    DescribeAccount DescribeOrganization DescribeOrganizationalUnit DescribePolicy ListChildren ListParents
    ListPoliciesForTarget ListRoots ListPolicies ListTargetsForPolicy
  `)])),

  // For AWS IoT.
  policy('AWSIoTFullAccess', 'v2', '2022-05-19', allow(['iot:*', 'iotjobsdata:*'])),
  policy('AWSIoTDataAccess', 'v3', '2021-06-23', allow(of('iot', `
    Connect Publish Subscribe Receive GetThingShadow UpdateThingShadow DeleteThingShadow ListNamedShadowsForThing
  `))),
  policy('AWSIoTConfigReadOnlyAccess', 'v8', '2019-09-27', allow(READ_CONFIGURATION)),
  policy('AWSIoTConfigAccess', 'v9', '2019-09-27', allow([...CHANGE_CONFIGURATION, ...READ_CONFIGURATION])),
  policy('AWSIoTThingsRegistration', 'v3', '2020-10-05', allow(of('iot', `
    AddThingToThingGroup AttachPolicy AttachPrincipalPolicy AttachThingPrincipal CreateCertificateFromCsr CreatePolicy
    CreateThing DescribeCertificate DescribeThing DescribeThingGroup DescribeThingType DetachPolicy DetachThingPrincipal
    GetPolicy ListAttachedPolicies ListPolicyPrincipals ListPrincipalPolicies ListPrincipalThings ListTargetsForPolicy
    ListThingGroupsForThing ListThingPrincipals RegisterCertificate RegisterThing RemoveThingFromThingGroup
    UpdateCertificate UpdateThing UpdateThingGroupsForThing AddThingToBillingGroup DescribeBillingGroup
    RemoveThingFromBillingGroup
  `))),
  policy('AWSIoTLogging', 'v1', '2015-10-08', allow(of('logs', `
    CreateLogGroup CreateLogStream PutLogEvents PutMetricFilter PutRetentionPolicy GetLogEvents DeleteLogStream
  `))),
  policy('AWSIoTRuleActions', 'v2', '2018-01-16', allow([
    'dynamodb:PutItem', 'kinesis:PutRecord', 'iot:Publish', 's3:PutObject', 'sns:Publish', 'sqs:SendMessage*',
    'cloudwatch:SetAlarmState', 'cloudwatch:PutMetricData', 'es:ESHttpPut', 'firehose:PutRecord',
  ])),
  policy('AWSIoTOTAUpdate', 'v1', '2017-12-20', allow(['iot:CreateJob', 'signer:DescribeSigningJob'])),
  policy('AWSIoTDeviceDefenderAudit', 'v3', '2019-11-25', allow([
    ...of('iot', `
      GetLoggingOptions GetV2LoggingOptions ListCACertificates ListCertificates DescribeCACertificate
      DescribeCertificate ListPolicies GetPolicy GetEffectivePolicies ListRoleAliases DescribeRoleAlias
    `),
    'cognito-identity:GetIdentityPoolRoles',
    ...of('iam', `
      ListRolePolicies ListAttachedRolePolicies GetRole GetPolicy GetPolicyVersion GetRolePolicy
      GenerateServiceLastAccessedDetails GetServiceLastAccessedDetails
    `),
  ])),
  policy('AWSIoTAnalyticsFullAccess', 'v1', '2018-06-18', allow(['iotanalytics:*'])),
  policy('AWSIoTEventsFullAccess', 'v1', '2019-01-10', allow(['iotevents:*'])),
  policy('AWSIoTSiteWiseFullAccess', 'v1', '2018-12-04', allow(['iotsitewise:*'])),
  policy('AWSIoTWirelessDataAccess', 'v1', '2020-12-15', allow(['iotwireless:SendDataToWirelessDevice'])),
  policy('AmazonFreeRTOSOTAUpdate', 'v3', '2020-12-18',
    allow(of('s3', 'GetObjectVersion PutObject GetObject'), ['arn:aws:s3:::afr-ota*']),
    allow(of('signer', 'StartSigningJob DescribeSigningJob GetSigningProfile PutSigningProfile')),
    allow(of('s3', 'ListBucketVersions ListBucket ListAllMyBuckets GetBucketLocation')),
    allow(of('iot', 'DeleteJob DescribeJob'), ['arn:aws:iot:*:*:job/AFR_OTA*']),
    allow(of('iot', 'DeleteStream'), ['arn:aws:iot:*:*:stream/AFR_OTA*']),
    allow(of('iot', 'CreateStream CreateJob'))),

  // For AWS IoT Greengrass.
  policy('AWSGreengrassFullAccess', 'v1', '2017-05-03', allow(['greengrass:*'])),
  policy('AWSGreengrassReadOnlyAccess', 'v1', '2018-10-30', allow(of('greengrass', 'List* Get*'))),
  policy('AWSGreengrassResourceAccessRolePolicy', 'v5', '2018-11-14',
    allow(of('iot', 'DeleteThingShadow GetThingShadow UpdateThingShadow'), [
      'arn:aws:iot:*:*:thing/GG_*', 'arn:aws:iot:*:*:thing/*-gcm', 'arn:aws:iot:*:*:thing/*-gda',
      'arn:aws:iot:*:*:thing/*-gci',
    ]),
    allow(of('iot', 'DescribeThing'), ['arn:aws:iot:*:*:thing/*']),
    allow(of('iot', 'DescribeCertificate'), ['arn:aws:iot:*:*:cert/*']),
    allow(['greengrass:*']),
    allow(of('lambda', 'GetFunction GetFunctionConfiguration')),
    allow(['secretsmanager:GetSecretValue'], ['arn:aws:secretsmanager:*:*:secret:greengrass-*']),
    allow(['s3:GetObject'], [
      'arn:aws:s3:::*Greengrass*', 'arn:aws:s3:::*GreenGrass*', 'arn:aws:s3:::*greengrass*',
      'arn:aws:s3:::*Sagemaker*', 'arn:aws:s3:::*SageMaker*', 'arn:aws:s3:::*sagemaker*',
    ]),
    allow(['s3:GetBucketLocation']),
    allow(['sagemaker:DescribeTrainingJob'], ['arn:aws:sagemaker:*:*:training-job/*'])),
  policy('GreengrassOTAUpdateArtifactAccess', 'v2', '2018-12-18',
    allow(['s3:GetObject'], ['arn:aws:s3:::*-greengrass-updates/*'])),

  // For logs, metrics and management of hosts.
  policy('CloudWatchLogsFullAccess', 'v3', '2025-05-20',
    allow(['logs:*', 'cloudwatch:GenerateQuery', 'cloudwatch:GenerateQueryResultsSummary'])),
  policy('CloudWatchAgentServerPolicy', 'v3', '2024-02-06',
    allow([
      'cloudwatch:PutMetricData', 'ec2:DescribeVolumes', 'ec2:DescribeTags',
      ...of('logs', `
        PutLogEvents PutRetentionPolicy DescribeLogStreams DescribeLogGroups CreateLogStream CreateLogGroup
      `),
      ...of('xray', `
        PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets GetSamplingStatisticSummaries
      `),
    ]),
    allow(['ssm:GetParameter'], ['arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*'])),
  policy('AWSXRayDaemonWriteAccess', 'v2', '2024-02-13', allow(of('xray', `
    PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets GetSamplingStatisticSummaries
  `))),
  policy('AWSLambdaBasicExecutionRole', 'v1', '2015-04-09',
    allow(of('logs', 'CreateLogGroup CreateLogStream PutLogEvents'))),
  policy('AWSLambdaRole', 'v1', '2015-02-06', allow(['lambda:InvokeFunction'])),
  policy('AmazonSSMManagedInstanceCore', 'v2', '2019-05-23',
    allow(of('ssm', `
      DescribeAssociation GetDeployablePatchSnapshotForInstance GetDocument DescribeDocument GetManifest GetParameter
      GetParameters ListAssociations ListInstanceAssociations PutInventory PutComplianceItems
      PutConfigurePackageResult UpdateAssociationStatus UpdateInstanceAssociationStatus UpdateInstanceInformation
    `)),
    allow(of('ssmmessages', 'CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel')),
    allow(of('ec2messages', 'AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply'))),
  policy('AmazonSSMReadOnlyAccess', 'v1', '2015-05-29', allow(of('ssm', 'Describe* Get* List*'))),

  // For data.
  policy('AmazonS3FullAccess', 'v2', '2021-09-27', allow(['s3:*', 's3-object-lambda:*'])),
  policy('AmazonS3ReadOnlyAccess', 'v3', '2023-08-10',
    allow([...of('s3', 'Get* List* Describe*'), ...of('s3-object-lambda', 'Get* List*')])),
  policy('AmazonKinesisFullAccess', 'v1', '2015-02-06', allow(['kinesis:*'])),
  policy('AmazonKinesisFirehoseFullAccess', 'v1', '2015-10-07', allow(['firehose:*'])),
  policy('AmazonPollyFullAccess', 'v1', '2016-11-30', allow(['polly:*'])),
  policy('AmazonRekognitionFullAccess', 'v1', '2016-11-30', allow(['rekognition:*'])),
  policy('AmazonKinesisVideoStreamsFullAccess', 'v1', '2017-12-01', allow(['kinesisvideo:*'])),
  policy('AmazonSQSFullAccess', 'v1', '2015-02-06', allow(['sqs:*'])),
  policy('AmazonSNSFullAccess', 'v2', '2024-09-24',
    allow(['sns:*']),
    allow(of('sms-voice', `
      DescribeVerifiedDestinationNumbers CreateVerifiedDestinationNumber SendDestinationNumberVerificationCode
      SendTextMessage DeleteVerifiedDestinationNumber VerifyDestinationNumber DescribeAccountAttributes
      DescribeSpendLimits DescribePhoneNumbers SetTextMessageSpendLimitOverride DescribeOptedOutNumbers
      DeleteOptedOutNumber
    `), ['*'], { StringEquals: { 'aws:CalledViaLast': 'sns.amazonaws.com' } })),
  policy('AmazonDynamoDBFullAccess', 'v15', '2021-01-29',
    allow([
      'dynamodb:*', 'dax:*',
      ...of('application-autoscaling', `
        DeleteScalingPolicy DeregisterScalableTarget DescribeScalableTargets DescribeScalingActivities
        DescribeScalingPolicies PutScalingPolicy RegisterScalableTarget
      `),
      ...of('cloudwatch', `
        DeleteAlarms DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric GetMetricStatistics ListMetrics
        PutMetricAlarm GetMetricData
      `),
      ...of('datapipeline', `
        ActivatePipeline CreatePipeline DeletePipeline DescribeObjects DescribePipelines GetPipelineDefinition
        ListPipelines PutPipelineDefinition QueryObjects
      `),
      ...of('ec2', 'DescribeVpcs DescribeSubnets DescribeSecurityGroups'),
      ...of('iam', 'GetRole ListRoles'),
      ...of('kms', 'DescribeKey ListAliases'),
      ...of('sns', `
        CreateTopic DeleteTopic ListSubscriptions ListSubscriptionsByTopic ListTopics Subscribe Unsubscribe
        SetTopicAttributes
      `),
      ...of('lambda', `
        CreateFunction ListFunctions ListEventSourceMappings CreateEventSourceMapping DeleteEventSourceMapping
        GetFunctionConfiguration DeleteFunction
      `),
      ...of('resource-groups', 'ListGroups ListGroupResources GetGroup GetGroupQuery DeleteGroup CreateGroup'),
      'tag:GetResources',
      ...of('kinesis', 'ListStreams DescribeStream DescribeStreamSummary'),
    ]),
    allow(['cloudwatch:GetInsightRuleReport'],
      ['arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*']),
    allow(['iam:PassRole'], ['*'], {
      StringLike: {
        'iam:PassedToService': [
          'application-autoscaling.amazonaws.com', 'application-autoscaling.amazonaws.com.cn', 'dax.amazonaws.com',
        ],
      },
    }),
    allow(['iam:CreateServiceLinkedRole'], ['*'], {
      StringEquals: {
        'iam:AWSServiceName': [
          'replication.dynamodb.amazonaws.com', 'dax.amazonaws.com', 'dynamodb.application-autoscaling.amazonaws.com',
          'contributorinsights.dynamodb.amazonaws.com', 'kinesisreplication.dynamodb.amazonaws.com',
        ],
      },
    })),

  // For identities of Amazon Cognito.
  policy('AmazonCognitoPowerUser', 'v8', '2026-02-11',
    allow([
      'cognito-identity:*', 'cognito-idp:*', 'cognito-sync:*',
      ...of('iam', 'ListRoles ListOpenIdConnectProviders GetRole ListSAMLProviders GetSAMLProvider'),
      'kinesis:ListStreams', 'lambda:GetPolicy', 'lambda:ListFunctions', 'sns:GetSMSSandboxAccountStatus',
      'sns:ListPlatformApplications', 'ses:ListIdentities', 'ses:GetIdentityVerificationAttributes',
      'mobiletargeting:GetApps', 'acm:ListCertificates', 'sms-voice:DescribeAccountAttributes',
    ]),
    allow(['iam:CreateServiceLinkedRole'], ['*'], {
      StringEquals: {
        'iam:AWSServiceName': [
          'cognito-idp.amazonaws.com', 'email.cognito-idp.amazonaws.com',
        ],
      },
    }),
    allow(of('iam', 'DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus'), [
      'arn:aws:iam::*:role/aws-service-role/cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdp*',
      'arn:aws:iam::*:role/aws-service-role/email.cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdpEmail*',
    ])),
];

/** Managed policies of AWS by name. */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, ManagedPolicy> = new Map(ALL.map((each) => [each.name, each]));
