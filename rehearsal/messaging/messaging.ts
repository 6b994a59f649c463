import { EventBus } from './event-bus';
import { EventSourceMappings } from './event-source-mappings';
import { EventTargets } from './event-targets';
import type { QueuedMessage } from './queue';
import { Queues } from './queues';
import { Topics } from './topics';
import type { Place } from '../cloudformation/generic-resources';
import type { Clock } from '../device-defender/clock';
import type { DeployedFunction } from '../functions/function-process';
import type { LambdaFunctions } from '../functions/lambda-functions';
import type { VirtualTime } from '../services/virtual-time';

export interface MessagingSurroundings {
  readonly bus: EventBus;
  readonly functions: LambdaFunctions;
  readonly place: Place;
  readonly clock: Clock;
  readonly time: VirtualTime | undefined;
  readonly reasonToDeny: (fn: DeployedFunction, action: string, resource: string) => string | undefined;
}

/** What carries messages in an account: topics, queues, the default bus, and Lambda's reading of queues. */
export class Messaging {
  readonly queues: Queues;
  readonly topics: Topics;
  readonly bus: EventBus;
  readonly targets: EventTargets;
  readonly mappings: EventSourceMappings;

  constructor({ bus, functions, place, clock: systemClock, time, reasonToDeny }: MessagingSurroundings) {
    const clock: Clock = time ?? systemClock;
    this.queues = new Queues(clock);
    this.topics = new Topics(this.queues, clock);
    this.bus = bus;
    bus.place = place;
    this.targets = new EventTargets(bus, { queues: this.queues, topics: this.topics, functions });
    this.topics.onFunction = (arn, event) => {
      const fn = functions.find(arn);
      if (fn !== undefined && functions.canRun(fn)) functions.invoke(fn, event);
    };
    this.mappings = new EventSourceMappings({
      queues: this.queues, functions, clock, region: place.region, reasonToDeny, isVirtual: time !== undefined,
      nudge: () => void time?.during(async () => undefined),
    });
  }

  /** Messages in queues that are another queue's dead-letter queue. */
  get deadLetters(): QueuedMessage[] {
    const { queues } = this;
    return queues.all.filter(({ arn }) => queues.isDeadLetterQueue(arn)).flatMap((queue) => queue.inspect());
  }

  /** Ends everything that waits for time to pass. */
  stop(): void {
    this.mappings.stop();
  }
}
