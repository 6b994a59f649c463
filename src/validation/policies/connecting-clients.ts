import { RequestContext } from './condition-block';
import { startOf } from './device-resources';
import { Pattern, patternOf, STAR, tokensIn } from './pattern';
import { includes } from './pattern-inclusion';
import { arnPattern, tokens } from './resource-pattern';

/** A client that connects as a thing to which its certificate is not attached, or as no thing. */
export const STRANGER: RequestContext = { isAttached: false };

/** A client that connects as the thing to which its certificate is attached. */
export const ATTACHED: RequestContext = { isAttached: true };

const CLIENT = patternOf(startOf('client/'));
const ANY_CLIENT = arnPattern('iot', tokens('client/*'));

const [CLIENT_ID] = tokens('${iot:ClientId}');
const [THING_NAME] = tokens('${iot:Connection.Thing.ThingName}');

/**
 * What a pattern means for clients that connect: the resource of `iot:Connect` is the client's own id, so
 * `client/${iot:ClientId}` matches whatever id a client chooses, and `client/x-${iot:ClientId}` none.
 *
 * AWS tells two kinds of statements for attached clients apart, though they allow the same: `client/*`, and
 * `client/${iot:ClientId}`, which it calls compliant. So the latter stays as it is in an Allow, and so does what a Deny
 * excepts. A thing's name is the id of an attached client, and to a stranger it is not known.
 */
export function meaningForConnect({ isAttached }: RequestContext) {
  return (pattern: Pattern, effect: 'Allow' | 'Deny'): Pattern | undefined => {
    if (effect === 'Allow' && isAttached) return pattern;
    const own = isAttached ? [CLIENT_ID, THING_NAME] : [CLIENT_ID];
    if (!pattern.blocks.some((block) => block.some((letter) => own.includes(letter)))) return pattern;
    const written = tokensIn(pattern);
    const index = written.findIndex((token) => own.includes(token));
    const isOwnId = includes(patternOf(written.slice(0, index)), CLIENT)
      && written.slice(index + 1).every((token) => token === STAR);
    return isOwnId ? ANY_CLIENT : undefined;
  };
}
