import { Duration } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Transition, testTransitions } from './matrix';
import { consoleAccount, stackOf, virginAccount } from './real-accounts';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, CheckRemoval, DeploymentAudit, FleetAudit, FleetAuditProps,
  ScheduledAudit, Weekday,
} from '../../src';
import { captureLog } from '../support/function-log';

const [SHARED, PERMISSIVE, LOGGING] = [
  AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.LOGGING_DISABLED,
];
const account = virginAccount;

function fleet(props: FleetAuditProps = {}, id = 'FleetAudit') {
  return stackOf((stack) => {
    new FleetAudit(stack, id, { checks: [SHARED, PERMISSIVE], ...props });
  });
}

function parts(
  checks: AuditCheck[], schedules: Record<string, AuditCheck[]>, checkRemoval = CheckRemoval.IN_ONE_DEPLOYMENT,
) {
  return stackOf((stack) => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks, checkRemoval });
    for (const [name, scheduled] of Object.entries(schedules)) {
      new ScheduledAudit(stack, name, { configuration, checks: scheduled, schedule: AuditSchedule.daily() });
    }
  });
}

function withTopic(notify: boolean, topicId = 'Topic') {
  return stackOf((stack) => {
    const topic = new Topic(stack, topicId);
    new AccountAuditConfiguration(stack, 'Configuration', {
      checks: [SHARED], notificationTopic: notify ? topic : undefined, checkRemoval: CheckRemoval.IN_ONE_DEPLOYMENT,
    });
  });
}

function retimed(schedule: AuditSchedule, scheduledAuditName?: string) {
  return stackOf((stack) => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: [SHARED] });
    new ScheduledAudit(stack, 'Audit', { configuration, schedule, scheduledAuditName });
  });
}

const FREQUENCIES = [
  ['daily', AuditSchedule.daily()], ['weekly', AuditSchedule.weekly(Weekday.MONDAY)],
  ['biweekly', AuditSchedule.biweekly(Weekday.FRIDAY)], ['monthly', AuditSchedule.monthlyOnLastDay()],
] as const;

const IN_TWO = CheckRemoval.IN_TWO_DEPLOYMENTS;

const TRANSITIONS: readonly Transition[] = [
  { name: 'nothing, then all defaults', account, from: [], to: [fleet({ checks: undefined })] },
  { name: 'a check added', account, from: [fleet()], to: [fleet({ checks: [SHARED, PERMISSIVE, LOGGING] })] },
  {
    name: 'a check removed',
    account,
    from: [fleet({ checks: [SHARED, PERMISSIVE, LOGGING] })],
    to: [fleet()],
    losesData: true,
  },
  {
    name: 'all checks exchanged', account, from: [fleet({ checks: [SHARED] })], to: [fleet({ checks: [LOGGING] })],
    cannotWork: 'a schedule would have no check that is on before and after',
  },
  {
    name: 'all checks but one exchanged', account, losesData: true,
    from: [fleet({ checks: [SHARED, PERMISSIVE] })], to: [fleet({ checks: [SHARED, LOGGING] })],
  },
  {
    name: 'a threshold changed', account, from: [fleet({ checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING] })],
    to: [fleet({ checks: [AuditCheck.deviceCertificateExpiring(Duration.days(90))] })],
  },
  {
    name: 'a schedule added, with a check of its own', account, from: [parts([SHARED], { Daily: [SHARED] })],
    to: [parts([SHARED, LOGGING], { Daily: [SHARED], Logging: [LOGGING] })],
  },
  {
    name: 'a schedule removed, with its check', account, from: [
      parts([SHARED, LOGGING], { Daily: [SHARED], Logging: [LOGGING] }),
    ],
    to: [parts([SHARED], { Daily: [SHARED] })], losesData: true,
  },
  {
    name: 'a schedule renamed, with a new check', account, from: [parts([SHARED], { Daily: [SHARED] })],
    to: [parts([SHARED, LOGGING], { Nightly: [SHARED, LOGGING] })],
  },
  {
    name: 'a schedule renamed, with another check', account, from: [parts([SHARED, PERMISSIVE], { Daily: [SHARED] })],
    to: [parts([PERMISSIVE, LOGGING], { Nightly: [LOGGING] })], losesData: true,
  },
  {
    name: 'a schedule retimed', account, from: [fleet({ schedules: [AuditSchedule.weekly(Weekday.MONDAY)] })],
    to: [fleet({ schedules: [AuditSchedule.monthlyOnLastDay()] })],
  },
  ...FREQUENCIES.flatMap(([one, from]) => FREQUENCIES.filter(
    ([other]) => other !== one,
  ).map(([other, to]): Transition => (
    { name: `a schedule retimed in place, ${one} to ${other}`, account, from: [retimed(from)], to: [retimed(to)] }))),
  {
    name: 'a named schedule retimed', account, from: [
      retimed(AuditSchedule.monthly(3), 'mine'),
    ], to: [retimed(AuditSchedule.daily(), 'mine')],
    cannotWork: 'CloudFormation does not create what exists: another name is needed',
  },
  {
    name: 'a named schedule retimed and renamed', account,
    from: [retimed(AuditSchedule.monthly(3), 'monthly')], to: [retimed(AuditSchedule.daily(), 'daily')],
  },
  { name: 'a topic added', account, from: [withTopic(false)], to: [withTopic(true)] },
  { name: 'the topic removed', account, from: [withTopic(true)], to: [withTopic(false)] },
  { name: 'the topic changed', account, from: [withTopic(true)], to: [withTopic(true, 'Other')] },
  {
    name: 'the construct renamed', account, from: [fleet()], to: [fleet({}, 'Audit')],
    cannotWork: 'CloudFormation does not create what exists',
  },
  {
    name: 'nothing, then all defaults (console account)', account: consoleAccount, from: [], to: [fleet()],
    cannotWork: 'CloudFormation does not create what exists',
  },
  {
    name: 'a check removed, in two deployments', account,
    from: [parts([SHARED, LOGGING], { Daily: [SHARED, LOGGING] }, IN_TWO)],
    to: [parts([SHARED, LOGGING], { Daily: [SHARED] }, IN_TWO), parts([SHARED], { Daily: [SHARED] }, IN_TWO)],
  },
  {
    name: 'a check removed, in one of two deployments', account,
    from: [
      parts([SHARED, LOGGING], { Daily: [SHARED, LOGGING] }, IN_TWO),
    ], to: [parts([SHARED], { Daily: [SHARED] }, IN_TWO)],
    cannotWork: 'AWS IoT does not disable what a schedule uses',
  },
  {
    name: 'from one deployment to two', account, from: [fleet()], to: [fleet({ deploymentAudit: DeploymentAudit.none() })],
  },
];

describe('transitions of CloudFormation\'s own configuration', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();
  testTransitions(TRANSITIONS);
});
