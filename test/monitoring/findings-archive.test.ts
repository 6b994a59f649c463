import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrganizationPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FindingsArchive, FindingsArchiveOptions, FindingsArchiveProps, FleetAudit } from '../../src';
import { ENV, onlyResource, policiesOf, warningsOf } from '../support/templates';

const BUCKET = 'FleetAuditFindingsArchiveBucket4D3F8F10';
const QUEUE = 'FleetAuditAuditEventsQueue0ACD628A';
const RULE = 'FleetAuditFindingsArchiveRule98602DBB';
const DATABASE = 'fleet_fleetaudit_findingsarchive_8de326da';
const WORK_GROUP = 'Fleet_FleetAudit_FindingsArchive_8DE326DA';

describe('FindingsArchive', () => {
  let app: App;
  let stack: Stack;
  let audit: FleetAudit;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Fleet', { env: ENV });
    audit = new FleetAudit(stack, 'FleetAudit');
  });

  function archive(options?: FindingsArchiveOptions): FindingsArchive {
    return audit.archiveFindings(options);
  }

  function resources(): Record<string, { Type: string; Properties: any; DependsOn?: string[] }> {
    return Template.fromStack(stack).toJSON().Resources;
  }

  // Another logical id is another resource: a bucket with evidence would be left behind.
  test('has exactly these resources of its own, under these logical ids', () => {
    archive();

    const own = Object.entries(resources()).filter(([id]) => id.includes('Archive'));
    expect(Object.fromEntries(own.map(([id, { Type }]) => [id, Type]))).toEqual({
      [BUCKET]: 'AWS::S3::Bucket',
      FleetAuditFindingsArchiveBucketPolicyDB316B35: 'AWS::S3::BucketPolicy',
      FleetAuditFindingsArchiveDatabase573DAF65: 'AWS::Glue::Database',
      FleetAuditFindingsArchiveFindingsTable40684F18: 'AWS::Glue::Table',
      FleetAuditFindingsArchiveChecksTable46B18417: 'AWS::Glue::Table',
      FleetAuditFindingsArchiveWorkGroup52D4011D: 'AWS::Athena::WorkGroup',
      FleetAuditFindingsArchiveOpenFindings39952BFE: 'AWS::Athena::NamedQuery',
      FleetAuditFindingsArchiveNewFindingsSince11C3E00C: 'AWS::Athena::NamedQuery',
      FleetAuditFindingsArchiveTimeOpen36987692: 'AWS::Athena::NamedQuery',
      FleetAuditFindingsArchiveMeanTimeToRepair9FAD894D: 'AWS::Athena::NamedQuery',
      FleetAuditFindingsArchiveCertificateHistoryEE27CCFB: 'AWS::Athena::NamedQuery',
      [RULE]: 'AWS::Events::Rule',
      CdkIotFleetAuditCustomResourcesPoliciesArchiveFindingsB7EF1408: 'AWS::IAM::Policy',
      CdkIotFleetAuditCustomResourcesPoliciesWriteArchivec98168cd92147E3A: 'AWS::IAM::Policy',
    });
  });

  test('keeps what it has, encrypted, in versions, never public, over TLS only', () => {
    archive();

    expect(onlyResource(stack, 'AWS::S3::Bucket')).toEqual({
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: {
          Rules: [{
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
            NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            Status: 'Enabled',
          }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    });
    expect(onlyResource(stack, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Action: 's3:*', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test('locks, expires and encrypts as it is told', () => {
    archive({
      encryptionKey: new Key(stack, 'Key'), objectLock: ObjectLockRetention.governance(Duration.days(365)),
      retention: Duration.days(400), serverAccessLogsBucket: Bucket.fromBucketName(stack, 'Logs', 'logs'),
      serverAccessLogsPrefix: 'archive/', removalPolicy: RemovalPolicy.DESTROY,
    });

    const { Properties, DeletionPolicy } = onlyResource(stack, 'AWS::S3::Bucket');
    expect(DeletionPolicy).toBe('Delete');
    expect(Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            KMSMasterKeyID: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] }, SSEAlgorithm: 'aws:kms',
          },
        }],
      },
      LifecycleConfiguration: {
        Rules: [{ ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 90 } }],
      },
      LoggingConfiguration: { DestinationBucketName: 'logs', LogFilePrefix: 'archive/' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Days: 365, Mode: 'GOVERNANCE' } },
      },
    });
    expect(policiesOf(stack).WriteArchivec98168cd).toContainEqual({
      Action: 'kms:GenerateDataKey', Effect: 'Allow', Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
    });
  });

  test('asks for an archive of each audit, whatever it came to, once the function may make one', () => {
    archive();

    const { DependsOn, Properties } = resources()[RULE];
    expect(Properties).toEqual({
      Description: 'Has archived what an audit of AWS IoT Device Defender found',
      EventPattern: { 'source': ['cdk-iot-fleet-audit'], 'detail-type': ['IoT Device Defender Audit Completed'] },
      State: 'ENABLED',
      Targets: [{
        Arn: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
        Id: 'Target0',
        InputTransformer: {
          InputPathsMap: { 'detail-taskId': '$.detail.taskId' },
          InputTemplate: {
            'Fn::Join': ['', [
              '{"archiveFindings":{"bucketName":"', { Ref: BUCKET }, '","prefix":"","taskId":<detail-taskId>}}',
            ]],
          },
        },
      }],
    });
    expect(DependsOn).toEqual([
      'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB',
      'CdkIotFleetAuditCustomResourcesPoliciesArchiveFindingsB7EF1408',
      'CdkIotFleetAuditCustomResourcesPoliciesWriteArchivec98168cd92147E3A',
    ]);
    expect(resources().FleetAuditAuditEventsQueuePolicy062D3F2E.Properties.PolicyDocument.Statement).toContainEqual({
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [RULE, 'Arn'] } } },
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
    });
  });

  test('lets the function create objects in the folders of days, and read none', () => {
    archive({ prefix: 'iot/' });

    const below = (key: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [BUCKET, 'Arn'] }, key]] });
    expect(policiesOf(stack)).toMatchObject({
      ArchiveFindings: [{ Action: ['iot:DescribeAuditTask', 'iot:ListAuditFindings'], Effect: 'Allow', Resource: '*' }],
      WriteArchivec98168cd: [
        {
          Action: 's3:PutObject', Effect: 'Allow',
          Resource: [below('/iot/findings/day=*'), below('/iot/checks/day=*')],
        },
        {
          Action: 's3:ListBucket', Effect: 'Allow', Resource: { 'Fn::GetAtt': [BUCKET, 'Arn'] },
          Condition: { StringLike: { 's3:prefix': ['iot/findings/day=*', 'iot/checks/day=*'] } },
        },
      ],
    });
  });

  test('has tables whose partitions are the days, without anybody adding them', () => {
    archive({ prefix: 'iot/' });

    const tables = Object.values(resources()).filter(({ Type }) => Type === 'AWS::Glue::Table');
    expect(tables.map(({ Properties }) => Properties.TableInput.Name)).toEqual(['findings', 'checks']);
    for (const { Properties: { DatabaseName, TableInput: table } } of tables) {
      const location = (path: string) => ({ 'Fn::Join': ['', ['s3://', { Ref: BUCKET }, `/iot/${table.Name}/${path}`]] });
      expect(DatabaseName).toEqual({ Ref: 'FleetAuditFindingsArchiveDatabase573DAF65' });
      expect(table.Parameters).toEqual({
        'EXTERNAL': 'TRUE', 'classification': 'json', 'projection.enabled': 'true', 'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd', 'projection.day.range': '2026-01-01,NOW',
        'projection.day.interval': '1', 'projection.day.interval.unit': 'DAYS',
        'storage.location.template': location('day=${day}'),
      });
      expect(table.PartitionKeys).toMatchObject([{ Name: 'day', Type: 'string' }]);
      expect(table.StorageDescriptor).toMatchObject({
        Location: location(''), SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
      });
    }
  });

  test('has a workgroup that limits what queries read, and keeps their results encrypted for a day', () => {
    const { databaseName, workGroupName } = archive();

    expect([databaseName, workGroupName]).toEqual([DATABASE, WORK_GROUP]);
    expect(onlyResource(stack, 'AWS::Athena::WorkGroup').Properties).toEqual({
      Description: 'Queries of the archive of findings of AWS IoT Device Defender Audit',
      Name: WORK_GROUP,
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        BytesScannedCutoffPerQuery: 10 * 2 ** 30, EnforceWorkGroupConfiguration: true,
        ManagedQueryResultsConfiguration: { Enabled: true }, PublishCloudWatchMetricsEnabled: true,
      },
    });
  });

  test.each([
    [false, { EncryptionOption: 'SSE_S3' }],
    [true, { EncryptionOption: 'SSE_KMS', KmsKey: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } }],
  ])('puts results into a bucket of the user\'s, encrypted (with a key: %p)', (hasKey, encryption) => {
    const encryptionKey = hasKey ? new Key(stack, 'Key') : undefined;
    const queryResultsBucket = Bucket.fromBucketAttributes(stack, 'Results', { bucketName: 'results', encryptionKey });
    archive({ queryResultsBucket, bytesScannedLimit: Size.mebibytes(10) });

    const { WorkGroupConfiguration } = onlyResource(stack, 'AWS::Athena::WorkGroup').Properties;
    expect(WorkGroupConfiguration).toEqual({
      BytesScannedCutoffPerQuery: 10 * 2 ** 20, EnforceWorkGroupConfiguration: true,
      PublishCloudWatchMetricsEnabled: true,
      ResultConfiguration: { EncryptionConfiguration: encryption, OutputLocation: 's3://results' },
    });
  });

  test('grants querying: in the workgroup, the tables and the files', () => {
    const role = new Role(stack, 'Auditors', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    archive().grantQuery(role);

    const statements = policiesOf(stack).AuditorsDefaultPolicyB7A9B9A6
      ?? Object.entries(policiesOf(stack)).find(([name]) => name.startsWith('Auditors'))![1];
    expect(statements.map(({ Action }: any) => [Action].flat()[0])).toEqual([
      'athena:BatchGetNamedQuery', 'glue:GetDatabase', 's3:GetBucketLocation', 's3:GetObject',
    ]);
    expect(JSON.stringify(statements)).not.toMatch(/Put|Delete|Create|Update/);
  });

  test('uses a bucket that is brought, with its key', () => {
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/evidence');
    archive({ bucket: Bucket.fromBucketAttributes(stack, 'Mine', { bucketName: 'evidence', encryptionKey }), prefix: 'iot/' });

    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    expect(policiesOf(stack).WriteArchivec98168cd).toMatchObject([
      {}, {}, { Action: 'kms:GenerateDataKey', Resource: 'arn:aws:kms:us-east-1:111111111111:key/evidence' },
    ]);
  });

  describe('of an organization', () => {
    const ORGANIZATION = 'o-abcdef1234';

    /** What the bucket's policy allows an account of the organization. */
    function statementsFor(account: string, options?: FindingsArchiveProps): any[] {
      new FindingsArchive(stack, 'Evidence', options).grantArchiving(new OrganizationPrincipal(ORGANIZATION));
      const { Statement } = onlyResource(stack, 'AWS::S3::BucketPolicy').Properties.PolicyDocument;
      return JSON.parse(JSON.stringify(Statement).replaceAll('${aws:PrincipalAccount}', account))
        .filter((statement: any) => statement.Effect === 'Allow');
    }

    function matches(pattern: string, text: string): boolean {
      const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
      return new RegExp(`^${source}$`).test(text);
    }

    test('is a bucket with queries and no function', () => {
      stack = new Stack(app, 'Security', { env: ENV });
      new FindingsArchive(stack, 'Evidence');

      expect(Object.values(resources()).map(({ Type }) => Type).sort()).toEqual([
        ...Array(5).fill('AWS::Athena::NamedQuery'), 'AWS::Athena::WorkGroup', 'AWS::Glue::Database',
        'AWS::Glue::Table', 'AWS::Glue::Table', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy',
      ]);
    });

    test('takes from each account the files that begin with its own id, and replaces none', () => {
      stack = new Stack(app, 'Security', { env: ENV });
      const [put, list] = statementsFor('222222222222', { prefix: 'iot/' });
      const patterns: string[] = put.Resource.map((resource: any) => resource['Fn::Join'][1][1]);

      expect(put).toMatchObject({
        Action: 's3:PutObject', Principal: { AWS: '*' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION }, Null: { 's3:if-none-match': 'false' } },
      });
      expect(list).toMatchObject({
        Action: 's3:ListBucket', Principal: { AWS: '*' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
      });
      expect(list.Condition.StringLike['s3:prefix'].map((prefix: string) => `/${prefix}`)).toEqual(patterns);
      const allowed = [
        '/iot/findings/day=2026-11-26/222222222222.us-east-1.0f1e.LOGGING_DISABLED_CHECK.json.gz',
        '/iot/checks/day=2026-11-26/222222222222.us-east-1.0f1e.json.gz',
      ];
      const refused = [
        '/iot/checks/day=2026-11-26/333333333333.us-east-1.0f1e.json.gz',
        '/iot/checks/day=2026-11-26/333333333333.us-east-1/222222222222.0f1e.json.gz',
        '/iot/checks/day=2026-11-26/2222222222223.us-east-1.0f1e.json.gz',
        '/checks/day=2026-11-26/222222222222.us-east-1.0f1e.json.gz',
        '/iot/other/222222222222.us-east-1.0f1e.json.gz',
      ];
      expect(allowed.filter((key) => patterns.some((pattern) => matches(pattern, key)))).toEqual(allowed);
      expect(refused.filter((key) => patterns.some((pattern) => matches(pattern, key)))).toEqual([]);
    });

    test('gives a role of the app the same permissions, under the same conditions', () => {
      stack = new Stack(app, 'Security', { env: ENV });
      const role = new Role(stack, 'Writer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      new FindingsArchive(stack, 'Evidence').grantArchiving(role);

      const [statements] = Object.values(policiesOf(stack));
      expect(statements).toMatchObject([
        { Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'false' } } },
        {
          Action: 's3:ListBucket', Condition: {
            StringLike: {
              's3:prefix': [
                'findings/day=????-??-??/${aws:PrincipalAccount}.*', 'checks/day=????-??-??/${aws:PrincipalAccount}.*',
              ],
            },
          },
        },
      ]);
    });

    test('lets its key encrypt what accounts write', () => {
      stack = new Stack(app, 'Security', { env: ENV });
      statementsFor('222222222222', { encryptionKey: new Key(stack, 'Key') });

      expect(onlyResource(stack, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toContainEqual({
        Action: 'kms:GenerateDataKey', Effect: 'Allow', Principal: { AWS: '*' }, Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
      });
    });

    test('reads nothing of what accounts write, and lets them read nothing', () => {
      stack = new Stack(app, 'Security', { env: ENV });

      expect(statementsFor('222222222222').map(({ Action }) => Action)).toEqual(['s3:PutObject', 's3:ListBucket']);
    });
  });

  test('warns of a bucket of another account, whose policies it cannot change', () => {
    const bucket = Bucket.fromBucketAttributes(stack, 'Central', { bucketName: 'central', account: '222222222222' });

    expect(warningsOf(archive({ bucket }))).toEqual([
      '\'bucket\' is of account 222222222222; the policies of the bucket and of its key must allow the role of '
      + 'FleetAuditFunction s3:PutObject, s3:ListBucket and kms:GenerateDataKey, and those who query s3:GetObject, '
      + 's3:ListBucket and kms:Decrypt [ack: cdk-iot-fleet-audit:archiveOfAnotherAccount]',
    ]);
  });

  test('exists before the audit of the same deployment starts', () => {
    archive();

    expect(onlyResource(stack, 'Custom::IotOnDemandAudit').DependsOn).toContain(RULE);
  });

  test.each<[what: string, options: (scope: Stack) => FindingsArchiveOptions, message: string]>([
    ['a lock for a bucket that is brought', (scope) => ({
      bucket: Bucket.fromBucketName(scope, 'Mine', 'mine'), objectLock: ObjectLockRetention.compliance(Duration.days(1)),
    }), '\'objectLock\' must be left out with a bucket of yours, got it with bucket; set it on the bucket, or leave out bucket'],
    ['a bucket of another region', (scope) => ({
      bucket: Bucket.fromBucketAttributes(scope, 'Mine', { bucketName: 'mine', region: 'eu-west-1' }),
    }), '\'bucket\' must be in the stack\'s region us-east-1, got a bucket in eu-west-1; '
      + 'use a bucket of the region; S3 can replicate its objects to elsewhere'],
    ...['iot', '/iot/', 'iot//', 'a=b/', `${'x'.repeat(200)}/`].map(
      (prefix): [string, () => FindingsArchiveOptions, string] => [`the prefix '${prefix}'`, () => ({ prefix }),
        '\'prefix\' must be names of letters, digits, \'.\', \'-\' and \'_\' that each end with \'/\', 200 characters at '
        + `most, got '${prefix}'; write it like 'iot/audits/', or leave it out`]),
    ['a retention of hours', () => ({ retention: Duration.hours(36) }),
      '\'retention\' must be whole days, one or more, got 1 day 12 hours; '
      + 'use Duration.days(), or leave it out to keep objects forever'],
    ['a retention shorter than the lock', () => ({
      retention: Duration.days(30), objectLock: ObjectLockRetention.governance(Duration.days(31)),
    }), '\'retention\' must not be shorter than objects are locked, 31 days, got 30 days; '
      + 'keep objects longer, or lock them for a shorter time'],
    ['a limit below Athena\'s least', () => ({ bytesScannedLimit: Size.mebibytes(9) }),
      '\'bytesScannedLimit\' must be 10 MB or more, which is the least that Athena charges for, got 9437184 bytes; '
      + 'raise it, for example to Size.mebibytes(10)'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => archive(options(stack))).toThrow(new Error(`Fleet/FleetAudit/FindingsArchive: ${message}`));
  });

  test('refuses a second archive of a FleetAudit', () => {
    archive();

    expect(() => archive()).toThrow(new Error(
      'Fleet/FleetAudit: \'archiveFindings()\' can be called once, got a second call; use the archive that the first '
      + 'call returned; S3 can replicate its objects to a second bucket'));
  });

  test('refuses events of another stack', () => {
    const other = new Stack(app, 'Other', { env: ENV });

    expect(() => new FindingsArchive(other, 'Archive', { auditEvents: audit._auditEvents })).toThrow(new Error(
      'Other/Archive: \'auditEvents\' must be of the same stack, since the one function of Other serves both, got '
      + 'Fleet/FleetAudit/AuditEvents; define both in one stack'));
  });

  test('leaves nothing in the template of who has none', () => {
    expect(Object.keys(resources()).filter((id) => id.includes('Archive'))).toEqual([]);
  });

  test('has no finding of cdk-nag but that access is not logged, which takes a bucket', () => {
    archive();
    app.synth();
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const found = violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));

    expect(found.filter((finding) => finding.includes('Archive') && !finding.includes('Policies')))
      .toEqual([expect.stringMatching(/S1.* Fleet\/FleetAudit\/FindingsArchive\/Bucket/)]);
  });
});
