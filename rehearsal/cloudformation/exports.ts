import { isDeepStrictEqual } from 'node:util';
import type { RehearsedStack } from './rehearsed-stack';
import { TemplateError } from './template';

/** What the stacks of an account export to each other. */
export class Exports {
  constructor(private readonly stacks: () => readonly RehearsedStack[]) {}

  valueOf(name: string): unknown {
    const exporter = this.stacks().find((stack) => stack.exports.has(name));
    if (exporter === undefined) throw new TemplateError(`No export named ${name} found.`);
    return exporter.exports.get(name);
  }

  /** Refuses exports whose name another stack has taken. */
  requireFree(stack: RehearsedStack, wanted: ReadonlyMap<string, unknown>): void {
    for (const name of wanted.keys()) {
      const rival = this.stacks().find((other) => other !== stack && other.exports.has(name));
      if (rival !== undefined) throw new TemplateError(`Export with name ${name} is already exported by stack ${rival.name}`);
    }
  }

  /** Refuses to change or remove exports that another stack uses. */
  requireUnused(stack: RehearsedStack, wanted: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of stack.exports) {
      if (wanted.has(name) && isDeepStrictEqual(wanted.get(name), value)) continue;
      const users = this.stacks().filter((other) => other !== stack && other.imports.has(name)).map((other) => other.name);
      const verb = wanted.has(name) ? 'update' : 'delete';
      if (users.length > 0) throw new TemplateError(`Cannot ${verb} export ${name} as it is in use by ${users.join(', ')}.`);
    }
  }
}
