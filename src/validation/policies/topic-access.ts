import { RequestContext } from './condition-block';
import { Letter, Pattern } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { CompiledStatement, Permissions } from './permissions';
import { Statement } from './policy-document';
import { arnTokens } from './resource-pattern';
import { Budget } from './topic-automaton';
import { Bypass, findBypass, Subscriptions } from './topic-bypass';
import { TopicElement, topicElement, TopicSet, topicsIn } from './topic-sets';
import { TopicValues, valuesThatMatter, withValues } from './topic-values';
import { display } from '../templates/value';

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

/** The filters that clients may subscribe to, and the topics of which they may receive messages. */
export class TopicAccess {
  private readonly subscribing: readonly TopicElement[];
  private readonly notSubscribing: readonly TopicElement[];
  private readonly receiving: readonly TopicElement[];
  private readonly notReceiving: readonly TopicElement[];
  private sets?: Omit<Subscriptions, 'denied'>;

  constructor(permissions: Permissions, context: RequestContext, private readonly budget: Budget) {
    this.subscribing = elements(FILTER, permissions.allowing(SUBSCRIBE, context));
    this.notSubscribing = elements(FILTER, permissions.denying(SUBSCRIBE, context));
    this.receiving = elements(TOPIC, permissions.allowing(RECEIVE, context));
    this.notReceiving = elements(TOPIC, permissions.denying(RECEIVE, context));
  }

  /** The resources that a statement denies in vain, whatever the values of policy variables. */
  deniedInVain(denial: CompiledStatement): DeniedInVain[] {
    if (this.subscribing.length === 0 || this.receiving.length === 0) return [];
    return deniedBy(denial).flatMap(({ resource, element }) => {
      if (!this.mayBeReceived(element)) return [];
      this.sets ??= this.setsWith();
      const bypass = this.bypassOf(element, this.sets);
      return bypass ? [{ statement: denial.statement, resource, bypass, values: NO_VALUES }] : [];
    });
  }

  /** The first resource that a statement denies in vain with some values of policy variables. */
  deniedInVainWithValues(denial: CompiledStatement): DeniedInVain | undefined {
    if (this.subscribing.length === 0 || this.receiving.length === 0) return undefined;
    const denied = deniedBy(denial).filter(({ element: { not, topics } }) =>
      not || !topics.every((each) => this.isReceiveDenied(each)));
    if (denied.length === 0) return undefined;
    const all = [
      ...this.subscribing, ...this.notSubscribing, ...this.receiving, ...this.notReceiving,
      ...denied.map(({ element }) => element),
    ];
    for (const values of valuesThatMatter(all.flatMap(({ topics }) => topics))) {
      const sets = this.setsWith(values);
      for (const { resource, element } of denied) {
        const bypass = this.bypassOf(elementWith(values, element), sets);
        if (bypass) return { statement: denial.statement, resource, bypass, values };
      }
    }
    return undefined;
  }

  /** Cheap test, which most policies do not pass, since those that deny Subscribe deny Receive as well. */
  private mayBeReceived({ not, topics }: TopicElement): boolean {
    return not || topics.some((topic) => !this.isReceiveDenied(topic) && this.receiving.some((element) =>
      element.not || element.topics.some((each) => intersects(each, topic))));
  }

  /** True if one statement denies to receive all topics of a pattern, whatever the values of policy variables. */
  private isReceiveDenied(topics: Pattern): boolean {
    return this.notReceiving.some((element) => !element.not && element.topics.some((each) => includes(each, topics)));
  }

  private setsWith(values: TopicValues = NO_VALUES): Omit<Subscriptions, 'denied'> {
    const read = (some: readonly TopicElement[]) => some.map((element) => elementWith(values, element));
    return {
      filters: new TopicSet(read(this.subscribing), read(this.notSubscribing), this.budget),
      receivable: new TopicSet(read(this.receiving), read(this.notReceiving), this.budget),
    };
  }

  private bypassOf(denied: TopicElement, sets: Omit<Subscriptions, 'denied'>): Bypass | undefined {
    return findBypass({ ...sets, denied: new TopicSet([denied], [], this.budget) }, this.budget);
  }
}

const NO_VALUES: TopicValues = new Map();

/** What a statement denies a subscription to: each of its resources, or all but those that it lists. */
function deniedBy({ resources }: CompiledStatement): { resource?: string; element: TopicElement }[] {
  if (resources.not) return [{ element: topicElement(FILTER, resources) }];
  return resources.patterns.map((pattern, index) => ({
    resource: display(resources.values[index]), element: { not: false, topics: topicsIn(FILTER, pattern) },
  })).filter(({ element }) => element.topics.length > 0);
}

function elements(prefix: readonly Letter[], statements: readonly CompiledStatement[]): TopicElement[] {
  return statements.map(({ resources }) => topicElement(prefix, resources));
}

function elementWith(values: TopicValues, { not, topics }: TopicElement): TopicElement {
  return values.size === 0 ? { not, topics } : { not, topics: topics.map((each): Pattern => withValues(each, values)) };
}
