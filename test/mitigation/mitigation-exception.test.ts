import { Lazy } from 'aws-cdk-lib';
import { MitigationException } from '../../src';

const CERTIFICATE = 'ab'.repeat(32);

describe('MitigationException', () => {
  test.each([
    ['deviceCertificate', MitigationException.deviceCertificate],
    ['caCertificate', MitigationException.caCertificate],
  ])('takes a token as the id of an exception, and nothing that is no id: %s', (factory, except) => {
    expect(() => except(Lazy.string({ produce: () => 'id' }))).not.toThrow();
    expect(() => except(`arn:aws:iot:us-east-1:111111111111:cert/${CERTIFICATE}`)).toThrow(new Error(
      `MitigationException.${factory}: 'certificateId' must be 64 hexadecimal digits, got `
      + `'arn:aws:iot:us-east-1:111111111111:cert/${CERTIFICATE}'; give the id of the certificate, which is the end of `
      + 'its ARN'));
  });
});
