import { ROLE } from './support/native-templates';
import { STACK, reasons, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { TemplateResource } from '../cloudformation/template';

afterEach(stopAccounts);

describe('Logging', () => {
  const logging = (level: string, rest: object = {}): TemplateResource => ({
    Type: 'AWS::IoT::Logging',
    Properties: { AccountId: { Ref: 'AWS::AccountId' }, RoleArn: ROLE, DefaultLogLevel: level, ...rest },
  });

  test('is created, updated, and switched off by its deletion with role and level kept', async () => {
    const account = await startAccount();
    await account.deploy(stackOf({ Logging: logging('ERROR') }));
    const created = account.deviceDefender.fleet.logging;

    await account.deploy(stackOf({ Logging: logging('INFO') }));
    const updated = account.deviceDefender.fleet.logging;
    await account.delete(STACK);

    expect(created).toEqual({ roleArn: ROLE, defaultLogLevel: 'ERROR', disableAllLogs: false });
    expect(updated).toEqual({ roleArn: ROLE, defaultLogLevel: 'INFO', disableAllLogs: false });
    expect(account.deviceDefender.fleet.logging).toEqual({
      roleArn: ROLE, defaultLogLevel: 'INFO', disableAllLogs: true,
    });
  });

  test.each([
    [{ roleArn: ROLE, defaultLogLevel: 'DISABLED', disableAllLogs: false }, 'ROLLBACK_COMPLETE'],
    [{ disableAllLogs: true }, 'CREATE_COMPLETE'],
  ] as const)('meets an account with %j: %s', async (options, outcome) => {
    const account = await startAccount({ fleet: { logging: options } });

    const result = await account.deploy(stackOf({ Logging: logging('ERROR') }));

    expect(result.outcome).toBe(outcome);
    if (outcome === 'ROLLBACK_COMPLETE') {
      expect(reasons(result).Logging).toContain('The V2LoggingOptions already exists.');
      expect(account.deviceDefender.fleet.logging).toEqual(options);
    }
  });

  test('fails for another account, and cannot be updated once it was disabled by hand', async () => {
    const account = await startAccount();

    const elsewhere = await account.deploy(stackOf({ Logging: logging('ERROR', { AccountId: '999999999999' }) }));
    await account.deploy(stackOf({ Logging: logging('ERROR') }));
    account.deviceDefender.fleet.logging = { ...account.deviceDefender.fleet.logging, disableAllLogs: true };
    const disabled = await account.deploy(stackOf({ Logging: logging('INFO') }));

    expect(reasons(elsewhere).Logging).toContain("doesn't match actual");
    expect(reasons(disabled).Logging).toContain('HandlerErrorCode: NotFound');
  });
});
