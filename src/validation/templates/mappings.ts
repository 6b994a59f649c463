import { Resolution } from './conditions';
import { isJsonObject, Json, JsonObject, Template } from './template';
import { canonical, isIdentified, isKnown, oneOf, partsOf, Unknown, Value } from './value';

/** More rows than there are outcomes to look at. */
const MOST_ROWS = 32;

/** Entries of a mapping with an open key that are looked at for what they have in common. */
const MOST_ENTRIES = 1_000;

const malformed = () => new Unknown('Fn::FindInMap that is not written as CloudFormation expects');

/**
 * Carries out `Fn::FindInMap`.
 *
 * A key that is only known at deployment, such as the region, is an open choice among the rows.
 */
export function findInMap(resolution: Resolution, template: Template, argument: Json): Value {
  if (!Array.isArray(argument) || argument.length < 3) return malformed();
  const [map, first, second] = argument.slice(0, 3).map((key: Json) => resolution.resolve(template, key));
  if (typeof map !== 'string') return new Unknown('Fn::FindInMap of a mapping that is not known');
  const declared = template.entry('Mappings', map);
  const rows: JsonObject = isJsonObject(declared) ? declared : {};
  const options: Json = argument[3] ?? null;
  const fallback = isJsonObject(options) ? options.DefaultValue : undefined;

  const reason = `an entry of the mapping ${map} that is only known at deployment`;
  const withEntry = typeof second === 'string' && fallback === undefined ? rowsWith(second, rows) : rows;
  const rowNames = namesFor(resolution, template, first, withEntry,
    { isRow: true, mayBeMissing: fallback !== undefined });
  if (!rowNames) return new Unknown(reason);
  const found = new Map<string, Value>();
  for (const rowName of rowNames) {
    const row = ownEntry(rows, rowName);
    const columns = isJsonObject(row) ? row : {};
    const names = namesFor(resolution, template, second, columns,
      { isRow: false, mayBeMissing: fallback !== undefined });
    if (!names || found.size > MOST_ENTRIES) return new Unknown(reason);
    for (const name of names) {
      const entry = ownEntry(columns, name);
      const value = entry === undefined && fallback !== undefined
        ? resolution.resolve(template, fallback)
        : entryValue(resolution, entry);
      // The deployment fails for a key that the mapping does not have.
      if (value !== undefined) found.set(canonical(value), value);
    }
  }
  if (found.size < 2) return [...found.values()][0] ?? malformed();
  const identity = `${template.templateId}\nmapping ${map} ${canonical(first)} ${canonical(second)}`;
  return oneOf([...found.values()], reason, identity);
}

/** The rows that have a column: the deployment fails for the others. */
function rowsWith(column: string, rows: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => isJsonObject(row) && Object.hasOwn(row, column)));
}

function ownEntry(entries: JsonObject, name: string | undefined): Json | undefined {
  return name !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** Mappings hold texts and lists of texts, and no functions. */
function entryValue({ budget }: Resolution, entry: Json | undefined): Value {
  const items: readonly Json[] = Array.isArray(entry) ? entry : entry === undefined ? [] : [entry];
  budget.spend(items.length);
  return items.every((item) => item === null || typeof item !== 'object') ? entry as Value : undefined;
}

/**
 * The name that a key stands for, in the current outcome; all of them if the choice stays open, and `undefined` if it
 * may be another in each place. With a default value the key may have no entry.
 */
function namesFor(
  resolution: Resolution, template: Template, key: Value, entries: JsonObject,
  { isRow, mayBeMissing }: { readonly isRow: boolean; readonly mayBeMissing: boolean },
): readonly (string | undefined)[] | undefined {
  if (typeof key === 'string') return [key];
  if (!partsOf(key) || isKnown(key) || !isIdentified(key)) return undefined;
  const names = Object.keys(entries).sort();
  if (!resolution.budget.spend(names.length)) return undefined;
  const different = isRow ? differentRows(resolution, template, names) : names;
  const options = mayBeMissing ? [...different, undefined] : different;
  if (options.length < 2 || options.length > MOST_ROWS) return options;
  const choice = `${template.templateId}\n${isRow ? 'row' : 'column'} ${canonical(key)} of ${JSON.stringify(names)}`;
  const chosen = resolution.choose(choice, options.length);
  return chosen === undefined ? options : [options[chosen]];
}

/**
 * The names of rows, one of those that are alike in all mappings that have them. In an outcome, a key picks the same
 * row of all these mappings.
 */
function differentRows(resolution: Resolution, template: Template, names: readonly string[]): readonly string[] {
  return resolution.remember(`${template.templateId}\nrows ${JSON.stringify(names)}`, () => {
    const mappings = Object.values(template.section('Mappings')).filter(isJsonObject)
      .filter((mapping) => names.every((name) => Object.hasOwn(mapping, name)));
    const different = new Map(names.map((name) => [JSON.stringify(mappings.map((mapping) => mapping[name])), name]));
    return [...different.values()];
  });
}
