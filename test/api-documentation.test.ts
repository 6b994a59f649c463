import ts from 'typescript';
import { type ApiName, publicApi } from './support/public-api';

/** How a property that has no default, because it is no input, says what it is without a value. */
const SAYS_WHEN_UNDEFINED = /\bundefined (if|unless|with|for|until)\b|\balways set\b/i;

/** The parameters of every construct, which CDK's documentation explains. */
const OF_EVERY_CONSTRUCT = ['scope', 'id', 'props'];

const api = publicApi();

function documentationOf({ node, overridden }: ApiName): string {
  const documented = [node, ...overridden].flatMap((each) => ts.getJSDocCommentsAndTags(each).filter(ts.isJSDoc));
  return (documented[0]?.getText() ?? '').replace(/^\/\*\*|\*\/$|^\s*\* ?/gm, '').trim();
}

/** The text before the first tag. */
function summaryOf(name: ApiName): string {
  return documentationOf(name).split(/^@/m)[0].trim();
}

function hasTag({ node }: ApiName, tag: string): boolean {
  return ts.getJSDocTags(node).some(({ tagName, comment }) => tagName.text === tag && comment !== undefined);
}

function isOptional({ node }: ApiName): boolean {
  if (ts.isGetAccessor(node)) return node.type!.getText().endsWith('| undefined');
  return (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && node.questionToken !== undefined;
}

function undocumentedParameters({ name, node }: ApiName): string[] {
  if (!ts.isMethodDeclaration(node) && !ts.isMethodSignature(node) && !ts.isConstructorDeclaration(node)) return [];
  const known = ts.isConstructorDeclaration(node) ? OF_EVERY_CONSTRUCT : [];
  return node.parameters
    .filter((parameter) => !known.includes(parameter.name.getText()))
    .filter((parameter) => !ts.getJSDocParameterTags(parameter).some(({ comment }) => comment !== undefined))
    .map((parameter) => `${name}(${parameter.name.getText()})`);
}

test('the public API is read: its types and their members', () => {
  const types = api.filter(({ name }) => !name.includes('.'));

  console.info(`${types.length} types and ${api.length - types.length} members are documented`);
  expect(types.length).toBeGreaterThan(60);
  expect(api.map(({ name }) => name)).toEqual(expect.arrayContaining([
    'FleetAuditProps', 'FleetAuditProps.auditRole', 'AuditCheck.threshold', 'AuditSeverity.CRITICAL',
    'ScheduledAudit.metricNonCompliantResources',
  ]));
});

test('every public name is documented', () => {
  const undocumented = api.filter(({ node }) => !ts.isConstructorDeclaration(node))
    .filter((name) => summaryOf(name) === '');

  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

test('every optional input says what its default is', () => {
  const inputs = api.filter(({ name, node }) => ts.isInterfaceDeclaration(node.parent) && !/^I[A-Z]/.test(name))
    .filter(isOptional);

  expect(inputs.length).toBeGreaterThan(100);
  expect(inputs.filter((name) => !hasTag(name, 'default')).map(({ name }) => name)).toEqual([]);
});

test('every other property that may have no value says when', () => {
  const properties = api.filter(({ name, node }) => !ts.isInterfaceDeclaration(node.parent) || /^I[A-Z]/.test(name))
    .filter(isOptional);

  expect(properties.length).toBeGreaterThan(10);
  expect(properties.filter((name) => !SAYS_WHEN_UNDEFINED.test(documentationOf(name))).map(({ name }) => name))
    .toEqual([]);
});

test('every parameter is documented, but for those of every construct', () => {
  expect(api.flatMap(undocumentedParameters)).toEqual([]);
});

test('no documentation ends the comment that it becomes in Java', () => {
  expect(api.filter((name) => /\*\/|\\u/.test(documentationOf(name))).map(({ name }) => name)).toEqual([]);
});
