import { Answer, DECLINED_ERROR, MITIGATION_COMPLETED, MitigationSettings } from './protocol';
import { EVENT_SOURCE, OWN_MESSAGE } from '../events/protocol';

/** Everything that the definition of a state machine depends on. */
export interface MitigationStateMachineProps {
  readonly partition: string;

  /** The function that plans and reports. */
  readonly functionArn: string;

  readonly notificationTopicArn: string;

  /** Absent if no rule asks. */
  readonly approval?: { readonly topicArn: string; readonly timeoutSeconds: number };

  /** Time limit of an execution. */
  readonly timeoutSeconds: number;
  readonly settings: MitigationSettings;
}

/** What Lambda and Step Functions themselves can answer: repeated soon. */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException',
  'Lambda.SdkClientException', 'Lambda.TooManyRequestsException',
];

/** A call that reads, or that may happen twice: repeated over a quarter of an hour. */
const RETRY_CALL = [
  { ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 7 },
];

/** A step of the function decides and words, so repeating it is safe. Its own errors may take a while to pass. */
const RETRY_STEP = [
  { ErrorEquals: LAMBDA_ERRORS, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6, JitterStrategy: 'FULL' },
  { ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 60, BackoffRate: 2, MaxAttempts: 4 },
];

/**
 * Starting a task: an account may have ten at a time, so it may have to wait, for half a day at most. A task that
 * exists was started by an earlier attempt.
 */
const RETRY_START = [
  { ErrorEquals: ['Iot.TaskAlreadyExistsException'], MaxAttempts: 0 },
  {
    ErrorEquals: ['Iot.LimitExceededException', 'Iot.ThrottlingException'],
    IntervalSeconds: 30, BackoffRate: 2, MaxDelaySeconds: 900, MaxAttempts: 50, JitterStrategy: 'FULL',
  },
  ...RETRY_CALL,
];

/** Errors of Amazon SNS only: an answer is no error to repeat. */
const RETRY_QUESTION = [{
  ErrorEquals: [
    'SNS.AmazonSNSException', 'SNS.AuthorizationErrorException', 'SNS.InternalErrorException', 'SNS.KMSThrottlingException',
    'SNS.SdkClientException', 'SNS.ThrottledException',
  ],
  IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 7,
}];

/** The longest that Lambda lets the function run, and a minute for Lambda itself. */
const STEP_TIMEOUT_SECONDS = 960;

/** Time between two looks at a mitigation task. */
const POLLING_SECONDS = 60;

/**
 * The state machine of automatic mitigation, in the Amazon States Language.
 *
 * The function decides and words, and may do neither more nor less than read; the state machine acts. The names of
 * states and of their data are contract: executions that wait for an answer outlive a deployment.
 */
export function mitigationStateMachine(props: MitigationStateMachineProps): object {
  const { approval, timeoutSeconds } = props;
  return {
    Comment: 'Mitigates what an audit of AWS IoT Device Defender found, within the limits of its rules',
    QueryLanguage: 'JSONPath',
    TimeoutSeconds: timeoutSeconds,
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Parameters: { 'taskId.$': '$.taskId', 'answer': { given: Answer.NOT_ASKED }, 'plan': { checks: [] } },
        Next: 'ReadSwitch',
      },
      ...planningStates(props),
      ...applyingStates(props),
      ...reportingStates(props, approval ? 'IsAsking' : 'Done'),
      ...approval ? askingStates(props, approval) : {},
      Done: { Type: 'Succeed' },
    },
  };
}

function planningStates({ partition, functionArn, settings }: MitigationStateMachineProps): object {
  return {
    ReadSwitch: {
      Type: 'Task',
      // For a parameter that is not there, this is no error.
      Resource: `arn:${partition}:states:::aws-sdk:ssm:getParameters`,
      Parameters: { Names: [settings.switchName] },
      ResultSelector: { 'parameters.$': '$.Parameters' },
      ResultPath: '$.switch',
      Retry: RETRY_CALL,
      Next: 'Plan',
    },
    Plan: {
      Type: 'Task',
      Resource: functionArn,
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Parameters: {
        'automaticMitigation': 'PLAN',
        settings,
        'taskId.$': '$.taskId',
        'answer.$': '$.answer.given',
        'switch.$': '$.switch.parameters',
        // After an answer: what was asked about, so that no more is applied.
        'formerChecks.$': '$.plan.checks',
      },
      ResultPath: '$.plan',
      Retry: RETRY_STEP,
      Next: 'IsThereAnything',
    },
    IsThereAnything: {
      Type: 'Choice',
      Choices: [{ Variable: '$.plan.checks[0]', IsPresent: true, Next: 'Apply' }],
      Default: 'Done',
    },
  };
}

function applyingStates({ partition }: MitigationStateMachineProps): object {
  return {
    Apply: {
      Type: 'Map',
      ItemsPath: '$.plan.requests',
      MaxConcurrency: 5,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Start',
        States: {
          Start: {
            Type: 'Task',
            Resource: `arn:${partition}:states:::aws-sdk:iot:startAuditMitigationActionsTask`,
            Parameters: {
              'TaskId.$': '$.TaskId',
              'ClientRequestToken.$': '$.ClientRequestToken',
              'Target.$': '$.Target',
              'AuditCheckToActionsMapping.$': '$.AuditCheckToActionsMapping',
            },
            ResultPath: null,
            Retry: RETRY_START,
            Catch: [{ ErrorEquals: ['Iot.TaskAlreadyExistsException'], ResultPath: null, Next: 'Wait' }],
            Next: 'Wait',
          },
          Wait: { Type: 'Wait', Seconds: POLLING_SECONDS, Next: 'Follow' },
          Follow: {
            Type: 'Task',
            Resource: `arn:${partition}:states:::aws-sdk:iot:describeAuditMitigationActionsTask`,
            Parameters: { 'TaskId.$': '$.TaskId' },
            ResultSelector: { 'status.$': '$.TaskStatus' },
            ResultPath: '$.task',
            Retry: RETRY_CALL,
            Next: 'IsOver',
          },
          IsOver: {
            Type: 'Choice',
            Choices: [{ Variable: '$.task.status', StringEquals: 'IN_PROGRESS', Next: 'Wait' }],
            Default: 'TaskEnded',
          },
          TaskEnded: { Type: 'Succeed' },
        },
      },
      ResultPath: null,
      Next: 'Report',
    },
  };
}

function reportingStates(
  { partition, functionArn, notificationTopicArn }: MitigationStateMachineProps, afterReport: string,
): object {
  return {
    Report: {
      Type: 'Task',
      Resource: functionArn,
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Parameters: { 'automaticMitigation': 'REPORT', 'plan.$': '$.plan' },
      ResultPath: '$.outcome',
      Retry: RETRY_STEP,
      Next: 'IsAgain',
    },
    IsAgain: {
      Type: 'Choice',
      Choices: [{ Variable: '$.outcome.isAgain', BooleanEquals: true, Next: 'NextRound' }],
      Default: 'PublishReport',
    },
    NextRound: { Type: 'Pass', InputPath: '$.outcome.plan', ResultPath: '$.plan', Next: 'Apply' },
    PublishReport: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::sns:publish`,
      Parameters: {
        'TopicArn': notificationTopicArn,
        'Subject.$': '$.outcome.subject',
        'Message.$': '$.outcome.text',
        'MessageAttributes': markedAs('report'),
      },
      ResultPath: null,
      Retry: RETRY_CALL,
      Next: 'PublishEvent',
    },
    PublishEvent: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::events:putEvents`,
      Parameters: {
        Entries: [{ 'Source': EVENT_SOURCE, 'DetailType': MITIGATION_COMPLETED, 'Detail.$': '$.outcome.detail' }],
      },
      ResultPath: null,
      Retry: RETRY_CALL,
      Next: afterReport,
    },
  };
}

/** The question, and a new plan with fresh numbers after each answer, which never asks again. */
function askingStates(
  { partition }: MitigationStateMachineProps, approval: NonNullable<MitigationStateMachineProps['approval']>,
): object {
  return {
    IsAsking: {
      Type: 'Choice',
      Choices: [{ Variable: '$.outcome.isAsking', BooleanEquals: true, Next: 'AskForApproval' }],
      Default: 'Done',
    },
    AskForApproval: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::sns:publish.waitForTaskToken`,
      TimeoutSeconds: approval.timeoutSeconds,
      Parameters: {
        'TopicArn': approval.topicArn,
        'Subject.$': '$.outcome.question.subject',
        'Message.$': "States.Format('{}{}{}{}{}', $.outcome.question.before, $$.Task.Token, "
          + '$.outcome.question.between, $$.Task.Token, $.outcome.question.after)',
        'MessageAttributes': markedAs('question'),
      },
      ResultPath: null,
      Retry: RETRY_QUESTION,
      Catch: [
        { ErrorEquals: [DECLINED_ERROR], ResultPath: null, Next: 'Declined' },
        { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Unanswered' },
      ],
      Next: 'Approved',
    },
    Approved: answered(Answer.APPROVED),
    Declined: answered(Answer.DECLINED),
    Unanswered: answered(Answer.UNANSWERED),
  };
}

/** Goes on with no more than the next plan needs: what was reported and asked would fill a state of 256 KiB. */
function answered(answer: Answer): object {
  return {
    Type: 'Pass',
    Parameters: { 'taskId.$': '$.taskId', 'answer': { given: answer }, 'plan': { 'checks.$': '$.plan.checks' } },
    Next: 'ReadSwitch',
  };
}

/** The attribute by which the audit's queue knows our own messages, should the topic be the audit's. */
function markedAs(kind: string): object {
  return { [OWN_MESSAGE]: { DataType: 'String', StringValue: kind } };
}
