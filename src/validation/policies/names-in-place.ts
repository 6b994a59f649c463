import { mapped } from '../lists';
import { Atom, Text, textOf, TextPart, Unknown, Value } from '../templates/value';

/** An ARN up to its resource. Wildcards may stand for the partition, the region and the account. */
const HEADER = /^arn:[^:/]*:([a-z0-9-]+):[^:/]*:[^:/]*:/;

/** The kind of a resource of AWS IoT. */
const KIND = /^([a-z]+)\//;
const TOPICS = new Set(['topic', 'topicfilter']);

/** The beginnings of topics with `$` behind which a name makes no other kind of topic of them. */
const RESERVED = /^\$(?:aws\/(?:(?:commands\/)?things|rules|provisioning-templates)\/|share\/)/;
const POLICY_VARIABLE = /\$\{[^{}]*\}/g;
const UNFINISHED_VARIABLE = /\$(?:\{[^{}]*)?$/;

/** Characters that mean something in the name of a client or a thing. In topics, `+` and `#` do, too. */
const IN_NAMES = '*?$"\\';

/**
 * Takes unknown texts in a resource of a policy for names, where they can be nothing else: they hold no special
 * character, and stand where no other text would change what the resource is about. In `topic/$aws/${Name}/*` or
 * `${Kind}/*`, another text would.
 *
 * @param withTopics false if names in topics are left alone
 */
export function nameInPlace(resource: Value, withTopics: boolean): Value {
  if (!(resource instanceof Text)) return resource;
  const isWritten = !resource.parts.some(isUnfinished);
  if (isWritten && !resource.parts.some((part) => part instanceof Unknown)) return resource;
  const parts = isWritten ? resource.parts : withoutUnfinishedVariables(resource.parts);
  let before = '';
  return textOf(mapped(parts, (part): TextPart => {
    const isName = part instanceof Unknown && part.identity !== undefined
      && isInPlace(before, part.specials, withTopics);
    before += typeof part === 'string' ? part : part instanceof Unknown && !isName ? '*' : 'name';
    return isName ? new Atom(part.identity!.replaceAll('\n', ' ')) : part;
  }));
}

function isInPlace(before: string, specials: string, withTopics: boolean): boolean {
  const header = HEADER.exec(before);
  if (!header || holdsAny(specials, IN_NAMES)) return false;
  const rest = before.slice(header[0].length).replace(POLICY_VARIABLE, 'name');
  if (holdsAny(rest, '*?')) return false;
  if (header[1] !== 'iot') return true;
  const kind = KIND.exec(rest)?.[1];
  if (kind === undefined || !TOPICS.has(kind)) return kind !== undefined;
  const topic = rest.slice(kind.length + 1);
  return withTopics && !holdsAny(specials + topic, '+#') && (!topic.startsWith('$') || RESERVED.test(topic));
}

function holdsAny(text: string, characters: string): boolean {
  return [...characters].some((character) => text.includes(character));
}

function isUnfinished(part: TextPart, index: number, parts: readonly TextPart[]): boolean {
  return typeof part === 'string' && index < parts.length - 1 && part.includes('$') && UNFINISHED_VARIABLE.test(part);
}

/** Makes a policy variable with an unknown name, as in `${iot:${Name}}`, unknown as a whole. */
function withoutUnfinishedVariables(parts: readonly TextPart[]): readonly TextPart[] {
  const kept: TextPart[] = [];
  let isOpen = false;
  for (const [index, part] of parts.entries()) {
    const end = isOpen && typeof part === 'string' ? part.indexOf('}') : -1;
    if (isOpen && end === -1) continue;
    isOpen = isUnfinished(part, index, parts);
    const text = typeof part === 'string' ? part.slice(end + 1) : part;
    kept.push(isOpen && typeof text === 'string' ? text.replace(UNFINISHED_VARIABLE, '') : text);
    if (isOpen) kept.push(new Unknown('a policy variable whose name is only known at deployment'));
  }
  return kept;
}
