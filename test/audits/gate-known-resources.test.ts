import { createHash } from 'node:crypto';
import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { resourceKey, resourceName } from '../../src/audits/audit-findings.lambda-shared';
import { KnownResources } from '../../src/audits/known-findings.lambda-shared';

const KNOWN = 200_000;
const OTHERS = 100_000;

/** Identifiers of each kind, different for each number, and the same in each run. */
function identifier(number: number): ResourceIdentifier {
  const id = createHash('md5').update(String(number)).digest('hex');
  switch (number % 6) {
    case 0: return { deviceCertificateId: id + id };
    case 1: return { clientId: `client-${number}` };
    case 2: return { policyVersionIdentifier: { policyName: `policy-${Math.floor(number / 60)}`, policyVersionId: String(number % 60) } };
    case 3: return { roleAliasArn: `arn:aws:iot:eu-west-1:123456789012:rolealias/alias-${number}` };
    case 4: return { cognitoIdentityPoolId: `eu-west-1:${id}` };
    default: return { issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Same', issuerCertificateSerialNumber: String(number) } };
  }
}

describe('known resources', () => {
  const known = new KnownResources();
  const keys = Array.from({ length: KNOWN + OTHERS }, (_, number) => resourceKey(identifier(number)));

  beforeAll(() => keys.slice(0, KNOWN).forEach((key) => known.add(key)));

  test(`are all known again, ${KNOWN} of them`, () => {
    expect(keys.slice(0, KNOWN).filter((key) => !known.has(key))).toEqual([]);
  });

  test(`are not taken for any of ${OTHERS} others`, () => {
    expect(new Set(keys).size).toBe(KNOWN + OTHERS);
    expect(keys.slice(KNOWN).filter((key) => known.has(key))).toEqual([]);
  });

  test('of any text are known, and no other text is, in any number', () => {
    for (let size = 1; size <= 64; size *= 2) {
      const filter = new KnownResources();
      const texts = Array.from({ length: size }, (_, index) => createHash('sha256').update(`${size} ${index}`).digest('hex').slice(index % 24));
      expect(texts.filter((text) => filter.has(text))).toEqual([]);
      texts.forEach((text) => filter.add(text));
      expect(texts.filter((text) => !filter.has(text))).toEqual([]);
    }
  });
});

describe('the key of a resource', () => {
  test.each<[string, ResourceIdentifier, ResourceIdentifier]>([
    ['whatever the order of its members', { clientId: 'one', account: 'two' }, { account: 'two', clientId: 'one' }],
    [
      'whatever the order of its members\' members',
      { policyVersionIdentifier: { policyName: 'one', policyVersionId: '2' } }, { policyVersionIdentifier: { policyVersionId: '2', policyName: 'one' } },
    ],
    ['with or without the ARN of the certificate', { deviceCertificateId: 'a', deviceCertificateArn: 'arn:a' }, { deviceCertificateId: 'a' }],
    ['with members that are not there', { deviceCertificateId: 'a', clientId: undefined }, { deviceCertificateId: 'a' }],
  ])('is the same %s', (_what, one, other) => {
    expect(resourceKey(one)).toBe(resourceKey(other));
  });

  test.each<[string, ResourceIdentifier, ResourceIdentifier]>([
    ['another name', { clientId: 'one' }, { clientId: 'other' }],
    ['another kind', { clientId: 'one' }, { account: 'one' }],
    ['another version of a policy', { policyVersionIdentifier: { policyName: 'a', policyVersionId: '1' } }, { policyVersionIdentifier: { policyName: 'a', policyVersionId: '2' } }],
    ['members that another text would join', { policyVersionIdentifier: { policyName: 'a","1' } }, { policyVersionIdentifier: { policyName: 'a', policyVersionId: '1' } }],
    ['two certificates of which only the ARNs are given', { deviceCertificateArn: 'arn:a' }, { deviceCertificateArn: 'arn:b' }],
    ['an issuer with another serial number', { issuerCertificateIdentifier: { issuerId: 'a', issuerCertificateSerialNumber: '1' } }, { issuerCertificateIdentifier: { issuerId: 'a' } }],
  ])('is another one for %s', (_what, one, other) => {
    expect(resourceKey(one)).not.toBe(resourceKey(other));
  });

  test('exists even without a resource', () => {
    expect(resourceKey(undefined)).toBe(resourceKey({}));
  });
});

test.each<[ResourceIdentifier | undefined, string]>([
  [{ deviceCertificateId: 'abc' }, 'abc'],
  [{ deviceCertificateArn: 'arn:aws:iot:eu-west-1:123456789012:cert/abc', deviceCertificateId: 'abc' }, 'abc'],
  [{ caCertificateId: 'abc' }, 'abc'],
  [{ cognitoIdentityPoolId: 'eu-west-1:abc' }, 'eu-west-1:abc'],
  [{ clientId: 'sensors/7' }, 'sensors/7'],
  [{ account: '123456789012' }, '123456789012'],
  [{ roleAliasArn: 'arn:aws-cn:iot:cn-north-1:123456789012:rolealias/Uploads' }, 'Uploads'],
  [{ iamRoleArn: 'arn:aws:iam::123456789012:role/fleet/Uploads' }, 'fleet/Uploads'],
  [{ policyVersionIdentifier: { policyName: 'Sensors', policyVersionId: '3' } }, 'Sensors version 3'],
  [{ issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Maker', issuerId: 'abc' } }, 'CN=Maker'],
  [{ issuerCertificateIdentifier: { issuerId: 'abc' } }, 'abc'],
  [{ issuerCertificateIdentifier: {} }, 'issuer'],
  [{}, 'unknown'],
  [undefined, 'unknown'],
])('a person would call %j %s', (resource, name) => {
  expect(resourceName(resource)).toBe(name);
});
