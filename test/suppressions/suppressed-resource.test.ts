import { App, Fn, Stack } from 'aws-cdk-lib';
import { CfnIdentityPool } from 'aws-cdk-lib/aws-cognito';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnCACertificate, CfnCertificate, CfnPolicy, CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { SuppressedResource } from '../../src';
import { ENV } from '../support/templates';

const ID = 'ab'.repeat(32);
const POOL = 'us-east-1:11111111-2222-3333-4444-555555555555';
const stack = new Stack(new App(), 'Stack', { env: ENV });
const ROLE = 'arn:aws:iam::111111111111:role/device';

const policy = new CfnPolicy(stack, 'Policy', { policyDocument: {} });
const roleAlias = new CfnRoleAlias(stack, 'RoleAlias', { roleArn: ROLE });
const certificate = new CfnCertificate(stack, 'Certificate', { status: 'ACTIVE' });
const caCertificate = new CfnCACertificate(stack, 'Ca', { status: 'ACTIVE', caCertificatePem: 'PEM' });
const pool = new CfnIdentityPool(stack, 'Pool', { allowUnauthenticatedIdentities: false });

describe('a suppressed resource, in the spelling of the API', () => {
  test.each<[string, SuppressedResource, object]>([
    ['a certificate', SuppressedResource.deviceCertificate(certificate), { deviceCertificateId: { Ref: 'Certificate' } }],
    ['the id of a certificate', SuppressedResource.deviceCertificateId(ID.toUpperCase()), { deviceCertificateId: ID }],
    [
      'a certificate that exists',
      SuppressedResource.deviceCertificate(CfnCertificate.fromCertificateId(stack, 'ThatCertificate', ID)),
      { deviceCertificateId: ID },
    ],
    ['a CA certificate', SuppressedResource.caCertificate(caCertificate), { caCertificateId: { Ref: 'Ca' } }],
    ['the id of a CA certificate', SuppressedResource.caCertificateId(ID), { caCertificateId: ID }],
    ['a policy', SuppressedResource.policy(policy), { policyName: { Ref: 'Policy' } }],
    ['the name of a policy', SuppressedResource.policyName('gateway'), { policyName: 'gateway' }],
    [
      'a policy that exists',
      SuppressedResource.policy(CfnPolicy.fromPolicyName(stack, 'ThatPolicy', 'gateway')),
      { policyName: 'gateway' },
    ],
    [
      'a version of a policy',
      SuppressedResource.policyVersion('gateway', '3'),
      { policyVersionIdentifier: { policyName: 'gateway', policyVersionId: '3' } },
    ],
    [
      'a role alias', SuppressedResource.roleAlias(roleAlias),
      { roleAliasArn: { 'Fn::GetAtt': ['RoleAlias', 'RoleAliasArn'] } },
    ],
    [
      'the name of a role alias', SuppressedResource.roleAliasName('camera'),
      {
        roleAliasArn: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:us-east-1:111111111111:rolealias/camera']],
        },
      },
    ],
    ['an identity pool', SuppressedResource.identityPool(pool), { cognitoIdentityPoolId: { Ref: 'Pool' } }],
    ['the id of an identity pool', SuppressedResource.identityPoolId(POOL), { cognitoIdentityPoolId: POOL }],
    ['a client id', SuppressedResource.clientId('gateway-7'), { clientId: 'gateway-7' }],
    ['the account', SuppressedResource.account(), { account: { Ref: 'AWS::AccountId' } }],
    [
      'an issuer certificate',
      SuppressedResource.issuerCertificate({ subject: 'CN=Line 4', issuerId: ID, serialNumber: '1f:2a' }),
      {
        issuerCertificateIdentifier: {
          issuerCertificateSubject: 'CN=Line 4', issuerId: ID, issuerCertificateSerialNumber: '1f:2a',
        },
      },
    ],
    [
      'an issuer certificate of which only the subject is known',
      SuppressedResource.issuerCertificate({ subject: 'CN=Line 4' }),
      { issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Line 4' } },
    ],
    ['a role', SuppressedResource.iamRole(Role.fromRoleArn(stack, 'Role', ROLE)), { iamRoleArn: ROLE }],
    ['a token', SuppressedResource.policyName(Fn.ref('Name')), { policyName: { Ref: 'Name' } }],
  ])('%s', (_, resource, identifier) => {
    expect(stack.resolve(resource._identify(stack))).toEqual(identifier);
  });

  test.each<[string, () => SuppressedResource, string]>([
    [
      'certificateId', () => SuppressedResource.deviceCertificateId('4f2a'),
      "SuppressedResource.deviceCertificateId: 'certificateId' must be 64 hexadecimal digits, got '4f2a'; give the id "
        + 'of the certificate, which is the end of its ARN',
    ],
    [
      'certificateId of a CA', () => SuppressedResource.caCertificateId('x'),
      "SuppressedResource.caCertificateId: 'certificateId' must be 64 hexadecimal digits, got 'x'; give the id of the "
        + 'certificate, which is the end of its ARN',
    ],
    [
      'policyName', () => SuppressedResource.policyName('arn:aws:iot:us-east-1:111111111111:policy/gateway'),
      "SuppressedResource.policyName: 'policyName' must be 1 to 128 letters, digits and characters of _+=,.@-, got "
        + "'arn:aws:iot:us-east-1:111111111111:policy/gateway'; give the name of the policy, not its ARN",
    ],
    [
      'policyName of a version', () => SuppressedResource.policyVersion('', '3'),
      "SuppressedResource.policyVersion: 'policyName' must be 1 to 128 letters, digits and characters of _+=,.@-, got "
        + "''; give the name of the policy, not its ARN",
    ],
    [
      'versionId', () => SuppressedResource.policyVersion('gateway', 'default'),
      "SuppressedResource.policyVersion: 'versionId' must be the number of a version, got 'default'; give a number "
        + 'such as 3, or use SuppressedResource.policyName() for the default version',
    ],
    [
      'roleAlias', () => SuppressedResource.roleAliasName('rolealias/camera'),
      "SuppressedResource.roleAliasName: 'roleAlias' must be 1 to 128 letters, digits and characters of _=,@-, got "
        + "'rolealias/camera'; give the name of the role alias, not its ARN",
    ],
    [
      'identityPoolId', () => SuppressedResource.identityPoolId('cameras'),
      "SuppressedResource.identityPoolId: 'identityPoolId' must be a region, a colon and a UUID, got 'cameras'; give "
        + 'the id of the identity pool, not its name or ARN',
    ],
    [
      'clientId', () => SuppressedResource.clientId(''),
      "SuppressedResource.clientId: 'clientId' must not be empty, got ''; give it",
    ],
    [
      'certificate', () => SuppressedResource.issuerCertificate({}),
      "SuppressedResource.issuerCertificate: 'certificate' must have a subject, an issuerId or a serialNumber, got "
        + 'none; give those that findings show',
    ],
    [
      'subject', () => SuppressedResource.issuerCertificate({ subject: 'CN=Straße' }),
      "SuppressedResource.issuerCertificate: 'subject' must be 1 to 1000 printable ASCII characters, got 'CN=Straße'; "
        + 'copy it from a finding of the check',
    ],
    [
      'issuerId', () => SuppressedResource.issuerCertificate({ issuerId: '4f 2a' }),
      "SuppressedResource.issuerCertificate: 'issuerId' must be 1 to 64 hexadecimal digits, got '4f 2a'; copy it from "
        + 'a finding of the check',
    ],
    [
      'serialNumber', () => SuppressedResource.issuerCertificate({ serialNumber: '1'.repeat(21) }),
      "SuppressedResource.issuerCertificate: 'serialNumber' must be 1 to 20 hexadecimal digits and colons, got "
        + `'${'1'.repeat(21)}'; copy it from a finding of the check`,
    ],
  ])('fails where AWS would refuse it: %s', (_, factory, message) => {
    expect(factory).toThrow(new Error(message));
  });
});
