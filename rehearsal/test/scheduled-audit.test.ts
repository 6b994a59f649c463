import {
  DescribeScheduledAuditCommand, ListScheduledAuditsCommand, ListTagsForResourceCommand, TagResourceCommand,
} from '@aws-sdk/client-iot';
import { SHARED, configuration, schedule } from './support/native-templates';
import { ended, reasons, stackOf, startAccount, stopAccounts } from './support/running-account';

afterEach(stopAccounts);

describe('ScheduledAudit', () => {
  test('has a generated name of at most 40 characters, an ARN, and the tags of the resource, the stack and CloudFormation', async () => {
    const account = await startAccount();

    const { outputs } = await account.deploy({
      ...stackOf(
        {
          Configuration: configuration(SHARED),
          ScheduleWithALongLogicalId: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], {
            Tags: [{ Key: 'own', Value: '1' }],
          }),
        },
        {
          Outputs: {
            Name: { Value: { Ref: 'ScheduleWithALongLogicalId' } },
            Arn: { Value: { 'Fn::GetAtt': ['ScheduleWithALongLogicalId', 'ScheduledAuditArn'] } },
          },
        },
      ),
      tags: { team: 'fleet' },
    });

    expect(outputs.Name).toMatch(/^Stack-Schedule\w*-[0-9A-Z]{12}$/);
    expect(String(outputs.Name).length).toBeLessThanOrEqual(40);
    const { tags = [] } = await account.iot.send(new ListTagsForResourceCommand({ resourceArn: String(outputs.Arn) }));
    expect(tags.map(({ Key }) => Key).sort()).toEqual([
      'aws:cloudformation:logical-id', 'aws:cloudformation:stack-id', 'aws:cloudformation:stack-name', 'own', 'team',
    ]);
  });

  test('an update sends the whole template, and removes tags that others set', async () => {
    const account = await startAccount();
    const stack = (rest: object) =>
      stackOf({
        Configuration: configuration(SHARED),
        Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], { ScheduledAuditName: 'mine', ...rest }),
      });
    await account.deploy(stack({ Tags: [{ Key: 'own', Value: '1' }] }));
    const { scheduledAuditArn: resourceArn } = await account.iot.send(
      new DescribeScheduledAuditCommand({ scheduledAuditName: 'mine' }),
    );
    await account.iot.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'foreign', Value: 'x' }] }));

    await account.deploy(stack({ Frequency: 'WEEKLY', DayOfWeek: 'MON', Tags: [{ Key: 'own', Value: '2' }] }));

    expect(await account.iot.send(new DescribeScheduledAuditCommand({ scheduledAuditName: 'mine' }))).toMatchObject({
      frequency: 'WEEKLY', dayOfWeek: 'MON',
    });
    const { tags = [] } = await account.iot.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags.filter(({ Key }) => !Key!.startsWith('aws:'))).toEqual([{ Key: 'own', Value: '2' }]);
  });

  test('a name that is taken already exists, and the rollback leaves the other one alone', async () => {
    const account = await startAccount();
    await account.deploy({
      ...stackOf({
        Configuration: configuration(SHARED),
        Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], { ScheduledAuditName: 'mine' }),
      }),
      stackName: 'Other',
    });

    const result = await account.deploy(
      stackOf({
        Schedule: { ...schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], { ScheduledAuditName: 'mine' }), DependsOn: [] },
      }),
    );

    expect(reasons(result).Schedule).toContain('AlreadyExists');
    expect((await account.iot.send(new ListScheduledAuditsCommand({}))).scheduledAudits).toHaveLength(1);
  });

  test('a new name replaces it; a check that is off fails it; the sixth is one too many', async () => {
    const account = await startAccount();
    const named = (name: string) =>
      stackOf({
        Configuration: configuration(SHARED),
        Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK'], { ScheduledAuditName: name }),
      });
    await account.deploy(named('one'));

    await account.deploy(named('two'));
    const off = await account.deploy({
      stackName: 'Off',
      template: { Resources: { Schedule: { ...schedule(['LOGGING_DISABLED_CHECK']), DependsOn: [] } } },
    });
    const many = await account.deploy({
      stackName: 'Many',
      template: {
        Resources: Object.fromEntries(
          ['A', 'B', 'C', 'D', 'E'].map((id) => [
            id, { ...schedule(['DEVICE_CERTIFICATE_SHARED_CHECK']), DependsOn: [] },
          ]),
        ),
      },
    });

    expect((await account.iot.send(new ListScheduledAuditsCommand({}))).scheduledAudits).toMatchObject([
      { scheduledAuditName: 'two' },
    ]);
    expect(reasons(off).Schedule).toContain('not enabled for your account');
    expect(reasons(many).E).toContain('ServiceLimitExceeded');
  });

  test('its deletion succeeds when it is gone already', async () => {
    const account = await startAccount();
    await account.deploy(
      stackOf({ Configuration: configuration(SHARED), Schedule: schedule(['DEVICE_CERTIFICATE_SHARED_CHECK']) }),
    );
    account.deviceDefender.faults.add({ operation: 'DeleteScheduledAudit', kind: 'notFound' });

    const result = await account.deploy(stackOf({ Configuration: configuration(SHARED) }));

    expect(ended(result)).toContain('DELETE_COMPLETE Schedule');
  });
});
