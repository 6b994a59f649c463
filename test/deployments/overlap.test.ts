import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeScheduledAuditCommand, IoTClient, UpdateScheduledAuditCommand } from '@aws-sdk/client-iot';
import { scheduleByHand, configureByHand } from './real-accounts';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { Cancellation } from '../../rehearsal/functions/cancelled-request';
import { FUNCTION_CLIENT_CONFIG } from '../../rehearsal/services/in-process-invocation';
import { InProcessTransport } from '../../rehearsal/services/in-process-transport';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import {
  ANSWERING, STACK, customResource, ended, inlineFunction, reasons, role, stackOf, startAccount, stopAccounts,
} from '../../rehearsal/test/support/running-account';

afterEach(stopAccounts);

const CHECK = 'LOGGING_DISABLED_CHECK';
/** Less than what CloudFormation takes for a resource. */
const PAUSE = 500;

interface Event {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly Day: 'MON' | 'TUE' | 'WED' };
}

/**
 * An account with a function that sets the day of a schedule to what its resource says, again and again if that fails.
 */
async function accountWithStories() {
  const time = new VirtualTime();
  const story: string[] = [];
  const account = await startAccount({
    time,
    inProcess: ({ deviceDefender, services }) => {
      const config = { ...FUNCTION_CLIENT_CONFIG, endpoint: services.endpoint };
      const iot = new IoTClient({ ...config, requestHandler: new InProcessTransport(() => deviceDefender) });
      const cloudFormation = new CloudFormationClient({
        ...config, requestHandler: new InProcessTransport(() => services),
      });
      const scheduledAuditName = 'weekly';
      return async (payload) => {
        const event = payload as Event;
        const day = event.ResourceProperties.Day;
        const tell = (what: string) => {
          const line = `${event.RequestType} ${day}: ${what}`;
          if (story.at(-1) !== line) story.push(line);
        };
        const { dayOfWeek } = await iot.send(new DescribeScheduledAuditCommand({ scheduledAuditName }));
        const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: event.StackId }));
        const { StackResourceSummaries } = await cloudFormation.send(new ListStackResourcesCommand({
          StackName: event.StackId,
        }));
        const own = StackResourceSummaries!.find(
          ({ LogicalResourceId }) => LogicalResourceId === event.LogicalResourceId,
        );
        tell(`finds ${dayOfWeek} in ${Stacks![0].StackStatus}, itself ${own?.ResourceStatus}`);
        for (let tries = 1; event.RequestType !== 'Delete'; tries++) {
          const error = await iot.send(new UpdateScheduledAuditCommand({ scheduledAuditName, dayOfWeek: day }))
            .then(() => undefined, (thrown: Error) => thrown);
          tell(error === undefined ? 'sets it' : `tries (${error.name})`);
          if (error === undefined || tries === 20) break;
          await time.sleep(PAUSE);
        }
        tell('answers');
        await answer(event);
      };
    },
  });
  await configureByHand(account, [CHECK]);
  await scheduleByHand(account, 'weekly', [CHECK]);
  await setDay(account, 'SUN');
  return { account, story, time };
}

async function setDay({ iot }: RehearsedAccount, dayOfWeek: 'SUN'): Promise<void> {
  await iot.send(new UpdateScheduledAuditCommand({ scheduledAuditName: 'weekly', frequency: 'WEEKLY', dayOfWeek }));
}

function dayIn({ deviceDefender }: RehearsedAccount): string | undefined {
  return deviceDefender.ask('DescribeScheduledAudit', { scheduledAuditName: 'weekly' }).dayOfWeek;
}

function thing(Day: string) {
  return stackOf({
    Function: inlineFunction(''),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    },
    Before: role(Day, { DependsOn: 'Config' }),
    Thing: customResource({ Day }, { DependsOn: 'Before' }),
  });
}

/** An update from Monday to Tuesday that is rolled back. */
async function cancelUpdate(cancel: Omit<Cancellation, 'logicalId'>) {
  const { account, story } = await accountWithStories();
  await account.deploy(thing('MON'));
  story.length = 0;
  const result = await account.deploy(thing('TUE'), { cancel: { logicalId: 'Thing', ...cancel } });
  await account.functions.whenIdle();
  return { account, result, story };
}

const BEGINS = 'Update TUE: finds MON in UPDATE_IN_PROGRESS, itself UPDATE_IN_PROGRESS';
const TRIES = 'Update TUE: tries (ThrottlingException)';
const LATE = ['Update TUE: sets it', 'Update TUE: answers'];
const goesBack = (found: string) => [
  `Update MON: finds ${found} in UPDATE_ROLLBACK_IN_PROGRESS, itself UPDATE_IN_PROGRESS`, 'Update MON: sets it', 'Update MON: answers',
];

test('an update that is cancelled is rolled back while it goes on, and its answer counts for nothing', async () => {
  const { account, result } = await cancelUpdate({ when: 'throttled' });

  expect(ended(result)).toEqual([
    'UPDATE_IN_PROGRESS Stack', 'UPDATE_COMPLETE Before', 'UPDATE_FAILED Thing',
    'UPDATE_ROLLBACK_IN_PROGRESS Stack', 'UPDATE_COMPLETE Thing', 'UPDATE_COMPLETE Before',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS Stack', 'UPDATE_ROLLBACK_COMPLETE Stack',
  ]);
  expect(reasons(result)).toEqual({ Thing: 'Resource update cancelled' });
  expect(dayIn(account)).toBe('TUE');
  expect(account.stacks.get(STACK)!.resources.get('Thing')!.properties.Day).toBe('MON');
});

test('a creation that is cancelled is deleted under an id that CloudFormation makes up', async () => {
  const { account, story } = await accountWithStories();

  const result = await account.deploy(thing('TUE'), { cancel: { logicalId: 'Thing', when: 'late' } });
  await account.functions.whenIdle();

  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
  expect(reasons(result)).toEqual({ Thing: 'Resource creation cancelled' });
  expect(result.events.filter(({ logicalId, status }) => logicalId === 'Thing' && status === 'DELETE_COMPLETE'))
    .toMatchObject([{ physicalId: expect.stringMatching(/^Stack-Thing-/) }]);
  expect(story).toEqual([
    'Create TUE: finds SUN in CREATE_IN_PROGRESS, itself CREATE_IN_PROGRESS',
    'Delete TUE: finds SUN in ROLLBACK_IN_PROGRESS, itself DELETE_IN_PROGRESS', 'Delete TUE: answers',
    'Create TUE: sets it', 'Create TUE: answers',
  ]);
});

test.each<[Omit<Cancellation, 'logicalId'>, readonly string[], string]>([
  [{ when: 'throttled', until: 'begun' }, [BEGINS, TRIES, ...LATE, ...goesBack('TUE')], 'MON'],
  [{ when: 'throttled', until: 'read' }, [BEGINS, TRIES, ...goesBack('MON'), ...LATE], 'TUE'],
  [{ when: 'throttled', until: 'over' }, [BEGINS, TRIES, ...goesBack('MON'), TRIES, ...LATE], 'TUE'],
  [{ when: 'late', until: 'read' }, [BEGINS, ...LATE, ...goesBack('MON')], 'MON'],
  [{ when: 'late', until: 'over' }, [BEGINS, ...goesBack('MON'), ...LATE], 'TUE'],
  [{ when: 'answerLost', until: 'begun' }, [BEGINS, 'Update TUE: tries (Error)', ...LATE, ...goesBack('TUE')], 'MON'],
  [{ when: 'answerLost', until: 'over' }, [BEGINS, ...goesBack('TUE'), 'Update TUE: tries (Error)', ...LATE], 'TUE'],
  [{ when: 'killed' }, [BEGINS, ...goesBack('TUE')], 'MON'],
  [
    { when: 'asked' },
    [
      ...goesBack('MON'),
      BEGINS.replaceAll('UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE').replace(
        /UPDATE_ROLLBACK_COMPLETE$/, 'UPDATE_COMPLETE',
      ),
      ...LATE,
    ],
    'TUE',
  ],
])('the rollback overlaps with an update as it is told to: %j', async (cancel, expected, day) => {
  const { account, result, story } = await cancelUpdate(cancel);

  expect(result.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(story).toEqual(expected);
  expect(dayIn(account)).toBe(day);
});

test('what is asked late of a function that is gone is not heard of again', async () => {
  const { account, story } = await accountWithStories();

  await account.deploy(thing('TUE'), { cancel: { logicalId: 'Thing', when: 'asked' } });
  await account.functions.whenIdle();

  expect(story.map((line) => line.split(':')[0])).toEqual(['Delete TUE', 'Delete TUE']);
});

test('only a request can be cancelled, and only one that changes something', async () => {
  const { account } = await accountWithStories();
  const cancel = (logicalId: string) => ({ cancel: { logicalId, when: 'late' } as const });
  await expect(account.deploy(thing('MON'), cancel('Before'))).rejects.toThrow(
    'Nothing was cancelled: there was no request for Before',
  );
  const idle = await startAccount({
    time: new VirtualTime(), inProcess: () => async (payload) => answer(payload as Event),
  });

  await expect(idle.deploy(thing('MON'), cancel('Thing'))).rejects.toThrow(
    'the request for Thing changed nothing before it was answered',
  );
});

async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId = 'the-thing' }: Event,
): Promise<void> {
  const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId, StackId, RequestId, LogicalResourceId });
  await fetch(ResponseURL, { method: 'PUT', body });
}

test('the function of a process is cancelled in the same way', async () => {
  const account = await startAccount();
  const fn = inlineFunction(`${ANSWERING}
    const { IoTClient, UpdateAccountAuditConfigurationCommand } = require('@aws-sdk/client-iot');
    exports.handler = async (event) => {
      if (event.RequestType !== 'Delete') await new IoTClient({ maxAttempts: 1 }).send(new UpdateAccountAuditConfigurationCommand({
        roleArn: 'arn:aws:iam::123456789012:role/Role', auditCheckConfigurations: { ${CHECK}: { enabled: true } } }));
      console.log(event.RequestType);
      await answer(event, {});
    };`);
  const config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
  };
  const template = stackOf({ Function: fn, Config: config, Thing: customResource({}, { DependsOn: 'Config' }) });

  const late = await account.deploy(template, { cancel: { logicalId: 'Thing', when: 'late' } });
  await account.functions.whenIdle();
  const afterLate = account.functions.log.splice(0).map(({ line }) => line);
  const killed = await account.deploy(template, { cancel: { logicalId: 'Thing', when: 'killed' } });
  await account.functions.whenIdle();

  expect([late.outcome, killed.outcome]).toEqual(['ROLLBACK_COMPLETE', 'ROLLBACK_COMPLETE']);
  expect(afterLate).toEqual(['Delete', 'Create']);
  expect(account.functions.log.map(({ line }) => line)).toEqual(['Delete']);
});
