import { Document, isMap, isScalar, isSeq, Node, visit, YAMLMap } from 'yaml';

/** Ways to write a template in YAML. */
export interface YamlStyle {
  /** True to write functions with tags: `!Ref` for `Ref`. */
  readonly isShort: boolean;

  /** True to write all in one line, as JSON does. */
  readonly isFlow: boolean;
}

/** Writes JSON in YAML, as a version of YAML that quotes what CloudFormation would take for no text. */
export function writtenInYaml(json: unknown, { isShort, isFlow }: YamlStyle): string {
  const document = new Document(json, { version: '1.1', schema: 'core', aliasDuplicateObjects: false });
  document.directives!.yaml.explicit = false;
  if (isShort) document.contents = shortened(document, document.contents) as typeof document.contents;
  if (isFlow) visit(document, { Collection: (_, node) => { node.flow = true; } });
  return document.toString({ collectionStyle: isFlow ? 'flow' : 'block', lineWidth: isFlow ? 0 : 80 });
}

/** Replaces functions by tags, from the inside. A value that has a tag cannot get another one. */
function shortened(document: Document, node: unknown): unknown {
  if (isSeq(node)) node.items = node.items.map((item) => shortened(document, item));
  if (!isMap(node)) return node;
  for (const pair of node.items) pair.value = shortened(document, pair.value);
  const name = functionOf(node);
  if (name === undefined) return node;
  const value = node.items[0].value as Node & { tag?: string };
  if (name === 'GetAtt' && isSeq(value) && value.items.length === 2 && value.items.every((item) =>
    isScalar(item) && typeof item.value === 'string' && !item.value.includes('.') && item.value !== '')) {
    const dotted = document.createNode(value.items.map((item) => (item as { value: unknown }).value).join('.'));
    dotted.tag = '!GetAtt';
    return dotted;
  }
  value.tag = `!${name}`;
  return value;
}

/** The function that is the only key of a mapping, if a tag can stand for it. */
function functionOf({ items }: YAMLMap): string | undefined {
  const [{ key, value } = { key: undefined, value: undefined }, ...others] = items;
  if (others.length > 0 || !isScalar(key)) return undefined;
  const isTaggable = isMap(value) || isSeq(value) || (isScalar(value) && typeof value.value === 'string');
  if (!isTaggable || (value as { tag?: string }).tag !== undefined) return undefined;
  const name = /^(?:(Ref|Condition)|Fn::([A-Za-z0-9]+))$/.exec(String(key.value));
  return name?.[1] ?? name?.[2];
}
