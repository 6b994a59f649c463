import { Value } from '../templates/value';

const document = (...statements: Value[]): Value => ({ Version: '2012-10-17', Statement: statements });
const allow = (...actions: string[]): Value => ({ Effect: 'Allow', Action: actions, Resource: '*' });

/**
 * AWS managed policies that devices are known to be given. The content of others is unknown here.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const AWS_MANAGED_POLICIES: Readonly<Record<string, Value>> = {
  AdministratorAccess: document(allow('*')),
  PowerUserAccess: document(
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    allow(
      'account:GetAccountInformation', 'account:GetGovCloudAccountInformation', 'account:GetPrimaryEmail',
      'account:ListRegions', 'iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:ListRoles',
      'organizations:DescribeEffectivePolicy', 'organizations:DescribeOrganization',
    ),
  ),
  IAMFullAccess: document(allow(
    'iam:*', 'organizations:DescribeAccount', 'organizations:DescribeOrganization',
    'organizations:DescribeOrganizationalUnit', 'organizations:DescribePolicy', 'organizations:ListChildren',
    'organizations:ListParents', 'organizations:ListPoliciesForTarget', 'organizations:ListRoots',
    'organizations:ListPolicies', 'organizations:ListTargetsForPolicy',
  )),
  AWSIoTDataAccess: document(allow(
    'iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:GetThingShadow', 'iot:UpdateThingShadow',
    'iot:DeleteThingShadow', 'iot:ListNamedShadowsForThing',
  )),
  AWSIoTFullAccess: document(allow('iot:*', 'iotjobsdata:*')),
  // The rest of it is left out: no whole service, nothing of AWS IoT or of services that watch over the account.
  AmazonDynamoDBFullAccess: document(allow('dynamodb:*', 'dax:*', 'iam:GetRole', 'iam:ListRoles')),
  AmazonS3FullAccess: document(allow('s3:*', 's3-object-lambda:*')),
};
