import { createHash } from 'node:crypto';
import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { resourceDigest } from '../../../src/function/runtime/resource-digest';
import { resourceName } from '../../../src/function/runtime/resource-name';

const MANY = 300_000;

/** Identifiers of each kind, different for each number, and the same in each run. */
function identifier(number: number): ResourceIdentifier {
  const id = createHash('md5').update(String(number)).digest('hex');
  switch (number % 6) {
    case 0: return { deviceCertificateId: id + id };
    case 1: return { clientId: `client-${number}` };
    case 2: return {
      policyVersionIdentifier: {
        policyName: `policy-${Math.floor(number / 60)}`, policyVersionId: String(number % 60),
      },
    };
    case 3: return { roleAliasArn: `arn:aws:iot:eu-west-1:123456789012:rolealias/alias-${number}` };
    case 4: return { cognitoIdentityPoolId: `eu-west-1:${id}` };
    default: return {
      issuerCertificateIdentifier: {
        issuerCertificateSubject: 'CN=Same', issuerCertificateSerialNumber: String(number),
      },
    };
  }
}

describe('the digest of a resource', () => {
  test(`differs for each of ${MANY} resources, and is short`, () => {
    const digests = Array.from({ length: MANY }, (_, number) => resourceDigest(identifier(number))!);

    expect(new Set(digests).size).toBe(MANY);
    expect(digests.filter((digest) => digest.length !== 16)).toEqual([]);
  });

  test.each<[string, ResourceIdentifier, ResourceIdentifier]>([
    ['in any order of its members', { clientId: 'one', account: 'two' }, { account: 'two', clientId: 'one' }],
    [
      'in any order of the members of its members',
      { policyVersionIdentifier: { policyName: 'one', policyVersionId: '2' } },
      { policyVersionIdentifier: { policyVersionId: '2', policyName: 'one' } },
    ],
    [
      'with or without the ARN of the certificate', { deviceCertificateId: 'a', deviceCertificateArn: 'arn:a' },
      { deviceCertificateId: 'a' },
    ],
    [
      'with members that are not there', { deviceCertificateId: 'a', clientId: undefined },
      { deviceCertificateId: 'a' },
    ],
    [
      'with members that are empty', { deviceCertificateId: 'a', clientId: '', issuerCertificateIdentifier: {} },
      { deviceCertificateId: 'a' },
    ],
    [
      'with members that are null', { deviceCertificateId: 'a', clientId: null as unknown as undefined },
      { deviceCertificateId: 'a' },
    ],
  ])('is the same %s', (_what, one, other) => {
    expect(resourceDigest(one)).toBe(resourceDigest(other));
  });

  test.each<[string, ResourceIdentifier, ResourceIdentifier]>([
    ['another name', { clientId: 'one' }, { clientId: 'other' }],
    ['another kind', { clientId: 'one' }, { account: 'one' }],
    [
      'another version of a policy', { policyVersionIdentifier: { policyName: 'a', policyVersionId: '1' } },
      { policyVersionIdentifier: { policyName: 'a', policyVersionId: '2' } },
    ],
    [
      'members that another text would join',
      { policyVersionIdentifier: { policyName: 'a","1', policyVersionId: '1' } },
      { policyVersionIdentifier: { policyName: 'a', policyVersionId: '1","1' } },
    ],
    [
      'two certificates with only their ARNs', { deviceCertificateArn: 'arn:a' },
      { deviceCertificateArn: 'arn:b' },
    ],
    [
      'two certificates with ARNs and empty ids',
      { deviceCertificateArn: 'arn:a', deviceCertificateId: '' },
      { deviceCertificateArn: 'arn:b', deviceCertificateId: '' },
    ],
    [
      'an issuer with another serial number',
      { issuerCertificateIdentifier: { issuerId: 'a', issuerCertificateSerialNumber: '1' } },
      { issuerCertificateIdentifier: { issuerId: 'a' } },
    ],
    [
      'an unknown member next to a known one', { account: '1', thingName: 'a' } as ResourceIdentifier,
      { account: '1', thingName: 'b' } as ResourceIdentifier,
    ],
  ])('differs for %s', (_what, one, other) => {
    expect(resourceDigest(one)).toEqual(expect.any(String));
    expect(resourceDigest(other)).toEqual(expect.any(String));
    expect(resourceDigest(one)).not.toBe(resourceDigest(other));
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no member', {}],
    ['an empty member', { clientId: '' }],
    ['a member that is null', { clientId: null }],
    ['a member that is no text', { clientId: { name: 'a' } }],
    ['a member that this SDK does not know', { thingName: 'a' }],
    ['a policy without a version', { policyVersionIdentifier: { policyName: 'a' } }],
    ['a version without a policy', { policyVersionIdentifier: { policyVersionId: '1', policyName: '' } }],
    ['a policy without members', { policyVersionIdentifier: {} }],
    ['an issuer with an unknown member only', { issuerCertificateIdentifier: { fingerprint: 'a' } }],
  ])('does not exist for %s', (_what, unknown) => {
    expect(resourceDigest(unknown as ResourceIdentifier)).toBeUndefined();
  });
});

test.each<[unknown, string]>([
  [{ deviceCertificateId: 'abc' }, '"abc"'],
  [{ deviceCertificateArn: 'arn:aws:iot:eu-west-1:123456789012:cert/abc', deviceCertificateId: 'abc' }, '"abc"'],
  [{ caCertificateId: 'abc' }, '"abc"'],
  [{ cognitoIdentityPoolId: 'eu-west-1:abc' }, '"eu-west-1:abc"'],
  [{ clientId: 'sensors/7' }, '"sensors/7"'],
  [{ account: '123456789012' }, '"123456789012"'],
  [{ roleAliasArn: 'arn:aws-cn:iot:cn-north-1:123456789012:rolealias/Uploads' }, '"Uploads"'],
  [{ iamRoleArn: 'arn:aws:iam::123456789012:role/fleet/Uploads' }, '"fleet/Uploads"'],
  [{ policyVersionIdentifier: { policyName: 'Sensors', policyVersionId: '3' } }, '"Sensors" version 3'],
  [
    { policyVersionIdentifier: { policyName: 'A" version 1', policyVersionId: '3\u202e' } },
    '"A\\" version 1" version "3\\u{202E}"',
  ],
  [{ policyVersionIdentifier: { policyName: 'Sensors' } }, '"Sensors" version unknown'],
  [{ policyVersionIdentifier: {} }, 'unknown'],
  [{ issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Maker', issuerId: 'abc' } }, '"CN=Maker"'],
  [{ issuerCertificateIdentifier: { issuerId: 'abc' } }, '"abc"'],
  [{ issuerCertificateIdentifier: {} }, 'unknown'],
  [{ thingName: 'abc' }, '"abc"'],
  [{ clientId: '' }, 'unknown'],
  [{}, 'unknown'],
  [undefined, 'unknown'],
  // Names that devices choose
  [{ clientId: 'a\u009b2Jb' }, '"a\\u{9B}2Jb"'],
  [{ clientId: '\u202egnihton' }, '"\\u{202E}gnihton"'],
  [{ clientId: 'x). The audit passes (y' }, '"x). The audit passes (y"'],
  [{ clientId: 'a", "b' }, '"a\\", \\"b"'],
  [{ clientId: 'x'.repeat(64) }, `"${'x'.repeat(64)}"`],
  [{ clientId: 'x'.repeat(65) }, `"${'x'.repeat(61)}"...`],
  [{ clientId: `abc${'🚲'.repeat(16)}` }, `"abc${'🚲'.repeat(14)}"...`],
  [{ clientId: '\u0000'.repeat(64) }, `"${'\\u{0}'.repeat(12)}"...`],
])('a reason calls %j %s', (resource, name) => {
  expect(resourceName(resource as ResourceIdentifier)).toBe(name);
});
