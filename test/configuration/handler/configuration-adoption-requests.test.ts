import type { Answer, ListedResource } from '../../../rehearsal/services/surrounding-services';
import { AdoptedConfigurationProperties, ADOPTED_CONFIGURATION_TYPE } from '../../../src/configuration/protocol';
import { EventParts, FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const [SHARED, LOGGING, CONFLICTING] = [
  'DEVICE_CERTIFICATE_SHARED_CHECK', 'LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK',
];
const THEIRS = 'arn:aws:iam::123456789012:role/AuditRole';
const OURS = 'arn:aws:iam::123456789012:role/Ours';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ours';

const log = captureLog();

describe('the requests for an adopted configuration', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
  });

  afterEach(() => environment.stop());

  function properties(
    checks: string[], rest: Partial<AdoptedConfigurationProperties> = {},
  ): AdoptedConfigurationProperties {
    return {
      RoleArn: OURS,
      Checks: checks.map((Name) => ({ Name })),
      Target: { TargetArn: TOPIC, RoleArn: OURS },
      OtherChecks: 'KEEP',
      WhenRemoved: 'LEAVE',
      ...rest,
    };
  }

  /** The stack in a status, with its custom resource as CloudFormation lists it. */
  function enter(status: string, listed: Partial<ListedResource> = {}): void {
    environment.services.stackStatuses.set(STACK_ID, status);
    environment.services.listStackResources = () => [
      { logicalId: 'Adopted', type: ADOPTED_CONFIGURATION_TYPE, status: 'UPDATE_IN_PROGRESS', ...listed },
    ];
  }

  async function ask(event: EventParts): Promise<Answer> {
    await environment.invoke(environment.event({
      ResourceType: ADOPTED_CONFIGURATION_TYPE, LogicalResourceId: 'Adopted', ...event,
    }));
    return environment.answers.at(-1)!;
  }

  function account() {
    const { roleArn, auditCheckConfigurations = {}, auditNotificationTargetConfigurations: targets } =
      environment.iot.ask('DescribeAccountAuditConfiguration', {});
    const checks = Object.entries(auditCheckConfigurations)
      .filter(([, { enabled }]) => enabled).map(([name]) => name).sort();
    return { roleArn, checks, notified: targets?.SNS?.enabled === true ? targets.SNS.targetArn : undefined };
  }

  const FOUND = { roleArn: THEIRS, checks: [LOGGING], notified: undefined };

  async function adopted(rest: Partial<AdoptedConfigurationProperties> = {}): Promise<string> {
    await environment.enableChecks(LOGGING);
    enter('CREATE_IN_PROGRESS');
    const { Status, PhysicalResourceId } = await ask({ ResourceProperties: properties([SHARED], rest) });
    expect(Status).toBe('SUCCESS');
    expect(account()).toEqual({ roleArn: OURS, checks: [SHARED, LOGGING].sort(), notified: TOPIC });
    return PhysicalResourceId!;
  }

  // It used to find the record of the first creation, put the role back and disable two checks with their data.
  test('undo nothing if a second creation fails before it changes anything', async () => {
    await adopted();
    // LEAVE: CloudFormation removes the resource without a request.
    await environment.enableChecks(CONFLICTING);
    const before = account();
    const failed = await ask({ ResourceProperties: properties([SHARED], { OtherChecks: 'FAIL' }) });
    enter('ROLLBACK_IN_PROGRESS');

    const undone = await ask({
      RequestType: 'Delete', PhysicalResourceId: failed.PhysicalResourceId, ResourceProperties: properties([SHARED]),
    });

    expect([failed.Status, undone.Status]).toEqual(['FAILED', 'SUCCESS']);
    expect(failed.Reason).toContain('checks are enabled that the configuration does not name');
    expect(account()).toEqual(before);
  });

  test.each([
    'Fleet-Adopted-1ABC',
    undefined,
  ])('undo a creation whose delete names it by an id that is none: %s', async (PhysicalResourceId) => {
    await environment.enableChecks(LOGGING);
    enter('CREATE_IN_PROGRESS');
    environment.services.faults.add({ operation: 'PutAnswer', kind: 'accessDenied', times: Infinity });
    const event = environment.event({
      ResourceType: ADOPTED_CONFIGURATION_TYPE, LogicalResourceId: 'Adopted', ResourceProperties: properties([SHARED]),
    });
    await environment.invoke(event);
    environment.services.faults.clear();
    enter('ROLLBACK_IN_PROGRESS');

    await ask({
      RequestType: 'Delete', PhysicalResourceId: PhysicalResourceId ?? `none-${event.RequestId}`,
      ResourceProperties: properties([SHARED]),
    });

    expect(account()).toEqual(FOUND);
  });

  test.each<[string, Partial<ListedResource>]>([
    ['CloudFormation lists the resource as on its way out', { status: 'DELETE_IN_PROGRESS' }],
    ['CloudFormation does not list the resource', { logicalId: 'Other', type: 'AWS::SNS::Topic' }],
  ])('take a delete for an outdated id for what it is, even if %s', async (_, listed) => {
    const former = await adopted({ WhenRemoved: 'SWITCH_OFF' });
    enter('UPDATE_IN_PROGRESS', { physicalId: former });
    const { PhysicalResourceId } = await ask({
      RequestType: 'Update', PhysicalResourceId: former,
      ResourceProperties: properties([CONFLICTING], { WhenRemoved: 'SWITCH_OFF' }),
      OldResourceProperties: { ...properties([SHARED]) },
    });
    enter('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', { physicalId: former, ...listed });

    await ask({
      RequestType: 'Delete', PhysicalResourceId: former,
      ResourceProperties: properties([SHARED], { WhenRemoved: 'SWITCH_OFF' }),
    });

    expect(PhysicalResourceId).not.toBe(former);
    expect(account()).toEqual({ roleArn: OURS, checks: [CONFLICTING, LOGGING], notified: TOPIC });
  });

  test('change nothing and fail a delete if nobody can tell what it is for', async () => {
    const id = await adopted({ WhenRemoved: 'SWITCH_OFF' });
    const before = account();
    enter('DELETE_IN_PROGRESS', { physicalId: id });
    environment.services.faults.add({ operation: 'GetLogEvents', kind: 'accessDenied', times: Infinity });

    const { Status, Reason } = await ask({
      RequestType: 'Delete', PhysicalResourceId: id,
      ResourceProperties: properties([SHARED], { WhenRemoved: 'SWITCH_OFF' }),
    });

    expect([Status, Reason]).toEqual(['FAILED', 'the function could not read in its log if the checks or '
      + 'the whole configuration were removed, so it changed nothing; delete again']);
    expect(account()).toEqual(before);
    expect(log.messages).toContain('delete not carried out');
  });

  test('put back whole what an invocation left half-done', async () => {
    const id = await adopted({ WhenRemoved: 'PUT_BACK' });
    enter('DELETE_IN_PROGRESS', { physicalId: id });
    const event = environment.event({
      RequestType: 'Delete', ResourceType: ADOPTED_CONFIGURATION_TYPE, LogicalResourceId: 'Adopted',
      PhysicalResourceId: id, ResourceProperties: properties([SHARED], { WhenRemoved: 'PUT_BACK' }),
    });
    const updates = environment.iot.requestsOf('UpdateAccountAuditConfiguration').length;
    // The function's time ends after its first change.
    environment.iot.faults.add({ operation: 'UpdateAccountAuditConfiguration', kind: 'dropAfterEffect', times: 1 });
    environment.iot.faults.add({ operation: 'UpdateAccountAuditConfiguration', kind: 'accessDenied', times: Infinity });
    await environment.invoke(event);
    expect(environment.answers.at(-1)!.Status).toBe('FAILED');
    expect(environment.iot.requestsOf('UpdateAccountAuditConfiguration').length).toBeGreaterThan(updates);
    environment.iot.faults.clear();

    await environment.invoke({ ...event });

    expect(environment.answers.at(-1)!.Status).toBe('SUCCESS');
    expect(account()).toEqual(FOUND);
  });

  test('fit into an answer whatever names are long, or are refused before anything is changed', async () => {
    const path = `${'p'.repeat(500)}/`;
    const long = (name: string) => `arn:aws:iam::123456789012:role/${path}${name}`;
    await environment.enableChecks(LOGGING);
    environment.iot.ask('UpdateAccountAuditConfiguration', {
      roleArn: long('theirs'),
      auditNotificationTargetConfigurations: {
        SNS: {
          enabled: true, targetArn: `arn:aws:sns:eu-west-1:123456789012:${'t'.repeat(200)}`, roleArn: long('sns'),
        },
      },
    });
    enter('CREATE_IN_PROGRESS');

    await ask({
      LogicalResourceId: 'L'.repeat(255), ResourceProperties: properties([SHARED], { RoleArn: long('ours') }),
    });

    const [{ answer, size }] = environment.services.answers;
    expect(size).toBeLessThanOrEqual(4096);
    expect(answer.Status).toBe('SUCCESS');
    expect(JSON.parse(String(answer.Data!.FoundConfiguration)).role).toBe(long('theirs'));
  });

  test.each([
    ['no checks', {}],
    ['no list of checks', { Checks: 'all' }],
    ['an empty list', { Checks: [] }],
    ['a check without a name', { Checks: [{}] }],
  ])('fail with a sentence for %s', async (_, given) => {
    enter('CREATE_IN_PROGRESS');

    expect(await ask({ ResourceProperties: { RoleArn: OURS, ...given } })).toMatchObject({
      Status: 'FAILED',
      Reason: 'the property Checks must be a list of checks, each with a Name; '
        + 'define the resource with AccountAuditConfiguration',
    });
    expect(environment.iot.requestsOf('UpdateAccountAuditConfiguration')).toEqual([]);
  });

  test('give the way out also after an error that AWS describes at any length', async () => {
    await environment.enableChecks(LOGGING);
    enter('CREATE_IN_PROGRESS');
    environment.iot.faults.add({
      operation: 'UpdateAccountAuditConfiguration', kind: 'accessDenied', times: Infinity, message: 'm'.repeat(1700),
    });

    const { Reason } = await ask({ ResourceProperties: properties([SHARED]) });

    expect(Reason).toMatch(/^AWS IoT did not accept the configuration \(AccessDeniedException: m{300,}\.\.\.\); /);
    expect(Reason).toMatch(/\.\.\.\); allow the function's role .* \(a new permission may take 2 minutes/);
  });
});
