import { LOGGING, SHARED, configuration, schedule } from './support/native-templates';
import { STACK, role, stackOf, startAccount, stopAccounts } from './support/running-account';
import { stateOf } from '../cloudformation/account-state';

afterEach(stopAccounts);

const ROLE = 'arn:aws:iam::123456789012:role/Role';
const action = {
  Type: 'AWS::IoT::MitigationAction',
  Properties: {
    ActionName: 'deactivate', RoleArn: ROLE, ActionParams: { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } },
  },
};
const logging = {
  Type: 'AWS::IoT::Logging',
  Properties: { AccountId: { Ref: 'AWS::AccountId' }, RoleArn: ROLE, DefaultLogLevel: 'ERROR' },
};

const before = stackOf({
  Configuration: configuration(SHARED),
  Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], {
    ScheduledAuditName: 'daily', Tags: [{ Key: 'team', Value: 'fleet' }],
  }),
  Action: action,
  Logging: logging,
});

test('a new account is set to nothing', async () => {
  expect(await stateOf(await startAccount())).toEqual({
    checks: {}, scheduledAudits: {}, mitigationActions: {}, suppressions: {},
  });
});

test('what a stack sets is there', async () => {
  const account = await startAccount();
  await account.deploy(before);

  expect(await stateOf(account)).toEqual({
    roleArn: ROLE,
    checks: { DEVICE_CERTIFICATE_SHARED_CHECK: { enabled: true } },
    scheduledAudits: {
      daily: { frequency: 'DAILY', targetCheckNames: ['DEVICE_CERTIFICATE_SHARED_CHECK'], tags: { team: 'fleet' } },
    },
    mitigationActions: {
      deactivate: { roleArn: ROLE, actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } } },
    },
    suppressions: {},
    logging: { roleArn: ROLE, defaultLogLevel: 'ERROR', disableAllLogs: false },
  });
});

test('a failure at any step of an update leaves the account as it was, but for what CloudFormation itself cannot undo', async () => {
  const after = stackOf({
    Configuration: configuration({ ...SHARED, ...LOGGING }),
    Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK'], {
      ScheduledAuditName: 'weekly', Frequency: 'WEEKLY', DayOfWeek: 'MON',
    }),
    Action: { ...action, Properties: { ...action.Properties, RoleArn: `${ROLE}2` } },
    Last: role('last', { DependsOn: ['Schedule', 'Action'] }),
  });
  const faultless = await startAccount();
  await faultless.deploy(before);
  const { changed } = await faultless.deploy(after);

  expect(changed).toEqual(['Configuration', 'Schedule', 'Action', 'Last']);
  for (const logicalId of changed) {
    for (const phase of ['before', 'after'] as const) {
      const account = await startAccount();
      await account.deploy(before);
      const state = await stateOf(account);

      const result = await account.deploy(after, { failAt: { logicalId, phase } });

      // The new name makes a new schedule, which goes only in the clean-up: until then, its check cannot be switched
      // off again.
      const stuck = (logicalId === 'Schedule' && phase === 'after') || ['Action', 'Last'].includes(logicalId);
      expect([logicalId, phase, result.outcome]).toEqual([
        logicalId, phase, stuck ? 'UPDATE_ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_COMPLETE',
      ]);
      if (!stuck) expect(await stateOf(account)).toEqual(state);
    }
  }
  expect(faultless.stacks.get(STACK)!.status).toBe('UPDATE_COMPLETE');
});
