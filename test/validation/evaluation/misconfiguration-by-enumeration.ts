/** A statement of a policy as the evaluation makes it. */
export interface MadeStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: { readonly Bool: { readonly 'iot:Connection.Thing.IsAttached': 'true' | 'false' } };
}

/** What a policy turns out to be, for all clients, for some, or for none. */
export enum Bypassed {
  ALWAYS = 'non-compliant',
  SOMETIMES = 'cannot be decided',
  NEVER = 'compliant',
}

const ARN = 'arn:aws:iot:eu-west-1:123456789012:';
const VARIABLE = '${iot:ClientId}';

/** The name of a client that no policy spells out, in no part. */
export const NAMELESS = 'nameless';

/** Names of clients. */
const CLIENTS = ['a', 'b', 'o', 'ab', 'ba'];

const WORDS = ['', ...CLIENTS, NAMELESS];
const FIRST_WORDS = [...WORDS, '$aws'];

/** All topics of up to three levels that are made of some words, and all filters of MQTT with wildcards for them. */
const TOPICS = [
  ...FIRST_WORDS, ...joined(FIRST_WORDS, WORDS), ...joined(joined(FIRST_WORDS, WORDS), WORDS),
].filter((topic) => topic !== '' && topic !== '$aws');
const FILTERS = [
  ...[...FIRST_WORDS, '+'],
  ...joined([...FIRST_WORDS, '+'], [...WORDS, '+']),
  ...joined(joined([...FIRST_WORDS, '+'], [...WORDS, '+']), [...WORDS, '+']),
].flatMap((filter) => [filter, ...filter.split('/').length < 3 ? [`${filter}/#`] : []]).concat('#')
  .filter((filter) => /[+#]/.test(filter));

/** The filters that select each topic. */
const SELECTING = TOPICS.map((topic) => FILTERS.flatMap((filter, index) => selects(filter, topic) ? [index] : []));

function joined(beginnings: readonly string[], words: readonly string[]): string[] {
  return beginnings.flatMap((beginning) => words.map((word) => `${beginning}/${word}`));
}

/** True if a filter selects a topic. As AWS IoT does it: the level above `#` is not selected. */
export function selects(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  const isOpen = wanted[wanted.length - 1] === '#';
  if (isOpen ? levels.length < wanted.length : levels.length !== wanted.length) return false;
  return wanted.every((level, index) => level === '#' || level === '+' || level === levels[index]);
}

/** True if a policy's pattern matches a text: `*` stands for any characters, `?` for one. */
export function matches(pattern: string, text: string, from = 0, at = 0): boolean {
  if (from === pattern.length) return at === text.length;
  if (pattern[from] !== '*') {
    return at < text.length && (pattern[from] === '?' || pattern[from] === text[at])
      && matches(pattern, text, from + 1, at + 1);
  }
  if (from === pattern.length - 1) return true;
  for (let rest = at; rest <= text.length; rest++) if (matches(pattern, text, from + 1, rest)) return true;
  return false;
}

/** True if one of the statements has MQTT wildcards in what it denies. */
export function deniesMqttWildcards(statements: readonly MadeStatement[]): boolean {
  return statements.some(({ Effect, Resource = [], NotResource = [] }) =>
    Effect === 'Deny' && [...Resource, ...NotResource].some((resource) => /[+#]/.test(resource)));
}

/** Tries all filters and topics, for clients of several names whose certificate is attached or not. */
export function bypassed(statements: readonly MadeStatement[]): Bypassed {
  if (isBypassed(statements, NAMELESS)) return Bypassed.ALWAYS;
  const hasVariable = JSON.stringify(statements).includes(VARIABLE);
  return hasVariable && CLIENTS.some((client) => isBypassed(statements, client)) ? Bypassed.SOMETIMES : Bypassed.NEVER;
}

function isBypassed(statements: readonly MadeStatement[], client: string): boolean {
  return inSomeState(statements, client, (acting) =>
    denialsIn(acting).some((denial) => isDenialBypassed(acting, covered(denial, 'topicfilter/', TOPICS))));
}

function isDenialBypassed(statements: readonly MadeStatement[], denied: Uint8Array): boolean {
  const filters = allowed(statements, 'iot:Subscribe', 'topicfilter/', FILTERS);
  const receivable = allowed(statements, 'iot:Receive', 'topic/', TOPICS);
  return SELECTING.some((selecting, topic) => denied[topic] && receivable[topic]
    && selecting.some((filter) => filters[filter]));
}

/** True if a client may subscribe to a filter that brings a topic which a statement denies. */
export function confirms(
  statements: readonly MadeStatement[], filter: string, topic: string, client: string = NAMELESS,
): boolean {
  const [namedFilter, namedTopic] = [filter, topic].map((text) => text.replaceAll(VARIABLE, client));
  return /(^|\/)[+#](\/|$)/.test(filter) && selects(namedFilter, namedTopic) && inSomeState(statements, client, (acting) =>
    allowed(acting, 'iot:Subscribe', 'topicfilter/', [namedFilter])[0] === 1
    && allowed(acting, 'iot:Receive', 'topic/', [namedTopic])[0] === 1
    && denialsIn(acting).some((denial) => covered(denial, 'topicfilter/', [namedTopic])[0] === 1));
}

/** Tries a client whose certificate is attached to a thing, and one whose is not. */
function inSomeState(
  statements: readonly MadeStatement[], client: string, test: (acting: readonly MadeStatement[]) => boolean,
): boolean {
  const named = statements.map((statement) => withClient(statement, client));
  const states = statements.some(({ Condition }) => Condition) ? ['true', 'false'] : ['true'];
  return states.some((attached) => test(named
    .filter(({ Condition }) => !Condition || Condition.Bool['iot:Connection.Thing.IsAttached'] === attached)));
}

function denialsIn(statements: readonly MadeStatement[]): MadeStatement[] {
  return statements.filter((statement) => statement.Effect === 'Deny' && isAbout(statement, 'iot:Subscribe'));
}

function withClient(statement: MadeStatement, client: string): MadeStatement {
  const named = (resources?: readonly string[]) => resources?.map((each) => each.replaceAll(VARIABLE, client));
  return { ...statement, Resource: named(statement.Resource), NotResource: named(statement.NotResource) };
}

function isAbout({ Action }: MadeStatement, action: string): boolean {
  return Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

/** Marks the texts that are allowed and not denied. */
function allowed(
  statements: readonly MadeStatement[], action: string, kind: string, texts: readonly string[],
): Uint8Array {
  const marks = new Uint8Array(texts.length);
  const about = statements.filter((statement) => isAbout(statement, action));
  for (const effect of ['Allow', 'Deny']) {
    for (const statement of about.filter(({ Effect }) => Effect === effect)) {
      const marked = covered(statement, kind, texts);
      for (let index = 0; index < texts.length; index++) if (marked[index]) marks[index] = effect === 'Allow' ? 1 : 0;
    }
  }
  return marks;
}

/** Marks the texts that a statement is about. */
function covered({ Resource, NotResource = [] }: MadeStatement, kind: string, texts: readonly string[]): Uint8Array {
  const all = (Resource ?? NotResource).map((pattern) => matchedBy(pattern, kind, texts));
  const marks = new Uint8Array(texts.length);
  for (let index = 0; index < texts.length; index++) {
    marks[index] = all.some((each) => each[index] === 1) === (Resource !== undefined) ? 1 : 0;
  }
  return marks;
}

const known = new Map<readonly string[], Map<string, Uint8Array>>();

function matchedBy(pattern: string, kind: string, texts: readonly string[]): Uint8Array {
  const start = ARN + kind;
  const rest = pattern.startsWith(start) ? pattern.slice(start.length) : undefined;
  const find = () => Uint8Array.from(texts, (text) =>
    (rest === undefined ? pattern === '*' || matches(pattern, start + text) : matches(rest, text)) ? 1 : 0);
  if (texts.length === 1) return find();
  const byPattern = known.get(texts) ?? new Map<string, Uint8Array>();
  known.set(texts, byPattern);
  const found = byPattern.get(kind + pattern) ?? find();
  byPattern.set(kind + pattern, found);
  return found;
}
