import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { configureByHand, stackOf, virginAccount } from './real-accounts';
import { stateOf } from '../../rehearsal/cloudformation/account-state';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { reasons, stopAccounts } from '../../rehearsal/test/support/running-account';
import {
  AccountAuditConfiguration, AuditCheck, AuditSuppressions, DeploymentAudit, FleetAudit, SuppressedResource,
  SuppressionExpiry,
} from '../../src';
import { captureLog } from '../support/function-log';

const PERMISSIVE = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const permissive = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
const DAY = 86_400_000;
/** The synth goes by the clock of this machine. */
const UNTIL = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10);

let time: VirtualTime;

beforeEach(() => {
  time = new VirtualTime();
});

// The function goes on for a moment after its answer.
afterEach(stopAccounts);
captureLog();

/** A gate on a fleet with a permissive policy. */
function gated(trigger: string, isSuppressed: boolean) {
  return stackOf((stack) => {
    const audit = new FleetAudit(stack, 'FleetAudit', {
      checks: [PERMISSIVE], deploymentAudit: DeploymentAudit.gate({ trigger }),
    });
    new Topic(stack, 'Rest');
    if (isSuppressed) {
      audit.addSuppression({
        check: PERMISSIVE, resource: SuppressedResource.policyName('Old'), expiry: SuppressionExpiry.on(UNTIL),
        description: 'Old devices are replaced by summer (SEC-112)',
      });
    }
  });
}

async function oldFleet(expiredSuppressions: 'stay' | 'disappear' = 'stay'): Promise<RehearsedAccount> {
  return virginAccount({
    time, auditDuration: 0, expiredSuppressions,
    fleet: { policies: [{ policyName: 'Old', versions: [{ versionId: '1', document: permissive }] }] },
  });
}

const FOUND = expect.stringContaining(
  `the audit stops the deployment: 1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${PERMISSIVE.checkName} 1 ("Old" version 1)`,
);

describe('a finding that stops the gate', () => {
  test.each(['stay', 'disappear'] as const)('is accepted in the same stack, counts again when the suppression expires, and stays out of its way (expired ones %s)', async (expired) => {
    const account = await oldFleet(expired);
    const stopped = await account.deploy(gated('1', false));
    expect([stopped.outcome, ...Object.values(reasons(stopped))]).toEqual(['ROLLBACK_COMPLETE', FOUND]);
    await account.delete('Fleet');

    expect((await account.deploy(gated('2', true))).outcome).toBe('CREATE_COMPLETE');

    time.pass(Date.parse(`${UNTIL}T23:00:00Z`) - time.now());
    expect((await account.deploy(gated('3', true))).outcome).toBe('UPDATE_COMPLETE');
    time.pass(DAY);
    const expiredEnd = await account.deploy(gated('4', true));
    expect(expiredEnd.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(Object.values(reasons(expiredEnd))).toEqual([FOUND]);
  });

  test('stops it again when the suppression is removed', async () => {
    const account = await oldFleet();
    await account.deploy(gated('1', true));

    const stopped = await account.deploy(gated('2', false));

    expect([stopped.outcome, ...Object.values(reasons(stopped))]).toEqual(['UPDATE_COMPLETE']);
    // The clean-up deletes the suppression only after the gate has passed: the next deployment tells.
    expect((await stateOf(account)).suppressions).toEqual({});
    const next = await account.deploy(gated('3', false));
    expect([next.outcome, ...Object.values(reasons(next))]).toEqual(['UPDATE_ROLLBACK_COMPLETE', FOUND]);
  });
});

describe('a policy that changes', () => {
  /** A list that follows a policy, and a topic that is created after it. */
  function following(action: string, topics: string[]) {
    return stackOf((stack) => {
      const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration');
      const policy = new CfnPolicy(stack, 'Policy', {
        policyName: 'gateway',
        policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
      });
      const list = new AuditSuppressions(stack, 'List', {
        configuration, suppressions: [{
          check: PERMISSIVE, resource: SuppressedResource.policy(policy), description: 'Until release 2.',
          expiry: SuppressionExpiry.never(),
        }],
      });
      topics.forEach((id) => new Topic(stack, id).node.addDependency(list));
    });
  }

  async function configured(): Promise<RehearsedAccount> {
    const account = await virginAccount({ time });
    await configureByHand(account, [PERMISSIVE.checkName]);
    await account.deploy(following('iot:*', []));
    return account;
  }

  /** Versions of the policy that are suppressed, and its default version. */
  const versions = ({ deviceDefender }: RehearsedAccount) => [
    (deviceDefender.ask('ListAuditSuppressions', {}).suppressions ?? [])
      .map(({ resourceIdentifier }) => resourceIdentifier!.policyVersionIdentifier!.policyVersionId),
    deviceDefender.fleet.policies.get('gateway')!.defaultVersionId,
  ];

  test('is followed to its new version in the same deployment', async () => {
    const account = await configured();

    await account.deploy(following('iot:Publish', []));

    expect(versions(account)).toEqual([['2'], '2']);
  });

  test.each([
    ['dependencies', [['3'], '3']],
    // The list is rolled back before the policy gets another version: until the list changes again, it is reported.
    ['reverse', [['1'], '3']],
  ] as const)('is followed in a rollback in the order %s as far as CloudFormation asks', async (rollbackOrder, left) => {
    const account = await configured();
    const after = following('iot:Publish', ['Topic']);
    const [logicalId] = Object.entries(after.template.Resources).find(([, { Type }]) => Type === 'AWS::SNS::Topic')!;

    const { outcome } = await account.deploy(after, { failAt: { logicalId, phase: 'before' }, rollbackOrder });

    expect([outcome, versions(account)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', left]);
  });
});
