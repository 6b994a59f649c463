import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Transition, testTransitions } from './matrix';
import { consoleAccount, stackOf, virginAccount } from './real-accounts';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AccountAuditConfigurationProps, AuditCheck, AuditSchedule, ExistingConfiguration,
  FleetAudit, FleetAuditProps, ScheduledAudit, Weekday,
} from '../../src';
import { captureLog } from '../support/function-log';

const [SHARED, PERMISSIVE, LOGGING] = [
  AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.LOGGING_DISABLED,
];
const existing = ExistingConfiguration.adopt();

function fleet(props: FleetAuditProps = {}, id = 'FleetAudit') {
  return stackOf((stack) => {
    new FleetAudit(stack, id, { checks: [SHARED, PERMISSIVE], existing, ...props });
  });
}

/** A configuration of its own, with schedules of its own. */
function parts(
  props: AccountAuditConfigurationProps,
  schedules: Record<string, AuditCheck[]>,
  { id = 'Configuration', stackName = 'Fleet' } = {},
) {
  return stackOf((stack) => {
    const configuration = new AccountAuditConfiguration(stack, id, { existing, ...props });
    for (const [name, checks] of Object.entries(schedules)) {
      new ScheduledAudit(stack, name, { configuration, checks, schedule: AuditSchedule.daily() });
    }
  }, stackName);
}

function withTopic(notify: boolean, topicId = 'Topic') {
  return stackOf((stack) => {
    const topic = new Topic(stack, topicId);
    new AccountAuditConfiguration(stack, 'Configuration', {
      checks: [SHARED], existing, notificationTopic: notify ? topic : undefined,
    });
  });
}

const accounts = { virgin: virginAccount, console: consoleAccount };
const everywhere = (name: string, from: Transition['from'], to: Transition['to']): Transition[] =>
  Object.entries(accounts).map(([kind, account]) => ({ name: `${name} (${kind} account)`, account, from, to }));
/** Where the kind of account makes no difference. */
const anywhere = (name: string, from: Transition['from'], to: Transition['to']): Transition[] => [{
  name, account: consoleAccount, from, to,
}];

const PUT_BACK = ExistingConfiguration.adopt({ putBackOnRemoval: true });

const TRANSITIONS: readonly Transition[] = [
  ...everywhere('nothing, then all checks', [], [parts({ checks: undefined }, { Daily: [SHARED] })]),
  ...anywhere('nothing, then all defaults, put back when removed', [], [fleet({ existing: PUT_BACK })]),
  ...everywhere('a check added', [fleet()], [fleet({ checks: [SHARED, PERMISSIVE, LOGGING] })]),
  ...everywhere('a check removed', [fleet({ checks: [SHARED, PERMISSIVE, LOGGING] })], [fleet()]),
  ...anywhere('all checks exchanged', [fleet({ checks: [SHARED] })], [fleet({ checks: [LOGGING] })]),
  ...anywhere('a threshold changed', [fleet({ checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING] })],
    [fleet({ checks: [AuditCheck.deviceCertificateExpiring(Duration.days(90))] })]),
  ...everywhere('a check with a threshold added', [fleet()],
    [fleet({ checks: [SHARED, PERMISSIVE, AuditCheck.deviceCertificateExpiring(Duration.days(90))] })]),
  ...anywhere('a schedule added, with a check of its own', [parts({ checks: [SHARED] }, { Daily: [SHARED] })],
    [parts({ checks: [SHARED, LOGGING] }, { Daily: [SHARED], Logging: [LOGGING] })]),
  ...everywhere('a schedule removed, with its check', [
    parts({ checks: [SHARED, LOGGING] }, { Daily: [SHARED], Logging: [LOGGING] }),
  ],
  [parts({ checks: [SHARED] }, { Daily: [SHARED] })]),
  ...anywhere('a schedule renamed, with a new check', [parts({ checks: [SHARED] }, { Daily: [SHARED] })],
    [parts({ checks: [SHARED, LOGGING] }, { Nightly: [SHARED, LOGGING] })]),
  ...anywhere('a schedule retimed', [fleet({ schedules: [AuditSchedule.weekly(Weekday.MONDAY)] })],
    [fleet({ schedules: [AuditSchedule.monthlyOnLastDay()] })]),
  ...anywhere('a topic added', [withTopic(false)], [withTopic(true)]),
  ...everywhere('the topic removed', [withTopic(true)], [withTopic(false)]),
  ...anywhere('the topic changed', [withTopic(true)], [withTopic(true, 'Other')]),
  ...anywhere('the construct renamed', [fleet()], [fleet({}, 'Audit')]),
  ...anywhere('the construct renamed and a check removed, put back when removed',
    [
      fleet({ existing: PUT_BACK, checks: [SHARED, LOGGING] }),
    ], [fleet({ existing: PUT_BACK, checks: [SHARED] }, 'Audit')]),
  ...everywhere('removed, left', [stackWithRest(existing)], [stackWithRest()]),
  ...everywhere('removed, put back', [stackWithRest(PUT_BACK)], [stackWithRest()]),
  ...everywhere('removed, switched off', [stackWithRest(existing, RemovalPolicy.DESTROY)], [stackWithRest()]),
  ...anywhere('moved to another stack, which is deployed first', [moving('Fleet')], [moving('Other'), stackWithRest()]),
  ...anywhere('moved to another stack, which is deployed last', [
    parts({ checks: [SHARED, LOGGING] }, { Daily: [SHARED] }),
  ],
  [stackWithRest(), parts({ checks: [SHARED, LOGGING] }, { Daily: [SHARED] }, { stackName: 'Other' })]),
  {
    name: 'native, then adopting', account: virginAccount,
    from: [fleet({ existing: undefined, checks: [SHARED, LOGGING] })], to: [fleet({ checks: [SHARED, PERMISSIVE] })],
  },
  {
    name: 'adopting, then native', account: virginAccount, from: [fleet()], to: [fleet({ existing: undefined })],
    cannotWork: 'CloudFormation does not create what exists',
  },
];

/** A configuration that moves: its former role has a name by which the other stack can give it back. */
function moving(stackName: string) {
  return stackOf((stack) => {
    const former = Role.fromRoleName(stack, 'Former', 'former');
    const auditRole = stackName === 'Fleet' ? new Role(stack, 'AuditRole', {
      roleName: 'former', assumedBy: new ServicePrincipal('iot.amazonaws.com'),
    }) : undefined;
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
      checks: [SHARED, LOGGING], auditRole, existing: stackName === 'Fleet' ? existing : ExistingConfiguration.adopt({ previousRoles: [former] }),
    });
    new ScheduledAudit(stack, 'Daily', { configuration, checks: [SHARED], schedule: AuditSchedule.daily() });
  }, stackName);
}

/** A stack with a topic, so that it is never empty. */
function stackWithRest(mode?: ExistingConfiguration, removalPolicy?: RemovalPolicy) {
  return stackOf((stack: Stack) => {
    new Topic(stack, 'Rest');
    if (mode) {
      new AccountAuditConfiguration(stack, 'Configuration', {
        checks: [SHARED, LOGGING], existing: mode, removalPolicy,
      });
    }
  });
}

describe('transitions of an adopted configuration', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();
  // The last of a configuration that CloudFormation manages, and there no schedule changes.
  testTransitions(TRANSITIONS, ['ReleaseChecks iot:UpdateScheduledAudit']);
});
