import { Aws, Duration, Lazy, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic, ITopicSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { AutomaticMitigationProps } from './automatic-mitigation-props';
import { defineFailedExecutionsAlarm } from './failed-executions-alarm';
import { permitSteps } from './mitigation-permissions';
import { defineMitigationRole } from './mitigation-role';
import { MitigationMode, MitigationRule } from './mitigation-rule';
import { renderRule, requireDisjoint } from './mitigation-rule-settings';
import { mitigationStateMachine } from './mitigation-state-machine';
import { MitigationTimes, resolveTimes } from './mitigation-times';
import { defineTrigger } from './mitigation-trigger';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MitigationMetric, RuleSettings } from './protocol';
import { resolveAuditedChecks } from '../audits/audited-checks';
import { requireSameStack } from '../events/same-stack';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { invalidInputMessage } from '../private/invalid-input';
import { grantPublishing, requireRegionalTopic } from '../private/topic-publishing';

/** The time that an execution may take, beside the time for an answer. */
const WORKING_TIME = Duration.days(2);

/** The ids of mitigation tasks begin with it, and have at most 128 characters. */
const MAXIMUM_NAME_LENGTH = 40;

/**
 * Mitigates what an audit finds, by rules with limits.
 *
 * A state machine of AWS Step Functions starts the mitigation tasks, asks people and reports; the stack's one function
 * decides what is within the limits.
 *
 * An execution keeps the rules that it began with: a question that waits is acted on as it was asked, also after a
 * deployment that changes the rules. The stop switch is looked at before each plan, also after an answer; it does not
 * end what a plan has begun.
 *
 * @example
 *
 * declare const audit: FleetAudit;
 * declare const auditEvents: AuditEvents;
 *
 * const enableLogging = audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging() });
 * new AutomaticMitigation(this, 'Mitigation', {
 *   auditEvents,
 *   notificationTopic: audit.notificationTopic,
 *   rules: [{ checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] }],
 * });
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-mitigation-actions.html
 */
export class AutomaticMitigation extends Construct {
  /**
   * The state machine, with one execution for each audit that found something to mitigate.
   */
  public readonly stateMachine: StateMachine;

  /**
   * The role of the state machine.
   */
  public readonly role: IRole;

  /**
   * The name of the stop switch: a parameter that exists only while somebody stops mitigation. As long as it exists
   * with any value but `on`, rules only report, also what was asked about before:
   * `aws ssm put-parameter --type String --value report-only --name <this name>`
   */
  public readonly switchParameterName: string;

  /**
   * The alarm for executions that failed or did not end in time. It has no action until you add one.
   */
  public readonly failedExecutionsAlarm: Alarm;

  private readonly name: string;
  private readonly times: MitigationTimes;
  private readonly configuration?: IAccountAuditConfigurationRef;
  private readonly rules: RuleSettings[] = [];
  private _approvalTopic?: ITopic;

  /** True if a rule asks. */
  private isAsking = false;

  /**
   * @throws if AWS would refuse a rule, if a limit is out of its range or not known, or if a check is in two rules that
   * overlap; if a topic is a FIFO topic or of another region; if `auditEvents` is of another stack
   */
  constructor(scope: Construct, id: string, props: AutomaticMitigationProps) {
    super(scope, id);
    requireSameStack(this, props.auditEvents, 'define automatic mitigation in the stack of the events');
    requireRegionalTopic(this, 'notificationTopic', props.notificationTopic);
    if (props.approvalTopic) requireRegionalTopic(this, 'approvalTopic', props.approvalTopic);
    this.name = Names.uniqueResourceName(this, { maxLength: MAXIMUM_NAME_LENGTH });
    this.times = resolveTimes(this, props);
    this.configuration = props.configuration;
    this._approvalTopic = props.approvalTopic;
    this.switchParameterName = `/cdk-iot-fleet-audit/${this.name}/switch`;

    const stepFunction = FleetAuditFunction.of(this);
    this.role = defineMitigationRole(this, {
      functionArn: stepFunction.function.functionArn, switchName: this.switchParameterName,
    });
    grantPublishing(props.notificationTopic, this.role);
    this.stateMachine = this.createStateMachine(stepFunction, props);
    this.failedExecutionsAlarm = defineFailedExecutionsAlarm(this, this.stateMachine);
    const trigger = defineTrigger(this, {
      queue: props.auditEvents.queue,
      stateMachineArn: this.stateMachine.stateMachineArn,
      checkNames: Lazy.list({ produce: () => [...new Set(this.rules.flatMap(({ checks }) => checks))] }),
    });
    trigger.node.addDependency(permitSteps(stepFunction, this.stateMachine));
    props.rules?.forEach((rule) => this.addRule(rule));
    this.node.addValidation({ validate: () => this.rules.length > 0 ? [] : [withoutRules()] });
  }

  /**
   * The topic that asks people; undefined if no rule asks and none was given.
   */
  public get approvalTopic(): ITopic | undefined {
    return this._approvalTopic;
  }

  /**
   * Adds a rule.
   *
   * @param rule which findings are mitigated, how, and how many at most
   * @throws if AWS would refuse the rule, if a limit is out of its range or not known, or if a check is in another rule
   * that overlaps with this one
   */
  public addRule(rule: MitigationRule): void {
    const settings = renderRule(this, rule);
    if (this.configuration) resolveAuditedChecks(this, this.configuration, rule.checks);
    requireDisjoint(this, this.rules, settings);
    this.rules.push(settings);
    if (settings.mode === MitigationMode.ASK) this.askForApproval();
  }

  /**
   * Subscribes somebody who may approve what rules ask for. Whoever receives the message can answer it.
   *
   * @param subscription the subscription, for example an `EmailSubscription`
   */
  public addApprover(subscription: ITopicSubscription): void {
    this.requireApprovalTopic().addSubscription(subscription);
  }

  /**
   * Grants answering the questions of rules that ask.
   *
   * @param grantee the people or the function that answer
   */
  public grantAnswering(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['states:SendTaskFailure', 'states:SendTaskSuccess'],
      resourceArns: [this.stateMachine.stateMachineArn],
    });
  }

  /**
   * The number of resources that were mitigated.
   *
   * @param props statistic, period and the like; the sum over five minutes by default
   */
  public metricMitigatedResources(props?: MetricOptions): Metric {
    return this.metric(MitigationMetric.MITIGATED, props);
  }

  /**
   * The number of resources that could not be mitigated.
   *
   * @param props statistic, period and the like; the sum over five minutes by default
   */
  public metricFailedResources(props?: MetricOptions): Metric {
    return this.metric(MitigationMetric.FAILED, props);
  }

  /**
   * The number of non-compliant resources that were left alone: by a limit, by the stop switch, or because people
   * declined or did not answer.
   *
   * @param props statistic, period and the like; the sum over five minutes by default
   */
  public metricResourcesLeftAlone(props?: MetricOptions): Metric {
    return this.metric(MitigationMetric.LEFT_ALONE, props);
  }

  private metric(metricName: MitigationMetric, props?: MetricOptions): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [METRIC_DIMENSION]: this.name },
      statistic: 'Sum',
      ...props,
    }).attachTo(this);
  }

  private askForApproval(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    const topic = this.requireApprovalTopic();
    if (topic.node.scope === this) {
      // AWS's own key needs no grant: everybody in the account who may publish may use it.
      Grant.addToPrincipal({ grantee: this.role, actions: ['sns:Publish'], resourceArns: [topic.topicArn] });
    } else {
      grantPublishing(topic, this.role);
    }
  }

  private requireApprovalTopic(): ITopic {
    this._approvalTopic ??= new Topic(this, 'ApprovalTopic', {
      displayName: 'Approval of IoT mitigation',
      masterKey: Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns'),
      enforceSSL: true,
    });
    return this._approvalTopic;
  }

  private createStateMachine(
    stepFunction: FleetAuditFunction, { logRetention, notificationTopic }: AutomaticMitigationProps,
  ): StateMachine {
    const definition = () => this.define(stepFunction.function.functionArn, notificationTopic.topicArn);
    return new StateMachine(this, 'StateMachine', {
      // Rules may still be added.
      definitionBody: DefinitionBody.fromString(
        Lazy.string({ produce: () => Stack.of(this).toJsonString(definition()) })),
      role: this.role,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          retention: logRetention ?? RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // The data has the token with which a question is answered.
        includeExecutionData: false,
      },
      tracingEnabled: true,
    });
  }

  private define(functionArn: string, notificationTopicArn: string): object {
    const { approvalTimeout, maximumAuditAge } = this.times;
    const workingSeconds = WORKING_TIME.toSeconds();
    const approval = this.isAsking && {
      topicArn: this.requireApprovalTopic().topicArn, timeoutSeconds: approvalTimeout.toSeconds(),
    };
    return mitigationStateMachine({
      partition: Aws.PARTITION,
      functionArn,
      notificationTopicArn,
      approval: approval || undefined,
      timeoutSeconds: workingSeconds + (approval ? approval.timeoutSeconds : 0),
      settings: {
        name: this.name,
        title: Stack.of(this).node.path,
        switchName: this.switchParameterName,
        rules: this.rules,
        maximumAuditAgeHours: maximumAuditAge.toHours({ integral: false }),
        approvalHours: approval ? approvalTimeout.toHours({ integral: false }) : undefined,
      },
    });
  }
}

function withoutRules(): string {
  return invalidInputMessage(undefined, {
    property: 'rules',
    rule: 'must hold at least one rule',
    given: 'none',
    fix: 'give a rule or call addRule(), or leave automatic mitigation out',
  });
}
