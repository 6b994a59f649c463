import { MadeStatement } from './misconfiguration-by-enumeration';
import { SeededRandom } from '../../support/random';

const ACTIONS = [
  ['iot:Subscribe'], ['iot:Subscribe'], ['iot:Receive'], ['iot:Receive'], ['iot:Subscribe', 'iot:Receive'], ['iot:*'],
  ['iot:Sub*'], ['iot:receive'], ['iot:Publish'],
];
const LEVELS = ['a', 'b', 'a', 'b', '*', '*', '?', 'a*', '*b', '?b', '??'];
const MQTT_LEVELS = ['+', '#'];

/** Makes policies of few letters that allow and deny subscriptions and messages. */
export class MisconfigurationPolicies {
  constructor(private readonly random: SeededRandom) {}

  next(): MadeStatement[] {
    const { random } = this;
    const hasVariable = random.chance(0.25);
    const hasConditions = random.chance(0.2);
    const statements = [
      this.statement('Allow', ['iot:Subscribe'], 'topicfilter', hasVariable, hasConditions),
      this.statement('Deny', random.chance(0.8) ? ['iot:Subscribe'] : ['iot:*'], 'topicfilter', hasVariable, hasConditions),
      this.statement('Allow', ['iot:Receive'], 'topic', hasVariable, hasConditions),
    ];
    while (random.chance(0.6)) {
      const kind = random.pick(['topic', 'topicfilter']);
      const effect = random.pick(['Allow', 'Deny', 'Deny'] as const);
      statements.push(this.statement(effect, random.pick(ACTIONS), kind, hasVariable, hasConditions));
    }
    return statements;
  }

  private statement(
    effect: 'Allow' | 'Deny', actions: readonly string[], kind: string, hasVariable: boolean, hasConditions: boolean,
  ): MadeStatement {
    const { random } = this;
    const resources = Array.from({ length: 1 + random.below(2) }, () => this.resource(effect, kind, hasVariable));
    return {
      Effect: effect,
      Action: actions,
      ...random.chance(0.15) ? { NotResource: resources } : { Resource: resources },
      ...hasConditions && random.chance(0.5)
        ? { Condition: { Bool: { 'iot:Connection.Thing.IsAttached': random.pick(['true', 'false'] as const) } } } : {},
    };
  }

  private resource(effect: 'Allow' | 'Deny', kind: string, hasVariable: boolean): string {
    const { random } = this;
    if (random.chance(0.04)) return '*';
    const levels = Array.from({ length: 1 + random.below(3) }, (_, index) => {
      if (hasVariable && random.chance(0.3)) return '${iot:ClientId}';
      if (index === 0 && random.chance(0.05)) return '$aws';
      return random.chance(effect === 'Allow' ? 0.1 : 0.02) ? random.pick(MQTT_LEVELS) : random.pick(LEVELS);
    });
    return `arn:aws:iot:eu-west-1:123456789012:${kind}/${levels.join('/')}`;
  }
}
