import { App, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration, CfnPolicy, CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSeverity, AuditSuppression, AuditSuppressions,
  SuppressedResource, SuppressionExpiry,
} from '../../src';
import { ENV, onlyResource, warningsOf } from '../support/templates';

const SUPPRESSIONS = 'Custom::IotAuditSuppressions';
const ID = 'ab'.repeat(32);
const ROLE = 'arn:aws:iam::111111111111:role/device';
const NOW = new Date('2030-03-24T12:00:00Z');

const GATEWAY: AuditSuppression = {
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policyName('gateway'),
  description: 'Gateways publish for their sensors (SEC-112)',
  expiry: SuppressionExpiry.never(),
};

function until(date: string): SuppressionExpiry {
  return SuppressionExpiry.on(date);
}

describe('AuditSuppressions at synth', () => {
  let stack: Stack;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  afterEach(() => jest.useRealTimers());

  function suppress(suppressions: AuditSuppression[], id = 'Accepted', checks?: AuditCheck[]): AuditSuppressions {
    return new AuditSuppressions(stack, id, {
      suppressions,
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(
        stack, `${id}Configuration`, { enabledChecks: checks },
      ),
    });
  }

  function synthesizing(): () => Template {
    return () => Template.fromStack(stack);
  }

  function failingWith(...messages: string[]): Error {
    return new Error(`Validation failed with the following errors:\n${
      messages.map((message) => `  [Stack/Accepted] ${message}`).join('\n')}`);
  }

  const NEW_CHECK = AuditCheck.of('BRAND_NEW_CHECK', {
    propertyName: 'BrandNewCheck', severity: AuditSeverity.HIGH, resourceType: AuditResourceType.IAM_ROLE,
  });

  describe('the kind of the resource', () => {
    const issuer = SuppressedResource.issuerCertificate({ subject: 'CN=Line 4' });
    const resources: Record<AuditResourceType, SuppressedResource> = {
      DEVICE_CERTIFICATE: SuppressedResource.deviceCertificateId(ID),
      CA_CERTIFICATE: SuppressedResource.caCertificateId(ID),
      IOT_POLICY: SuppressedResource.policyName('gateway'),
      COGNITO_IDENTITY_POOL: SuppressedResource.identityPoolId('us-east-1:11111111-2222-3333-4444-555555555555'),
      CLIENT_ID: SuppressedResource.clientId('gateway-7'),
      ACCOUNT_SETTINGS: SuppressedResource.account(),
      ROLE_ALIAS: SuppressedResource.roleAliasName('camera'),
      IAM_ROLE: SuppressedResource.iamRole(Role.fromRoleArn(new Stack(), 'Role', ROLE)),
      ISSUER_CERTIFICATE: issuer,
    };

    test.each(AuditCheck.all().map((check) => [check.checkName, check] as const))('fits %s', (_, check) => {
      suppress([{ ...GATEWAY, check, resource: resources[check.resourceType] }]);

      expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions)
        .toEqual([expect.objectContaining({ Check: check.checkName })]);
    });

    test('is that of a check that the library does not know', () => {
      suppress([{ ...GATEWAY, check: NEW_CHECK, resource: resources.IAM_ROLE }]);

      expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions)
        .toEqual([expect.objectContaining({ Check: 'BRAND_NEW_CHECK', Resource: { iamRoleArn: ROLE } })]);
    });

    test.each<[AuditCheck, SuppressedResource, string]>([
      [
        AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, resources.ROLE_ALIAS,
        'IOT_POLICY, which IOT_POLICY_OVERLY_PERMISSIVE_CHECK reports, got role alias camera; use '
          + 'SuppressedResource.policy(), policyName() or policyVersion()',
      ],
      [
        AuditCheck.DEVICE_CERTIFICATE_SHARED, resources.CA_CERTIFICATE,
        `DEVICE_CERTIFICATE, which DEVICE_CERTIFICATE_SHARED_CHECK reports, got CA certificate ${ID}; use `
          + 'SuppressedResource.deviceCertificate() or deviceCertificateId()',
      ],
      [
        AuditCheck.CA_CERTIFICATE_EXPIRING, resources.DEVICE_CERTIFICATE,
        `CA_CERTIFICATE, which CA_CERTIFICATE_EXPIRING_CHECK reports, got device certificate ${ID}; use `
          + 'SuppressedResource.caCertificate() or caCertificateId()',
      ],
      [
        AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, resources.IAM_ROLE,
        'COGNITO_IDENTITY_POOL, which UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK reports, got IAM role '
          + 'Default/Role; '
          + 'use SuppressedResource.identityPool() or identityPoolId()',
      ],
      [
        AuditCheck.CONFLICTING_CLIENT_IDS, resources.IOT_POLICY,
        'CLIENT_ID, which CONFLICTING_CLIENT_IDS_CHECK reports, got policy gateway; use SuppressedResource.clientId()',
      ],
      [
        AuditCheck.LOGGING_DISABLED, resources.CLIENT_ID,
        'ACCOUNT_SETTINGS, which LOGGING_DISABLED_CHECK reports, got client id gateway-7; use '
          + 'SuppressedResource.account()',
      ],
      [
        AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE, resources.ACCOUNT_SETTINGS,
        'ROLE_ALIAS, which IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK reports, got account; use '
          + 'SuppressedResource.roleAlias() or roleAliasName()',
      ],
      [
        NEW_CHECK, issuer,
        'IAM_ROLE, which BRAND_NEW_CHECK reports, got issuer certificate {"subject":"CN=Line 4"}; use '
          + 'SuppressedResource.iamRole()',
      ],
      [
        AuditCheck.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES,
        SuppressedResource.policyVersion('gateway', '3'),
        'ISSUER_CERTIFICATE, which INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK reports, got policy '
          + 'gateway version 3; use SuppressedResource.issuerCertificate()',
      ],
    ])('fails for %s', (check, resource, message) => {
      expect(() => suppress([GATEWAY, { ...GATEWAY, check, resource }])).toThrow(new Error(
        `Stack/Accepted: 'suppressions[1].resource' must be of the type ${message}`,
      ));
    });
  });

  test.each([
    ['', '"" (0 characters)'],
    ['SEC-112\nuntil release 2', '"SEC-112\\nuntil release 2" (23 characters)'],
    ['für die Gateways', '"für die Gateways" (16 characters)'],
    ['x'.repeat(1001), `"${'x'.repeat(56)}... (1001 characters)`],
  ])('fails for a description that AWS does not accept: %p', (description, given) => {
    expect(() => suppress([{ ...GATEWAY, description }])).toThrow(new Error(
      "Stack/Accepted: 'suppressions[0].description' must be 1 to 1000 printable ASCII characters in one line, got "
        + `${given}; say in short who accepts the finding and why`,
    ));
  });

  test('takes a description of 1000 characters', () => {
    suppress([{ ...GATEWAY, description: 'x'.repeat(1000) }]);

    expect(synthesizing()).not.toThrow();
  });

  describe('the end', () => {
    test.each([
      ['2030-03-24T12:00:00Z', 'it is reached'],
      ['2030-03-23', 'its day is over in UTC'],
      ['2020-01-01', 'it is long past'],
    ])('fails once %s, when %s', (date) => {
      suppress([GATEWAY, { ...GATEWAY, resource: SuppressedResource.policyName('camera'), expiry: until(date) }]);

      expect(synthesizing()).toThrow(failingWith(
        `'suppressions[1].expiry' must be in the future, got ${date} for IOT_POLICY_OVERLY_PERMISSIVE_CHECK and policy `
          + 'camera; remove the suppression, or accept the finding anew with a later date',
      ));
    });

    test('fails with every one that is past', () => {
      suppress(['a', 'b', 'c'].map((name) => ({
        ...GATEWAY, resource: SuppressedResource.policyName(name), expiry: until(name === 'b' ? '2040-01-01' : '2030-01-01'),
      })));

      expect(synthesizing()).toThrow(failingWith(...[0, 2].map((index) =>
        `'suppressions[${index}].expiry' must be in the future, got 2030-01-01 for IOT_POLICY_OVERLY_PERMISSIVE_CHECK `
          + `and policy ${'abc'[index]}; remove the suppression, or accept the finding anew with a later date`)));
    });

    test.each(['2030-03-24', '2030-03-30', '2030-03-31T12:00:00Z'])('warns within a week: %s', (date) => {
      const suppressions = suppress([{ ...GATEWAY, expiry: until(date) }]);

      expect(synthesizing()).not.toThrow();
      expect(warningsOf(suppressions)).toEqual([
        `the suppression of IOT_POLICY_OVERLY_PERMISSIVE_CHECK for policy gateway ends on ${date}, within a week, and `
          + 'then its findings count again; resolve them, or give a later expiry '
          + '[ack: cdk-iot-fleet-audit:suppressionExpiresSoon]',
      ]);
    });

    test.each(['2030-03-31', '2030-03-31T12:00:01Z', '2040-01-01', Token.asString({ Ref: 'Until' })])(
      'is silent otherwise: %s', (date) => {
        expect(warningsOf(suppress([{ ...GATEWAY, expiry: until(date) }]))).toEqual([]);
      },
    );
  });

  describe('the same check and resource twice', () => {
    function twice(one: SuppressedResource, other: SuppressedResource, check = GATEWAY.check): () => void {
      return () => suppress([{ ...GATEWAY, check, resource: one }, { ...GATEWAY, check, resource: other }]);
    }

    function second(words: string, check = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK'): Error {
      return new Error(
        "Stack/Accepted: 'suppressions[1]' must be the only suppression of its check and resource, got a second one of "
          + `${check} for ${words} beside suppressions[0]; keep one of the two`,
      );
    }

    test('fails for a name', () => {
      expect(twice(SuppressedResource.policyName('gateway'), SuppressedResource.policyName('gateway')))
        .toThrow(second('policy gateway'));
    });

    test('fails for a construct', () => {
      const policy = new CfnPolicy(stack, 'Policy', { policyDocument: {} });

      expect(twice(SuppressedResource.policy(policy), SuppressedResource.policy(policy)))
        .toThrow(second('policy Stack/Policy'));
    });

    test('fails for a construct and its name', () => {
      const policy = new CfnPolicy(stack, 'Policy', { policyDocument: {}, policyName: 'gateway' });
      const alias = new CfnRoleAlias(stack, 'Alias', { roleArn: ROLE, roleAlias: 'camera' });

      expect(twice(SuppressedResource.policy(policy), SuppressedResource.policyName('gateway')))
        .toThrow(second('policy gateway'));
      expect(twiceIn('Accepted2', SuppressedResource.roleAlias(alias), SuppressedResource.roleAliasName('camera')))
        .toThrow(/second one of IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK for role alias camera beside suppressions\[0\]/);
    });

    function twiceIn(id: string, one: SuppressedResource, other: SuppressedResource): () => void {
      const check = AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE;
      return () => suppress([{ ...GATEWAY, check, resource: one }, { ...GATEWAY, check, resource: other }], id);
    }

    test('fails for the default version and a pinned one, which may be the same', () => {
      expect(twice(SuppressedResource.policyName('gateway'), SuppressedResource.policyVersion('gateway', '3')))
        .toThrow(second('policy gateway version 3'));
      expect(() => suppress([
        { ...GATEWAY, resource: SuppressedResource.policyVersion('door', '3') },
        { ...GATEWAY, resource: SuppressedResource.policyName('door') },
      ], 'Other')).toThrow(/ for policy door beside suppressions\[0\]; keep one of the two$/);
    });

    test('fails for a certificate in another case', () => {
      expect(twice(
        SuppressedResource.deviceCertificateId(ID), SuppressedResource.deviceCertificateId(ID.toUpperCase()),
        AuditCheck.DEVICE_CERTIFICATE_SHARED,
      )).toThrow(second(`device certificate ${ID}`, 'DEVICE_CERTIFICATE_SHARED_CHECK'));
    });

    test('fails in two constructs of a stack', () => {
      suppress([GATEWAY], 'Team');

      expect(() => suppress([GATEWAY])).toThrow(new Error(
        "Stack/Accepted: 'suppressions[0]' must be the only suppression of its check and resource, got a second one of "
          + 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK for policy gateway beside suppressions[0] of Stack/Team; keep one of the '
          + 'two',
      ));
    });

    test('passes where the first is gone from the app', () => {
      suppress([GATEWAY], 'Team');
      stack.node.tryRemoveChild('Team');
      suppress([GATEWAY]);

      expect(synthesizing()).not.toThrow();
    });

    test('passes for another check, another resource, or two versions', () => {
      suppress([
        GATEWAY,
        { ...GATEWAY, check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION },
        { ...GATEWAY, resource: SuppressedResource.policyName('door') },
        { ...GATEWAY, resource: SuppressedResource.policyVersion('camera', '3') },
        { ...GATEWAY, resource: SuppressedResource.policyVersion('camera', '4') },
      ]);

      expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions).toHaveLength(5);
    });
  });

  describe('the check', () => {
    test('must be one that the configuration enables', () => {
      expect(() => suppress([GATEWAY], 'Accepted', [AuditCheck.LOGGING_DISABLED])).toThrow(new Error(
        "Stack/Accepted: 'checks' must be enabled by Stack/AcceptedConfiguration, got "
          + 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK; enable them in the configuration, or leave them out here',
      ));
    });

    test('must be one that a raw configuration enables, said once', () => {
      const configuration = new CfnAccountAuditConfiguration(stack, 'Raw', {
        accountId: ENV.account, roleArn: ROLE, auditCheckConfigurations: { loggingDisabledCheck: { enabled: true } },
      });
      new AuditSuppressions(stack, 'Accepted', {
        configuration, suppressions: [GATEWAY, { ...GATEWAY, resource: SuppressedResource.policyName('door') }],
      });

      expect(synthesizing()).toThrow(failingWith(
        "'checks' must be enabled by Stack/Raw, got IOT_POLICY_OVERLY_PERMISSIVE_CHECK; enable them in its "
          + 'auditCheckConfigurations, also where an override does so, or leave them out here',
      ));
    });

    test('must be one that the region has', () => {
      stack = new Stack(new App(), 'Stack', { env: { region: 'us-gov-west-1' } });

      expect(() => suppress([{
        ...GATEWAY,
        check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
        resource: SuppressedResource.roleAliasName('camera'),
      }])).toThrow(new Error(
        "Stack/Accepted: 'checks' must only hold checks that us-gov-west-1 has, got "
          + 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK; remove them, or leave the property out for every check of the region',
      ));
    });
  });

  describe('their number', () => {
    function many(count: number, descriptionLength = 60): AuditSuppression[] {
      return Array.from({ length: count }, (_, index) => ({
        ...GATEWAY,
        resource: SuppressedResource.policyName(`policy-${index}`),
        description: 'x'.repeat(descriptionLength),
      }));
    }

    test('must not be zero', () => {
      suppress([]);

      expect(synthesizing()).toThrow(failingWith(
        "'suppressions' must hold at least one suppression, got none; give one or call addSuppression(), or leave the "
          + 'construct out',
      ));
    });

    test.each([200, 400])('may be %d, in one resource', (count) => {
      suppress(many(count));

      expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions).toHaveLength(count);
    });

    test('must not be 401', () => {
      suppress(many(401));

      expect(synthesizing()).toThrow(failingWith(
        "'suppressions' must be at most 400, got 401; divide them between several AuditSuppressions",
      ));
    });

    test('must not take more bytes than CloudFormation can send twice', () => {
      suppress(many(120, 1000));

      expect(synthesizing()).toThrow(new RegExp(
        "'suppressions' must take at most 120000 bytes in the template, since CloudFormation sends old and new ones in "
          + 'one request, got 13\\d{4}; divide them between several AuditSuppressions$',
      ));
    });

    test('may be divided', () => {
      suppress(many(300));
      suppress(many(600).slice(300), 'More');

      expect(Object.values(synthesizing()().findResources(SUPPRESSIONS))).toHaveLength(2);
    });
  });
});
