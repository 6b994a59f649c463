import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');
const EXAMPLES = join(ROOT, 'examples');

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`),
];

/** The TypeScript that users read: the snippets of the README and of docs/, in their order, and the example apps. */
const snippets: [string, string][] = [
  ...PAGES.flatMap((page) => [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts.*\n([^]*?)^```$/gm)]
    .map(([, code], index): [string, string] => [`snippet ${index + 1} of ${page}`, code])),
  ...readdirSync(EXAMPLES).filter((file) => file.endsWith('.ts'))
    .map((file): [string, string] => [file, readFileSync(join(EXAMPLES, file), 'utf8')]),
];

function nodesOf(code: string): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    nodes.push(node);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.Latest, true));
  return nodes;
}

test('the README is a comment that Java compiles', () => {
  // javac reads an escape of Unicode in comments, too, and refuses one that is none.
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).not.toMatch(/\\u|\*\//);
});

test('the pages have snippets', () => {
  expect(snippets.length).toBeGreaterThan(30);
});

describe.each(snippets)('%s', (title, code) => {
  test('assumes of no value that it is there', () => {
    expect(nodesOf(code).filter(ts.isNonNullExpression).map((node) => node.getText())).toEqual([]);
  });

  test('compares nothing with undefined if it is translated', () => {
    const words = nodesOf(code).filter(ts.isIdentifier).map(({ text }) => text);

    expect(title.endsWith('.ts') ? [] : words).not.toContain('undefined');
  });

  // A key without quotes is a property to jsii, which writes it in Python's way: the filter would match no message.
  test('quotes the keys of a filter on messages', () => {
    const filters = nodesOf(code).filter(ts.isPropertyAssignment)
      .filter(({ name }) => ['filterPolicy', 'filterPolicyWithMessageBody'].includes(name.getText()))
      .map(({ initializer }) => initializer as ts.ObjectLiteralExpression);

    expect(filters.flatMap(
      ({ properties }) => properties.map(({ name }) => name!),
    ).filter((name) => !ts.isStringLiteral(name))).toEqual([]);
  });
});
