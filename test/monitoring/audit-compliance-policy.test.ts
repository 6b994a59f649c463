import { App, Stack } from 'aws-cdk-lib';
import { AuditCheck, AuditComplianceOptions, AuditComplianceRule, AuditResourceType, AuditSeverity } from '../../src';
import { evaluate, Verdict } from '../support/guard';
import { ENV } from '../support/templates';

type Checks = Record<string, { Enabled?: unknown } | undefined>;

const ALL = AuditCheck.all();

/** All checks, as AWS Config records them. */
const ALL_ENABLED: Checks = Object.fromEntries(ALL.map(({ propertyName }) => [propertyName, { Enabled: true }]));

const ROLE = 'arn:aws:iam::111111111111:role/Audit';

function policyOf(options?: AuditComplianceOptions, region = ENV.region): string {
  const stack = new Stack(new App(), 'Stack', { env: { ...ENV, region } });
  return new AuditComplianceRule(stack, 'Compliance', options).policyText;
}

/** A configuration item, with what AWS Config's published schema says that one has. */
function item(configuration: unknown): object {
  return {
    version: '1.3',
    accountId: '111111111111',
    configurationItemCaptureTime: '2026-11-26T03:00:00.000Z',
    configurationItemStatus: 'OK',
    resourceType: 'AWS::IoT::AccountAuditConfiguration',
    resourceId: '111111111111',
    awsRegion: 'us-east-1',
    relationships: [],
    configuration,
    supplementaryConfiguration: {},
  };
}

function audited(checks: Checks, more: object = {}): object {
  return item({ AccountId: '111111111111', RoleArn: ROLE, AuditCheckConfigurations: checks, ...more });
}

function verdictOn(one: object, options?: AuditComplianceOptions): Verdict {
  return evaluate(policyOf(options), [one])[0];
}

const off = (propertyName: string) => `${propertyName} is off`;

describe('the policy, in the words of the real engine', () => {
  test('passes an account that has all checks', () => {
    expect(verdictOn(audited(ALL_ENABLED))).toEqual({ status: 'PASS', messages: [] });
  });

  test('passes checks with thresholds, more than it asks for, and those that it does not know', () => {
    const checks = {
      ...ALL_ENABLED,
      DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays: '365' } },
      CheckOfTomorrow: { Enabled: false },
    };

    expect(verdictOn(audited(checks))).toEqual({ status: 'PASS', messages: [] });
    expect(verdictOn(audited(ALL_ENABLED), { checks: [AuditCheck.LOGGING_DISABLED] }))
      .toEqual({ status: 'PASS', messages: [] });
  });

  test.each(ALL)('fails an account without %s, whether it is off, empty or absent', ({ propertyName }) => {
    const items = [{ Enabled: false }, { Enabled: 'false' }, {}, undefined]
      .map((value) => audited({ ...ALL_ENABLED, [propertyName]: value }));

    expect(evaluate(policyOf(), items))
      .toEqual(items.map(() => ({ status: 'FAIL', messages: [off(propertyName)] })));
  });

  test('names each check that is off', () => {
    const checks = { ...ALL_ENABLED, LoggingDisabledCheck: { Enabled: false }, ConflictingClientIdsCheck: {} };

    expect(verdictOn(audited(checks)).messages.sort())
      .toEqual([off('ConflictingClientIdsCheck'), off('LoggingDisabledCheck')]);
  });

  test.each<[string, unknown]>([
    ['empty', {}],
    ['without a word of checks', { AccountId: '111111111111', RoleArn: ROLE }],
    ['with no check', { AccountId: '111111111111', RoleArn: ROLE, AuditCheckConfigurations: {} }],
    ['null, as for a resource that was deleted', null],
    ['absent', undefined],
    ['a text', 'deleted'],
    ['a list', []],
  ])('fails an account whose configuration is %s', (_what, configuration) => {
    const { status, messages } = verdictOn(item(configuration));

    expect(status).toBe('FAIL');
    expect(messages).toEqual(expect.arrayContaining(ALL.map(({ propertyName }) => off(propertyName))));
  });

  test.each<[string, object]>([['empty', { RoleArn: '' }], ['absent', { RoleArn: undefined }]])(
    'fails an account whose role is %s', (_what, more) => {
      expect(verdictOn(audited(ALL_ENABLED, more)))
        .toEqual({ status: 'FAIL', messages: ['The audit is not configured: it has no role'] });
    });

  test.each<[string, object, Verdict]>([
    ['enabled', { Sns: { Enabled: true, TargetArn: 'arn:aws:sns:us-east-1:111111111111:T', RoleArn: ROLE } },
      { status: 'PASS', messages: [] }],
    ['disabled', { Sns: { Enabled: false } }, { status: 'FAIL', messages: ['Nobody is notified of audits'] }],
    ['absent', {}, { status: 'FAIL', messages: ['Nobody is notified of audits'] }],
  ])('requires notifications if it is told: %s', (_what, AuditNotificationTargetConfigurations, verdict) => {
    const one = audited(ALL_ENABLED, { AuditNotificationTargetConfigurations });

    expect(verdictOn(one, { notificationsRequired: true })).toEqual(verdict);
    expect(verdictOn(one)).toEqual({ status: 'PASS', messages: [] });
  });

  test('says nothing of other resources', () => {
    expect(verdictOn({ ...audited({}), resourceType: 'AWS::IoT::ScheduledAudit' }))
      .toEqual({ status: 'SKIP', messages: [] });
  });

  test('judges what a region without some checks can have', () => {
    const here = ALL.filter((check) => check.isAvailableIn('us-gov-west-1'));
    const checks = Object.fromEntries(here.map(({ propertyName }) => [propertyName, { Enabled: true }]));

    expect(here.length).toBe(ALL.length - 6);
    expect(evaluate(policyOf({}, 'us-gov-west-1'), [audited(checks)])).toEqual([{ status: 'PASS', messages: [] }]);
  });

  test('knows a check that AWS adds later', () => {
    const checks = [AuditCheck.of('BRAND_NEW_CHECK', {
      propertyName: 'BrandNewCheck', severity: AuditSeverity.HIGH, resourceType: AuditResourceType.IOT_POLICY,
    })];

    expect(verdictOn(audited({ BrandNewCheck: { Enabled: true } }), { checks }).status).toBe('PASS');
    expect(verdictOn(audited(ALL_ENABLED), { checks }))
      .toEqual({ status: 'FAIL', messages: [off('BrandNewCheck')] });
  });
});
