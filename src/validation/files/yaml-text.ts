import { DEEPEST, ParsedText, tooDeep, UnreadableText } from './parsed-text';
import { TextLines } from './text-lines';
import { YamlLines } from './yaml-lines';
import { isJsonObject, Json, JsonObject } from '../templates/template';

type Yaml = typeof import('yaml');
type Node = import('yaml').Node | null;
type Document = import('yaml').Document.Parsed;

/** Limits that only hostile files reach; CloudFormation takes templates up to a megabyte. */
const LONGEST = 1_500_000;
const MOST_VALUES = 500_000;

/**
 * Reads a CloudFormation template in YAML, whose tags are the short forms of functions: `!Ref` and `!Sub` are taken for
 * `Ref` and `Fn::Sub`.
 *
 * Texts stay as they are written: a number is one only if JSON would write it the same way, so that an account id
 * keeps its zeros, and a version is no date. As in YAML 1.1, which CloudFormation reads, `yes` and `on` are booleans.
 * Of a key that is there twice, the last value counts, as it does at deployment.
 *
 * Aliases and merge keys, which CloudFormation refuses, are taken for what they stand for: tools that package templates
 * replace them.
 *
 * @throws UnreadableText
 */
export function readYaml(text: string): ParsedText {
  if (text.length > LONGEST) throw new UnreadableText(`it has more than ${LONGEST} characters in YAML`);
  const yaml = loadYaml();
  const { document, isFollowed } = withoutStackTraces(() => firstDocument(yaml, text));
  const [error] = document.errors;
  if (error) {
    const message = error.message.replace(/\s+/g, ' ').replace(/[.:]$/, '');
    throw new UnreadableText(`it is neither JSON nor YAML: ${message}`, new TextLines(text).lineAt(error.pos[0]));
  }
  const reader = new YamlReader(yaml, text);
  const json = reader.json(document.contents);
  return { json, isFollowed, lines: () => new YamlLines(yaml, text, document.contents, reader.anchors) };
}

/** Loaded with the first file in YAML: the plugin never needs it at synth. */
function loadYaml(): Yaml {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require('../../../assets/yaml/yaml.js') as Yaml;
}

/** The parser makes an error of every tag that it does not know, and their stack traces take most of its time. */
function withoutStackTraces<T>(work: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** The first document, and whether another one follows. */
function firstDocument(
  { Composer, isScalar, Lexer, Parser }: Yaml, text: string,
): { readonly document: Document; readonly isFollowed: boolean } {
  const parser = new Parser();
  function* tokens() {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      // What follows the parser works recursively.
      if (parser.stack.length > DEEPEST) throw tooDeep(new TextLines(text).lineAt(parser.offset));
    }
    yield* parser.end();
  }
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents = composer.compose(tokens(), true, text.length);
  const document = documents.next().value as Document;
  const next = (documents.next().value as Document | undefined)?.contents ?? null;
  return { document, isFollowed: next !== null && !(isScalar(next) && next.source === '') };
}

/** The JSON of a text, and the number of values in it, with those that stand behind aliases. */
interface Anchored {
  readonly json: Json;
  readonly size: number;
}

/** Makes JSON of a document. */
class YamlReader {
  /** The nodes with an anchor, by its name. */
  readonly anchors = new Map<string, Node>();

  private readonly anchored = new Map<string, Anchored>();
  private values = 0;

  constructor(private readonly yaml: Yaml, private readonly text: string) {}

  json(node: Node): Json {
    const before = this.values;
    this.count(1, node);
    const json = this.withFunction(node, this.untagged(node));
    const anchor = node && 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) {
      this.anchors.set(anchor, node);
      this.anchored.set(anchor, { json, size: this.values - before });
    }
    return json;
  }

  private untagged(node: Node): Json {
    const { isAlias, isMap, isScalar, isSeq } = this.yaml;
    if (isAlias(node)) return this.alias(node);
    if (isSeq(node)) return node.items.map((item) => this.json(item as Node));
    if (isMap(node)) return this.map(node);
    return isScalar(node) ? scalarOf(node) : null;
  }

  /** The value of an alias is shared, so a few lines of aliases may stand for more values than there is memory. */
  private alias(node: import('yaml').Alias): Json {
    const anchored = this.anchored.get(node.source);
    if (!anchored) throw this.unreadable(`the alias *${node.source} stands for nothing before it`, node);
    this.count(anchored.size, node);
    return anchored.json;
  }

  private map(node: import('yaml').YAMLMap): JsonObject {
    const own: [string, Json][] = [];
    const merged: JsonObject[] = [];
    for (const { key, value } of node.items) {
      const name = this.keyOf(key as Node);
      const json = this.json(value as Node);
      const sources = this.isMergeKey(key as Node) ? mappingsIn(json) : undefined;
      if (sources) merged.push(...sources);
      else own.push([name, json]);
    }
    // This defines properties and assigns none, so no key is special.
    return Object.fromEntries([...merged.reverse().flatMap((source) => Object.entries(source)), ...own]);
  }

  private keyOf(key: Node): string {
    if (this.yaml.isScalar(key) && key.anchor === undefined) return key.source ?? String(key.value ?? '');
    const json = this.json(key);
    if (typeof json === 'object' && json !== null) throw this.unreadable('it has a key that is no text', key);
    return String(json ?? '');
  }

  private isMergeKey(key: Node): boolean {
    return this.yaml.isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
  }

  /** The function that a tag is short for. */
  private withFunction(node: Node, json: Json): Json {
    const name = functionOf(node);
    if (name === undefined) return json;
    if (name === 'Fn::GetAtt' && typeof json === 'string' && json.includes('.')) {
      const dot = json.indexOf('.');
      return { [name]: [json.slice(0, dot), json.slice(dot + 1)] };
    }
    return { [name]: json };
  }

  private count(values: number, node: Node): void {
    this.values += values;
    if (this.values > MOST_VALUES) throw this.unreadable(`it stands for more than ${MOST_VALUES} values`, node);
  }

  private unreadable(reason: string, node: Node): UnreadableText {
    return new UnreadableText(reason, new TextLines(this.text).lineAt(node?.range?.[0] ?? 0));
  }
}

/** The mappings whose entries a merge key adds; `undefined` if its value cannot be merged. */
function mappingsIn(json: Json): readonly JsonObject[] | undefined {
  const sources = Array.isArray(json) ? json : [json];
  return sources.every(isJsonObject) ? sources : undefined;
}

/** The name of the function that the tag of a node is short for: `Fn::Sub` of `!Sub`. */
export function functionOf(node: Node): string | undefined {
  const tag = node && 'tag' in node ? node.tag : undefined;
  if (tag === undefined || !/^![^!]/.test(tag)) return undefined;
  const name = tag.slice(1);
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') ? name : `Fn::${name}`;
}

function scalarOf({ type, tag, source, value }: import('yaml').Scalar): Json {
  const text = source ?? String(value ?? '');
  const isText = type !== 'PLAIN' || (tag !== undefined && !/^tag:yaml.org,2002:(bool|float|int|null)$/.test(tag));
  if (isText) return text;
  if (/^(|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE|yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  if (/^(false|False|FALSE|no|No|NO|off|Off|OFF)$/.test(text)) return false;
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}
