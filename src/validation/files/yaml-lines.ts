import { TextLines } from './text-lines';
import { SourceLines } from '../templates/template';

type Yaml = typeof import('yaml');
type Node = import('yaml').Node | null;

/** Finds the lines on which the values of a document in YAML begin. */
export class YamlLines implements SourceLines {
  private readonly lines: TextLines;

  constructor(
    private readonly yaml: Yaml, text: string, private readonly contents: Node,
    private readonly anchors: ReadonlyMap<string, Node>,
  ) {
    this.lines = new TextLines(text);
  }

  lineOf(path: readonly string[]): number {
    let node = this.contents;
    let start = 0;
    for (const key of path) {
      const child = this.childOf(node, key);
      if (!child) break;
      node = child.value;
      start = child.start ?? start;
    }
    return this.lines.lineAt(start);
  }

  private childOf(node: Node, key: string): Child | undefined {
    const { isAlias, isMap, isScalar, isSeq } = this.yaml;
    const target = isAlias(node) ? this.anchors.get(node.source) ?? null : node;
    if (isSeq(target)) {
      if (!Object.hasOwn(target.items, key)) return undefined;
      const value = target.items[Number(key)] as Node;
      return { value, start: value?.range?.[0] };
    }
    if (!isMap(target)) return undefined;
    for (let index = target.items.length - 1; index >= 0; index--) {
      const { key: name, value } = target.items[index] as { key: Node; value: Node };
      if (isScalar(name) && name.source === key) return { value, start: name.range?.[0] };
    }
    return undefined;
  }
}

interface Child {
  readonly value: Node;

  /** The start of the child, with its key. */
  readonly start?: number;
}
