import { AlarmState, Evaluation, evaluate } from './alarm-evaluation';
import { AlarmProperties, NotEvaluated } from './alarm-properties';
import type { DataPoint } from './data-points';
import { AlarmValues } from './metric-math';
import type { Place } from '../cloudformation/generic-resources';
import type { Topics } from '../messaging/topics';

/** An alarm at the time of its evaluation. */
export interface EvaluatedAlarm {
  readonly name: string;
  readonly description: string;
  readonly before: AlarmState;
  readonly state: AlarmState;
  /** The values and the threshold, or why the alarm was not evaluated. */
  readonly reason: string;
  readonly isEvaluated: boolean;
  /** What was done since the state has changed. */
  readonly actions: readonly AlarmAction[];
}

export interface AlarmAction {
  readonly arn: string;
  /** `not rehearsed` for what is no topic. */
  readonly outcome: 'published' | 'denied' | 'not rehearsed';
}

interface DeployedAlarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: AlarmProperties;
  state: AlarmState;
}

/** A subject is printable ASCII of at most 100 characters. */
const LONGEST_SUBJECT = 100;
const UNPRINTABLE = /[^\x20-\x7e]/g;

/** The alarms on metrics of an account. Composite alarms, and the event of a changed state, are not modelled. */
export class Alarms {
  private readonly byName = new Map<string, DeployedAlarm>();

  constructor(private readonly place: Place, private readonly topics: Topics) {}

  /** A new alarm has no data; one that is updated keeps its state. */
  put(name: string, arn: string, properties: AlarmProperties): void {
    this.byName.set(name, { name, arn, properties, state: this.byName.get(name)?.state ?? 'INSUFFICIENT_DATA' });
  }

  remove(name: string): void {
    this.byName.delete(name);
  }

  get all(): readonly Pick<DeployedAlarm, 'name' | 'properties' | 'state'>[] {
    return [...this.byName.values()];
  }

  /** Evaluates each alarm once, and carries out the actions of those whose state changes. */
  evaluate(points: readonly DataPoint[], now: number): EvaluatedAlarm[] {
    return [...this.byName.values()].map((alarm) => {
      const { name, properties, state: before } = alarm;
      const known = { name, description: properties.AlarmDescription ?? '', before };
      try {
        const { values } = new AlarmValues(properties, points, { accountId: this.place.accountId, now });
        const evaluation = evaluate(properties, values, before);
        alarm.state = evaluation.state;
        const actions = evaluation.state === before ? [] : this.act(alarm, before, evaluation, now);
        return { ...known, ...evaluation, isEvaluated: true, actions };
      } catch (error) {
        if (!(error instanceof NotEvaluated)) throw error;
        return { ...known, state: before, reason: error.message, isEvaluated: false, actions: [] };
      }
    });
  }

  private act(alarm: DeployedAlarm, before: AlarmState, evaluation: Evaluation, now: number): AlarmAction[] {
    const { ActionsEnabled = true, AlarmActions = [], InsufficientDataActions = [], OKActions = [] } = alarm.properties;
    if (String(ActionsEnabled) !== 'true') return [];
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions };
    return actions[evaluation.state].map((arn) => ({ arn, outcome: this.notify(arn, alarm, before, evaluation, now) }));
  }

  /** The message has the members that programs look for, which AWS shows in its documents. */
  private notify(
    arn: string, { arn: alarmArn, name, properties }: DeployedAlarm, before: AlarmState, { state, reason }: Evaluation,
    now: number,
  ): AlarmAction['outcome'] {
    if (arn.split(':')[2] !== 'sns') return 'not rehearsed';
    const { accountId, region } = this.place;
    const message = JSON.stringify({
      AlarmName: name,
      AlarmDescription: properties.AlarmDescription ?? null,
      AWSAccountId: accountId,
      NewStateValue: state,
      NewStateReason: reason,
      StateChangeTime: new Date(now).toISOString(),
      Region: region,
      AlarmArn: alarmArn,
      OldStateValue: before,
    });
    const subject = `${state}: "${name}" in ${region}`.replace(UNPRINTABLE, '?').slice(0, LONGEST_SUBJECT);
    const caller = { service: 'cloudwatch.amazonaws.com', sourceArn: alarmArn };
    return this.topics.publishAsAlarm(caller, arn, { message, subject }) ? 'published' : 'denied';
  }
}
