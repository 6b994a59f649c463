import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');
const EXAMPLES = join(ROOT, 'examples');

const PAGES = [
  'README.md', ...readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`),
];

/** The TypeScript that users read: the snippets of the README and the guides, and the example apps. */
const snippets: [string, string][] = [
  ...PAGES.flatMap((page) => [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts.*\n([^]*?)^```$/gm)]
    .map(([, code], index): [string, string] => [`snippet ${index + 1} of ${page}`, code])),
  ...readdirSync(EXAMPLES).filter((file) => file.endsWith('.ts'))
    .map((file): [string, string] => [file, readFileSync(join(EXAMPLES, file), 'utf8')]),
];

/** Properties whose values are maps, so that their keys are data. */
const MAPS = {
  'maps of one level': [
    'filterPolicy', 'filterPolicyWithMessageBody', 'parameterValues', 'auditCheckConfigurations', 'environment', 'tags',
    'dimensionsMap', 'metadata',
  ],
  'maps in which all levels are data': ['policyDocument', 'conditions', 'properties', 'detail', 'context'],
};

function nodesOf(code: string): ts.Node[] {
  return nodesWithin(ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.Latest, true));
}

function nodesWithin(root: ts.Node, isLeftOut: (node: ts.Node) => boolean = () => false): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    if (isLeftOut(node)) return;
    nodes.push(node);
    node.forEachChild(visit);
  };
  root.forEachChild(visit);
  return nodes;
}

/** The keys of a map, and of the objects within it if they are data, too. */
function keysIn(map: ts.ObjectLiteralExpression, deep: boolean): ts.PropertyName[] {
  const objects = deep ? nodesWithin(map, ts.isCallExpression).filter(ts.isObjectLiteralExpression) : [];
  return [map, ...objects].flatMap(({ properties }) => properties.map(({ name }) => name!));
}

test('the README is a comment that Java compiles', () => {
  // javac reads an escape of Unicode in comments, too, and refuses one that is none.
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).not.toMatch(/\\u|\*\//);
});

test('the README and the guides have snippets', () => {
  const count = (pattern: RegExp) => snippets.filter(([title]) => pattern.test(title)).length;

  expect(count(/ README/)).toBeGreaterThan(12);
  expect(count(/docs/)).toBeGreaterThan(30);
});

test('the README can be read in one go', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThan(400);
});

describe.each(snippets)('%s', (title, code) => {
  test('assumes of no value that it is there', () => {
    expect(nodesOf(code).filter(ts.isNonNullExpression).map((node) => node.getText())).toEqual([]);
  });

  test('compares nothing with undefined if it is translated', () => {
    const words = nodesOf(code).filter(ts.isIdentifier).map(({ text }) => text);

    expect(title.endsWith('.ts') ? [] : words).not.toContain('undefined');
  });

  // A key without quotes is a property to jsii, which writes it in Python's way: a filter would match no message.
  test.each(Object.entries(MAPS))('quotes the keys of %s', (_, properties) => {
    const maps = nodesOf(code).filter(ts.isPropertyAssignment).filter(({ name }) => properties.includes(name.getText()))
      .map(({ initializer }) => initializer).filter(ts.isObjectLiteralExpression);
    const keys = maps.flatMap((map) => keysIn(map, properties === MAPS['maps in which all levels are data']));

    // The apps in TypeScript are not translated.
    expect(title.endsWith('.ts') ? [] : keys.filter((key) => !ts.isStringLiteral(key)).map((key) => key.getText()))
      .toEqual([]);
  });
});
