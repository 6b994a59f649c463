import type { StagedPackage } from './staged-package';

interface Member { readonly name: string }

interface Type {
  readonly fqn: string;
  readonly kind: 'class' | 'enum' | 'interface';
  readonly name: string;
  readonly namespace?: string;
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly methods?: readonly Member[];
  readonly properties?: readonly Member[];
  readonly members?: readonly Member[];
}

/** What jsii knows of a package. */
export interface Assembly {
  readonly name: string;
  readonly types: Readonly<Record<string, Type>>;
  readonly targets: { readonly dotnet: { readonly namespace: string } };
  readonly submodules?: Readonly<Record<string, {
    readonly targets?: { readonly dotnet?: { readonly namespace?: string } };
  }>>;
}

/** Types of .NET that the apps use. */
const OF_DOTNET = ['Dictionary'];

/**
 * What a program in C# names and the packages do not have, or have twice in the namespaces that it uses: types, static
 * members and the properties that it sets. A compiler sees more.
 */
export function faultsIn(source: string, library: StagedPackage): string[] {
  const code = source.replace(/\/\/.*$/gm, '').replace(/"[^"\n]*"/g, '""');
  const namespaces = [...code.matchAll(/^using ([\w.]+);/gm)].map(([, namespace]) => namespace);
  const aliases = [...code.matchAll(/^using (\w+) = ([\w.]+)\.\1;/gm)].map(([, name, namespace]) => ({ name, namespace }));
  const body = code.replace(/^using .*$/gm, '');
  const faults = new Set<string>();
  const typeOf = (name: string): Type | undefined => {
    const alias = aliases.find((one) => one.name === name);
    const found = typesCalled(name, alias ? [alias.namespace] : namespaces, library);
    const what = found.length === 0 ? 'unknown' : found.map(({ fqn }) => fqn).join(' and ');
    if (found.length !== 1) faults.add(`'${name}' is ${what}`);
    return found.length === 1 ? found[0] : undefined;
  };
  const look = (name: string, members: readonly string[]) => {
    const type = OF_DOTNET.includes(name) ? undefined : typeOf(name);
    if (!type) return;
    const own = membersOf(type, library);
    for (const member of members) if (!own.has(member)) faults.add(`'${name}' has no '${member}'`);
  };
  for (const [, name] of body.matchAll(/\bnew ([A-Z]\w*)/g)) look(name, []);
  for (const [, name, member] of body.matchAll(/(?<![\w.])([A-Z]\w*)\.([A-Z]\w*)/g)) look(name, [member]);
  for (const { index, 0: start, 1: name } of body.matchAll(/\bnew ([A-Z]\w*)\s*\{/g)) {
    look(name, initialized(body.slice(index + start.length)));
  }
  return [...faults];
}

/** The properties that an object initializer sets, from what follows its brace. */
function initialized(text: string): string[] {
  const names: string[] = [];
  let depth = 1;
  for (const [token, name] of text.matchAll(/[{([]|[\])}]|\b([A-Z]\w*)\s*=(?!=)/g)) {
    if (/[{([]/.test(token)) depth += 1;
    else if (/[\])}]/.test(token)) depth -= 1;
    else if (depth === 1) names.push(name);
    if (depth === 0) break;
  }
  return names;
}

function typesCalled(name: string, namespaces: readonly string[], library: StagedPackage): Type[] {
  return library.assemblies.flatMap((assembly) => Object.values(assembly.types).filter((type) =>
    type.name === name && namespaces.includes(namespaceOf(type, assembly))));
}

function namespaceOf({ namespace }: Type, { name, submodules, targets }: Assembly): string {
  return namespace === undefined
    ? targets.dotnet.namespace
    : submodules?.[`${name}.${namespace}`]?.targets?.dotnet?.namespace ?? '';
}

function membersOf(type: Type, library: StagedPackage): Set<string> {
  const own = [...type.methods ?? [], ...type.properties ?? [], ...type.members ?? []].map(({ name }) => name);
  const inherited = [type.base, ...type.interfaces ?? []]
    .map((fqn) => library.assemblies.map(({ types }) => types[fqn ?? '']).find((base) => base))
    .flatMap((base) => base ? [...membersOf(base, library)] : []);
  return new Set([...own.map((name) => name.charAt(0).toUpperCase() + name.slice(1)), ...inherited]);
}
