import { createHash } from 'node:crypto';
import type { Answer } from '../../../rehearsal/services/surrounding-services';
import { ADOPTED_LOGGING_TYPE, AdoptedLoggingProperties } from '../../../src/logging/protocol';
import { EventParts, FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const THEIRS = 'arn:aws:iam::123456789012:role/theirs';
const OURS = 'arn:aws:iam::123456789012:role/ours';

captureLog();

describe('the requests for adopted logging', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
  });

  afterEach(() => environment.stop());

  const properties = (rest: Partial<AdoptedLoggingProperties> = {}): AdoptedLoggingProperties =>
    ({ RoleArn: OURS, DefaultLogLevel: 'ERROR', WhenRemoved: 'PUT_BACK', ...rest });

  async function ask(event: EventParts): Promise<Answer> {
    await environment.invoke(environment.event({
      ResourceType: ADOPTED_LOGGING_TYPE, LogicalResourceId: 'Logging', ...event,
    }));
    return environment.answers.at(-1)!;
  }

  function setByHand(
    eventConfigurations: { eventType: string; logLevel?: 'INFO' | 'DEBUG'; logDestination?: string }[],
  ): void {
    environment.iot.ask('SetV2LoggingOptions', {
      roleArn: THEIRS, defaultLogLevel: 'WARN', disableAllLogs: false, eventConfigurations,
    });
  }

  const live = () => environment.iot.ask('GetV2LoggingOptions', {});

  test('put back what had been set, and no type of event that nobody had set', async () => {
    setByHand([{ eventType: 'Connect', logLevel: 'DEBUG' }]);
    const before = live();
    const { PhysicalResourceId, Data } = await ask({ ResourceProperties: properties() });
    environment.services.stackStatuses.set(STACK_ID, 'DELETE_IN_PROGRESS');

    const deleted = await ask({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: properties() });

    expect(deleted.Status).toBe('SUCCESS');
    expect(JSON.parse(String(Data!.FoundLogging))).toMatchObject({
      role: THEIRS, level: 'WARN', events: [expect.objectContaining({ eventType: 'Connect', logLevel: 'DEBUG' })],
    });
    expect(JSON.parse(String(Data!.FoundLogging)).events).toHaveLength(1);
    expect(live()).toEqual(before);
  });

  /** A name that nothing makes shorter. */
  const destination = (index: number) =>
    createHash('shake256', { outputLength: 250 }).update(String(index)).digest('hex');
  const eventsWithLongNames = Array.from({ length: 8 }, (_, index) =>
    ({ eventType: `Type${index}`, logDestination: destination(index) }));

  test.each([
    [
      '40 types of events',
      Array.from({ length: 40 }, (_, index) => ({ eventType: `Type${index}`, logLevel: 'DEBUG' as const })),
    ],
    ['8 log groups with long names', eventsWithLongNames],
  ])('fit into an answer where the account logs %s, which is left alone', async (_, events) => {
    setByHand(events);
    const before = live();

    const { Status, Data } = await ask({ ResourceProperties: properties({ Keep: 'true' }) });

    expect(Status).toBe('SUCCESS');
    expect(environment.services.answers.at(-1)!.size).toBeLessThanOrEqual(4096);
    expect(JSON.parse(String(Data!.FoundLogging))).toMatchObject({ role: THEIRS, level: 'WARN' });
    expect(live()).toEqual(before);
  });

  test('are refused before anything is changed if what was found cannot be remembered', async () => {
    setByHand(eventsWithLongNames);
    const before = live();

    const { Status, Reason } = await ask({ ResourceProperties: properties() });

    expect([Status, Reason]).toEqual(['FAILED', 'nothing was changed because what was found does not fit into '
      + 'the 1024 characters of a physical id; change it to roles and topics with shorter names first']);
    expect(live()).toEqual(before);
  });

  test('fail with a sentence for properties that no construct gives', async () => {
    expect(await ask({ ResourceProperties: {} })).toMatchObject({
      Status: 'FAILED',
      Reason: 'the properties RoleArn and DefaultLogLevel must be given; define the resource with Logging',
    });
  });

  test('fail a delete rather than leave the account with a role that is deleted next', async () => {
    setByHand([]);
    const { PhysicalResourceId } = await ask({ ResourceProperties: properties() });
    environment.services.stackStatuses.set(STACK_ID, 'DELETE_IN_PROGRESS');
    environment.iot.faults.add({ operation: 'SetV2LoggingOptions', kind: 'accessDenied', times: Infinity });

    const { Status, Reason } = await ask({
      RequestType: 'Delete', PhysicalResourceId, ResourceProperties: properties(),
    });

    expect([Status, Reason]).toEqual(['FAILED', 'the account\'s logging could not be put back, and may still use '
      + 'the role of this stack (AccessDeniedException: User is not authorized to perform: iot:SetV2LoggingOptions); '
      + 'delete again when AWS IoT lets the function change it, or retain this resource']);
    expect(live().roleArn).toBe(OURS);
  });
});
