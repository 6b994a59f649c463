import { Actions } from './action-list';
import { conditionHolds, Holds, RequestContext } from './condition-block';
import { Bound, Letter } from './pattern';
import { Statement } from './policy-document';
import { Element, element } from './policy-element';
import { resourcePattern } from './resource-pattern';
import { topicElement, WrittenTopicElement } from './topic-sets';

/** A statement of a policy, with the patterns of its actions and resources. Each is read once, for all checks. */
export class CompiledStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Actions;

  private readonly reach: Bound;
  private readResources?: Element;
  private topicsByPrefix?: Map<readonly Letter[], WrittenTopicElement>;
  private appliesByContext?: Map<RequestContext, boolean>;

  constructor(readonly statement: Statement, bound: Bound) {
    this.effect = statement.effect ?? (bound === Bound.MOST ? 'Allow' : 'Deny');
    // The more a Deny covers, the less is allowed.
    this.reach = (this.effect === 'Allow') === (bound === Bound.MOST) ? Bound.MOST : Bound.LEAST;
    this.actions = Actions.of(statement, this.reach);
  }

  /** Read when they are first asked for: many statements are about actions that no check looks at. */
  get resources(): Element {
    const { resources, notResources } = this.statement;
    return this.readResources ??= element(resources, notResources, this.reach, resourcePattern);
  }

  /** Its resources as they are about topics, or topic filters. */
  topicsBehind(prefix: readonly Letter[]): WrittenTopicElement {
    this.topicsByPrefix ??= new Map();
    let topics = this.topicsByPrefix.get(prefix);
    if (!topics) this.topicsByPrefix.set(prefix, topics = topicElement(prefix, this.resources));
    return topics;
  }

  /** True if its condition holds in a context, or may hold so that most or least is allowed. */
  appliesIn(context: RequestContext): boolean {
    if (this.statement.condition === undefined) return true;
    this.appliesByContext ??= new Map();
    let applies = this.appliesByContext.get(context);
    if (applies === undefined) {
      const holds = conditionHolds(this.statement.condition, this.effect, context);
      applies = holds === Holds.YES || (holds === Holds.DEPENDS && this.reach === Bound.MOST);
      this.appliesByContext.set(context, applies);
    }
    return applies;
  }
}
