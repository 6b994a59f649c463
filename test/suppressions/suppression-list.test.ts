import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { AuditCheck, SuppressedResource, SuppressionExpiry, SuppressionList } from '../../src';
import { ENV } from '../support/templates';

const ID = 'ab'.repeat(32);
const POOL = 'us-east-1:11111111-2222-3333-4444-555555555555';

describe('a list of suppressions in a file', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'suppressions-'));
    path = join(directory, 'accepted.json');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function read(content: unknown): SuppressionList {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return SuppressionList.fromFile(path);
  }

  const entry = {
    check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    resource: { policy: 'gateway' },
    reason: 'Gateways publish for their sensors (SEC-112)',
    until: '2027-03-31',
  };

  test('reads the check, the resource, the reason and the end', () => {
    const { suppressions } = read([entry, { ...entry, resource: { policy: 'camera' }, until: 'forever' }]);

    expect(suppressions).toEqual([
      {
        check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
        resource: SuppressedResource.policyName('gateway'),
        description: entry.reason,
        expiry: SuppressionExpiry.on('2027-03-31'),
      },
      {
        check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
        resource: SuppressedResource.policyName('camera'),
        description: entry.reason,
        expiry: SuppressionExpiry.never(),
      },
    ].map((suppression) => ({ ...suppression, resource: expect.any(SuppressedResource) })));
    expect(suppressions.map(({ resource }) => resource._words)).toEqual(['policy gateway', 'policy camera']);
  });

  test.each([
    ['DEVICE_CERTIFICATE_SHARED_CHECK', { deviceCertificateId: ID }, { deviceCertificateId: ID }],
    ['CA_CERTIFICATE_EXPIRING_CHECK', { caCertificateId: ID }, { caCertificateId: ID }],
    ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { policy: 'gateway' }, { policyName: 'gateway' }],
    [
      'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { version: '3', policy: 'gateway' },
      { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '3' } },
    ],
    [
      'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', { roleAlias: 'camera' },
      {
        roleAliasArn: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:us-east-1:111111111111:rolealias/camera']],
        },
      },
    ],
    [
      'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', { identityPoolId: POOL },
      { cognitoIdentityPoolId: POOL },
    ],
    ['CONFLICTING_CLIENT_IDS_CHECK', { clientId: 'gateway-7' }, { clientId: 'gateway-7' }],
    ['LOGGING_DISABLED_CHECK', { account: true }, { account: { Ref: 'AWS::AccountId' } }],
    [
      'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
      { issuerCertificate: { subject: 'CN=Line 4', serialNumber: '1f' } },
      { issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Line 4', issuerCertificateSerialNumber: '1f' } },
    ],
  ])('names a resource of %s as %j', (check, resource, identifier) => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const [suppression] = read([{ ...entry, check, resource }]).suppressions;

    expect(stack.resolve(suppression.resource._identify(stack))).toEqual(identifier);
  });

  test('may be empty', () => {
    expect(read([]).suppressions).toEqual([]);
  });

  const CHECK_FIX = 'write a name such as LOGGING_DISABLED_CHECK; add suppressions of other checks with addSuppression()';
  const POLICY = '{"policy": "name"} or {"policy": "name", "version": "3"}';
  const UNTIL = 'must be a date, a time with its offset from UTC, or forever';

  test.each<[string, unknown, string]>([
    ['no object', 'all', ' must be an object, got "all"; write one with check, resource, reason, until'],
    ['an array', [], ' must be an object, got []; write one with check, resource, reason, until'],
    ['null', null, ' must be an object, got null; write one with check, resource, reason, until'],
    [
      'a member with a typing error', { ...entry, expires: '2027-03-31' },
      ' must have check, resource, reason, until only, got ["expires"]; remove the others',
    ],
    ['no check', { ...entry, check: undefined }, `.check must be the name of a check in the API, got none; ${CHECK_FIX}`],
    [
      'an unknown check', { ...entry, check: 'LOGGING_DISABLED' },
      `.check must be the name of a check in the API, got "LOGGING_DISABLED"; ${CHECK_FIX}`,
    ],
    [
      'no resource', { ...entry, resource: undefined },
      `.resource must be ${POLICY} for ${entry.check}, got none; write what the check reports`,
    ],
    [
      'a resource of another kind', { ...entry, resource: { roleAlias: 'camera' } },
      `.resource must be ${POLICY} for ${entry.check}, got {"roleAlias":"camera"}; write what the check reports`,
    ],
    [
      'two resources', { ...entry, resource: { policy: 'gateway', clientId: 'x' } },
      `.resource must be ${POLICY} for ${entry.check}, got {"policy":"gateway","clientId":"x"}; write what the check `
        + 'reports',
    ],
    [
      'a version that is a number', { ...entry, resource: { policy: 'gateway', version: 3 } },
      `.resource must be ${POLICY} for ${entry.check}, got {"policy":"gateway","version":3}; write what the check reports`,
    ],
    [
      'what every object has', { ...entry, resource: { constructor: 'gateway' } },
      `.resource must be ${POLICY} for ${entry.check}, got {"constructor":"gateway"}; write what the check reports`,
    ],
    [
      'an account by number', { ...entry, check: 'LOGGING_DISABLED_CHECK', resource: { account: '111111111111' } },
      '.resource must be {"account": true} for LOGGING_DISABLED_CHECK, got {"account":"111111111111"}; write what the '
        + 'check reports',
    ],
    [
      'a member of an issuer that is none',
      {
        ...entry,
        check: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
        resource: { issuerCertificate: { name: 'Line 4' } },
      },
      '.resource must be {"issuerCertificate": {"subject": "...", "issuerId": "...", "serialNumber": "..."}} for '
        + 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK, got {"issuerCertificate":{"name":"Line 4"}}; '
        + 'write what the check reports',
    ],
    [
      'no reason', { ...entry, reason: undefined },
      '.reason must be 1 to 1000 printable ASCII characters in one line, got none; say in short who accepts the finding '
        + 'and why',
    ],
    [
      'a reason of two lines', { ...entry, reason: 'SEC-112\nuntil release 2' },
      '.reason must be 1 to 1000 printable ASCII characters in one line, got "SEC-112\\nuntil release 2"; say in short '
        + 'who accepts the finding and why',
    ],
    ['no end', { ...entry, until: undefined }, `.until ${UNTIL}, got none; write it like 2027-03-31 or 2027-03-31T12:00:00Z`],
    [
      'an end that is a number', { ...entry, until: 20270331 },
      `.until ${UNTIL}, got 20270331; write it like 2027-03-31 or 2027-03-31T12:00:00Z`,
    ],
    [
      'an end in other words', { ...entry, until: 'never' },
      `.until ${UNTIL}, got "never"; write it like 2027-03-31 or 2027-03-31T12:00:00Z`,
    ],
  ])('is refused for an entry with %s', (_, wrong, message) => {
    const [place, ...rest] = message.split(' must ');

    expect(() => read([entry, wrong])).toThrow(new Error(
      `SuppressionList.fromFile: '${path}[1]${place.trim()}' must ${rest.join(' must ')}`,
    ));
  });

  test('is refused for a name that AWS IoT does not accept', () => {
    expect(() => read([{ ...entry, resource: { policy: 'a/b' } }])).toThrow(new Error(
      `SuppressionList.fromFile: ${path}[0].resource: 'policyName' must be 1 to 128 letters, digits and characters of `
        + "_+=,.@-, got 'a/b'; give the name of the policy, not its ARN",
    ));
  });

  test('is refused with every fault of every entry', () => {
    const faults = catching(() => read([{ ...entry, check: 'X', until: '' }, entry, { ...entry, reason: '' }]));

    expect(faults.split('\n').map((line) => line.split("'")[1])).toEqual([
      `${path}[0].check`, `${path}[0].until`, `${path}[2].reason`,
    ]);
  });

  test('keeps a date that is over, which only matters where the list is used', () => {
    expect(read([{ ...entry, until: '2020-01-01' }]).suppressions).toHaveLength(1);
  });

  test.each<[string, unknown, string]>([
    ['an object', { suppressions: [] }, '{"suppressions":[]}'],
    ['null', 'null', 'null'],
  ])('is refused as %s', (_, content, given) => {
    expect(() => read(content)).toThrow(new Error(
      `SuppressionList.fromFile: '${path}' must hold an array, got ${given}; write the suppressions in brackets`,
    ));
  });

  test('is refused if the file is not there or no JSON', () => {
    expect(catching(() => SuppressionList.fromFile('nowhere.json'))).toBe(
      "SuppressionList.fromFile: 'path' must be a file with JSON, got 'nowhere.json' (ENOENT: no such file or "
        + "directory, open 'nowhere.json'); name a file that exists, and write an array of suppressions into it",
    );
    expect(catching(() => read('[{'))).toMatch(
      /^SuppressionList\.fromFile: 'path' must be a file with JSON, got '.*' \(.*JSON.*\); name a file/,
    );
  });
});

test('a list of the app itself keeps what it was given', () => {
  const suppressions = [{
    check: AuditCheck.LOGGING_DISABLED,
    resource: SuppressedResource.account(),
    description: 'Logs are in another account',
    expiry: SuppressionExpiry.never(),
  }];
  const list = SuppressionList.of(suppressions);
  suppressions.pop();

  expect(list.suppressions.map(({ description }) => description)).toEqual(['Logs are in another account']);
});

function catching(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
