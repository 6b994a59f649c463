import { DeleteAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import { CfnResource } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { consoleAccount, stackOf, virginAccount } from './real-accounts';
import { stateOf } from '../../rehearsal/cloudformation/account-state';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, CheckRemoval, FleetAudit, ScheduledAudit, Weekday,
} from '../../src';
import { captureLog } from '../support/function-log';

const CHECKS = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED];

function fleet(checks: AuditCheck[], id = 'FleetAudit') {
  return stackOf((stack) => {
    new FleetAudit(stack, id, { checks });
  });
}

describe('CloudFormation\'s own configuration', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();

  test('fails where one exists with a message that points to adopting', async () => {
    const account = await consoleAccount();
    const before = await stateOf(account);

    const result = await account.deploy(fleet(CHECKS));

    expect(result.outcome).toBe('ROLLBACK_COMPLETE');
    expect(
      Object.values(reasons(result)).join(),
    ).toContain('the account has an audit configuration already (its role is '
      + 'arn:aws:iam::123456789012:role/service-role/AWSIoTDeviceDefenderAudit_Role), and CloudFormation does not take '
      + 'it over; '
      + 'adopt it with existing: ExistingConfiguration.adopt(), or import it with cdk import');
    expect(await stateOf(account)).toEqual(before);
  });

  test('fails under another name with a message that names the former one', async () => {
    const account = await virginAccount();
    await account.deploy(fleet(CHECKS));

    const result = await account.deploy(fleet(CHECKS, 'Audit'));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain(
      'already, as FleetAuditConfiguration6B655EB6 of this stack',
    );
  });

  describe('with logical ids of one\'s own', () => {
    /** What has to be there for removing a check, or not, with the schedule and the configuration under short ids. */
    function named(checks: AuditCheck[], checkRemoval: CheckRemoval, roleId?: string) {
      return stackOf((stack) => {
        const auditRole = roleId === undefined ? undefined : new Role(stack, roleId, {
          assumedBy: new ServicePrincipal('iot.amazonaws.com'),
        });
        const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
          checks, checkRemoval, auditRole,
        });
        const schedule = new ScheduledAudit(stack, 'Daily', { configuration, checks, schedule: AuditSchedule.daily() });
        for (const [construct, id] of [[configuration, 'TheFleetsOnlyAudit'], [schedule, 'EveryDay']] as const) {
          (construct.node.defaultChild as CfnResource).overrideLogicalId(id);
        }
      });
    }

    test('can change its role in the deployment that first lets checks be removed', async () => {
      const account = await virginAccount();
      expect((await account.deploy(named(CHECKS, CheckRemoval.IN_TWO_DEPLOYMENTS))).outcome).toBe('CREATE_COMPLETE');

      const result = await account.deploy(named(CHECKS, CheckRemoval.IN_ONE_DEPLOYMENT, 'OtherRole'));

      expect(reasons(result)).toEqual({});
      expect(result.outcome).toBe('UPDATE_COMPLETE');
    });

    test.each(
      ['reverse', 'dependencies'] as const,
    )('gives schedules back the checks that they had, rolled back in the order %s', async (rollbackOrder) => {
      const account = await virginAccount();
      await account.deploy(named(CHECKS, CheckRemoval.IN_ONE_DEPLOYMENT));
      const before = await stateOf(account);

      const result = await account.deploy(named(
        [AuditCheck.DEVICE_CERTIFICATE_SHARED], CheckRemoval.IN_ONE_DEPLOYMENT,
      ), {
        failAt: { logicalId: 'EveryDay', phase: 'before' }, rollbackOrder,
      });

      expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await stateOf(account)).toEqual(before);
    });
  });

  test('that was deleted by hand fails an update before the stack gets stuck', async () => {
    const account = await virginAccount();
    await account.deploy(fleet(CHECKS));
    await account.iot.send(new DeleteAccountAuditConfigurationCommand({ deleteScheduledAudits: true }));

    const result = await account.deploy(fleet([...CHECKS, AuditCheck.CONFLICTING_CLIENT_IDS]));

    expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(result)).join()).toContain(
      'was deleted outside of CloudFormation, which cannot update it any more; adopt what there is',
    );
  });

  test('loses a check that a schedule uses in one deployment, and keeps the schedule\'s other checks on all the time', async () => {
    const account = await virginAccount();
    await account.deploy(fleet(CHECKS));

    const { outcome } = await account.deploy(fleet([AuditCheck.DEVICE_CERTIFICATE_SHARED]));

    expect(outcome).toBe('UPDATE_COMPLETE');
    const { checks, scheduledAudits } = await stateOf(account);
    expect(Object.keys(checks)).toEqual(['DEVICE_CERTIFICATE_SHARED_CHECK']);
    expect(Object.values(scheduledAudits).map(({ targetCheckNames }) => targetCheckNames)).toEqual([[
      'DEVICE_CERTIFICATE_SHARED_CHECK',
    ]]);
  });

  test.each([
    ['loses its day', AuditSchedule.weekly(Weekday.MONDAY), AuditSchedule.daily(), 'replaced'],
    ['gets a day of another kind', AuditSchedule.weekly(Weekday.MONDAY), AuditSchedule.monthly(3), 'replaced'],
    ['gets another day', AuditSchedule.weekly(Weekday.MONDAY), AuditSchedule.biweekly(Weekday.FRIDAY), 'updated'],
  ])('has schedules of which one that %s is not left with a stale one', async (_, from, to, how) => {
    const account = await virginAccount();
    const retimed = (schedule: AuditSchedule) => stackOf((stack) => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
        checks: CHECKS, checkRemoval: CheckRemoval.IN_TWO_DEPLOYMENTS,
      });
      new ScheduledAudit(stack, 'Audit', { configuration, schedule });
    });
    await account.deploy(retimed(from));

    expect((await account.deploy(retimed(to))).outcome).toBe('UPDATE_COMPLETE');

    expect(account.deviceDefender.requestsOf('UpdateScheduledAudit')).toHaveLength(how === 'updated' ? 1 : 0);
    const [audit, ...others] = Object.values((await stateOf(account)).scheduledAudits);
    expect(others).toEqual([]);
    expect(audit).toMatchObject({ frequency: to.frequency, dayOfWeek: to.dayOfWeek, dayOfMonth: to.dayOfMonth });
  });
});
