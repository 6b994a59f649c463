import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { changedProperties, needsReplacement } from '../cloudformation/replacement';

/** Of the types that most rehearsals have, the properties whose change needs a new resource. */
const CREATE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'AWS::CDK::Metadata': [],
  'AWS::IAM::ManagedPolicy': ['Description', 'ManagedPolicyName', 'Path'],
  'AWS::IAM::Policy': [],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::IoT::AccountAuditConfiguration': ['AccountId'],
  'AWS::IoT::Logging': ['AccountId'],
  'AWS::IoT::MitigationAction': ['ActionName'],
  'AWS::IoT::Policy': ['PolicyName'],
  'AWS::IoT::ScheduledAudit': ['ScheduledAuditName'],
  'AWS::IoT::ThingGroup': ['ParentGroupName', 'ThingGroupName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
};

const specification = loadAwsServiceSpecSync();

test.each(Object.entries(CREATE_ONLY))(
  '%s is replaced when one of %j changes, and for no other property',
  (type, createOnly) => {
    const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
    const names = [...Object.keys(resource?.properties ?? {}), 'NoSuchProperty'];
    expect(names.filter((name) => needsReplacement(type, [name])).sort()).toEqual(createOnly);
  },
);

test('every other type is replaced as the specification says', () => {
  expect(needsReplacement('AWS::SQS::Queue', ['QueueName'])).toBe(true);
  expect(needsReplacement('AWS::SQS::Queue', ['DelaySeconds'])).toBe(false);
  expect(needsReplacement('Company::Unknown::Type', ['Name'])).toBe(false);
});

test('a property has changed when it was added, removed or differs inside', () => {
  expect(
    changedProperties({ same: [1], gone: 1, deep: { a: [1] } }, { same: [1], deep: { a: [2] }, added: 1 }),
  ).toEqual(['gone', 'deep', 'added']);
});
