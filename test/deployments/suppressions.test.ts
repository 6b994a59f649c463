import { Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Transition, testTransitions } from './matrix';
import { configureByHand, stackOf, virginAccount } from './real-accounts';
import type { RehearsalOptions, RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, AuditSuppression, AuditSuppressions, CheckRemoval, ExistingConfiguration,
  SuppressedResource, SuppressionExpiry,
} from '../../src';
import { captureLog } from '../support/function-log';

const [SHARED, PERMISSIVE, LOGGING] = [
  AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.LOGGING_DISABLED,
];
const certificate = (number: number) => number.toString(16).padStart(64, '0');

/** A suppression of a device certificate that is shared. */
function shared(number: number, description = `Accepted ${number}.`): AuditSuppression {
  return {
    check: SHARED, resource: SuppressedResource.deviceCertificateId(certificate(number)), description,
    expiry: SuppressionExpiry.never(),
  };
}

const NO_LOGGING: AuditSuppression = {
  check: LOGGING, resource: SuppressedResource.account(), description: 'A test account.',
  expiry: SuppressionExpiry.never(),
};

/** An account that somebody has configured, with a suppression by hand. */
async function configuredAccount(options?: RehearsalOptions): Promise<RehearsedAccount> {
  const account = await virginAccount(options);
  await configureByHand(account, [SHARED, PERMISSIVE].map(({ checkName }) => checkName));
  suppressByHand(account, 1);
  return account;
}

function suppressByHand({ deviceDefender }: RehearsedAccount, number: number): void {
  deviceDefender.ask('CreateAuditSuppression', {
    checkName: SHARED.checkName, resourceIdentifier: { deviceCertificateId: certificate(number) },
    suppressIndefinitely: true, description: 'By hand.', clientRequestToken: `hand${number}`,
  });
}

/** A list in an account that somebody else configures. */
function lists(suppressions: Record<string, AuditSuppression[]>) {
  return stackOf((stack) => {
    new Topic(stack, 'Rest');
    const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration');
    for (const [id, list] of Object.entries(suppressions)) {
      new AuditSuppressions(stack, id, { configuration, suppressions: list });
    }
  });
}

const list = (...suppressions: AuditSuppression[]) => lists({ List: suppressions });

/** A list that follows a policy of the stack. */
function following(action: string, ...more: AuditSuppression[]) {
  return stackOf((stack) => {
    const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration');
    const policy = new CfnPolicy(stack, 'Policy', {
      policyName: 'gateway',
      policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
    });
    new AuditSuppressions(stack, 'List', {
      configuration, suppressions: [{
        check: PERMISSIVE, resource: SuppressedResource.policy(policy), description: 'Until release 2.',
        expiry: SuppressionExpiry.never(),
      }, ...more],
    });
  });
}

/** Checks, and what is suppressed of them. */
function fleet(checks: AuditCheck[], suppressions: AuditSuppression[], isAdopted = false) {
  return stackOf((stack) => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
      checks,
      ...isAdopted ? { existing: ExistingConfiguration.adopt() } : { checkRemoval: CheckRemoval.IN_ONE_DEPLOYMENT },
    });
    if (suppressions.length > 0) new AuditSuppressions(stack, 'List', { configuration, suppressions });
  });
}

/** Permissions for schedules, for roles of a console and for what the stack itself adopted: none of them is there. */
const UNNEEDED = [
  'AdoptAuditConfiguration iot:DeleteAccountAuditConfiguration', 'AdoptAuditConfiguration iot:DescribeScheduledAudit',
  'PassConsoleRoles iam:PassRole', 'ReleaseChecks iot:DescribeScheduledAudit', 'ReleaseChecks iot:UpdateScheduledAudit',
];

const WITHOUT = stackOf((stack) => {
  new Topic(stack, 'Rest');
  new Topic(stack, 'New');
});
/** The suppressions of an account, by check and resource. */
function having(...suppressions: AuditSuppression[]): Transition['suppressions'] {
  return Object.fromEntries(suppressions.map(({ check, description, resource }): [string, object] => [
    `${check.checkName} ${JSON.stringify(resource._identify(new Stack()))}`, { until: 'forever', description },
  ]).sort(([one], [other]) => one.localeCompare(other))) as Transition['suppressions'];
}

const account = configuredAccount;
const three = [shared(1), shared(2), shared(3)];

const TRANSITIONS: readonly Transition[] = [
  { name: 'suppressions: nothing, then a list, one being there by hand', account, from: [], to: [list(...three)], suppressions: having(...three) },
  { name: 'suppressions: one added', account, from: [list(shared(2))], to: [list(shared(1), shared(2))], suppressions: having(shared(1), shared(2)) },
  {
    name: 'suppressions: some changed, added and removed', account, from: [list(...three)],
    to: [list(shared(2, 'Anew.'), shared(3), shared(4))],
    suppressions: having(shared(2, 'Anew.'), shared(3), shared(4)),
  },
  { name: 'suppressions: the list removed', account, from: [list(...three)], to: [WITHOUT], suppressions: {} },
  {
    name: 'suppressions: the construct renamed', account, from: [list(...three)],
    to: [lists({ Accepted: [shared(1), shared(2, 'Anew.'), shared(3)] })],
    suppressions: having(shared(1), shared(2, 'Anew.'), shared(3)),
  },
  {
    name: 'suppressions: moved from one list to another', account, from: [lists({ One: three, Two: [shared(4)] })],
    to: [lists({ One: [shared(3, 'Anew.')], Two: [shared(1), shared(2, 'Anew.'), shared(4)] })],
    suppressions: having(shared(1), shared(2, 'Anew.'), shared(3, 'Anew.'), shared(4)),
  },
  {
    name: 'suppressions: switched on and suppressed at once', account: virginAccount, from: [fleet([SHARED], [])],
    to: [fleet([SHARED, LOGGING], [NO_LOGGING])],
  },
  {
    name: 'suppressions: switched off, and no longer suppressed', account: virginAccount, losesData: true,
    from: [fleet([SHARED, LOGGING], [NO_LOGGING, shared(2)])], to: [fleet([SHARED], [shared(2)])],
    suppressions: having(shared(2)),
  },
  {
    name: 'suppressions: switched on and suppressed at once, adopted', account, from: [fleet([SHARED], [], true)],
    to: [fleet([SHARED, LOGGING], [NO_LOGGING], true)],
  },
  {
    name: 'suppressions: switched off, and no longer suppressed, adopted', account, losesData: true,
    from: [fleet([SHARED, LOGGING], [NO_LOGGING, shared(2)], true)], to: [fleet([SHARED], [shared(2)], true)],
  },
  { name: 'suppressions: a policy and its suppression', account, from: [], to: [following('iot:*')] },
  { name: 'suppressions: a policy that stays, and another one suppressed', account, from: [following('iot:*')], to: [following('iot:*', shared(2))] },
];

describe('transitions of suppressions', () => {
  // The function goes on for a moment after its answer.
  afterEach(stopAccounts);
  captureLog();
  testTransitions(TRANSITIONS, UNNEEDED);
});
