import { ARN, LETTERS, Statement } from './policy-evaluator';
import { SeededRandom } from '../../support/random';

const ACTIONS = [
  'iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:GetThingShadow', 'iot:UpdateThingShadow',
  'iot:DeleteThingShadow', 'iot:UpdateJobExecution', 'iot:*', '*', 'iot:Pub*', 'iot:*ThingShadow', 'iot:?ublish', 'iot:*S*',
  'iot:*Job*', 'iot:C*', 'IOT:SUBSCRIBE',
];
const NAMES = ['*', '*', '*', '?*', '*?', '??', '*a', 'a*', '*a*', 'ab', '*b?', '?a', 'a?'];
const TOPICS = [
  'shadow/update', 'shadow/get/accepted', 'shadow/update/delta', 'shadow/name/:/update', 'shadow/name/:/get/rejected',
  'shadow/name/:/*', 'shadow/*', 'jobs/*', 'jobs/get', 'jobs/notify', 'jobs/:/update', 'jobs/:/get/accepted', 'jobs/:/*', '*',
  '*/update', '*/:/update',
];
const FILTERS = [...TOPICS, '#', 'shadow/#', '+/update', '+/+/update/#', 'shadow/+/:/update', '+/name/:/update', 'jobs/+/#'];

/** Makes policies at random whose statements have to do with each other. */
export function randomStatements(random: SeededRandom): Statement[] {
  const pool = Array.from({ length: 3 }, () => resource(random));
  const statement = (): Statement => {
    const Effect = random.chance(0.6) ? 'Allow' : 'Deny';
    const actions = some(random, () => random.pick(ACTIONS));
    const resources = some(random, () => random.chance(0.4) ? random.pick(pool) : varied(resource(random), random));
    return {
      Effect,
      ...random.chance(0.15) ? { NotAction: actions } : { Action: actions },
      ...random.chance(0.3) ? { NotResource: resources } : { Resource: resources },
    };
  };
  return Array.from({ length: 1 + random.below(4) }, statement);
}

function some<T>(random: SeededRandom, make: () => T): T[] {
  return Array.from({ length: 1 + random.below(random.chance(0.3) ? 4 : 2) }, make);
}

function resource(random: SeededRandom): string {
  const name = nameOf(random);
  const filled = (topics: readonly string[]) => random.pick(topics).replace(':', () => nameOf(random));
  return random.pick([
    () => '*',
    () => `${ARN}*`,
    () => `${ARN}client/${name}`,
    () => `${ARN}thing/${name}`,
    () => `${ARN}thing/${name}/${nameOf(random)}`,
    ...Array.from({ length: 3 }, () => () => `${ARN}topic/$aws/things/${name}/${filled(TOPICS)}`),
    ...Array.from({ length: 3 }, () => () =>
      `${ARN}topicfilter/$aws/${random.pick(['things', 'things', '+'])}/${random.pick([name, name, '+'])}/${filled(FILTERS)}`),
    () => `${ARN}topic*/$aws/*`,
  ])();
}

function nameOf(random: SeededRandom): string {
  return random.chance(0.7) ? random.pick(NAMES)
    : Array.from({ length: 1 + random.below(2) }, () => random.pick([...LETTERS, '*', '?'])).join('');
}

/** A pattern, or what is left if a wildcard takes the place of a part of it, behind the kind of resource. */
function varied(pattern: string, random: SeededRandom): string {
  const first = pattern.indexOf('/') + 1;
  if (random.chance(0.5) || first === 0 || first === pattern.length) return pattern;
  const start = first + random.below(pattern.length - first);
  return random.chance(0.2) ? `${pattern.slice(0, start)}?${pattern.slice(start + 1)}`
    : `${pattern.slice(0, start)}*${pattern.slice(start + random.below(random.chance(0.5) ? 20 : 4))}`;
}
