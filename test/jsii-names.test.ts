import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SRC = join(__dirname, '..', 'src');

type Declaration = ts.ClassDeclaration | ts.EnumDeclaration | ts.InterfaceDeclaration;

/** The declarations of a file by name, read without types: that takes no time. */
function declarationsIn(path: string): Map<string, Declaration> {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const declarations = source.statements.filter((statement): statement is Declaration =>
    ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement) || ts.isInterfaceDeclaration(statement));
  return new Map(declarations.map((declaration) => [declaration.name!.text, declaration]));
}

function isPublic(member: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  return !modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
    && !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
}

/** The names of the public members, also of those from a base class of the same file, which jsii may erase. */
function membersOf(declaration: Declaration, siblings: Map<string, Declaration>): string[] {
  const inherited = ts.isEnumDeclaration(declaration) ? [] : (declaration.heritageClauses ?? [])
    .flatMap(({ types }) => types.map(({ expression }) => siblings.get(expression.getText())))
    .flatMap((base) => base ? membersOf(base, siblings) : []);
  const own = [...declaration.members].filter((member) => member.name && isPublic(member))
    .map(({ name }) => name!.getText());
  return [...new Set([...inherited, ...own])];
}

/** The members of each type that src/index.ts exports. */
function publicNames(): Map<string, string[]> {
  const index = ts.createSourceFile(
    'index.ts', readFileSync(join(SRC, 'index.ts'), 'utf8'), ts.ScriptTarget.Latest, true,
  );
  return new Map(index.statements.filter(ts.isExportDeclaration).flatMap(({ moduleSpecifier, exportClause }) => {
    const declarations = declarationsIn(join(SRC, `${(moduleSpecifier as ts.StringLiteral).text}.ts`));
    return (exportClause as ts.NamedExports).elements.map(({ name }): [string, string[]] =>
      [name.text, membersOf(declarations.get(name.text)!, declarations)]);
  }));
}

/** `getType` and `GET_TYPE` are `GetType` in C#. */
function inPascalCase(name: string): string {
  const words = name === name.toUpperCase() ? name.toLowerCase().replace(
    /_(.)/g, (_, letter: string) => letter.toUpperCase(),
  ) : name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `fromArn` and `FROM_ARN` are methods and properties called `from_arn` in Python. */
function inSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** The methods of java.lang.Object except for toString(), which may be overridden. `class` would get getClass(). */
const OBJECT_IN_JAVA = ['clone', 'equals', 'finalize', 'getClass', 'hashCode', 'notify', 'notifyAll', 'wait', 'class'];

/** The members of System.Object except for ToString(). */
const OBJECT_IN_CSHARP = ['Equals', 'Finalize', 'GetHashCode', 'GetType', 'MemberwiseClone', 'ReferenceEquals'];

const KEYWORDS_OF_PYTHON = [
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except',
  'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise',
  'return', 'try', 'while', 'with', 'yield',
];

/** Types of the namespaces that a C# project of today uses without saying so, and of java.lang. */
const TYPES_OF_OTHERS = [
  // System
  'Action', 'Activator', 'Array', 'Attribute', 'Boolean', 'Buffer', 'Byte', 'Char', 'Comparison', 'Console', 'Convert',
  'DateOnly', 'DateTime', 'DayOfWeek', 'Decimal', 'Delegate', 'Double', 'Enum', 'Environment', 'Exception', 'Func',
  'Guid', 'Half', 'Index', 'Lazy', 'Math', 'Nullable', 'Object', 'Predicate', 'Progress', 'Random', 'Range', 'Single',
  'String', 'TimeOnly', 'Tuple', 'Type', 'TypeCode', 'TimeSpan', 'Uri', 'Version',
  // System.Collections.Generic, System.IO, System.Linq, System.Net.Http, System.Threading and its Tasks
  'Comparer', 'Dictionary', 'HashSet', 'List', 'Queue', 'Stack', 'Directory', 'File', 'Path', 'SearchOption', 'Stream',
  'Enumerable', 'Lookup', 'HttpClient', 'HttpMethod', 'Barrier', 'Interlocked', 'Lock', 'Monitor', 'Mutex', 'Parallel',
  'Task', 'Thread', 'Timeout', 'Timer', 'Volatile',
  // java.lang
  'Character', 'Class', 'Comparable', 'Compiler', 'Error', 'Float', 'Integer', 'Iterable', 'Long', 'Module', 'Number',
  'Override', 'Package', 'Process', 'Record', 'Runnable', 'Runtime', 'Short', 'System', 'Throwable', 'Void',
];

describe('the public names, in the languages that jsii writes', () => {
  const names = publicNames();
  const members = [...names].flatMap(([type, own]) => own.map((member) => ({ type, member })));

  function colliding(isTaken: (member: string, type: string) => boolean): string[] {
    return members.filter(({ type, member }) => isTaken(member, type)).map(({ type, member }) => `${type}.${member}`);
  }

  test('are those of the index, inherited and static ones included, and nothing internal', () => {
    expect([...names.keys()])
      .toEqual(expect.arrayContaining(['FleetAudit', 'IScheduledAudit', 'Weekday', 'DeploymentGateOptions']));
    expect(names.get('FleetAudit')).toEqual([
      'configuration', 'notificationTopic', 'onDemandAudit', 'scheduledAudits', 'mitigationActions', 'alarms',
      'addScheduledAudit',
      'addMitigationAction',
      'onAuditCompleted',
      'mitigateAutomatically',
      'addSuppression',
      'addSuppressions',
      'monitor',
      'notifyPeople',
      'sendToSecurityHub',
      'onSecurityHubFinding',
      'archiveFindings',
      'addDashboard',
    ]);
    expect(names.get('ScheduledAudit'))
      .toEqual(expect.arrayContaining(['fromScheduledAuditName', 'scheduledAuditRef']));
    expect(members.filter(({ member }) => member.startsWith('_'))).toEqual([]);
  });

  test('override no method of java.lang.Object', () => {
    expect(colliding((member) => OBJECT_IN_JAVA.includes(member))).toEqual([]);
  });

  test('hide no member of System.Object, and are not those of their types', () => {
    expect(colliding((member, type) => [...OBJECT_IN_CSHARP, type].includes(inPascalCase(member)))).toEqual([]);
  });

  test('are no keywords of Python', () => {
    expect(colliding((member) => KEYWORDS_OF_PYTHON.includes(inSnakeCase(member)))).toEqual([]);
  });

  test('are not those of types that C# and Java know without an import', () => {
    expect([...names.keys()].filter((name) => TYPES_OF_OTHERS.includes(name))).toEqual([]);
  });
});
