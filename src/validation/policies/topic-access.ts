import { CompiledStatement } from './compiled-statement';
import { RequestContext } from './condition-block';
import { Letter, Pattern } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { Permissions } from './permissions';
import { Statement } from './policy-document';
import { arnTokens } from './resource-pattern';
import { Budget } from './topic-automaton';
import { Bypass, findBypass, Subscriptions } from './topic-bypass';
import { TopicElement, TopicSet } from './topic-sets';
import { TopicValues, valuesThatMatter, withValues } from './topic-values';
import { joined, mapped } from '../lists';
import { display, Value } from '../templates/value';

export const SUBSCRIBE = 'iot:Subscribe';
export const RECEIVE = 'iot:Receive';

const FILTER = arnTokens('iot', [...'topicfilter/']) as Letter[];
const TOPIC = arnTokens('iot', [...'topic/']) as Letter[];

/** A resource that a statement denies a subscription to, though another subscription brings its messages. */
export interface DeniedInVain {
  readonly statement: Statement;

  /** The resource, as the policy writes it; `undefined` if it is all but those that the statement lists. */
  readonly resource?: string;
  readonly bypass: Bypass;

  /** Values of policy variables that it takes; none if it is so for values that no other statement spells out. */
  readonly values: TopicValues;
}

/** A resource that a statement denies a subscription to, as it is about filters. */
interface DeniedResource {
  readonly resource?: Value;
  readonly element: TopicElement;
}

/** What statements of a policy are about. */
interface Elements {
  readonly subscribing: readonly TopicElement[];
  readonly notSubscribing: readonly TopicElement[];
  readonly receiving: readonly TopicElement[];
}

/** The filters that clients may subscribe to, and the topics of which they may receive messages. */
export class TopicAccess {
  private readonly notReceiving: readonly TopicElement[];
  private readElements?: Elements;
  private sets?: Omit<Subscriptions, 'denied'>;

  constructor(
    private readonly permissions: Permissions, private readonly context: RequestContext,
    private readonly budget: Budget,
  ) {
    this.notReceiving = elements(TOPIC, permissions.denying(RECEIVE, context));
  }

  /** What statements that deny to receive do not deny, of what a statement denies a subscription to: mostly nothing. */
  stillReceived(denial: CompiledStatement): readonly DeniedResource[] {
    return deniedBy(denial).filter(({ element: { not, topics } }) =>
      not || !topics.every((each) => this.isReceiveDenied(each)));
  }

  /** The resources, of those that are still received, that are denied in vain, whatever the values of variables. */
  deniedInVain({ statement }: CompiledStatement, stillReceived: readonly DeniedResource[]): DeniedInVain[] {
    if (stillReceived.length === 0 || !this.isAnythingAllowed) return [];
    return stillReceived.flatMap(({ resource, element }) => {
      if (!this.mayBeReceived(element)) return [];
      this.sets ??= this.setsWith();
      const bypass = this.bypassOf(element, this.sets);
      return bypass ? [{ statement, resource: written(resource), bypass, values: NO_VALUES }] : [];
    });
  }

  /** The first of them that is denied in vain with some values of policy variables. */
  deniedInVainWithValues(
    { statement }: CompiledStatement, stillReceived: readonly DeniedResource[],
  ): DeniedInVain | undefined {
    if (stillReceived.length === 0 || !this.isAnythingAllowed) return undefined;
    const { subscribing, notSubscribing, receiving } = this.elements;
    const all = [
      ...subscribing, ...notSubscribing, ...receiving, ...this.notReceiving,
      ...stillReceived.map(({ element }) => element),
    ];
    for (const values of valuesThatMatter(all.flatMap(({ topics }) => topics))) {
      const sets = this.setsWith(values);
      for (const { resource, element } of stillReceived) {
        const bypass = this.bypassOf(elementWith(values, element), sets);
        if (bypass) return { statement, resource: written(resource), bypass, values };
      }
    }
    return undefined;
  }

  /** Read when something is still received, which is rare: policies that deny Subscribe deny Receive as well. */
  private get elements(): Elements {
    const { context, permissions } = this;
    return this.readElements ??= {
      subscribing: elements(FILTER, permissions.allowing(SUBSCRIBE, context)),
      notSubscribing: elements(FILTER, permissions.denying(SUBSCRIBE, context)),
      receiving: elements(TOPIC, permissions.allowing(RECEIVE, context)),
    };
  }

  private get isAnythingAllowed(): boolean {
    return this.elements.subscribing.length > 0 && this.elements.receiving.length > 0;
  }

  /** Cheap test before sets are made. */
  private mayBeReceived({ not, topics }: TopicElement): boolean {
    return not || topics.some((topic) => !this.isReceiveDenied(topic) && this.elements.receiving.some((element) =>
      element.not || element.topics.some((each) => intersects(each, topic))));
  }

  /** True if one statement denies to receive all topics of a pattern, whatever the values of policy variables. */
  private isReceiveDenied(topics: Pattern): boolean {
    return this.notReceiving.some((element) => !element.not && element.topics.some((each) => includes(each, topics)));
  }

  private setsWith(values: TopicValues = NO_VALUES): Omit<Subscriptions, 'denied'> {
    const { subscribing, notSubscribing, receiving } = this.elements;
    const read = (some: readonly TopicElement[]) => some.map((element) => elementWith(values, element));
    return {
      filters: new TopicSet(read(subscribing), read(notSubscribing), this.budget),
      receivable: new TopicSet(read(receiving), read(this.notReceiving), this.budget),
    };
  }

  private bypassOf(denied: TopicElement, sets: Omit<Subscriptions, 'denied'>): Bypass | undefined {
    return findBypass({ ...sets, denied: new TopicSet([denied], [], this.budget) }, this.budget);
  }
}

const NO_VALUES: TopicValues = new Map();

/** What a statement denies a subscription to: each of its resources, or all but those that it lists. */
function deniedBy(denial: CompiledStatement): DeniedResource[] {
  const element = denial.topicsBehind(FILTER);
  if (element.not) return [{ element }];
  return joined(element.ofResources, (topics, index) =>
    topics.length === 0 ? [] : [{ resource: denial.resources.values[index], element: { not: false, topics } }]);
}

function written(resource: Value): string | undefined {
  return resource === undefined ? undefined : display(resource);
}

function elements(prefix: readonly Letter[], statements: readonly CompiledStatement[]): TopicElement[] {
  return mapped(statements, (statement) => statement.topicsBehind(prefix));
}

function elementWith(values: TopicValues, { not, topics }: TopicElement): TopicElement {
  return values.size === 0 ? { not, topics } : { not, topics: topics.map((each): Pattern => withValues(each, values)) };
}
