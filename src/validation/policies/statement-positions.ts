import { Actions } from './action-list';

/** The positions in a policy of the statements that are for an action. */
export interface Positions {
  readonly allowing: readonly number[];
  readonly denying: readonly number[];
}

/** A statement, as far as it is about actions. */
interface StatementOnActions {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Actions;
}

/**
 * Tells which statements of a policy are for an action. Results are remembered, since most policies have the same lists
 * of actions in the same order as others, on other resources.
 */
export class StatementPositions {
  static of(statements: readonly StatementOnActions[]): StatementPositions {
    let key = '';
    for (const { effect, actions } of statements) {
      if (actions.number === undefined) return new StatementPositions(statements);
      key += `${effect === 'Allow' ? '+' : '-'}${actions.number}`;
    }
    let found = known.get(key);
    if (!found) {
      found = new StatementPositions(statements.map(({ effect, actions }) => ({ effect, actions })));
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(key, found);
    }
    return found;
  }

  private readonly byAction = new Map<string, Positions>();
  private readonly allowedByList = new Map<readonly string[], readonly string[]>();

  private constructor(private readonly statements: readonly StatementOnActions[]) {}

  for(action: string): Positions {
    let found = this.byAction.get(action);
    if (!found) {
      found = this.find(action.toLowerCase());
      if (this.byAction.size < MOST_ACTIONS) this.byAction.set(action, found);
    }
    return found;
  }

  /** @param actions a list that lives as long as the program, since the result is remembered for it */
  allowed(actions: readonly string[]): readonly string[] {
    let found = this.allowedByList.get(actions);
    if (!found) {
      found = actions.filter((action) => this.for(action).allowing.length > 0);
      this.allowedByList.set(actions, found);
    }
    return found;
  }

  private find(action: string): Positions {
    const positions = (wanted: 'Allow' | 'Deny') => [...this.statements.keys()].filter((position) =>
      this.statements[position].effect === wanted && this.statements[position].actions.include(action));
    return { allowing: positions('Allow'), denying: positions('Deny') };
  }
}

const known = new Map<string, StatementPositions>();
const MOST_REMEMBERED = 200;
const MOST_ACTIONS = 1_000;
