import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const SRC = join(__dirname, '..', '..', 'src');

type TypeDeclaration = ts.ClassDeclaration | ts.EnumDeclaration | ts.InterfaceDeclaration;

/** A type or a member of the public API, such as `AuditCheck` or `AuditCheck.threshold`. */
export interface ApiName {
  readonly name: string;
  readonly node: ApiNode;
  /** The same member in what the type extends and implements, whose documentation jsii takes over. */
  readonly overridden: ApiNode[];
}

type ApiNode = TypeDeclaration | ts.ClassElement | ts.TypeElement | ts.EnumMember;

/** All that `src/index.ts` exports, with members, also inherited ones; read without types, which takes no time. */
export function publicApi(): ApiName[] {
  return sourceFile(join(SRC, 'index.ts')).statements.filter(ts.isExportDeclaration)
    .flatMap(({ moduleSpecifier, exportClause }) => (exportClause as ts.NamedExports).elements.flatMap(({ name }) => {
      const declaration = declarationOf(name.text, pathOf(moduleSpecifier!, SRC)!)!;
      return [{ name: name.text, node: declaration, overridden: [] }, ...membersOf(name.text, declaration)];
    }));
}

function membersOf(type: string, declaration: TypeDeclaration): ApiName[] {
  const byName = new Map<string, ApiNode[]>();
  for (const member of allMembersOf(declaration)) {
    const name = `${type}.${member.name?.getText() ?? 'new'}`;
    byName.set(name, [...byName.get(name) ?? [], member]);
  }
  return [...byName].map(([name, [node, ...overridden]]) => ({ name, node, overridden }));
}

/** Those of the type first. */
function allMembersOf(declaration: TypeDeclaration): ApiNode[] {
  const own = [...declaration.members].filter(isPublic);
  if (ts.isEnumDeclaration(declaration)) return own;
  const inherited = (declaration.heritageClauses ?? []).flatMap(({ types }) => types)
    .flatMap(({ expression }) => declarationOf(expression.getText(), declaration.getSourceFile().fileName) ?? [])
    .flatMap(allMembersOf);
  return [...own, ...inherited];
}

function isPublic(member: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  return !modifiers?.some(({ kind }) => [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind))
    && !ts.isSemicolonClassElement(member)
    && !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
}

/** The declaration in the file or in the one that it is imported from; undefined for what others declare. */
function declarationOf(name: string, path: string): TypeDeclaration | undefined {
  const { statements } = sourceFile(path);
  const declared = statements.find((statement): statement is TypeDeclaration =>
    (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement) || ts.isInterfaceDeclaration(statement))
    && statement.name?.text === name);
  const imported = statements.filter(ts.isImportDeclaration).find(({ importClause }) =>
    importClause?.namedBindings && ts.isNamedImports(importClause.namedBindings)
    && importClause.namedBindings.elements.some((element) => element.name.text === name));
  const importedPath = imported && pathOf(imported.moduleSpecifier, dirname(path));
  return declared ?? (importedPath === undefined ? undefined : declarationOf(name, importedPath));
}

function pathOf(specifier: ts.Expression, directory: string): string | undefined {
  const { text } = specifier as ts.StringLiteral;
  return text.startsWith('.') ? join(directory, `${text}.ts`) : undefined;
}

const files = new Map<string, ts.SourceFile>();

function sourceFile(path: string): ts.SourceFile {
  const file = files.get(path)
    ?? ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  files.set(path, file);
  return file;
}
