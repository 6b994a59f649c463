import type { Stack } from 'aws-cdk-lib';
import { stackOf, virginAccount } from './real-accounts';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { AuditCheck, AuditSchedule, DeploymentAudit, FleetAudit, Weekday } from '../../src';
import { captureLog } from '../support/function-log';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A weekly audit with alarms, beside which nothing needs the function. */
function monitored(day: Weekday) {
  return stackOf((stack: Stack) => {
    const audit = new FleetAudit(stack, 'FleetAudit', {
      checks: [AuditCheck.LOGGING_DISABLED], schedules: [], deploymentAudit: DeploymentAudit.none(),
    });
    audit.addScheduledAudit('Weekly', { schedule: AuditSchedule.weekly(day), scheduledAuditName: 'weekly' });
    audit.monitor();
  });
}

/** What a rule hands to its target; the names of audits are their references. */
function requestOf({ template }: ReturnType<typeof stackOf>, account: RehearsedAccount): unknown {
  const { Targets: [{ Input: input }] } = Object.values(template.Resources)
    .find(({ Type }) => Type === 'AWS::Events::Rule')!.Properties as { Targets: { Input: any }[] };
  const { listed } = [...account.stacks.values()][0];
  return JSON.parse(input['Fn::Join'][1].map((part: string | { Ref: string }) => typeof part === 'string' ? part
    : listed.find(({ logicalId }) => logicalId === part.Ref)!.physicalId).join(''));
}

describe('the ages of the audits of a stack', () => {
  const log = captureLog();
  let account: RehearsedAccount;
  let time: VirtualTime;

  beforeEach(async () => {
    time = new VirtualTime();
    account = await virginAccount({ time, isDirect: true, auditDuration: MINUTE });
  });

  afterEach(stopAccounts);

  /** Does what the rule does on its schedule. */
  async function measure(definition: ReturnType<typeof stackOf>): Promise<unknown> {
    const { listed } = [...account.stacks.values()][0];
    const { physicalId } = listed.find(({ type }) => type === 'AWS::Lambda::Function')!;
    const request = requestOf(definition, account);
    return account.functions.invokeForResult(account.functions.find(physicalId!)!, request);
  }

  function ages(): number[] {
    return log.lines.map((line) => JSON.parse(line).DaysSinceLastAudit).filter((days) => days !== undefined);
  }

  test('are measured with the permissions of the function, from the deployment on', async () => {
    const definition = monitored(Weekday.MONDAY);
    expect((await account.deploy(definition)).outcome).toBe('CREATE_COMPLETE');
    time.pass(4 * DAY);
    await measure(definition);
    account.deviceDefender.runScheduledAudit('weekly');
    time.pass(DAY);
    await measure(definition);
    time.pass(7 * DAY);
    await measure(definition);

    expect(ages()).toEqual([4, 1, 8]);
    const { denials, usage } = account.permissions;
    expect(denials).toEqual([]);
    expect([...usage.all].filter(({ policyName }) => policyName === 'AuditAges')
      .map(({ action, isUsed }) => [action, isUsed]))
      .toEqual([['iot:DescribeAuditTask', true], ['iot:ListAuditTasks', true]]);
  });

  test('begin anew when the day of a schedule is changed', async () => {
    await account.deploy(monitored(Weekday.MONDAY));
    account.deviceDefender.runScheduledAudit('weekly');
    time.pass(6 * DAY);
    const changed = monitored(Weekday.SATURDAY);
    await account.deploy(changed);
    time.pass(5 * DAY);
    await measure(changed);

    expect(ages()).toEqual([5]);
  });
});
