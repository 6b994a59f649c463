import { SetV2LoggingOptionsCommand } from '@aws-sdk/client-iot';
import { danglingPointersOf, pointersOf } from '../cloudformation/account-state';
import { SHARED } from './support/native-templates';
import { STACK, role, stackOf, startAccount, stopAccounts } from './support/running-account';

afterEach(stopAccounts);

const ACCOUNT_ID = { Ref: 'AWS::AccountId' };
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const LEFT = { DeletionPolicy: 'Retain' };

/** Everything that an account can point at, by resources that stay while what they point at goes. */
const POINTING = stackOf({
  Audit: role(), Notification: role(), Logging: role(), Acting: role(), Topic: { Type: 'AWS::SNS::Topic' },
  Configuration: {
    Type: 'AWS::IoT::AccountAuditConfiguration',
    Properties: {
      AccountId: ACCOUNT_ID, RoleArn: arnOf('Audit'), AuditCheckConfigurations: SHARED,
      AuditNotificationTargetConfigurations: {
        Sns: { Enabled: true, TargetArn: { Ref: 'Topic' }, RoleArn: arnOf('Notification') },
      },
    },
    ...LEFT,
  },
  Logs: {
    Type: 'AWS::IoT::Logging',
    Properties: { AccountId: ACCOUNT_ID, RoleArn: arnOf('Logging'), DefaultLogLevel: 'ERROR' },
    ...LEFT,
  },
  Action: {
    Type: 'AWS::IoT::MitigationAction',
    Properties: {
      ActionName: 'deactivate', RoleArn: arnOf('Acting'),
      ActionParams: { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } },
    },
    ...LEFT,
  },
});

const ALL = ['audit role', 'notification topic', 'notification role', 'logging role', 'role of a mitigation action'];

test('a new account points at nothing', async () => {
  expect(pointersOf(await startAccount())).toEqual([]);
});

test('what an account points at is fine until the stack that made it is deleted', async () => {
  const account = await startAccount();
  await account.deploy(POINTING);
  const before = [pointersOf(account).map(({ what }) => what), danglingPointersOf(account)];

  await account.delete(STACK);

  expect(before).toEqual([ALL, []]);
  expect(danglingPointersOf(account).map(({ what }) => what)).toEqual(ALL);
  expect(danglingPointersOf(account)[1].arn).toMatch(/^arn:aws:sns:eu-west-1:123456789012:Stack-Topic-/);
});

test('what is switched off points at nothing', async () => {
  const account = await startAccount();
  await account.deploy(POINTING);
  await account.delete(STACK);
  await account.iot.send(new SetV2LoggingOptionsCommand({ disableAllLogs: true }));

  expect(danglingPointersOf(account).map(({ what }) => what)).not.toContain('logging role');
});

test('roles of somebody else are there', async () => {
  const account = await startAccount();
  await account.iot.send(
    new SetV2LoggingOptionsCommand({ roleArn: 'arn:aws:iam::123456789012:role/theirs', defaultLogLevel: 'WARN' }),
  );

  expect(pointersOf(account)).toEqual([{ what: 'logging role', arn: 'arn:aws:iam::123456789012:role/theirs' }]);
  expect(danglingPointersOf(account)).toEqual([]);
});
