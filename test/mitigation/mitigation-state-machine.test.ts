import aslValidator from 'asl-validator';
import {
  MitigationStateMachineProps, mitigationStateMachine,
} from '../../src/mitigation/mitigation-state-machine';
import { Definition, State } from '../support/state-machines';

const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:audit';
const NOTIFICATIONS = 'arn:aws:sns:us-east-1:111111111111:notifications';
const APPROVALS = 'arn:aws:sns:us-east-1:111111111111:approvals';
const SETTINGS = { name: 'fleet', title: 'Fleet', switchName: '/switch', rules: [], maximumAuditAgeHours: 48 };
const APPROVAL = { topicArn: APPROVALS, timeoutSeconds: 3600 };

function define(props: Partial<MitigationStateMachineProps> = {}): Definition {
  return mitigationStateMachine({
    partition: 'aws',
    functionArn: FUNCTION,
    notificationTopicArn: NOTIFICATIONS,
    timeoutSeconds: 172_800,
    settings: SETTINGS,
    ...props,
  }) as Definition;
}

/** Where each state goes, with the condition or the error in front. */
function transitionsOf(states: Record<string, State>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, [
    ...state.Next ? [state.Next] : [],
    ...(state.Choices ?? []).map(({ Next, Variable, ...test }) => `${Variable} ${JSON.stringify(test)} ${Next}`),
    ...state.Default ? [state.Default] : [],
    ...(state.Catch ?? []).map(({ ErrorEquals, Next }) => `${ErrorEquals.join()} ${Next}`),
  ]]));
}

describe('the state machine', () => {
  const PLAN_AND_APPLY = {
    Begin: ['ReadSwitch'],
    ReadSwitch: ['Plan'],
    Plan: ['IsThereAnything'],
    IsThereAnything: ['$.plan.checks[0] {"IsPresent":true} Apply', 'Done'],
    Apply: ['Report'],
    Report: ['IsAgain'],
    IsAgain: ['$.outcome.isAgain {"BooleanEquals":true} NextRound', 'PublishReport'],
    NextRound: ['Apply'],
    PublishReport: ['PublishEvent'],
    Done: [],
  };

  test('plans, applies and reports', () => {
    const { StartAt, States } = define();

    expect(StartAt).toBe('Begin');
    expect(transitionsOf(States)).toEqual({ ...PLAN_AND_APPLY, PublishEvent: ['Done'] });
  });

  test('asks after the report, and plans anew after the answer', () => {
    expect(transitionsOf(define({ approval: APPROVAL }).States)).toEqual({
      ...PLAN_AND_APPLY,
      PublishEvent: ['IsAsking'],
      IsAsking: ['$.outcome.isAsking {"BooleanEquals":true} AskForApproval', 'Done'],
      AskForApproval: ['Approved', 'Declined Declined', 'States.Timeout Unanswered'],
      Approved: ['ReadSwitch'],
      Declined: ['ReadSwitch'],
      Unanswered: ['ReadSwitch'],
    });
  });

  test('starts each task once, and follows it until it has ended', () => {
    const { StartAt, States } = define().States.Apply.ItemProcessor!;

    expect(StartAt).toBe('Start');
    expect(transitionsOf(States)).toEqual({
      Start: ['Wait', 'Iot.TaskAlreadyExistsException Wait'],
      Wait: ['Follow'],
      Follow: ['IsOver'],
      IsOver: ['$.task.status {"StringEquals":"IN_PROGRESS"} Wait', 'TaskEnded'],
      TaskEnded: [],
    });
  });

  test('gives each request to AWS IoT as the plan has it', () => {
    const { Start: start, Follow: follow } = define().States.Apply.ItemProcessor!.States;

    expect(start.Resource).toBe('arn:aws:states:::aws-sdk:iot:startAuditMitigationActionsTask');
    expect(start.Parameters).toEqual({
      'TaskId.$': '$.TaskId',
      'ClientRequestToken.$': '$.ClientRequestToken',
      'Target.$': '$.Target',
      'AuditCheckToActionsMapping.$': '$.AuditCheckToActionsMapping',
    });
    expect(follow.Resource).toBe('arn:aws:states:::aws-sdk:iot:describeAuditMitigationActionsTask');
    expect(follow.Parameters).toEqual({ 'TaskId.$': '$.TaskId' });
  });

  // A task that exists was started by an earlier attempt, so the first retrier must keep the others from it.
  test('waits for half a day while too many tasks run, and does not repeat the start of a task that exists', () => {
    const [exists, limit, other] = define().States.Apply.ItemProcessor!.States.Start.Retry!;

    expect(exists).toEqual({ ErrorEquals: ['Iot.TaskAlreadyExistsException'], MaxAttempts: 0 });
    expect(limit).toEqual({
      ErrorEquals: ['Iot.LimitExceededException', 'Iot.ThrottlingException'],
      IntervalSeconds: 30, BackoffRate: 2, MaxDelaySeconds: 900, MaxAttempts: 50, JitterStrategy: 'FULL',
    });
    expect(other).toEqual({
      ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 7,
    });
  });

  test('asks the function for a plan with the settings, the answer, what was asked about and the switch', () => {
    const { ReadSwitch: readSwitch, Plan: plan, Begin: begin } = define().States;

    expect(begin.Parameters)
      .toEqual({ 'taskId.$': '$.taskId', 'answer': { given: 'NOT_ASKED' }, 'plan': { checks: [] } });
    expect(readSwitch).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:ssm:getParameters',
      Parameters: { Names: ['/switch'] },
      ResultSelector: { 'parameters.$': '$.Parameters' },
      ResultPath: '$.switch',
    });
    expect(plan).toMatchObject({ Resource: FUNCTION, ResultPath: '$.plan', TimeoutSeconds: 960 });
    expect(plan.Parameters).toEqual({
      'automaticMitigation': 'PLAN',
      'settings': SETTINGS,
      'taskId.$': '$.taskId',
      'answer.$': '$.answer.given',
      'switch.$': '$.switch.parameters',
      'formerChecks.$': '$.plan.checks',
    });
  });

  test('reports to the topic, with an attribute that keeps the message out of the audit\'s queue, and to the bus', () => {
    const { PublishReport: publishReport, PublishEvent: publishEvent, Report: report } = define().States;

    expect(report).toMatchObject({
      Resource: FUNCTION, Parameters: { 'automaticMitigation': 'REPORT', 'plan.$': '$.plan' }, ResultPath: '$.outcome',
    });
    expect(publishReport.Resource).toBe('arn:aws:states:::sns:publish');
    expect(publishReport.Parameters).toEqual({
      'TopicArn': NOTIFICATIONS,
      'Subject.$': '$.outcome.subject',
      'Message.$': '$.outcome.text',
      'MessageAttributes': { 'cdk-iot-fleet-audit': { DataType: 'String', StringValue: 'report' } },
    });
    expect(publishEvent.Resource).toBe('arn:aws:states:::events:putEvents');
    expect(publishEvent.Parameters).toEqual({
      Entries: [{
        'Source': 'cdk-iot-fleet-audit',
        'DetailType': 'IoT Device Defender Mitigation Completed',
        'Detail.$': '$.outcome.detail',
      }],
    });
  });

  test('puts the token into both places of the question, and waits as long as people have', () => {
    const { AskForApproval: ask } = define({ approval: APPROVAL }).States;

    expect(ask.Resource).toBe('arn:aws:states:::sns:publish.waitForTaskToken');
    expect(ask.TimeoutSeconds).toBe(3600);
    expect(ask.Parameters).toEqual({
      'TopicArn': APPROVALS,
      'Subject.$': '$.outcome.question.subject',
      'Message.$': "States.Format('{}{}{}{}{}', $.outcome.question.before, $$.Task.Token, "
        + '$.outcome.question.between, $$.Task.Token, $.outcome.question.after)',
      'MessageAttributes': { 'cdk-iot-fleet-audit': { DataType: 'String', StringValue: 'question' } },
    });
  });

  // Whoever fails the task with any error has answered. Asking again could get another answer from somebody else.
  test('repeats a question for errors of SNS only', () => {
    const retried = define({ approval: APPROVAL }).States.AskForApproval.Retry!
      .flatMap(({ ErrorEquals }) => ErrorEquals as string[]);

    expect(retried.length).toBeGreaterThan(0);
    expect(retried.filter((error) => !error.startsWith('SNS.'))).toEqual([]);
  });

  test.each([
    ['Approved', 'APPROVED'], ['Declined', 'DECLINED'], ['Unanswered', 'UNANSWERED'],
  ])('remembers the answer and what was asked about, and nothing else: %s', (name, given) => {
    expect(define({ approval: APPROVAL }).States[name]).toEqual({
      Type: 'Pass',
      Parameters: { 'taskId.$': '$.taskId', 'answer': { given }, 'plan': { 'checks.$': '$.plan.checks' } },
      Next: 'ReadSwitch',
    });
  });

  // A failed execution raises the alarm and can be redriven. One that catches its errors would look like a success.
  test('catches no error of a plan, of a report or of a publication', () => {
    const { States } = define({ approval: APPROVAL });
    const catching = Object.entries(States).filter(([, state]) => state.Catch).map(([name]) => name);

    expect(catching).toEqual(['AskForApproval']);
  });

  test('repeats each call to AWS', () => {
    const { States } = define({ approval: APPROVAL });
    const tasks = Object.values({ ...States, ...States.Apply.ItemProcessor!.States })
      .filter(({ Type }) => Type === 'Task');

    expect(tasks).toHaveLength(8);
    expect(tasks.filter(({ Retry }) => !Retry?.length)).toEqual([]);
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov'])('is valid in %s', (partition) => {
    for (const approval of [undefined, APPROVAL]) {
      const definition = define({ approval, partition });

      expect(aslValidator(definition).errors).toEqual([]);
      expect(Object.values(definition.States).map(({ Resource }) => Resource)
        .filter((resource) => resource?.includes(':states:')).every((resource) => resource?.startsWith(`arn:${partition}:`)))
        .toBe(true);
    }
  });
});
