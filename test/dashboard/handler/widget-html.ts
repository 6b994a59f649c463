/** An element, in the order of the beginnings of elements. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: Record<string, string>;

  /** All text in it. */
  text: string;
}

/** What a widget may consist of, with the attributes that each may have. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'a': ['class', 'href', 'target', 'rel'],
  'br': [],
  'cwdb-action': ['action', 'display', 'endpoint'],
  'div': ['class'],
  'h3': ['class'],
  'h4': [],
  'p': ['class'],
  'span': ['class', 'style'],
  'style': [],
  'table': [],
  'tbody': [],
  'td': ['class'],
  'th': ['class'],
  'thead': [],
  'tr': [],
};

const TAG = /<(\/?)([a-z][a-z0-9-]*)((?: [a-z]+="[^"<>]*")*)>/y;
const TEXT = /[^<>]+/y;

/** The characters of HTML that a text can stand for. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': '\'', '&#96;': '`',
};

/**
 * Reads HTML by a grammar that is stricter than HTML's own, so that no reader can see in it what this one does not:
 * each angle bracket belongs to a tag that is allowed, each attribute is quoted and allowed, each ampersand begins an
 * entity, each element is closed, and no character is invisible.
 *
 * @throws if it is anything else
 */
export function elementsOf(html: string): HtmlElement[] {
  const elements: HtmlElement[] = [];
  const open: HtmlElement[] = [];
  for (let at = 0; at < html.length;) {
    TAG.lastIndex = TEXT.lastIndex = at;
    const tag = TAG.exec(html);
    const text = tag ? undefined : TEXT.exec(html)?.[0];
    if (!tag && text === undefined) throw new Error(`not HTML of a widget: ${html.slice(at, at + 80)}`);
    if (tag) {
      takeTag(tag, elements, open);
      at += tag[0].length;
    } else {
      requireInert(text!);
      open.forEach((element) => element.text += unescaped(text!));
      at += text!.length;
    }
  }
  if (open.length > 0) throw new Error(`not closed: ${open.map(({ name }) => name).join(', ')}`);
  return elements;
}

function takeTag([, slash, name, attributes]: RegExpExecArray, elements: HtmlElement[], open: HtmlElement[]): void {
  if (!Object.hasOwn(ALLOWED, name)) throw new Error(`not allowed: ${name}`);
  if (slash) {
    const last = open.pop();
    if (last?.name !== name || attributes) throw new Error(`closes no element: ${name}`);
    return;
  }
  const element: HtmlElement = { name, attributes: attributesOf(name, attributes), text: '' };
  elements.push(element);
  if (name !== 'br') open.push(element);
}

function attributesOf(name: string, text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, attribute, value]) => {
    if (!ALLOWED[name].includes(attribute)) throw new Error(`not allowed: ${name} with ${attribute}`);
    requireInert(value);
    return [attribute, unescaped(value)];
  }));
}

function requireInert(text: string): void {
  const odd = text.replaceAll('\n', '').match(/\p{C}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/u)?.[0];
  if (odd !== undefined) throw new Error(`invisible: ${odd.codePointAt(0)!.toString(16)}`);
  const [ampersand] = text.replace(/&(amp|lt|gt|quot|#39|#96);/g, '').match(/&.{0,10}/s) ?? [];
  if (ampersand !== undefined) throw new Error(`not an entity: ${ampersand}`);
}

function unescaped(text: string): string {
  return text.replace(/&[^;]+;/g, (entity) => ENTITIES[entity]);
}

/** What people can read of a piece of HTML: actions and style are left out, and a break is a line end. */
export function textOf(html: string): string {
  const readable = html.replace(/<(cwdb-action|style).*?<\/\1>/gs, '').replaceAll('<br>', '\n');
  return unescaped(readable.replace(/<[^>]*>/g, ''));
}
