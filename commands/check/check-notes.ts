import { CARRIED_OUT } from './check-names';
import type { IgnoredFindings } from './ignored-findings';
import type { CheckOptions } from './options';
import type { FleetTemplates } from '../../src/validation/templates/fleet-templates';

/** What is strange about a command line, and no mistake: a slip, or a remainder of former times. */
export function notesOn(options: CheckOptions, ignored: IgnoredFindings, fleet: FleetTemplates): string[] {
  return [...idleIgnores(options, ignored), ...strangeParameters(options, fleet)];
}

/** Entries that ignore nothing, although their check was carried out: the fault is mended, or the name is wrong. */
function idleIgnores({ checkNames }: CheckOptions, { unused }: IgnoredFindings): string[] {
  const isLeftOut = (name: string) =>
    CARRIED_OUT.some(({ checkName }) => checkName === name) && !checkNames.includes(name);
  return unused.filter(({ checkName }) => !isLeftOut(checkName)).map(({ checkName, file, resource, source }) =>
    `${source}: nothing is ignored by ${checkName}:${file === undefined ? '' : `${file}:`}${resource}`);
}

/** Parameters that no template has. */
function strangeParameters({ parameters }: CheckOptions, { templates }: FleetTemplates): string[] {
  const strange = Object.keys(parameters.values)
    .filter((key) => {
      const { stack, name } = /^(?:(?<stack>.+)\/)?(?<name>[^/]+)$/s.exec(key)!.groups!;
      return !templates.some((template) => template.entry('Parameters', name) !== undefined
        && (stack === undefined || template.stackConstructPath === stack));
    });
  return strange.length > 0 && templates.length > 0
    ? [`--parameters: no template has a parameter ${strange.join(', ')}`]
    : [];
}
