import { KNOWN_FUNCTIONS } from './intrinsic-functions';
import { Template, TemplateError, TemplateResource, intrinsicOf, isObject } from './template';

/**
 * The resources that each resource needs: by DependsOn, Ref, Fn::GetAtt and Fn::Sub.
 *
 * Both branches of an Fn::If count, whichever holds: inferred. `exists` leaves out what a condition keeps from
 * existing.
 */
export function dependenciesOf(template: Template, exists: (logicalId: string) => boolean): Map<string, string[]> {
  const ids = Object.keys(template.Resources).filter(exists);
  return new Map(ids.map((id) => {
    const needed = neededBy(template.Resources[id]);
    return [id, ids.filter((other) => other !== id && needed.has(other))];
  }));
}

/** Names that resources refer to: tests deploy the same templates thousands of times. */
const needs = new WeakMap<TemplateResource, ReadonlySet<string>>();

function neededBy(resource: TemplateResource): ReadonlySet<string> {
  const { DependsOn = [], Properties } = resource;
  const needed = needs.get(resource) ?? new Set([DependsOn].flat().concat(referencesIn(Properties)));
  needs.set(resource, needed);
  return needed;
}

/** Logical ids such that each comes after what it needs; otherwise as in the template, or the other way round. */
export function deploymentOrder(
  dependencies: ReadonlyMap<string, readonly string[]>, among: 'first' | 'last' = 'first',
): string[] {
  const waiting = among === 'first' ? [...dependencies.keys()] : [...dependencies.keys()].reverse();
  const ordered: string[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((id) => dependencies.get(id)!.every((needed) => ordered.includes(needed)));
    if (next === -1) throw new TemplateError(`Circular dependency between resources: [${waiting.sort().join(', ')}]`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

const soundTemplates = new WeakSet<Template>();

/** Refuses what CloudFormation would refuse before it starts, and what the rehearsal cannot do. */
export function requireSoundTemplate(template: Template): void {
  if (soundTemplates.has(template)) return;
  const names = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})]);
  const sections: Readonly<Record<string, unknown>>[] = [
    template.Conditions ?? {}, template.Resources, template.Outputs ?? {},
  ];
  for (const [id, part] of sections.flatMap((section) => Object.entries(section))) {
    for (const name of functionsIn(part)) {
      if (!(KNOWN_FUNCTIONS as readonly string[]).includes(name)) {
        throw new TemplateError(`The rehearsal does not know the function ${name}, in ${id}`);
      }
    }
    const { Properties, DependsOn = [], Value } = part as TemplateResource & { Value?: unknown };
    const unknown = [...referencesIn([Properties, Value]), ...[DependsOn].flat()].filter(
      (name) => !names.has(name) && !name.startsWith('AWS::'),
    );
    if (unknown.length > 0) {
      throw new TemplateError(`Unresolved resource dependencies [${unknown.join(', ')}] in ${id}`);
    }
  }
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::CloudFormation::Stack') {
      throw new TemplateError(`The rehearsal does not deploy nested stacks, such as ${id}`);
    }
  }
  soundTemplates.add(template);
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt') {
    return [typeof argument === 'string' ? argument.split('.')[0] : String((argument as unknown[])[0])];
  }
  if (name === 'Fn::Sub') {
    const [text, variables] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [String(argument), {}];
    const used = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, reference]) => reference.trim().split('.')[0]);
    return [...used.filter((reference) => !Object.hasOwn(variables, reference)), ...referencesIn(variables)];
  }
  return Object.values(value).flatMap(referencesIn);
}

function functionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(functionsIn);
  if (!isObject(value)) return [];
  const name = intrinsicOf(value)?.[0];
  return [...(name === undefined ? [] : [name]), ...Object.values(value).flatMap(functionsIn)];
}
