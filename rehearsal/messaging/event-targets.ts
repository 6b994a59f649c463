import type { BusEvent, EventBus, Rule, RuleTarget } from './event-bus';
import type { Queues, SendOutcome } from './queues';
import { inputOf } from './target-input';
import type { Topics } from './topics';
import type { LambdaFunctions } from '../functions/lambda-functions';

/** Something that a rule gave to one of its targets. */
export interface TargetDelivery {
  readonly ruleName: string;
  readonly targetId: string;
  readonly arn: string;
  readonly eventId: string;
  readonly input: string;
  /** `not rehearsed` for a target that nothing stands behind. */
  readonly outcome: SendOutcome | 'input is no JSON' | 'moved to the dead-letter queue' | 'not rehearsed';
}

/** Starts an execution of a state machine; returns why it may not, or that there is none. */
export type StartStateMachine = (stateMachineArn: string, input: unknown, target: RuleTarget) => TargetDelivery['outcome'];

/**
 * Delivers events to the targets of rules. What fails is not tried again: the target's dead-letter queue gets it.
 *
 * Whether a function's own policy lets EventBridge invoke it is not looked at.
 */
export class EventTargets {
  /** Every delivery, in order. */
  readonly deliveries: TargetDelivery[] = [];
  /** State machines are not rehearsed if absent. */
  onStateMachine: StartStateMachine | undefined;

  constructor(
    bus: EventBus,
    private readonly surroundings: {
      readonly queues: Queues; readonly topics: Topics; readonly functions: LambdaFunctions;
    },
  ) {
    bus.onMatch = (event, target, rule) => this.deliver(event, target, rule);
  }

  private deliver(event: BusEvent, target: RuleTarget, rule: Rule): void {
    const input = inputOf(target, event, rule);
    const outcome = this.hand(input, target, rule);
    this.deliveries.push({
      ruleName: rule.name, targetId: target.Id, arn: target.Arn, eventId: event.id, input,
      outcome: hasFailed(outcome) ? this.keep(outcome, event, target, rule) : outcome,
    });
  }

  private hand(input: string, target: RuleTarget, rule: Rule): TargetDelivery['outcome'] {
    const { Arn: arn } = target;
    const { queues, topics, functions } = this.surroundings;
    const caller = callerFor(rule);
    switch (arn.split(':')[2]) {
      case 'sqs': return queues.sendAs(caller, arn, input);
      case 'sns': return topics.publishAs(caller, arn, { message: input }) ? 'delivered' : 'denied';
    }
    const payload = parsed(input);
    if (payload === undefined) return 'input is no JSON';
    const fn = arn.includes(':lambda:') ? functions.find(arn) : undefined;
    if (fn !== undefined && functions.canRun(fn)) {
      functions.invoke(fn, payload.value);
      return 'delivered';
    }
    return arn.includes(':stateMachine:')
      ? this.onStateMachine?.(arn, payload.value, target) ?? 'not rehearsed'
      : 'not rehearsed';
  }

  /** The dead-letter queue gets the event itself. */
  private keep(
    outcome: TargetDelivery['outcome'], event: BusEvent, { DeadLetterConfig }: RuleTarget, rule: Rule,
  ): TargetDelivery['outcome'] {
    if (DeadLetterConfig?.Arn === undefined) return outcome;
    const kept = this.surroundings.queues.sendAs(callerFor(rule), DeadLetterConfig.Arn, JSON.stringify(event));
    return kept === 'delivered' ? 'moved to the dead-letter queue' : outcome;
  }
}

function hasFailed(outcome: TargetDelivery['outcome']): boolean {
  return outcome !== 'delivered' && outcome !== 'not rehearsed';
}

function callerFor({ arn }: Rule) {
  return { service: 'events.amazonaws.com', sourceArn: arn };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
