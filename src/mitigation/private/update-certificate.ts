import { Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { MitigationDefinition } from './mitigation-definition';

/** Which certificate an audit will find is not known before, so the role reaches every one of the account. */
export const UPDATE_DEVICE_CERTIFICATE: MitigationDefinition = {
  bind: (scope) => ({
    actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
    grantTo: (grantee) => Grant.addToPrincipal({
      grantee,
      actions: ['iot:UpdateCertificate'],
      resourceArns: [Stack.of(scope).formatArn({ service: 'iot', resource: 'cert', resourceName: '*' })],
    }),
  }),
};

export const UPDATE_CA_CERTIFICATE: MitigationDefinition = {
  bind: (scope) => ({
    actionParams: { updateCaCertificateParams: { action: 'DEACTIVATE' } },
    grantTo: (grantee) => Grant.addToPrincipal({
      grantee,
      actions: ['iot:UpdateCACertificate'],
      resourceArns: [Stack.of(scope).formatArn({ service: 'iot', resource: 'cacert', resourceName: '*' })],
    }),
  }),
};
