import { FUNCTION_ARN, TOPIC_ARN } from './running-machines';

export const APPROVALS_ARN = `${TOPIC_ARN}-approvals`;

const RETRY = [{ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 5, MaxAttempts: 7 }];

/** The machine that mitigates automatically: its states, and the shape of what they pass on. */
export function mitigationMachine(partition = 'aws'): object {
  return {
    TimeoutSeconds: 3 * 24 * 60 * 60,
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass', Parameters: { 'taskId.$': '$.taskId', 'answer': { given: 'NOT_ASKED' } }, Next: 'ReadSwitch',
      },
      ReadSwitch: {
        Type: 'Task', Resource: `arn:${partition}:states:::aws-sdk:ssm:getParameter`, Parameters: { Name: 'switch' },
        ResultSelector: { 'value.$': '$.Parameter.Value' }, ResultPath: '$.switch', Retry: RETRY, Next: 'Plan',
      },
      Plan: {
        Type: 'Task', Resource: FUNCTION_ARN,
        Parameters: {
          'automaticMitigation': 'PLAN', 'settings': { name: 'mine' }, 'taskId.$': '$.taskId',
          'answer.$': '$.answer.given', 'switch.$': '$.switch.value',
        },
        ResultPath: '$.plan', Retry: RETRY, Next: 'IsThereAnything',
      },
      IsThereAnything: {
        Type: 'Choice', Choices: [{ Variable: '$.plan.checks[0]', IsPresent: true, Next: 'Apply' }], Default: 'Done',
      },
      Apply: {
        Type: 'Map', ItemsPath: '$.plan.requests', MaxConcurrency: 5, ResultPath: null, Next: 'Report',
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...applyingOne(partition) },
      },
      Report: {
        Type: 'Task', Resource: FUNCTION_ARN, Parameters: { 'automaticMitigation': 'REPORT', 'plan.$': '$.plan' },
        ResultPath: '$.outcome', Retry: RETRY, Next: 'IsAgain',
      },
      IsAgain: {
        Type: 'Choice', Choices: [{ Variable: '$.outcome.isAgain', BooleanEquals: true, Next: 'NextRound' }],
        Default: 'PublishReport',
      },
      NextRound: { Type: 'Pass', InputPath: '$.outcome.plan', ResultPath: '$.plan', Next: 'Apply' },
      PublishReport: {
        Type: 'Task', Resource: `arn:${partition}:states:::sns:publish`,
        Parameters: {
          'TopicArn': TOPIC_ARN, 'Subject.$': '$.outcome.subject', 'Message.$': '$.outcome.text',
          'MessageAttributes': { 'cdk-iot-fleet-audit': { DataType: 'String', StringValue: 'report' } },
        },
        ResultPath: null, Retry: RETRY, Next: 'PublishEvent',
      },
      PublishEvent: {
        Type: 'Task', Resource: `arn:${partition}:states:::events:putEvents`,
        Parameters: {
          Entries: [{
            'Source': 'cdk-iot-fleet-audit', 'DetailType': 'IoT Device Defender Mitigation Completed',
            'Detail.$': '$.outcome.detail',
          }],
        },
        ResultPath: null, Retry: RETRY, Next: 'IsAsking',
      },
      IsAsking: {
        Type: 'Choice', Choices: [{ Variable: '$.outcome.isAsking', BooleanEquals: true, Next: 'AskForApproval' }],
        Default: 'Done',
      },
      AskForApproval: {
        Type: 'Task', Resource: `arn:${partition}:states:::sns:publish.waitForTaskToken`, TimeoutSeconds: 24 * 60 * 60,
        Parameters: {
          'TopicArn': APPROVALS_ARN, 'Subject.$': '$.outcome.question.subject',
          'Message.$': "States.Format('{}{}{}{}{}', $.outcome.question.before, $$.Task.Token, "
            + '$.outcome.question.between, $$.Task.Token, $.outcome.question.after)',
        },
        ResultPath: null,
        Catch: [
          { ErrorEquals: ['Declined'], ResultPath: null, Next: 'Declined' },
          { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Unanswered' },
        ],
        Next: 'Approved',
      },
      Approved: answered('APPROVED'),
      Declined: answered('DECLINED'),
      Unanswered: answered('UNANSWERED'),
      Done: { Type: 'Succeed' },
    },
  };
}

function applyingOne(partition: string): object {
  return {
    StartAt: 'Start',
    States: {
      Start: {
        Type: 'Task', Resource: `arn:${partition}:states:::aws-sdk:iot:startAuditMitigationActionsTask`,
        Parameters: {
          'TaskId.$': '$.TaskId', 'ClientRequestToken.$': '$.ClientRequestToken', 'Target.$': '$.Target',
          'AuditCheckToActionsMapping.$': '$.AuditCheckToActionsMapping',
        },
        ResultPath: null,
        Retry: [
          { ErrorEquals: ['Iot.TaskAlreadyExistsException'], MaxAttempts: 0 },
          {
            ErrorEquals: ['Iot.LimitExceededException', 'Iot.ThrottlingException'],
            IntervalSeconds: 30, MaxDelaySeconds: 900, MaxAttempts: 50,
          },
          ...RETRY,
        ],
        Catch: [{ ErrorEquals: ['Iot.TaskAlreadyExistsException'], ResultPath: null, Next: 'Wait' }],
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 30, Next: 'Follow' },
      Follow: {
        Type: 'Task', Resource: `arn:${partition}:states:::aws-sdk:iot:describeAuditMitigationActionsTask`,
        Parameters: { 'TaskId.$': '$.TaskId' }, ResultSelector: { 'status.$': '$.TaskStatus' }, ResultPath: '$.task',
        Retry: RETRY, Next: 'IsOver',
      },
      IsOver: {
        Type: 'Choice', Choices: [{ Variable: '$.task.status', StringEquals: 'IN_PROGRESS', Next: 'Wait' }],
        Default: 'TaskEnded',
      },
      TaskEnded: { Type: 'Succeed' },
    },
  };
}

function answered(given: string): object {
  return { Type: 'Pass', Result: { given }, ResultPath: '$.answer', Next: 'ReadSwitch' };
}
