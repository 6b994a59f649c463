import { generateKeyPairSync } from 'crypto';
import { Duration } from 'aws-cdk-lib';
import { AuditCheck } from '../../../src';
import { hasRocaFingerprint } from '../../../src/validation/checks/certificate-key-quality';
import { Verdict } from '../../../src/validation/finding';
import { Circumstances, findingsIn } from '../support/findings';
import {
  certificate, certificateRequest, MadeCertificate, ROCA_MODULUS, rsaKey, SOUND_MODULUS,
} from '../support/made-certificates';

const { COMPLIANT, UNDECIDED } = Verdict;
const key = rsaKey(SOUND_MODULUS);
const NOW: Circumstances = { now: new Date('2026-06-15T00:00:00Z') };

const device = (properties: object, more: object = {}) => ({
  Parameters: { Pem: { Type: 'String' }, Status: { Type: 'String' } },
  Resources: {
    Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status: 'ACTIVE', ...properties } }, ...more,
  },
});
const ca = (properties: object) => ({
  Resources: { Ca: { Type: 'AWS::IoT::CACertificate', Properties: { Status: 'ACTIVE', ...properties } } },
});
const made = (dates: Partial<MadeCertificate>) => ({ CertificatePem: certificate({ key, ...dates }) });
const outcome = (check: AuditCheck, template: object) => findingsIn(check, template as never, NOW)
  .map(({ verdict, reasonCode }) => reasonCode ?? verdict);

const configuration = (checks: object) => ({
  Configuration: {
    Type: 'AWS::IoT::AccountAuditConfiguration', Properties: { AccountId: '1', AuditCheckConfigurations: checks },
  },
});

test.each([
  ['2026-06-14', 'CERTIFICATE_PAST_EXPIRATION'],
  ['2026-06-15', 'CERTIFICATE_PAST_EXPIRATION'],
  ['2026-06-16', 'CERTIFICATE_APPROACHING_EXPIRATION'],
  ['2026-07-15', 'CERTIFICATE_APPROACHING_EXPIRATION'],
  ['2026-07-16', COMPLIANT],
])('a certificate that expires on %s: %s', (notAfter, expected) => {
  const dates = { notAfter: new Date(notAfter) };
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, device(made(dates)))).toEqual([expected]);
  expect(outcome(AuditCheck.CA_CERTIFICATE_EXPIRING, ca({ CACertificatePem: certificate({ key, ...dates }) })))
    .toEqual([expected]);
});

test.each([
  ['2025-06-16', COMPLIANT],
  ['2025-06-15', UNDECIDED],
  ['2024-01-01', UNDECIDED],
])('a certificate that is valid since %s: %s', (notBefore, expected) => {
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device(made({ notBefore: new Date(notBefore) }))))
    .toEqual([expected]);
});

test('says why the age is not known', () => {
  const why = (properties: object) => findingsIn(AuditCheck.DEVICE_CERTIFICATE_AGE, device(properties), NOW)
    .map((finding) => finding.why);
  const reason = (origin: string) => 'The certificate depends on the day on which it became active in the account, '
    + `which no template tells: ${origin}, it may have been active for 365 days or more`;
  expect(why(made({ notBefore: new Date('2024-01-01') }))).toEqual([reason('valid since 2024-01-01')]);
  expect(why({ CertificateSigningRequest: certificateRequest({ key }) }))
    .toEqual([reason('signed when the stack was first deployed')]);
});

test('a certificate that no device can use has no age', () => {
  const old = made({ notBefore: new Date('2024-01-01') });
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device({ ...old, Status: 'INACTIVE' }))).toEqual([COMPLIANT]);
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device({ ...old, Status: 'PENDING_TRANSFER' })))
    .toEqual([UNDECIDED]);
});

test('the account\'s configuration in the same app sets the thresholds', () => {
  const expiring = configuration({
    DeviceCertificateExpiringCheck: { Enabled: true, Configuration: { CertExpirationThresholdInDays: '60' } },
  });
  const age = configuration({
    DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays: '100' } },
  });
  const open = configuration({
    DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays: { Ref: 'Pem' } } },
  });
  const certificatePem = made({ notAfter: new Date('2026-08-01'), notBefore: new Date('2026-01-01') });
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, device(certificatePem))).toEqual([COMPLIANT]);
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, device(certificatePem, expiring)))
    .toEqual(['CERTIFICATE_APPROACHING_EXPIRATION']);
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device(certificatePem))).toEqual([COMPLIANT]);
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device(certificatePem, age))).toEqual([UNDECIDED]);
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_AGE, device(certificatePem, open))).toEqual([UNDECIDED]);
});

test('thresholds that are not certain decide nothing', () => {
  const expiring = (days: unknown) => ({
    DeviceCertificateExpiringCheck: { Enabled: true, Configuration: { CertExpirationThresholdInDays: days } },
  });
  const verdictWith = (checks: object, more: object = {}) => {
    const template = device(made({ notAfter: new Date('2026-08-01') }), configuration(checks));
    Object.assign(template, { Conditions: { Open: { 'Fn::Equals': [{ Ref: 'Status' }, 'a'] } } });
    Object.assign(template.Resources, { ...template.Resources, ...more });
    return outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, template);
  };
  const second = {
    Second: { Type: 'AWS::IoT::AccountAuditConfiguration', Properties: { AuditCheckConfigurations: expiring('30') } },
  };
  const underCondition = { Configuration: { ...configuration(expiring('60')).Configuration, Condition: 'Open' } };
  expect(verdictWith(expiring({ 'Fn::If': ['Open', '30', '60'] }))).toEqual([UNDECIDED]);
  expect(verdictWith(expiring({ 'Fn::If': ['Open', '50', '60'] }))).toEqual(['CERTIFICATE_APPROACHING_EXPIRATION']);
  expect(verdictWith(expiring('60'), underCondition)).toEqual([UNDECIDED]);
  expect(verdictWith(expiring('60'), second)).toEqual([UNDECIDED]);
  for (const none of ['', '1 year', '60.5', '29', '3653', -60, true]) {
    expect(verdictWith(expiring(none))).toEqual([UNDECIDED]);
  }
});

test('a configuration that is adopted sets the thresholds, too', () => {
  const checks = [{ Name: 'LOGGING_DISABLED_CHECK' }, {
    Name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK', Configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '90' },
  }];
  const template = device(made({ notAfter: new Date('2026-08-01') }), {
    Adopted: { Type: 'Custom::IotAccountAuditConfiguration', Properties: { Checks: checks } },
  });
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, template)).toEqual(['CERTIFICATE_APPROACHING_EXPIRATION']);
});

test('the threshold of the check counts where no template configures audits', () => {
  const template = device(made({ notAfter: new Date('2026-08-01') }));
  expect(outcome(AuditCheck.deviceCertificateExpiring(Duration.days(90)), template))
    .toEqual(['CERTIFICATE_APPROACHING_EXPIRATION']);
  expect(outcome(AuditCheck.deviceCertificateExpiring(Duration.days(40)), template)).toEqual([COMPLIANT]);
});

test.each<[unknown]>([
  ['Active'], ['active'], ['ACTIVE '], ['PENDING-TRANSFER'], ['Inactive'], ['toString'], [''], [true],
])('%j, which is no status of AWS IoT, decides nothing', (Status) => {
  const checks = [
    AuditCheck.DEVICE_CERTIFICATE_AGE, AuditCheck.DEVICE_CERTIFICATE_EXPIRING,
    AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY,
  ];
  for (const dates of [{ notBefore: new Date('2026-06-01') }, { notAfter: new Date('2026-01-01') }]) {
    for (const check of checks) {
      expect(findingsIn(check, device({ ...made(dates), Status }), NOW)).toMatchObject([{
        verdict: UNDECIDED, why: `The certificate depends on the status '${Status}', which AWS IoT does not have`,
      }]);
    }
  }
});

test.each([
  ['INACTIVE', COMPLIANT],
  ['Inactive', UNDECIDED],
  ['PENDING_TRANSFER', UNDECIDED],
  ['REVOKED', UNDECIDED],
])('a CA certificate that is %s and has expired: %s', (Status, expected) => {
  const CACertificatePem = certificate({ key, notAfter: new Date('2026-01-01') });
  expect(outcome(AuditCheck.CA_CERTIFICATE_EXPIRING, ca({ CACertificatePem, Status }))).toEqual([expected]);
});

test.each([
  [{ Status: 'INACTIVE' }, COMPLIANT],
  [{ Status: 'REVOKED' }, COMPLIANT],
  [{ Status: 'PENDING_ACTIVATION' }, COMPLIANT],
  [{ Status: 'REGISTER_INACTIVE' }, COMPLIANT],
  [{ Status: 'PENDING_TRANSFER' }, 'CERTIFICATE_PAST_EXPIRATION'],
  [{ Status: { Ref: 'Status' } }, UNDECIDED],
  [{ CertificatePem: { Ref: 'Pem' } }, UNDECIDED],
  [{ CertificatePem: { 'Fn::Sub': 'a ${Pem}' } }, UNDECIDED],
  [{ CertificatePem: 'no certificate' }, UNDECIDED],
  [{ CertificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, UNDECIDED],
  [{ CertificatePem: undefined, CertificateSigningRequest: 'no request' }, UNDECIDED],
  [{ CertificatePem: undefined, CertificateSigningRequest: certificateRequest({ key }).replaceAll('M', 'A') },
    UNDECIDED],
  [{ CertificatePem: undefined }, UNDECIDED],
  [{ CertificatePem: undefined, CertificateSigningRequest: certificateRequest({ key }) }, COMPLIANT],
  [{ CertificatePem: { 'Fn::If': ['Unknown', 'x', { Ref: 'AWS::NoValue' }] } }, UNDECIDED],
])('%j is %s', (properties, expected) => {
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING,
    device({ ...made({ notAfter: new Date('2026-01-01') }), ...properties }))).toEqual([expected]);
});

test.each([
  ['RSA', key, COMPLIANT],
  ['ROCA', rsaKey(ROCA_MODULUS), 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361'],
  ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, COMPLIANT],
])('a %s key', (_, publicKey, expected) => {
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY,
    device({ CertificatePem: certificate({ key: publicKey }) }))).toEqual([expected]);
  const request = device({ CertificateSigningRequest: certificateRequest({ key: publicKey }) });
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY, request)).toEqual([expected]);
  expect(outcome(AuditCheck.CA_CERTIFICATE_KEY_QUALITY, ca({ CACertificatePem: certificate({ key: publicKey }) })))
    .toEqual([expected]);
});

test('sound keys do not bear the fingerprint', () => {
  for (let round = 0; round < 5; round++) {
    const { n } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    expect(hasRocaFingerprint(BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`))).toBe(false);
  }
});

test('a certificate that is never made says nothing', () => {
  const template = device(made({ notAfter: new Date('2026-01-01') }));
  Object.assign(template, { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } });
  Object.assign(template.Resources.Certificate, { Condition: 'Never' });
  expect(outcome(AuditCheck.DEVICE_CERTIFICATE_EXPIRING, template)).toEqual([]);
});
