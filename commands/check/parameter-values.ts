import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error';

/** The name of a parameter, in one stack only if the path of the stack precedes it. */
const NAME = /^([^=]+\/)?[A-Za-z0-9]+$/;

/** `Name=Value`; everything else names a file. */
const PAIR = /^((?:[^=]+\/)?[A-Za-z0-9]+)=(.*)$/s;

/** The way in which the AWS CLI abbreviates an object. */
const SHORTHAND = /^ParameterKey=([A-Za-z0-9]+),ParameterValue=(.*)$/s;

/** True for a text that gives a value itself, and names no file. */
export function isParameterValue(text: string): boolean {
  return PAIR.test(text);
}

/**
 * Values of parameters, as `--parameters` gives them: `Name=Value`, or a file in one of the shapes that the AWS CLI and
 * CodePipeline know. Of a stack of the CDK alone, the name is `Stack/Name`. A later value replaces an earlier one.
 *
 * @throws UsageError
 */
export function parameterValuesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(given.flatMap((text) => {
    const [, name, value] = SHORTHAND.exec(text) ?? PAIR.exec(text) ?? [];
    return name === undefined ? valuesInFile(text.replace(/^file:\/\//, '')) : [[name, value] as const];
  }));
}

function valuesInFile(path: string): [name: string, value: string][] {
  const refuse = (problem: string) => new UsageError(`--parameters ${path}: ${problem}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw refuse('there is no such file; a value is written Name=Value');
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refuse('the file is not JSON');
  }
  const entries = Array.isArray(content) ? content.flatMap(entryOf) : entriesOf(content);
  const wrong = entries.find((entry) => !isEntry(entry));
  if (!entries.every(isEntry)) {
    throw refuse(`${JSON.stringify(wrong?.[0]) ?? 'an entry'} is no parameter with a value; the file holds `
      + '[{ "ParameterKey": "Name", "ParameterValue": "Value" }], ["Name=Value"] or { "Name": "Value" }');
  }
  return entries.map(([name, value]) => [name, String(value)]);
}

type Entry = readonly [name: unknown, value: unknown];

/** An entry of a list: that of the option `--parameters` of the AWS CLI, or of its `--parameter-overrides`. */
function entryOf(item: unknown): Entry[] {
  if (typeof item === 'string') {
    const [, name, value] = PAIR.exec(item) ?? [];
    return [[name ?? item, value]];
  }
  if (typeof item !== 'object' || item === null) return [[item, undefined]];
  const { ParameterKey: name, ParameterValue: value, UsePreviousValue: isPrevious } = item as Record<string, unknown>;
  // The value of the last deployment is not known here.
  return value === undefined && isPrevious === true ? [] : [[name, value]];
}

/** An object of values, or one that holds them as `Parameters`, as CodePipeline has it. */
function entriesOf(content: unknown): Entry[] {
  if (typeof content !== 'object' || content === null) return [[content, undefined]];
  const { Parameters: within } = content as { Parameters?: unknown };
  return Object.entries(typeof within === 'object' && within !== null ? within : content);
}

function isEntry(entry: Entry): entry is readonly [string, string | number | boolean] {
  const [name, value] = entry;
  return typeof name === 'string' && NAME.test(name) && ['string', 'number', 'boolean'].includes(typeof value);
}
