import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AuditCheck, AutomaticMitigation, AutomaticMitigationProps, Mitigation, MitigationAction, MitigationMode,
  MitigationRule,
} from '../../src';
import { automaticMitigation } from '../support/mitigation';
import { deployedDefinition } from '../support/state-machines';
import { arn, ENV, onlyResource, policiesOf } from '../support/templates';

const FUNCTION_ARN = { 'Fn::GetAtt': ['CdkIotFleetAuditCustomResourcesFunction4012EAE7', 'Arn'] };
const STATE_MACHINE_ARN = { Ref: 'MitigationStateMachine145A49CE' };

describe('the permissions of AutomaticMitigation', () => {
  let stack: Stack;
  let enableLogging: MitigationAction;
  let quiet: MitigationRule;
  let asking: MitigationRule;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    enableLogging = new MitigationAction(stack, 'EnableLogging', { mitigation: Mitigation.enableIotLogging() });
    const deactivate = new MitigationAction(stack, 'Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    quiet = { checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] };
    asking = {
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [deactivate], mode: MitigationMode.ASK,
    };
  });

  function mitigate(props?: Partial<AutomaticMitigationProps>): AutomaticMitigation {
    return automaticMitigation(stack, { rules: [quiet], ...props });
  }

  describe('with roles', () => {
    test('lets the state machine do what its states do', () => {
      mitigate({ rules: [quiet, asking] });

      const key = { 'Fn::GetAtt': ['MitigationNotificationsKey7AE0A3BA', 'Arn'] };
      const { Properties: role } = Template.fromStack(stack).findResources('AWS::IAM::Role').MitigationRole57C242D7;
      const allow = (actions: string | string[], resource: unknown) =>
        ({ Action: actions, Effect: 'Allow', Resource: resource });
      expect(role.AssumeRolePolicyDocument.Statement).toEqual([{
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': arn('states:us-east-1:111111111111:stateMachine:*') },
        },
        Effect: 'Allow',
        Principal: { Service: 'states.amazonaws.com' },
      }]);
      expect(role.ManagedPolicyArns).toBeUndefined();
      expect(role.Policies).toHaveLength(1);
      expect(role.Policies[0].PolicyDocument.Statement).toEqual([
        allow('lambda:InvokeFunction', FUNCTION_ARN),
        allow(
          'ssm:GetParameters',
          arn('ssm:us-east-1:111111111111:parameter/cdk-iot-fleet-audit/StackMitigationA67C060F/switch'),
        ),
        allow(['iot:DescribeAuditMitigationActionsTask', 'iot:StartAuditMitigationActionsTask'], '*'),
        allow('events:PutEvents', arn('events:us-east-1:111111111111:event-bus/default')),
        allow('sns:Publish', { Ref: 'MitigationNotifications55CAE3B3' }),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], key),
        // The next two are StateMachine's own, for its log and its traces.
        allow([
          'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
        ], '*'),
        allow([
          'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets',
        ], '*'),
        allow('sns:Publish', { Ref: 'MitigationApprovalTopic5652235B' }),
      ]);
    });

    // Whoever may invoke the function can make nothing happen.
    test('lets the function read, and start this machine', () => {
      mitigate();

      const allow = (actions: string | string[], resource: unknown) =>
        ({ Action: actions, Effect: 'Allow', Resource: resource });
      const { AutomaticMitigation: steps, ...others } = policiesOf(stack);
      const [start] = Object.entries(others).filter(([name]) => name.startsWith('StartMitigation'));
      expect(steps).toEqual([
        allow([
          'iot:DescribeAuditFinding', 'iot:DescribeAuditMitigationActionsTask', 'iot:DescribeAuditTask',
          'iot:ListAuditFindings', 'iot:ListAuditMitigationActionsExecutions', 'iot:ListAuditMitigationActionsTasks', 'iot:ListAuditTasks',
          'iot:ListPrincipalThings', 'iot:ListRelatedResourcesForAuditFinding',
        ], '*'),
        allow('iot:DescribeCertificate', arn('iot:us-east-1:111111111111:cert/*')),
        allow('iot:GetPolicy', arn('iot:us-east-1:111111111111:policy/*')),
        allow('iot:ListThingGroupsForThing', arn('iot:us-east-1:111111111111:thing/*')),
        allow('iot:DescribeThingGroup', arn('iot:us-east-1:111111111111:thinggroup/*')),
      ]);
      expect(start[1]).toEqual([allow('states:StartExecution', STATE_MACHINE_ARN)]);
    });

    test.each<[string, boolean, string[]]>([
      ['nothing if no rule asks', false, []],
      ['publishing, and the use of its key, if a rule asks', true, ['Approvals8537C562', 'Key961B73FD']],
    ])('grants for a topic for questions that is brought along: %s', (_, isAsking, granted) => {
      const approvalTopic = new Topic(stack, 'Approvals', { masterKey: new Key(stack, 'Key') });

      const mitigation = mitigate({ approvalTopic, rules: isAsking ? [asking] : [quiet] });

      const { MitigationRole57C242D7: role } = Template.fromStack(stack).findResources('AWS::IAM::Role');
      expect(mitigation.approvalTopic).toBe(approvalTopic);
      expect(JSON.stringify(role).match(/\b(Approvals|Key)\w+/g) ?? []).toEqual(granted);
      expect(deployedDefinition(stack).States.AskForApproval?.Parameters?.TopicArn)
        .toBe(isAsking ? '<Approvals8537C562>' : undefined);
    });

    test('grants answering questions, and nothing else', () => {
      const role = new Role(stack, 'OnCall', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });

      mitigate({ rules: [asking] }).grantAnswering(role);

      expect(Object.values(policiesOf(stack)).flat()).toContainEqual({
        Action: ['states:SendTaskFailure', 'states:SendTaskSuccess'], Effect: 'Allow', Resource: STATE_MACHINE_ARN,
      });
    });
  });

  describe('is started', () => {
    test('by a message to the queue of the events, for audits that found something for a rule', () => {
      const mitigation = mitigate();
      mitigation.addRule(asking);

      expect(onlyResource(stack, 'AWS::Events::Rule').Properties).toEqual({
        Description: 'Has mitigated what an audit of AWS IoT Device Defender found',
        EventPattern: {
          'source': ['cdk-iot-fleet-audit'],
          'detail-type': ['IoT Device Defender Audit Completed'],
          'detail': {
            taskStatus: ['COMPLETED'],
            nonCompliantChecks: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'],
          },
        },
        State: 'ENABLED',
        Targets: [{
          Arn: { 'Fn::GetAtt': ['MitigationEventsQueueBFCC4060', 'Arn'] },
          Id: 'Target0',
          InputTransformer: {
            InputPathsMap: { 'detail-taskId': '$.detail.taskId' },
            InputTemplate: {
              'Fn::Join': ['', [
                '{"startExecution":{"stateMachineArn":"', STATE_MACHINE_ARN, '","taskId":<detail-taskId>}}',
              ]],
            },
          },
        }],
      });
    });

    test('once for a check that is in two rules', () => {
      mitigate({ rules: [{ ...quiet, reasonCodes: ['ONE'] }, { ...quiet, reasonCodes: ['TWO'] }] });

      expect(onlyResource(stack, 'AWS::Events::Rule').Properties.EventPattern.detail.nonCompliantChecks)
        .toEqual(['LOGGING_DISABLED_CHECK']);
    });

    test('through a queue that takes messages of this rule', () => {
      mitigate();

      const statements = Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy'))
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
      expect(statements.filter(({ Principal }) => Principal.Service === 'events.amazonaws.com')).toEqual([{
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['MitigationRuleD6A71F9C', 'Arn'] } } },
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: { 'Fn::GetAtt': ['MitigationEventsQueueBFCC4060', 'Arn'] },
      }]);
    });

    test('when the function may do everything that it does', () => {
      mitigate();

      const { DependsOn: dependsOn } = onlyResource(stack, 'AWS::Events::Rule');
      expect(dependsOn).toEqual([
        'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB',
        'CdkIotFleetAuditCustomResourcesPoliciesAutomaticMitigationD9DA0215',
        expect.stringMatching(/^CdkIotFleetAuditCustomResourcesPoliciesStartMitigation/),
      ]);
    });
  });
});
