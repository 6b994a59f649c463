import {
  DeleteAccountAuditConfigurationCommand, DescribeAccountAuditConfigurationCommand,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { LOGGING, ROLE, SHARED, configuration, schedule } from './support/native-templates';
import { STACK, reasons, role, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

afterEach(stopAccounts);

async function described({ iot }: RehearsedAccount) {
  const output = await iot.send(new DescribeAccountAuditConfigurationCommand({}));
  const { roleArn, auditCheckConfigurations: checks = {}, auditNotificationTargetConfigurations: targets } = output;
  const enabled = Object.entries(checks).filter(([, check]) => check.enabled).map(([name]) => name).sort();
  return { roleArn, enabled, sns: targets?.SNS, checks };
}

async function configureByHand({ iot }: RehearsedAccount, ...checks: string[]): Promise<void> {
  await iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: ROLE, auditCheckConfigurations: Object.fromEntries(checks.map((check) => [check, { enabled: true }])),
  }));
}

describe('AccountAuditConfiguration', () => {
  test('is created with the checks, thresholds and target of the template', async () => {
    const account = await startAccount();

    const result = await account.deploy(
      stackOf(
        {
          Configuration: configuration(
            {
              ...SHARED,
              DeviceCertificateExpiringCheck: {
                Enabled: 'true', Configuration: { CertExpirationThresholdInDays: '60' },
              },
            },
            {
              AuditNotificationTargetConfigurations: {
                Sns: { Enabled: true, TargetArn: 'arn:aws:sns:eu-west-1:123456789012:topic', RoleArn: ROLE },
              },
            },
          ),
        },
        { Outputs: { Ref: { Value: { Ref: 'Configuration' } } } },
      ),
    );

    expect(result.outputs).toEqual({ Ref: '123456789012' });
    expect(await described(account)).toMatchObject({
      roleArn: ROLE,
      enabled: ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'],
      sns: { enabled: true, targetArn: 'arn:aws:sns:eu-west-1:123456789012:topic' },
      checks: { DEVICE_CERTIFICATE_EXPIRING_CHECK: { configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '60' } } },
    });
  });

  test('already exists in an account that someone configured, and the rollback leaves that alone', async () => {
    const account = await startAccount();
    await configureByHand(account, 'LOGGING_DISABLED_CHECK');

    const result = await account.deploy(stackOf({ Configuration: configuration(SHARED) }));

    expect(result.outcome).toBe('ROLLBACK_COMPLETE');
    expect(reasons(result).Configuration).toBe(
      'Resource handler returned message: "The AccountAuditConfiguration already exists." (HandlerErrorCode: AlreadyExists)',
    );
    expect(await described(account)).toMatchObject({ roleArn: ROLE, enabled: ['LOGGING_DISABLED_CHECK'] });
  });

  test('fails for another account, and the rollback does not touch this one', async () => {
    const account = await startAccount();
    await configureByHand(account, 'LOGGING_DISABLED_CHECK');

    const result = await account.deploy(
      stackOf({ Configuration: configuration(SHARED, { AccountId: '999999999999' }) }),
    );

    expect(reasons(result).Configuration).toContain(
      "AccountId in the template (999999999999) doesn't match actual: 123456789012.",
    );
    expect((await described(account)).roleArn).toBe(ROLE);
  });

  test('fails at first without an enabled check', async () => {
    const account = await startAccount();

    const result = await account.deploy(stackOf({ Configuration: configuration({}) }));

    expect(reasons(result).Configuration).toContain('HandlerErrorCode: InvalidRequest');
  });

  test('refuses a check that the schema does not know', async () => {
    const account = await startAccount();

    const result = await account.deploy(stackOf({ Configuration: configuration({ NoSuchCheck: { Enabled: true } }) }));

    expect(reasons(result).Configuration).toContain('extraneous key [NoSuchCheck] is not permitted');
  });

  test('an update switches off every check that the template does not name, and a target that it no longer has', async () => {
    const account = await startAccount();
    const sns = {
      AuditNotificationTargetConfigurations: {
        Sns: { Enabled: true, TargetArn: 'arn:aws:sns:eu-west-1:123456789012:topic', RoleArn: ROLE },
      },
    };
    await account.deploy(stackOf({ Configuration: configuration(SHARED, sns) }));
    await configureByHand(account, 'CONFLICTING_CLIENT_IDS_CHECK');

    await account.deploy(stackOf({ Configuration: configuration(LOGGING) }));

    expect(await described(account)).toMatchObject({
      enabled: ['LOGGING_DISABLED_CHECK'],
      sns: { enabled: false, targetArn: 'arn:aws:sns:eu-west-1:123456789012:topic' },
    });
  });

  test('an update fails after the configuration was deleted by hand', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ Configuration: configuration(SHARED) }));
    await account.iot.send(new DeleteAccountAuditConfigurationCommand({}));

    const result = await account.deploy(stackOf({ Configuration: configuration(LOGGING) }));

    expect(result.events.find(({ status }) => status === 'UPDATE_FAILED')?.reason).toContain(
      'has not been set up or was deleted',
    );
    expect(result.outcome).toBe('UPDATE_ROLLBACK_FAILED');
  });

  test('cannot lose a check that a schedule uses, in one deployment with the schedule', async () => {
    const account = await startAccount();
    await account.deploy(
      stackOf({
        Configuration: configuration({ ...SHARED, ...LOGGING }), Schedule: schedule(['LOGGING_DISABLED_CHECK']),
      }),
    );

    const result = await account.deploy(
      stackOf({ Configuration: configuration(SHARED), Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK']) }),
    );

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.events.find(({ status }) => status === 'UPDATE_FAILED')).toMatchObject({
      logicalId: 'Configuration',
      reason: expect.stringContaining('cannot be disabled because it is used by the scheduled audits'),
    });
    expect((await described(account)).enabled).toEqual(['DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK']);
  });

  test('rolls back an added check along the dependencies only if no schedule uses it by then', async () => {
    const outcomes = [];
    for (const rollbackOrder of ['reverse', 'dependencies'] as const) {
      const account = await startAccount();
      await account.deploy(
        stackOf({ Configuration: configuration(SHARED), Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK']) }),
      );
      const { outcome } = await account.deploy(
        stackOf({
          Configuration: configuration({ ...SHARED, ...LOGGING }), Schedule: schedule(['LOGGING_DISABLED_CHECK']),
          Late: role('late', { DependsOn: 'Schedule' }),
        }),
        { rollbackOrder, failAt: { logicalId: 'Late', phase: 'before' } },
      );
      outcomes.push(outcome);
    }

    expect(outcomes).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED']);
  });

  test('under a new logical id meets the old one', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ Old: configuration(SHARED) }));

    const result = await account.deploy(stackOf({ New: configuration(SHARED) }));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(reasons(result).New).toContain('AlreadyExists');
    expect((await described(account)).roleArn).toBe(ROLE);
  });

  test('its deletion resets the account', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ Configuration: configuration(SHARED) }));
    await configureByHand(account, 'LOGGING_DISABLED_CHECK');

    expect((await account.delete(STACK)).outcome).toBe('DELETE_COMPLETE');

    expect(await described(account)).toMatchObject({ roleArn: undefined, enabled: [] });
  });

  test('its deletion succeeds when it is gone already, and the message of an unknown error is lost', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ Configuration: configuration(SHARED) }));
    account.deviceDefender.faults.add({ operation: 'DeleteAccountAuditConfiguration', kind: 'internalError' });

    const failed = await account.delete(STACK);
    const second = await account.delete(STACK);
    await account.deploy(stackOf({ Configuration: configuration(SHARED) }));
    account.deviceDefender.faults.add({ operation: 'DeleteAccountAuditConfiguration', kind: 'dropAfterEffect' });
    const lost = await account.delete(STACK);
    const gone = await account.delete(STACK);

    expect([failed, second, lost, gone].map(({ outcome }) => outcome)).toEqual([
      'DELETE_FAILED', 'DELETE_COMPLETE', 'DELETE_FAILED', 'DELETE_COMPLETE',
    ]);
    expect(reasons(failed).Configuration).toBe(
      'Resource handler returned message: "null" (HandlerErrorCode: InternalFailure)',
    );
  });

  test.each([
    ['throttle', 'CREATE_COMPLETE', ''], ['accessDenied', 'ROLLBACK_COMPLETE', 'HandlerErrorCode: AccessDenied'],
    ['invalidRequest', 'ROLLBACK_COMPLETE', 'HandlerErrorCode: InvalidRequest'],
    ['hang', 'ROLLBACK_COMPLETE', 'HandlerErrorCode: InternalFailure'],
  ] as const)('meets the fault %s: %s', async (kind, outcome, reason) => {
    const account = await startAccount();
    account.deviceDefender.faults.add({ operation: 'UpdateAccountAuditConfiguration', kind });

    const result = await account.deploy(stackOf({ Configuration: configuration(SHARED) }));

    expect(result.outcome).toBe(outcome);
    expect(reasons(result).Configuration ?? '').toContain(reason);
  });
});
