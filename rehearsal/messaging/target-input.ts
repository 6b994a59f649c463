import type { BusEvent } from './event-bus';
import { valueAt } from './json-path';

/** The part of a rule's target that says what it is given: the whole event if nothing is said. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/**
 * The text that a target is given.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputOf(
  { Input, InputPath, InputTransformer }: TargetInput, event: BusEvent,
  rule: { readonly name: string; readonly arn: string },
): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAt(InputPath, event) ?? null);
  if (InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  return render(InputTemplate, {
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(path, event)])),
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': event,
    'aws.events.event.json': JSON.stringify(event),
  });
}

/**
 * Puts values in the place of their names: as JSON, or within quotes of the template as the text in them.
 *
 * A value that the event does not have leaves nothing behind, as documented, even where the template then is no JSON.
 * That objects within quotes lose their own quotes is documented, too. Names that nobody defined stay: unverified.
 */
function render(template: string, values: Readonly<Record<string, unknown>>): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([^<>]+)>/gs, (part, name?: string) => {
    if (part === '"') isQuoted = !isQuoted;
    if (name === undefined || !(name in values)) return part;
    const value = values[name];
    if (value === undefined) return '';
    if (!isQuoted) return JSON.stringify(value);
    return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value).replaceAll('"', '');
  });
}
